package observe

import (
	"slices"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/bluez"
	"nmdebug/nmwatch/kernel"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/proc"
	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus"
)

// iwdService is iwd's name on the bus: where it has one, a missing supplicant is no fault. A one-shot asks for its owner only where there
// is no supplicant.
const iwdService = "net.connman.iwd"

// world is all folds together. It is pure: records go in, snapshots come out.
type world struct {
	seq    uint64
	tap    func(record.Record) // sees each record that is applied
	talk   *mirror.Talk
	nm     *nmwatch.Fold
	wpa    *wpadbus.Fold
	kernel *kernel.Fold
	proc   *proc.Fold
	blue   blue
	stray  stray
	bus    inspect.Source
	iwd    bool // iwd's owner was asked for in this conversation
	muddle muddle
	told   told
}

// newWorld makes a world of which nothing is known. AskAtMost bounds the calls for applied connections; a tap may be nil.
func newWorld(askAtMost int, tap func(record.Record)) *world {
	if tap == nil {
		tap = func(record.Record) {}
	}
	return &world{
		tap:    tap,
		talk:   mirror.NewTalk(),
		nm:     nmwatch.NewFold(askAtMost),
		wpa:    wpadbus.NewFold(),
		kernel: kernel.NewFold(),
		proc:   proc.NewFold(),
		blue:   blue{fold: bluez.NewFold()},
		bus:    inspect.Source{Name: inspect.SourceBus, Status: inspect.SourceReading},
		muddle: muddle{},
		told:   told{},
	}
}

// changes says what a record changed.
type changes struct {
	any        bool
	link       bool // the kernel said something of a link: NetworkManager is about to react
	nm         bool // NetworkManager said something
	supplicant bool // wpa_supplicant signalled something
}

// apply takes the next record.
func (w *world) apply(r record.Record) changes {
	r = w.pass(r)
	var c changes
	c.any = w.kernel.Apply(r)
	c.link = c.any && kernel.TellsOfLink(r)
	c.any = w.wpa.Measured(r) || c.any
	c.any = w.proc.Apply(r) || c.any
	for _, e := range w.talk.Apply(r) {
		c.any = w.event(e) || c.any
		c.nm = c.nm || e.From(nmwatch.Service)
		c.supplicant = c.supplicant || e.Kind == mirror.Signal && e.From(wpadbus.Service)
	}
	return c
}

// pass shows the next record to the tap alone: beside our own conversation, that of others says nothing of the state.
func (w *world) pass(r record.Record) record.Record {
	w.seq++
	r.Seq = w.seq
	w.tap(r)
	return r
}

// overhear takes what a monitor saw of others. Where there is no conversation of our own, it tells of the state.
func (w *world) overhear(r record.Record) changes {
	if w.bus.Status == inspect.SourceReading && w.talk.Unique() == "" {
		w.bus = inspect.Source{Name: inspect.SourceBus, Status: inspect.SourceOK, Since: r.Time, Detail: "as a monitor saw it"}
	}
	return w.apply(r)
}

// event gives one event of the bus to the folds.
func (w *world) event(e mirror.Event) bool {
	changed := w.busEvent(e)
	w.stray.heard(e)
	changed = w.nm.Apply(e) || changed
	changed = w.wpa.Apply(e) || changed
	changed = w.blue.fold.Apply(e) || changed
	w.blue.heard(e, w.nm)
	w.muddle.hear(e, w.synced)
	w.told.hear(e, w.synced)
	switch e.Kind {
	case mirror.OwnerGained, mirror.OwnerLost, mirror.OwnerChanged, mirror.NoAnswer, mirror.Refused:
		return true
	default:
		return changed
	}
}

// synced tells whether the fold of a service is complete.
func (w *world) synced(service string) bool {
	switch service {
	case nmwatch.Service:
		return w.nm.Synced()
	case wpadbus.Service:
		return w.wpa.Synced()
	default:
		return w.blue.fold.Synced()
	}
}

func (w *world) busEvent(e mirror.Event) bool {
	switch e.Kind {
	case mirror.BusUp:
		w.iwd = false
		w.bus = inspect.Source{Name: inspect.SourceBus, Status: inspect.SourceOK, Since: e.Record.Time, Detail: e.Detail}
		return true
	case mirror.BusDown:
		w.bus = inspect.Source{Name: inspect.SourceBus, Status: inspect.SourceLost, Since: e.Record.Time, Detail: e.Detail}
		return true
	default:
		return false
	}
}

// opening gives what a conversation can begin with, before the bus has said anything.
func (w *world) opening() []wire.Call { return slices.Concat(w.nm.Opening(), w.wpa.Opening()) }

// wants gives the calls that would complete the state, each once.
func (w *world) wants() []wire.Call {
	if w.bus.Status != inspect.SourceOK {
		return nil
	}
	calls := slices.Concat(w.nm.Wants(), w.wpa.Wants(), w.wantsOfBlueZ())
	if !w.iwd && w.talk.Service(wpadbus.Service).Status == mirror.Absent && w.talk.Service(iwdService).Status == mirror.Unknown {
		w.iwd = true
		calls = append(calls, wire.Call{
			Service: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Interface: "org.freedesktop.DBus",
			Member: "GetNameOwner", Args: []any{iwdService},
		})
	}
	return calls
}

