package observe

import (
	"bytes"
	"context"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/redact"
)

// Overheard is what others say to each other on the bus, without its secrets: a source for a tap. Without root it can only
// note that it may not listen.
type Overheard struct{ Options Options }

// Run hands on what is said until the context ends.
func (o *Overheard) Run(ctx context.Context, out chan<- record.Record) error {
	var redactor redact.Redactor
	m := newMonitor(o.Options)
	m.Take = func(r record.Record, _ wire.Message) {
		r.Raw = bytes.Clone(r.Raw) // which is the monitor's own
		select {
		case out <- redactor.Clean(r):
		case <-ctx.Done():
		}
	}
	return m.Run(ctx)
}
