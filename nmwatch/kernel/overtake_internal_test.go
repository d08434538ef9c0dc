package kernel

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"nmdebug/nmwatch/record"
)

// model is a kernel with a few objects of each kind, which announces every change. A dump reply is made at one moment
// and delivered later: notifications made meanwhile come first.
type model struct {
	links  map[int]bool
	addrs  map[string]bool
	routes map[string]bool
	neighs map[string]bool
}

func (m *model) change(t *rapid.T) record.Record {
	index := rapid.IntRange(1, 2).Draw(t, "index")
	host := fmt.Sprintf("10.0.0.%d", rapid.IntRange(1, 3).Draw(t, "host"))
	key := fmt.Sprintf("%s@%d", host, index)
	add := rapid.Bool().Draw(t, "add")
	toggle := func(set map[string]bool) uint16 {
		delete(set, key)
		if add {
			set[key] = true
			return 0
		}
		return 1 // RTM_DEL* follows RTM_NEW*
	}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		m.links[index] = true
		return newLink(0, index, fmt.Sprint("v", index), u32(unix.IFLA_MTU, uint32(rapid.IntRange(1, 9).Draw(t, "mtu"))))
	case 1:
		return addr4(unix.RTM_NEWADDR+toggle(m.addrs), 0, index, host+"/24")
	case 2:
		return routeVia(unix.RTM_NEWROUTE+toggle(m.routes), create, host+"/32", 0, fmt.Sprintf("%%%d", index))
	default:
		return neigh4(unix.RTM_NEWNEIGH+toggle(m.neighs), 0, index, host, unix.NUD_REACHABLE)
	}
}

// dump makes the replies of a dump as of now.
func (m *model) dump() []record.Record {
	var out []record.Record
	for index := range 3 {
		if m.links[index] {
			out = append(out, newLink(multi, index, fmt.Sprint("v", index)))
		}
		for h := range 4 {
			host := fmt.Sprintf("10.0.0.%d", h)
			key := fmt.Sprintf("%s@%d", host, index)
			if m.addrs[key] {
				out = append(out, addr4(unix.RTM_NEWADDR, multi, index, host+"/24"))
			}
			if m.routes[key] {
				out = append(out, routeVia(unix.RTM_NEWROUTE, multi, host+"/32", 0, fmt.Sprintf("%%%d", index)))
			}
			if m.neighs[key] {
				out = append(out, neigh4(unix.RTM_NEWNEIGH, multi, index, host, unix.NUD_REACHABLE))
			}
		}
	}
	return out
}

// differs compares a state with the model by content.
func (m *model) differs(f *Fold) string {
	s := f.State()
	addrs := map[string]bool{}
	for i, list := range s.Addrs {
		for _, a := range list {
			addrs[fmt.Sprintf("%v@%d", a.Prefix.Addr(), i)] = true
		}
	}
	routes := map[string]bool{}
	for _, r := range s.Routes {
		routes[fmt.Sprintf("%v@%d", r.Dst.Addr(), r.OIF)] = true
	}
	neighs := map[string]bool{}
	for _, n := range s.Neighs {
		neighs[fmt.Sprintf("%v@%d", n.IP, n.Index)] = true
	}
	links := map[int]bool{}
	for i := range s.Links {
		links[i] = true
	}
	got, want := fmt.Sprint(links, addrs, routes, neighs), fmt.Sprint(m.links, m.addrs, m.routes, m.neighs)
	if got == want {
		return ""
	}
	return fmt.Sprintf("got  %s\nwant %s", got, want)
}

// Whatever is lost before a dump, and whatever overtakes its replies: after it the fold knows what the kernel has.
func TestDumpsAndNotificationsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{links: map[int]bool{}, addrs: map[string]bool{}, routes: map[string]bool{}, neighs: map[string]bool{}}
		f := NewFold()
		for range rapid.IntRange(1, 4).Draw(t, "dumps") {
			for range rapid.IntRange(0, 8).Draw(t, "before") {
				if r := m.change(t); !rapid.Bool().Draw(t, "lost") {
					f.Apply(r)
				}
			}
			f.Apply(up(record.SourceRtnetlink))
			for range rapid.IntRange(0, 3).Draw(t, "first") {
				f.Apply(m.change(t))
			}
			replies := m.dump()
			for len(replies) > 0 {
				if rapid.Bool().Draw(t, "overtaken") {
					f.Apply(m.change(t))
					continue
				}
				f.Apply(replies[0])
				replies = replies[1:]
			}
			f.Apply(synced(record.SourceRtnetlink))
			if diff := m.differs(f); diff != "" {
				t.Fatal(diff)
			}
			for range rapid.IntRange(0, 8).Draw(t, "after") {
				f.Apply(m.change(t))
				if diff := m.differs(f); diff != "" {
					t.Fatal(diff)
				}
			}
		}
	})
}
