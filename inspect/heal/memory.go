package heal

import (
	"slices"
	"time"

	"nmdebug/inspect"
)

// memory is what stood while we watched: of that more can be hoped than of what never did.
type memory struct {
	accepted map[string]string    // by interface, the connection whose link and authentication stood last
	proven   map[string]bool      // VPNs that were up, by key
	kept     map[string]bool      // those that were up at the last look at which NetworkManager answered, or ended against its will
	ended    map[string]time.Time // those that were gone at the next one
	lost     map[string]string    // those that ended together with NetworkManager or with their base, and why
	indexes  map[string]int       // of the interfaces, when they were there last: one that is made again has another
}

func newMemory() memory {
	return memory{map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]time.Time{}, map[string]string{}, map[string]int{}}
}

// quitTime is how long before its own end a NetworkManager that is told to stop ends its VPNs, without a word about why; and how
// long the end of an interface may be told after that of the VPNs on it.
const quitTime = 2 * time.Second

// note remembers what stands.
func (m *memory) note(p inspect.Pyramid, now time.Time) {
	switch p.Source(inspect.SourceNM).Status {
	case inspect.SourceOK:
	case inspect.SourceAbsent, inspect.SourceLost:
		m.ends(now)
		return
	default: // it will tell
		return
	}
	before := m.kept
	m.kept = map[string]bool{}
	for _, s := range p.Stacks {
		m.accept(s)
		for _, t := range ridden(s) {
			key := vpnKey(s.Interface, t.Name)
			delete(m.lost, key) // it is known again, however it stands
			m.proven[key] = m.proven[key] || t.Finding.Status.Stands()
			m.kept[key] = t.Finding.Status.Stands() || forced(t.Finding.Code)
		}
	}
	for key, keep := range before {
		if _, known := m.kept[key]; keep && !known {
			m.ended[key] = now
		}
	}
	m.endWithBase(p, now)
}

// endWithBase takes the VPNs for lost whose interface ended together with them, also where another of that name is there already.
func (m *memory) endWithBase(p inspect.Pyramid, now time.Time) {
	for key, at := range m.ended {
		iface, _ := split(key)
		s, there := p.Stack(iface)
		if same := there && s.Index == m.indexes[iface]; !same && now.Sub(at) <= quitTime {
			m.lost[key] = "It ended together with " + iface + "."
			delete(m.ended, key)
		}
	}
	for _, s := range p.Stacks {
		m.indexes[s.Interface] = s.Index
	}
}

// Lose tells of a VPN that is gone and should not be, which no pyramid shows.
func (h *Healer) Lose(iface, vpn, why string) {
	key := vpnKey(iface, vpn)
	h.memory.lost[key], h.memory.proven[key] = why, true
}

// Forget ends the case of a VPN that has no profile any more: nobody can connect it.
func (h *Healer) Forget(d Decision) {
	delete(h.memory.lost, d.key)
}

// forced says whether a VPN that ended with a code did so against its will.
func forced(c inspect.Code) bool {
	return c == inspect.VPNEnded || c == inspect.VPNBaseLost || c == inspect.TunnelGone
}

// accept remembers with which connection the link of an interface stood; another connection has to prove itself.
func (m *memory) accept(s inspect.Stack) {
	if s.Connection == nil {
		return
	}
	if m.accepted[s.Interface] != s.Connection.UUID {
		delete(m.accepted, s.Interface)
	}
	if carrying(s) && stands(inspect.Pyramid{Stacks: []inspect.Stack{s}}, s.Interface, "", inspect.L2) {
		m.accepted[s.Interface] = s.Connection.UUID
	}
}

// ends notes that NetworkManager is gone, and its VPNs with it.
func (m *memory) ends(now time.Time) {
	const why = "It ended together with NetworkManager."
	for key, keep := range m.kept {
		if keep {
			m.lost[key] = why
		}
	}
	for key, at := range m.ended {
		if now.Sub(at) <= quitTime {
			m.lost[key] = why
		}
	}
	clear(m.kept)
	clear(m.ended)
}

// ridden are the VPNs of plugins that an interface carries.
func ridden(s inspect.Stack) []inspect.Tunnel {
	return slices.DeleteFunc(slices.Clone(s.Tunnels), func(t inspect.Tunnel) bool {
		return t.Kind != "vpn" || t.Base != "" && t.Base != s.Interface
	})
}
