package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"nmdebug/nmwatch/record"
)

// Latency is how late a line may come: the journal hands an entry on after 0.3 s.
const Latency = 500 * time.Millisecond

// Order puts lines into true order: it holds each until none that is older can come. Held calls get their answers. One
// goroutine owns it.
type Order struct {
	held []record.Line // sorted
}

// Add takes a line.
func (o *Order) Add(l record.Line) {
	if l.Answers != 0 && o.join(l) {
		return
	}
	at, _ := slices.BinarySearchFunc(o.held, l, func(a, b record.Line) int {
		return cmp.Or(a.At.Compare(b.At), -1) // behind those of the same time
	})
	o.held = slices.Insert(o.held, at, l)
}

// join puts an answer to its call, if that is still held.
func (o *Order) join(answer record.Line) bool {
	const jitter = time.Millisecond
	asked := answer.At.Add(-answer.Took)
	for i := o.before(asked.Add(-jitter)); i < len(o.held) && !o.held[i].At.After(asked.Add(jitter)); i++ {
		call := &o.held[i]
		if call.Seq != answer.Answers || call.Answers != 0 {
			continue
		}
		call.Text += " → " + Outcome(answer)
		call.Took, call.Outcome = answer.Took, answer.Outcome
		call.Severity = min(call.Severity, answer.Severity)
		return true
	}
	return false
}

// Outcome tells an answer behind its call: "ok after 12 ms".
func Outcome(answer record.Line) string {
	return fmt.Sprintf("%s after %s", answer.Outcome, Duration(answer.Took))
}

// Duration tells a time that something took, short: "0.4 ms", "12 ms", "2.31 s".
func Duration(d time.Duration) string {
	switch ms := float64(d) / float64(time.Millisecond); {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	default:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
}

// Ready gives the lines, in order, behind which none can come any more at that time.
func (o *Order) Ready(now time.Time) []record.Line { return o.take(o.before(now.Add(-Latency))) }

const (
	// answerWithin is how long an answer may take for which a call is held in a recording: clients give up after 25 s.
	answerWithin = 30 * time.Second

	// mostHeld is how many lines are held for that at most.
	mostHeld = 20_000
)

// Settled is Ready for a recording that has been read up to that time: nobody waits for its lines, so that they are held until their
// answers have come, too.
func (o *Order) Settled(now time.Time) []record.Line {
	if len(o.held) > mostHeld {
		return o.Ready(now)
	}
	return o.take(o.before(now.Add(-answerWithin)))
}

// before is how many of the lines are not later than a time.
func (o *Order) before(t time.Time) int {
	n, _ := slices.BinarySearchFunc(o.held, t, func(l record.Line, t time.Time) int { return cmp.Or(l.At.Compare(t), -1) })
	return n
}

// Rest gives all lines that are still held.
func (o *Order) Rest() []record.Line { return o.take(len(o.held)) }

// take cuts lines off in front. What is added writes behind them, and moves to another place in time.
func (o *Order) take(n int) []record.Line {
	lines := o.held[:n:n]
	o.held = o.held[n:]
	return lines
}

// Next is when a line will be ready; ok is false when none is held.
func (o *Order) Next() (at time.Time, ok bool) {
	if len(o.held) == 0 {
		return time.Time{}, false
	}
	return o.held[0].At.Add(Latency), true
}
