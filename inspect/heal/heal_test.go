package heal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect"
	"nmdebug/inspect/heal"
)

// sick is a pyramid in which one floor of eth0 is broken, with a code; level 0 is a healthy one.
func sick(level inspect.Level, code inspect.Code, change ...func(*inspect.Stack)) inspect.Pyramid {
	s := inspect.Stack{
		Interface: "eth0", Kind: "ethernet", Managed: true, Wanted: true,
		Connection: &inspect.Connection{ID: "lan", State: "activated"}, Tunnels: []inspect.Tunnel{},
	}
	for _, l := range inspect.Levels() {
		status := inspect.Up
		if level != 0 && l >= level {
			status = inspect.Failed
		}
		s.Floors = append(s.Floors, inspect.Floor{Level: l, Status: status})
	}
	switch level {
	case 0:
	case inspect.VPN:
		s.Tunnels = []inspect.Tunnel{{Name: "work", Kind: "vpn", Base: "eth0", Finding: code.Finding("eth0", level, inspect.Failed)}}
	default:
		s.Cause = &inspect.Cause{Interface: "eth0", Level: level, Finding: code.Finding("eth0", level, inspect.Failed)}
	}
	for _, c := range change {
		c(&s)
	}
	return inspect.Pyramid{Stacks: []inspect.Stack{s}}
}

// moment is what is so after a time, and what is to be decided then.
type moment struct {
	after time.Duration
	is    inspect.Pyramid
	want  []string
	again time.Duration // after the beginning; 0 for never
}

// said writes decisions as "KIND NAME BROKEN from FLOOR #ATTEMPT".
func said(decisions []heal.Decision) []string {
	var all []string
	for _, d := range decisions {
		name := d.Interface
		if d.VPN != "" {
			name = d.VPN
		}
		text := fmt.Sprintf("%s %s %s", d.Kind, name, d.Broken)
		if d.From != 0 {
			text += fmt.Sprintf(" from %s #%d", d.From, d.Attempt)
		}
		all = append(all, text)
	}
	return all
}

func policy(change ...func(*heal.Policy)) heal.Policy {
	p := heal.Usual()
	p.HoldOff = map[inspect.Level]time.Duration{inspect.L1: 10 * time.Second, inspect.L2: 10 * time.Second, inspect.L3: 10 * time.Second, inspect.VPN: 3 * time.Second}
	for _, c := range change {
		c(&p)
	}
	return p
}

