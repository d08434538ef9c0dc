package observe

import (
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus"
)

// muddle is what was wrong with the answers to the first question to a service, by its name. Such a service is there and
// answers, and still nothing can be read: without this one would wait for it for ever.
type muddle map[string]string

// hear takes an event that the folds have taken already; synced tells whether a service's fold is complete.
func (m muddle) hear(e mirror.Event, synced func(service string) bool) {
	switch e.Kind {
	case mirror.BusUp, mirror.BusDown:
		clear(m)
		return
	case mirror.OwnerLost, mirror.OwnerChanged:
		for service := range m {
			if e.From(service) {
				delete(m, service)
			}
		}
		return
	default:
	}
	service := e.Call.Destination
	if e.Call.Path != firstQuestion(service) || e.Overheard {
		return
	}
	delete(m, service)
	switch {
	case e.Kind == mirror.Refused:
		m[service] = e.Err.Error()
	case e.Kind == mirror.Reply && !synced(service):
		m[service] = "its answer to " + e.Call.Member + " has another form than it should"
	}
}

// firstQuestion is the object that is asked for everything before all others; no other call goes to it.
func firstQuestion(service string) wire.Path {
	switch service {
	case nmwatch.Service:
		return "/org/freedesktop"
	case bluez.Service:
		return "/"
	case wpadbus.Service:
		return "/fi/w1/wpa_supplicant1"
	}
	return "no path"
}
