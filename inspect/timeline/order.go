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
	i := len(o.held) - 1 // the call came not long ago: in a recording all is held
	for i >= 0 && (o.held[i].Seq != answer.Answers || o.held[i].Answers != 0) {
		i--
	}
	if i < 0 {
		return false
	}
	call := &o.held[i]
	call.Text += " → " + Outcome(answer)
	call.Took, call.Outcome = answer.Took, answer.Outcome
	call.Severity = min(call.Severity, answer.Severity)
	return true
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
func (o *Order) Ready(now time.Time) []record.Line {
	limit := now.Add(-Latency)
	n, _ := slices.BinarySearchFunc(o.held, limit, func(l record.Line, t time.Time) int { return cmp.Or(l.At.Compare(t), -1) })
	return o.take(n)
}

// Rest gives all lines that are still held.
func (o *Order) Rest() []record.Line { return o.take(len(o.held)) }

func (o *Order) take(n int) []record.Line {
	lines := slices.Clone(o.held[:n])
	o.held = slices.Delete(o.held, 0, n)
	return lines
}

// Next is when a line will be ready; ok is false when none is held.
func (o *Order) Next() (at time.Time, ok bool) {
	if len(o.held) == 0 {
		return time.Time{}, false
	}
	return o.held[0].At.Add(Latency), true
}
