package observe

import (
	"testing"
	"time"

	"nmdebug/nmwatch/record"
)

// Changes are held back a moment, so that one event is seen as one, longer while an answer is awaited, and the first
// pyramid until everything was read.
func TestHold(t *testing.T) {
	for _, tt := range []struct {
		name          string
		whole, shown  bool
		queued, ports int
		after, notYet time.Duration // when they are shown, and when not; 0 for never
	}{
		{name: "all is quiet", whole: true, shown: true, notYet: gather / 2, after: gather},
		{name: "records keep coming", whole: true, shown: true, queued: 1, notYet: gatherAtMost / 2, after: gatherAtMost},
		{name: "a socket is being read", whole: true, shown: true, ports: 1, notYet: gatherAtMost / 2, after: gatherAtMost},
		{name: "a daemon has not answered", shown: true, notYet: gatherAtMost / 2, after: gatherAtMost},
		{name: "the first is not complete", notYet: time.Hour},
		{name: "a socket is read for the first", whole: true, ports: 1, notYet: time.Hour},
		{name: "the first is complete", whole: true, notYet: gather / 2, after: gather},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &observer{world: newWorld(1, nil), out: make(chan record.Record, 1), shown: tt.shown, ports: ports{pending: tt.ports}}
			for range tt.queued {
				o.out <- record.Record{}
			}
			if tt.whole {
				o.world.apply(down("bus"))
				o.world.apply(down("rtnetlink"))
			}
			if o.hold(tt.notYet) <= 0 {
				t.Errorf("shown after %s", tt.notYet)
			}
			if tt.after > 0 && o.hold(tt.after) > 0 {
				t.Errorf("not shown after %s", tt.after)
			}
		})
	}
}

// down is the record of a source that is gone, of which nothing more is awaited.
func down(source string) record.Record {
	return record.Noted{Source: source, Event: record.Down}.Record(time.Time{}, 0)
}
