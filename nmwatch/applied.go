package nmwatch

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// applied asks for the applied connections: only they tell whether a wire has to be authenticated and whether addresses
// were asked for at all. They are asked for where the answer decides something, of no more devices than the limit, and
// again for each activation.
type applied struct {
	limit   int
	waiting int
	known   map[string]appliedTo // by device
}

// appliedTo is the answer for one activation of a device.
type appliedTo struct {
	active  string // path of the active connection when it was asked for
	answer  *nmtypes.Applied
	waiting bool
}

func (a *applied) forget() { *a = applied{limit: a.limit, known: map[string]appliedTo{}} }

// wants gives the calls for the devices whose answer is missing: those without addresses first. While an answer is
// awaited the device is not asked for again, for it could not be told which answer is which.
func (a *applied) wants(devices map[string]nmtypes.Device) []wire.Call {
	maps.DeleteFunc(a.known, func(path string, to appliedTo) bool {
		_, there := devices[path]
		return !there && !to.waiting
	})
	var missing []nmtypes.Device
	for path, d := range devices {
		if to := a.known[path]; decides(d) && to.active != d.Active && !to.waiting {
			missing = append(missing, d)
		}
	}
	slices.SortFunc(missing, func(x, y nmtypes.Device) int {
		return cmp.Or(cmp.Compare(addressCount(x), addressCount(y)), cmp.Compare(x.Path, y.Path))
	})
	var calls []wire.Call
	for _, d := range missing {
		if _, again := a.known[d.Path]; !again && len(a.known) >= a.limit {
			continue
		}
		a.waiting++
		a.known[d.Path] = appliedTo{active: d.Active, waiting: true}
		calls = append(calls, wire.Call{
			Service: Service, Path: wire.Path(d.Path), Interface: deviceIface, Member: "GetAppliedConnection", Args: []any{uint32(0)},
		})
	}
	return calls
}

// decides says whether a device's applied connection decides which floors there have to be.
func decides(d nmtypes.Device) bool {
	if d.Active == "" || d.State < nmtypes.DevicePrepare {
		return false
	}
	wire := d.Type == nmtypes.TypeEthernet || d.Type == nmtypes.TypeVeth
	return wire || addressCount(d) == 0
}

// addressCount is how many addresses a device has that reach beyond the link.
func addressCount(d nmtypes.Device) int {
	n := 0
	for _, c := range []*nmtypes.IPConfig{d.IP4, d.IP6} {
		if c == nil {
			continue
		}
		for _, text := range c.Addresses {
			if p, err := netip.ParsePrefix(text); err == nil && !p.Addr().IsLinkLocalUnicast() {
				n++
			}
		}
	}
	return n
}

// apply takes an answer, if it is one, and tells so.
func (a *applied) apply(e mirror.Event) bool {
	if !e.Answers(deviceIface, "GetAppliedConnection") {
		return false
	}
	path := string(e.Call.Path)
	to, ok := a.known[path]
	if !ok || !to.waiting {
		return false
	}
	a.waiting--
	to.waiting = false
	if e.Kind == mirror.Reply {
		to.answer = readApplied(e.Message)
	}
	a.known[path] = to
	return true
}

// of gives the answer that belongs to the device's present connection; nil when there is none.
func (a *applied) of(d nmtypes.Device) *nmtypes.Applied {
	if to := a.known[d.Path]; to.active == d.Active {
		return to.answer
	}
	return nil
}

// readApplied reads the settings a{sa{sv}}; nil when they have another form.
func readApplied(m wire.Message) *nmtypes.Applied {
	args, err := m.Args()
	if err != nil || len(args) == 0 {
		return nil
	}
	settings, ok := args[0].(map[string]map[string]any)
	if !ok {
		return nil
	}
	answer := &nmtypes.Applied{}
	dot1x, has := settings["802-1x"]
	answer.Dot1X = has
	answer.Dot1XOptional, _ = mirror.Props(dot1x).Bool("optional")
	answer.EAP, _ = mirror.Props(dot1x).Strings("eap")
	answer.IP4Method, _ = mirror.Props(settings["ipv4"]).String("method")
	answer.IP6Method, _ = mirror.Props(settings["ipv6"]).String("method")
	return answer
}
