package observe

import (
	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/mirror"
	"nmdebug/wpadbus"
)

// told is which services have told everything once since they came, by name. Questions come up later, too, and their answers are
// waited for; but a service that is asked for one more thing is not one that is being read.
type told map[string]bool

// hear takes an event that the folds have taken already; synced tells whether a service's fold is complete.
func (t told) hear(e mirror.Event, synced func(service string) bool) {
	switch e.Kind {
	case mirror.BusUp, mirror.BusDown:
		clear(t)
	case mirror.OwnerLost, mirror.OwnerChanged:
		delete(t, e.Service)
	default:
		switch e.Service {
		case nmwatch.Service, wpadbus.Service, bluez.Service:
			t[e.Service] = t[e.Service] || synced(e.Service)
		}
	}
}

// source gives a service's source as it is to be shown.
func (t told) source(src inspect.Source, service string) inspect.Source {
	if src.Status == inspect.SourceReading && t[service] {
		src.Status = inspect.SourceOK
	}
	return src
}

// amend gives the sources as they are to be shown.
func (t told) amend(sources []inspect.Source) []inspect.Source {
	for i, src := range sources {
		switch src.Name {
		case inspect.SourceNM:
			sources[i] = t.source(src, nmwatch.Service)
		case inspect.SourceSupplicant:
			sources[i] = t.source(src, wpadbus.Service)
		case inspect.SourceBlueZ:
			sources[i] = t.source(src, bluez.Service)
		}
	}
	return sources
}
