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
		Connection: &inspect.Connection{ID: "lan", UUID: "lan", State: "activated"}, Tunnels: []inspect.Tunnel{},
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
	return inspect.Pyramid{Sources: []inspect.Source{{Name: inspect.SourceNM, Status: inspect.SourceOK}}, Stacks: []inspect.Stack{s}}
}

// without is a pyramid that NetworkManager has no part in.
func without(p inspect.Pyramid, status inspect.SourceStatus) inspect.Pyramid {
	p.Sources = []inspect.Source{{Name: inspect.SourceNM, Status: status}}
	return p
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
	starting := sick(0, "", func(s *inspect.Stack) {
		s.Floors[inspect.L3-1].Status, s.Connection.State = inspect.Starting, "activating"
	})
	gone := without(sick(0, "", func(s *inspect.Stack) { s.Managed, s.Wanted, s.Connection = false, false, nil }), inspect.SourceAbsent)
	disconnected := sick(inspect.L2, inspect.Dot1xRejected, func(s *inspect.Stack) { s.Connection = nil })
	activating := sick(inspect.L3, inspect.LeaseLost, func(s *inspect.Stack) { s.Connection.State = "activating" })
	again := sick(0, "", func(s *inspect.Stack) { s.Index = 7 })
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
			{0, activating, []string{"noticed eth0 L3"}, 0},
			{30 * s, activating, nil, 0},
			{31 * s, noLease, nil, 41 * s}, // it may begin again
			{41 * s, noLease, []string{"reconnect eth0 L3 from L3 #1"}, 46 * s},
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
		{"NetworkManager tries it by itself", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s},
			{5 * s, starting, nil, 0},
			{30 * s, noLease, nil, 40 * s},
			{31 * s, starting, nil, 0},
			{35 * s, healthy, []string{"recovered eth0 L3"}, 0},
		}},
		{"NetworkManager does not answer", policy(), []moment{
			{0, without(noLease, inspect.SourceSilent), []string{"noticed eth0 L3"}, 0}, {20 * s, noLease, nil, 30 * s}, {21 * s, healthy, []string{"recovered eth0 L3"}, 0},
		}},
		{"NetworkManager is restarted meanwhile", policy(), []moment{
			{0, noLease, []string{"noticed eth0 L3"}, 10 * s}, {5 * s, gone, nil, 0}, {6 * s, starting, nil, 0}, {7 * s, healthy, []string{"recovered eth0 L3"}, 0},
		}},
		{"NetworkManager dies, and its VPN with it", policy(), []moment{
			{0, up, nil, 0},
			{10 * s, gone, []string{"noticed work VPN"}, 0},
			{20 * s, starting, nil, 0},
			{21 * s, healthy, nil, 24 * s},
			{24 * s, healthy, []string{"reconnect work VPN from VPN #1"}, 29 * s},
			{25 * s, up, []string{"recovered work VPN"}, 0},
			{26 * s, healthy, nil, 0},
		}},
		{"NetworkManager is stopped, and ends its VPN first", policy(), []moment{
			{0, up, nil, 0}, {10 * s, healthy, nil, 0}, {10*s + 60*time.Millisecond, gone, []string{"noticed work VPN"}, 0}, {12 * s, healthy, nil, 15 * s},
		}},
		{"the interface vanishes, and its VPN with it", policy(), []moment{
			{0, up, nil, 0}, {s, inspect.Pyramid{Sources: up.Sources}, nil, 0}, {20 * s, healthy, []string{"noticed work VPN"}, 23 * s},
		}},
		{"the interface was made again before anybody looked", policy(), []moment{
			{0, up, nil, 0}, {s, again, []string{"noticed work VPN"}, 4 * s},
		}},
		{"the end of the VPN is told before that of its interface", policy(), []moment{
			{0, up, nil, 0}, {s, healthy, nil, 0}, {s + 10*time.Millisecond, again, []string{"noticed work VPN"}, 4*s + 10*time.Millisecond},
		}},
		{"the interface vanishes long after somebody ended the VPN", policy(), []moment{
			{0, up, nil, 0}, {s, healthy, nil, 0}, {4 * s, again, nil, 0},
		}},
		{"the interface vanishes, and its VPN, which was refused", policy(), []moment{
			{0, sick(inspect.VPN, inspect.VPNLogin), []string{"noticed work VPN", "hopeless work VPN"}, 0}, {s, inspect.Pyramid{Sources: up.Sources}, nil, 0}, {20 * s, healthy, nil, 0},
		}},
		{"a VPN was ended long before NetworkManager was stopped", policy(), []moment{
			{0, up, nil, 0}, {10 * s, healthy, nil, 0}, {13 * s, gone, nil, 0}, {14 * s, healthy, nil, 0},
		}},
		{"a password is refused that was right before", policy(), []moment{
			{0, healthy, nil, 0},
			{5 * s, disconnected, []string{"noticed eth0 L2"}, 15 * s},
			{15 * s, disconnected, []string{"reconnect eth0 L2 from L2 #1"}, 20 * s},
		}},
		{"a password is refused, and NetworkManager says activated", policy(), []moment{{0, sick(inspect.L2, inspect.Dot1xRejected), []string{"noticed eth0 L2"}, 10 * s}}},
		{"the password of another connection is refused", policy(), []moment{
			{0, healthy, nil, 0},
			{5 * s, sick(inspect.L2, inspect.Dot1xRejected, func(s *inspect.Stack) { s.Connection = &inspect.Connection{UUID: "other", State: "activating"} }), []string{"noticed eth0 L2", "hopeless eth0 L2"}, 0},
			{6 * s, disconnected, nil, 0},
		}},
		{"the password of a VPN is refused that was right before", policy(), []moment{
			{0, up, nil, 0}, {s, sick(inspect.VPN, inspect.VPNLogin), []string{"noticed work VPN"}, 4 * s},
		}},
		{"WireGuard's peer does not answer", policy(), []moment{
			{0, sick(inspect.VPN, inspect.HandshakeOld, func(s *inspect.Stack) {
				s.Kind, s.Tunnels = "wireguard", nil
				s.Cause = &inspect.Cause{Interface: "eth0", Level: inspect.VPN, Finding: inspect.HandshakeOld.Finding("eth0", inspect.VPN, inspect.Failed)}
			}), []string{"noticed eth0 VPN"}, 3 * s},
			{5 * s, healthy, []string{"recovered eth0 VPN"}, 0},
		}},
		{"somebody disconnects what carries a VPN", policy(), []moment{
			{0, up, nil, 0},
			{s, sick(inspect.VPN, inspect.VPNBaseLost, func(s *inspect.Stack) { s.Wanted, s.Connection = false, nil }), []string{"noticed work VPN"}, 0},
			{time.Minute, sick(inspect.VPN, inspect.VPNBaseLost), nil, time.Minute + 3*s},
		}},
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
		"no patience":     func(p *heal.Policy) { p.HoldOff[inspect.L2] = -1 },
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