func TestJudge(t *testing.T) {
	const s = time.Second
	healthy := sick(0, "")
	noLease, ended := sick(inspect.L3, inspect.LeaseLost), sick(inspect.VPN, inspect.VPNEnded)
	up := sick(0, "", func(s *inspect.Stack) {
		s.Tunnels = []inspect.Tunnel{{Name: "work", Kind: "vpn", Base: "eth0", Finding: inspect.VPNDone.Finding("eth0", inspect.VPN, inspect.Up)}}
	})
	activating := sick(inspect.L3, inspect.LeaseLost, func(s *inspect.Stack) { s.Connection.State = "activating" })
	for _, tt := range []struct {
		name    string
		policy  heal.Policy
		moments []moment
	}{
		{"nothing is broken", policy(), []moment{{0, healthy, nil, 0}}},
		{"it comes back by itself", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s}, {9 * s, noLease, nil, 10 * s}, {9500 * time.Millisecond, healthy, []string{"recovered eth0 L3"}, 0}, {20 * s, healthy, nil, 0},
		}},
		{"it does not", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s}, {10 * s, noLease, []string{"reconnect eth0 L3 from L3 #1"}, 15 * s}, {12 * s, healthy, []string{"recovered eth0 L3"}, 0},
		}},
		{"the ladder, the back-off and the budget", policy(), []moment{
			{0, ended, []string{"noticed work VPN"}, 3 * s},
			{3 * s, ended, []string{"reconnect work VPN from VPN #1"}, 8 * s},
			{7 * s, ended, nil, 8 * s},
			{8 * s, ended, []string{"reconnect eth0 VPN from L3 #2"}, 18 * s},
			{18 * s, ended, []string{"reconnect eth0 VPN from L2 #3"}, 38 * s},
			{38 * s, ended, []string{"gave-up work VPN"}, time.Hour + 3*s},
			{50 * s, ended, nil, time.Hour + 3*s},
			{time.Hour + 4*s, ended, []string{"reconnect eth0 VPN from L1 #4"}, time.Hour + 44*s},
		}},
		{"a budget counts what recovered in between", policy(func(p *heal.Policy) { p.Budget = 1 }), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s},
			{10 * s, noLease, []string{"reconnect eth0 L3 from L3 #1"}, 15 * s},
			{11 * s, healthy, []string{"recovered eth0 L3"}, 0},
			{20 * s, noLease, []string{"noticed eth0 L3"}, 30 * s},
			{30 * s, noLease, []string{"gave-up eth0 L3"}, time.Hour + 10*s},
		}},
		{"NetworkManager is at work on it", policy(), []moment{
			{0, activating, []string{"noticed eth0 L3"}, 0}, {30 * s, activating, nil, 0}, {31 * s, noLease, []string{"reconnect eth0 L3 from L3 #1"}, 36 * s},
		}},
		{"a cable is unplugged", policy(), []moment{
			{0, sick(inspect.L1, inspect.NoCarrier), []string{"noticed eth0 L1", "hopeless eth0 L1"}, 0}, {time.Hour, sick(inspect.L1, inspect.NoCarrier), nil, 0},
		}},
		{"a password was refused", policy(), []moment{{0, sick(inspect.VPN, inspect.VPNLogin), []string{"noticed work VPN", "hopeless work VPN"}, 0}}},
		{"it breaks deeper", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s},
			{8 * s, sick(inspect.L2, inspect.SupplicantGone), nil, 18 * s},
			{18 * s, sick(inspect.L2, inspect.SupplicantGone), []string{"reconnect eth0 L2 from L2 #1"}, 23 * s},
		}},
		{"to tell is enough", policy(func(p *heal.Policy) { p.SignalOnly = true }), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s},
			{10 * s, noLease, []string{"signal eth0 L3 from L3 #1"}, 15 * s},
			{15 * s, noLease, nil, 0},
			{16 * s, healthy, []string{"recovered eth0 L3"}, 0},
		}},
		{"another interface is meant", policy(func(p *heal.Policy) { p.Interfaces = []string{"eth1"} }), []moment{{0, noLease, nil, 0}}},
		{"nobody wants it any more", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s},
			{5 * s, sick(inspect.L3, inspect.NoAddress, func(s *inspect.Stack) { s.Cause, s.Wanted = nil, false }), nil, 0},
		}},
		{"the base of a VPN breaks, too", policy(), []moment{
			{0, ended, []string{"noticed work VPN"}, 3 * s},
			{s, noLease, []string{"noticed eth0 L3"}, 11 * s},
			{11 * s, noLease, []string{"reconnect eth0 L3 from L3 #1"}, 16 * s},
			{12 * s, up, []string{"recovered eth0 L3", "recovered work VPN"}, 0},
		}},
		{"it is not NetworkManager's", policy(), []moment{{0, sick(inspect.L3, inspect.NoAddress, func(s *inspect.Stack) { s.Managed = false }), nil, 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			h := heal.NewHealer(tt.policy)
			for _, m := range tt.moments {
				decisions, again := h.Judge(m.is, began.Add(m.after))
				if diff := cmp.Diff(m.want, said(decisions)); diff != "" {
					t.Errorf("after %s (-want +got):\n%s", m.after, diff)
				}
				due := time.Duration(0)
				if !again.IsZero() {
					due = again.Sub(began)
				}
				if due != m.again {
					t.Errorf("after %s it wants to look again at %s, want %s", m.after, due, m.again)
				}
			}
		})
	}
}

func TestPolicy(t *testing.T) {
	if err := heal.Usual().Check(); err != nil {
		t.Errorf("the usual policy: %v", err)
	}
	for name, change := range map[string]func(*heal.Policy){
		"no budget":       func(p *heal.Policy) { p.Budget = 0 },
		"no time":         func(p *heal.Policy) { p.Per = 0 },
		"back in time":    func(p *heal.Policy) { p.BackOff = -1 },
		"no ladder":       func(p *heal.Policy) { p.Ladder = nil },
		"a ladder upward": func(p *heal.Policy) { p.Ladder = []inspect.Level{inspect.L2, inspect.L3} },
	} {
		p := heal.Usual()
		change(&p)
		if p.Check() == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}