// complete says whether every source has given its first answer, or is known to give none.
func (w *world) complete() bool {
	return w.waiting() == ""
}

// waiting names the first source whose first answer is still awaited; "" when there is none.
func (w *world) waiting() string {
	for _, s := range w.sources() {
		if s.Status == inspect.SourceReading {
			return s.Name
		}
	}
	if w.iwd && w.talk.Service(iwdService).Status == mirror.Unknown && w.bus.Status == inspect.SourceOK {
		return inspect.SourceBus
	}
	return ""
}

// snapshot joins all states at one instant.
func (w *world) snapshot(at time.Time) *inspect.Snapshot {
	return &inspect.Snapshot{
		At: at, Sources: w.told.amend(w.sources()), NM: w.nm.State(), WPA: w.wpa.State(), Kernel: w.kernel.State(), Proc: w.proc.State(),
		BlueZ: w.blue.fold.State(),
	}
}

// sources says how all sources fare.
func (w *world) sources() []inspect.Source {
	sources := []inspect.Source{
		w.bus,
		w.service(inspect.SourceNM, nmwatch.Service),
		w.service(inspect.SourceSupplicant, wpadbus.Service),
	}
	if w.talk.Service(iwdService).Status == mirror.Present {
		sources = append(sources, inspect.Source{Name: inspect.SourceIWD, Status: inspect.SourceOK})
	}
	if src, ok := w.sourceBlueZ(); ok {
		sources = append(sources, src)
	}
	state := w.kernel.State()
	for _, s := range []struct{ name, kernel string }{
		{inspect.SourceKernel, record.SourceRtnetlink},
		{inspect.SourceRfkill, record.SourceRfkill},
		{inspect.SourceEthtool, record.SourceEthtool},
		{inspect.SourceNL80211, record.SourceNL80211},
		{inspect.SourceWireGuard, record.SourceWireGuard},
		{inspect.SourceHCI, record.SourceBluetooth},
	} {
		if src, asked := kernelSource(state, s.name, s.kernel); asked {
			sources = append(sources, src)
		}
	}
	if p := w.proc.State(); p.Read {
		sources = append(sources, procSource(p))
	}
	return sources
}

// procSource says how the reading of the processes went.
func procSource(p proctypes.State) inspect.Source {
	src := inspect.Source{Name: inspect.SourceProc, Status: inspect.SourceOK}
	switch {
	case p.Failure != "":
		src.Status, src.Detail = inspect.SourceAbsent, p.Failure
	case p.Denied:
		src.Detail, src.Right = "who holds which tunnel is not told", "root"
	}
	return src
}

// service says how a daemon fares: what the conversation tells of its name, and whether it has told everything.
func (w *world) service(name, service string) inspect.Source {
	if w.bus.Status == inspect.SourceReading {
		return inspect.Source{Name: name, Status: inspect.SourceReading}
	}
	if w.bus.Status != inspect.SourceOK {
		return inspect.Source{Name: name, Status: inspect.SourceLost, Detail: "no bus"}
	}
	state := w.talk.Service(service)
	src := inspect.Source{Name: name, Since: state.Since, Detail: state.Detail}
	switch state.Status {
	case mirror.Absent:
		src.Status, src.Detail = inspect.SourceAbsent, ""
		if service == nmwatch.Service {
			src.Detail = w.stray.about(w.proc.State().Processes)
		}
	case mirror.Silent:
		src.Status = inspect.SourceSilent
	case mirror.Denied:
		src.Status, src.Detail, src.Right = inspect.SourceDenied, clause(state.Detail), "root or group netdev"
	case mirror.Present, mirror.Unknown:
		src.Status = inspect.SourceReading
		switch wrong, muddled := w.muddle[service]; {
		case muddled:
			src.Status, src.Detail = inspect.SourceUnreadable, wrong
		case w.synced(service):
			src.Status = inspect.SourceOK
		}
	}
	return src
}

// kernelSource translates how a source of the kernel fares; asked is false when it was not asked at all.
func kernelSource(state kerneltypes.State, name, kernelName string) (src inspect.Source, asked bool) {
	k, asked := state.Sources[kernelName]
	src = inspect.Source{Name: name, Detail: k.Detail, Right: k.Right}
	switch k.Status {
	case kerneltypes.SourceSynced:
		src.Status = inspect.SourceOK
	case kerneltypes.SourceUp, kerneltypes.SourceLost:
		src.Status = inspect.SourceReading
	case kerneltypes.SourceAbsent:
		src.Status = inspect.SourceAbsent
	case kerneltypes.SourceDenied:
		src.Status = inspect.SourceDenied
	case kerneltypes.SourceDown:
		src.Status = inspect.SourceLost
	default:
		src.Status = inspect.SourceReading
	}
	return src, asked || kernelName == record.SourceRtnetlink
}
