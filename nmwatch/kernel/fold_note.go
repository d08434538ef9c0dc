package kernel

import (
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// kinds is a set of the object kinds that rtnetlink dumps.
type kinds uint8

const (
	linkKind kinds = 1 << iota
	addrKind
	routeKind
	neighKind
	allKinds = linkKind | addrKind | routeKind | neighKind
)

// The names of refreshes of one kind in notes: they are not rtnetlink's own, so that nobody takes an Up for the begin of a
// whole dump.
const (
	sourceLinks  = "rtnetlink-links"
	sourceAddrs  = "rtnetlink-addresses"
	sourceRoutes = "rtnetlink-routes"
)

// note applies what a source says about itself.
func (f *Fold) note(r record.Record) bool {
	n, err := record.NoteOf(r)
	if err != nil {
		return f.problem("%v", err)
	}
	changed := false
	switch n.Source {
	case record.SourceRtnetlink:
		changed = f.frame(n.Event, allKinds)
	case sourceLinks:
		return f.frame(n.Event, linkKind)
	case sourceAddrs:
		return f.frame(n.Event, addrKind)
	case sourceRoutes:
		return f.frame(n.Event, routeKind)
	case record.SourceRfkill:
		changed = f.radios.frame(n.Event)
	case record.SourceEthtool, record.SourceNL80211, record.SourceWireGuard, record.SourceBluetooth:
	default:
		return false
	}
	return f.stands(n) || changed
}

// stands keeps how far the source can be believed.
func (f *Fold) stands(n record.Noted) bool {
	s := kerneltypes.Source{Status: kerneltypes.SourceStatus(n.Event), Detail: n.Detail, Right: n.Right}
	synced := f.synced
	if n.Source == record.SourceRtnetlink {
		synced = n.Event == record.Synced
	}
	old, known := f.sources[n.Source]
	if known && old == s && synced == f.synced {
		return false
	}
	f.sources[n.Source], f.synced, f.noted = s, synced, true
	return true
}

// frame begins or ends a dump of some kinds.
func (f *Fold) frame(e record.NoteEvent, what kinds) bool {
	switch e {
	case record.Up:
		f.begin(what)
		return false
	case record.Synced:
		return f.finish(what)
	default:
		return false
	}
}

// begin makes everything of these kinds unconfirmed.
func (f *Fold) begin(what kinds) {
	if what&linkKind != 0 {
		f.links.begin()
	}
	if what&addrKind != 0 {
		f.addrs.begin()
	}
	if what&routeKind != 0 {
		f.routes.begin()
	}
	if what&neighKind != 0 {
		f.neighs.begin()
	}
}

// finish forgets everything of these kinds that was not confirmed.
func (f *Fold) finish(what kinds) bool {
	changed := false
	if what&linkKind != 0 {
		f.links.end(func(index int, l kerneltypes.Link) {
			f.linkGone(index, l)
			changed = true
		})
		f.polled.forget(func(name string) bool {
			_, exists := f.names[name]
			return !exists
		})
	}
	if what&addrKind != 0 {
		changed = f.addrs.finish() || changed
	}
	if what&routeKind != 0 {
		changed = f.routes.end() || changed
	}
	if what&neighKind != 0 {
		f.neighs.end(func(neighKey, kerneltypes.Neigh) { changed = true })
	}
	return changed
}
