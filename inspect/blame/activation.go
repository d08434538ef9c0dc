package blame

import (
	"cmp"
	"slices"
	"time"

	"nmdebug/nmwatch/record"
)

// Activation is one attempt to bring a connection up.
type Activation struct {
	Interface  string    `json:"interface"`             // "" for a VPN that has none yet
	Connection string    `json:"connection,omitempty"`  // the connection's name; "" where it was not told
	VPN        string    `json:"vpn,omitempty"`         // the same, of a VPN
	Began      time.Time `json:"began"`                 //
	Ended      time.Time `json:"ended,omitzero"`        // zero while it is under way
	Outcome    Outcome   `json:"outcome"`               //
	Steps      []Step    `json:"steps"`                 // in order, without gaps
	Slowest    string    `json:"slowest_step"`          // "" when there is no step
	Took       float64   `json:"took_seconds,omitzero"` //
}

// Outcome says how an activation ended.
type Outcome string

// How an activation can end.
const (
	Activated Outcome = "activated"
	Failed    Outcome = "failed"
	UnderWay  Outcome = "under way"
	Abandoned Outcome = "abandoned" // another one took its place, or it was taken down
)

// Step is a part of an activation.
type Step struct {
	Name  string    `json:"name"`
	Began time.Time `json:"began"`
	Took  float64   `json:"took_seconds"`
}

// Of reads the activations out of a timeline, the oldest first. What began before it is left out. Where a daemon's log and
// its signals tell of the same steps the log counts: its times are the daemon's own.
func Of(lines []record.Line) []Activation {
	var all []Activation
	logged := loggedMarks(lines)
	devices, vpns, titles := map[string]*attempt{}, map[string]*attempt{}, titles{}
	finish := func(under map[string]*attempt, key string, at time.Time, o Outcome) {
		if a := under[key]; a != nil {
			all = append(all, a.finish(at, o))
			delete(under, key)
		}
	}
	for _, l := range lines {
		switch {
		case logged[l.Mark.Kind] && l.Kind != record.Log:
		case l.Mark.Kind == record.VPNMark:
			followVPN(vpns, l, finish)
		case l.Mark.Kind == record.ConnectionMark:
			titles.take(devices[l.Interface], l)
		case l.Mark.Kind != 0 && l.Interface != "":
			followDevice(devices, l, titles, finish)
			if l.Mark.Kind == record.DeviceMark && l.Mark.State == "activated" {
				carried(vpns, l, finish)
			}
		}
	}
	for _, under := range []map[string]*attempt{devices, vpns} {
		for key := range under {
			finish(under, key, time.Time{}, UnderWay)
		}
	}
	slices.SortStableFunc(all, func(a, b Activation) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.Interface, b.Interface))
	})
	return all
}

// loggedMarks says of which kinds of steps logs tell.
func loggedMarks(lines []record.Line) map[record.MarkKind]bool {
	logged := map[record.MarkKind]bool{}
	for _, l := range lines {
		if l.Kind == record.Log && l.Mark.Kind != 0 {
			logged[l.Mark.Kind] = true
		}
	}
	return logged
}

// attempt is an activation on its way.
type attempt struct {
	Activation
	phase phase
	last  time.Time // of the newest mark
}

// enter ends the step that is under way and begins another, unless it is the same.
func (a *attempt) enter(name string, at time.Time) {
	a.last = at
	if n := len(a.Steps); n > 0 {
		if a.Steps[n-1].Name == name {
			return
		}
		a.Steps[n-1].Took = at.Sub(a.Steps[n-1].Began).Seconds()
	}
	a.Steps = append(a.Steps, Step{Name: name, Began: at})
}

func (a *attempt) finish(at time.Time, o Outcome) Activation {
	end := at
	if at.IsZero() {
		end = a.last
	}
	if n := len(a.Steps); n > 0 {
		a.Steps[n-1].Took = end.Sub(a.Steps[n-1].Began).Seconds()
	}
	a.Steps = slices.DeleteFunc(a.Steps, func(s Step) bool { return s.Took <= 0 })
	a.Ended, a.Outcome, a.Took = at, o, end.Sub(a.Began).Seconds()
	longest := 0.0
	for name, took := range a.sums() {
		if took > longest || took == longest && name < a.Slowest {
			a.Slowest, longest = name, took
		}
	}
	return a.Activation
}

// Named says whether a name is that of the interface or of the connection.
func (a Activation) Named(name string) bool { return a.Interface == name || a.Connection == name }

// sums adds up the steps of each name: a handshake that is tried three times is one thing to blame.
func (a Activation) sums() map[string]float64 {
	sums := map[string]float64{}
	for _, s := range a.Steps {
		sums[s.Name] += s.Took
	}
	return sums
}

// Share is the part of the whole that all steps of a name took, from 0 to 1.
func (a Activation) Share(name string) float64 {
	if a.Took == 0 {
		return 0
	}
	return a.sums()[name] / a.Took
}
