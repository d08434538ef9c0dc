package narrative

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// kernelBefore is a kernel with a cable, a bridge and a radio.
func kernelBefore() kerneltypes.State {
	const up = 1
	return kerneltypes.State{
		Links: map[int]kerneltypes.Link{
			2: {Index: 2, Name: "eth0", Flags: up, HasCarrier: true, Carrier: true, MTU: 1500, Address: "02:00:00:00:00:01"},
			3: {Index: 3, Name: "br0", Kind: "bridge", Flags: up},
			4: {Index: 4, Name: "wlan0", Flags: up},
		},
		Addrs:    map[int][]kerneltypes.Addr{2: {{Prefix: netip.MustParsePrefix("10.0.0.5/24")}}},
		Routes:   []kerneltypes.Route{{Dst: netip.MustParsePrefix("0.0.0.0/0"), Gateway: netip.MustParseAddr("10.0.0.1"), OIF: 2, Metric: 100}},
		Neighs:   []kerneltypes.Neigh{{Index: 2, IP: netip.MustParseAddr("10.0.0.1"), State: kerneltypes.NeighReachable}},
		Rfkill:   map[uint32]kerneltypes.Radio{1: {Index: 1, Name: "phy0", Type: 1}},
		Wireless: map[int]kerneltypes.WirelessLog{},
	}
}

func TestChangesOfTheKernel(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *kerneltypes.State)
		want   []string
	}{
		{"nothing", func(*kerneltypes.State) {}, nil},
		{"the carrier goes", func(s *kerneltypes.State) { amend(s, 2, func(l *kerneltypes.Link) { l.Carrier = false }) }, []string{"warning eth0 l1: the carrier is lost"}},
		{"a link is switched off", func(s *kerneltypes.State) { amend(s, 2, func(l *kerneltypes.Link) { l.Flags = 0 }) }, []string{"notice eth0 l1: the link is switched off"}},
		{"a link becomes a port", func(s *kerneltypes.State) { amend(s, 2, func(l *kerneltypes.Link) { l.Controller = 3 }) }, []string{"notice eth0 l2: becomes a port of br0"}},
		{"a link is renamed", func(s *kerneltypes.State) {
			amend(s, 2, func(l *kerneltypes.Link) { l.Name, l.MTU, l.Address = "lan0", 1400, "02:00:00:00:00:02" })
		}, []string{"notice lan0 l1: the link was eth0 before", "info lan0 l1: has the address 02:00:00:00:00:02, 02:00:00:00:00:01 before", "info lan0 l1: MTU 1400, 1500 before"}},
		{"counters move", func(s *kerneltypes.State) { amend(s, 2, func(l *kerneltypes.Link) { l.RxBytes = 9 }) }, nil},
		{"a link comes", func(s *kerneltypes.State) { s.Links[9] = kerneltypes.Link{Index: 9, Name: "tun0", Kind: "tun"} }, []string{"notice tun0 l1: the link appears (tun)"}},
		{"a link goes", func(s *kerneltypes.State) { delete(s.Links, 4) }, []string{"notice wlan0 l1: the link is gone"}},
		{"addresses", func(s *kerneltypes.State) {
			s.Addrs = map[int][]kerneltypes.Addr{2: {{Prefix: netip.MustParsePrefix("10.0.0.6/24")}}}
		}, []string{"notice eth0 l3: address 10.0.0.6/24 added", "notice eth0 l3: address 10.0.0.5/24 removed"}},
		{"an address is another's", func(s *kerneltypes.State) {
			s.Addrs = map[int][]kerneltypes.Addr{2: {{Prefix: netip.MustParsePrefix("10.0.0.5/24"), Flags: 0x08}}}
		}, []string{"error eth0 l3: address 10.0.0.5/24 is another host's"}},
		{"the default route goes", func(s *kerneltypes.State) { s.Routes = nil }, []string{"notice eth0 l3: route default via 10.0.0.1 metric 100 removed"}},
		{"the default route has no carrier", func(s *kerneltypes.State) {
			s.Routes = slices.Clone(s.Routes)
			s.Routes[0].Flags = 16
		}, nil},
		{"the gateway is silent", func(s *kerneltypes.State) {
			s.Neighs = []kerneltypes.Neigh{{Index: 2, IP: netip.MustParseAddr("10.0.0.1"), State: kerneltypes.NeighFailed}}
		}, []string{"warning eth0 l3: neighbour 10.0.0.1 does not answer"}},
		{"the radio is off", func(s *kerneltypes.State) {
			s.Rfkill = map[uint32]kerneltypes.Radio{1: {Index: 1, Name: "phy0", Type: 1, Soft: true}}
		}, []string{"warning l1: radio phy0 is blocked by software"}},
		{"a step of SAE", func(s *kerneltypes.State) {
			s.Wireless = map[int]kerneltypes.WirelessLog{4: {Auth: kerneltypes.WirelessEvent{BSSID: "02:aa", Code: 126}}}
		}, nil},
		{"SAE is refused", func(s *kerneltypes.State) {
			s.Wireless = map[int]kerneltypes.WirelessLog{4: {Auth: kerneltypes.WirelessEvent{BSSID: "02:aa", Code: 1}}}
		}, []string{"warning wlan0 l2: access point 02:aa refuses the authentication: unspecified-failure"}},
		{"Wi-Fi", func(s *kerneltypes.State) {
			s.Wireless = map[int]kerneltypes.WirelessLog{4: {
				Connect: kerneltypes.WirelessEvent{BSSID: "02:aa", Code: 17}, Roam: kerneltypes.WirelessEvent{BSSID: "02:bb"},
				Disconnect: kerneltypes.WirelessEvent{BSSID: "02:aa", Code: 3, ByAP: true},
			}}
			s.Country = "DE"
		}, []string{
			"warning wlan0 l2: access point 02:aa refuses: ap-unable-to-handle-new-sta",
			"notice wlan0 l2: roams to access point 02:bb",
			"warning wlan0 l2: disconnected by the access point: deauth-leaving",
			"notice l1: the regulatory domain is DE",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, after := New(), kernelBefore()
			tt.change(&after)
			n.changes(kernelBefore(), after)
			var got []string
			for _, l := range n.lines {
				head := l.Severity.String()
				for _, word := range slices.DeleteFunc([]string{l.Interface, l.Floor}, func(s string) bool { return s == "" }) {
					head += " " + word
				}
				got = append(got, head+": "+l.Text)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func amend(s *kerneltypes.State, index int, change func(*kerneltypes.Link)) {
	l := s.Links[index]
	change(&l)
	s.Links[index] = l
}
