package proc

import (
	"encoding/json"
	"fmt"

	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/nmwatch/record"
)

// Fold keeps the processes as they were last read. It is pure; one goroutine owns it.
type Fold struct{ state proctypes.State }

// NewFold makes a fold that knows of no process.
func NewFold() *Fold { return &Fold{} }

// State is what the last measurement said. It is immutable.
func (f *Fold) State() proctypes.State { return f.state }

// Apply takes the next record of the stream and tells whether it changed something. Records of other sources do not.
func (f *Fold) Apply(r record.Record) bool {
	m, err := record.MeasurementOf(r)
	if err != nil || m.What != whatProcesses {
		return false
	}
	var t proctypes.Table
	if err := json.Unmarshal(m.Value, &t); err != nil {
		f.state = proctypes.State{Read: true, Failure: fmt.Sprintf("cannot read the measurement: %v", err)}
		return true
	}
	f.state = proctypes.State{Read: true, Denied: t.Denied, Failure: t.Failure, Processes: t.Processes}
	return true
}
