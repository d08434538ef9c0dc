package render

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"nmdebug/inspect/blame"
	"nmdebug/inspect/timeline"
)

// barWidth is how many columns the whole of an activation takes.
const barWidth = 32

// Activation is the headline of an activation, which names the slowest step, and a waterfall: a row for each step with what it
// took, its share of the whole, and a bar where it was. The slowest stands out there, too.
func Activation(a blame.Activation, clock string, bar string) (headline Row, steps []Row) {
	role := map[blame.Outcome]Role{blame.Activated: Good, blame.Failed: Bad, blame.UnderWay: Busy, blame.Abandoned: Dim}[a.Outcome]
	name := cmp.Or(a.Interface, a.Connection)
	if a.Connection != "" && a.Connection != name {
		name += " (" + a.Connection + ")"
	}
	headline = Row{{name, Strong}, {string(a.Outcome), role}, {"in " + timeline.Duration(seconds(a.Took)), Plain}}
	if len(a.Steps) > 1 {
		headline = append(headline, Cell{"(slowest: " + a.Slowest + ")", Warn})
	}
	headline = append(headline, Cell{clock, Dim})
	for _, s := range a.Steps {
		role := Plain
		if s.Name == a.Slowest {
			role = Warn
		}
		share := 0.0
		if a.Took > 0 {
			share = s.Took / a.Took
		}
		steps = append(steps, Row{
			{" " + s.Name, role},
			{fmt.Sprintf("%9s", timeline.Duration(seconds(s.Took))), role},
			{fmt.Sprintf("%3.0f %%", 100*share), Dim},
			{waterfall(s.Began.Sub(a.Began).Seconds(), s.Took, a.Took, bar), role},
		})
	}
	return headline, steps
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// waterfall draws where a step was in the whole; what took less than a column is drawn as one.
func waterfall(began, took, whole float64, bar string) string {
	if whole <= 0 {
		return ""
	}
	at := min(int(began/whole*barWidth), barWidth-1)
	length := min(max(int(took/whole*barWidth+0.5), 1), barWidth-at)
	return strings.Repeat(" ", at) + strings.Repeat(bar, length)
}
