package inspect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
)

// A macvlan on an unplugged wire, beside a healthy wire and one that nobody uses.
func TestExplain(t *testing.T) {
	whole := inspect.Build(snapshot(
		ethernet("eth0", noCarrier, activated), ethernet("eth1", static("192.0.2.2/24")), ethernet("eth2"),
		link("mac0", "macvlan", nmtypes.TypeMACVLAN, on("eth0"), noCarrier, static("198.51.100.2/24"))))
	asked := func(names ...string) inspect.Pyramid {
		p := whole
		p.Stacks = slices.DeleteFunc(slices.Clone(whole.Stacks), func(s inspect.Stack) bool { return !slices.Contains(names, s.Interface) })
		return p
	}
	const unplugged = "eth0: L1 has failed; L2 of eth0, L3 of eth0, mac0, which stands on it"
	for _, tt := range []struct {
		name  string
		asked inspect.Pyramid
		all   bool
		want  []string // headlines, and what is blocked
	}{
		{"all that is broken, each once", whole, false, []string{unplugged}},
		{"what stands on it is blocked though nobody asks about it", asked("eth0"), true, []string{unplugged}},
		{"a base that nobody asks about is the cause", asked("mac0"), false, []string{"mac0: is blocked: L1 of eth0 has failed; L1 of mac0, L2 of mac0, L3 of mac0"}},
		{"one that is healthy, because it is asked about", asked("eth1"), true, []string{"eth1: stands; "}},
		{"nothing is broken", asked("eth1", "eth2"), false, nil},
		{"what NetworkManager could connect and does not", inspect.Build(snapshot(ethernet("eth3", available(1, true)), ethernet("eth4", available(1, false)))), false, []string{"eth3: is down; "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, e := range inspect.Explain(whole, tt.asked, tt.all).Explanations {
				got = append(got, e.Interface+": "+e.Headline+"; "+strings.Join(e.Blocked, ", "))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("explained (-want +got):\n%s", diff)
			}
		})
	}
}

// Who may not ask the supplicant is told that no fault is seen, and what is not seen.
func TestExplainWithoutARight(t *testing.T) {
	wire := ethernet("eth0", static("192.0.2.2/24"), device(func(d *nmtypes.Device) { d.Applied.Dot1X = true }))
	s := snapshot(wire, ethernet("eth1", static("198.51.100.2/24")), withoutSupplicant(inspect.SourceDenied, "group netdev"))
	p := inspect.Build(s)
	all := inspect.Explain(p, p, false).Explanations
	if len(all) != 1 || all[0].Interface != "eth0" || all[0].Headline != "stands, as far as can be seen" {
		t.Fatalf("explained %+v", all)
	}
	const veiled = "wpa_supplicant may not be asked with these rights: needs group netdev"
	if diff := cmp.Diff([]string{veiled}, all[0].Rights); diff != "" {
		t.Errorf("not seen (-want +got):\n%s", diff)
	}
	d, _ := inspect.DetailOf(s, p, "eth0")
	if !slices.Contains(d.Facts, inspect.Fact{Section: "not seen", Name: "L2", Value: veiled, Source: "nmdebug"}) {
		t.Errorf("the detail does not say what is not seen: %+v", d.Facts)
	}
	v := inspect.Check(p, nil, inspect.Requirement{Names: []string{"eth0"}, Levels: []inspect.Level{inspect.L2}})
	if v.Lowest != inspect.L2 || v.Results[0].Reason != veiled {
		t.Errorf("the check says %+v", v)
	}
}