func TestBegins(t *testing.T) {
	for want, p := range map[string]heal.Policy{
		"all interfaces that are wanted; hold-off L1 15s, L2 10s, L3 10s, VPN 3s; budget 3 in 1h for each": heal.Usual(),
		"eth0, eth1; hold-off L1 10s, L2 10s, L3 10s, VPN 3s; it only tells":                               policy(func(p *heal.Policy) { p.Interfaces, p.SignalOnly = []string{"eth0", "eth1"}, true }),
	} {
		if got := p.Begins(); got.Reason != want || got.Kind != heal.Watching {
			t.Errorf("it begins with %s: %s", got.Kind, got.Reason)
		}
	}
}

// TestPostpone takes reconnects back that somebody else was in the way of: they come again, later each time, and from the
// same floor.
func TestPostpone(t *testing.T) {
	h, began := heal.NewHealer(policy(func(p *heal.Policy) { p.Budget = 1 })), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	noLease := sick(inspect.L3, inspect.LeaseLost)
	h.Judge(noLease, began)
	for _, want := range []struct {
		after, again time.Duration
		said         string
	}{
		{10 * time.Second, 15 * time.Second, "reconnect eth0 L3 from L3 #1"},
		{15 * time.Second, 25 * time.Second, "reconnect eth0 L3 from L3 #2"},
		{25 * time.Second, 45 * time.Second, "reconnect eth0 L3 from L3 #3"},
	} {
		decisions, again := h.Judge(noLease, began.Add(want.after))
		if got := said(decisions); len(got) != 1 || got[0] != want.said || again.Sub(began) != want.again {
			t.Fatalf("after %s it decides %q, and again after %s, want %q and %s", want.after, got, again.Sub(began), want.said, want.again)
		}
		h.Postpone(decisions[0])
	}
}

// TestLose tells of a VPN that a reconnect took down and could not bring back.
func TestLose(t *testing.T) {
	h, now := heal.NewHealer(policy()), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h.Lose("eth0", "work", "It was taken down.")
	decisions, again := h.Judge(sick(0, ""), now)
	if got := said(decisions); len(got) != 1 || got[0] != "noticed work VPN" || decisions[0].Reason != "It was taken down." || !again.Equal(now.Add(3*time.Second)) {
		t.Errorf("it decides %q, and again at %s", got, again)
	}
	decisions, _ = h.Judge(sick(0, ""), now.Add(3*time.Second))
	if got := said(decisions); len(got) != 1 || got[0] != "reconnect work VPN from VPN #1" {
		t.Fatalf("it decides %q", got)
	}
	h.Forget(decisions[0]) // its profile was deleted
	if decisions, again := h.Judge(sick(0, ""), now.Add(time.Minute)); len(decisions) > 0 || !again.IsZero() {
		t.Errorf("it is forgotten, and it decides %q", said(decisions))
	}
}
