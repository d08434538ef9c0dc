package observe

import (
	"testing"

	"nmdebug/inspect"
	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
)

// A service that is asked for one more thing is not being read again, one that was started anew is.
func TestTold(t *testing.T) {
	of := func(kind mirror.EventKind) mirror.Event { return mirror.Event{Kind: kind, Service: nmwatch.Service} }
	whole := func(string) bool { return true }
	asked := func(string) bool { return false } // something that has not been answered
	for _, tt := range []struct {
		name string
		then []mirror.Event // when it had told everything, each with a question open
		want inspect.SourceStatus
	}{
		{name: "a question came up", then: []mirror.Event{of(mirror.Signal)}, want: inspect.SourceOK},
		{name: "it was started anew", then: []mirror.Event{of(mirror.OwnerChanged), of(mirror.Signal)}, want: inspect.SourceReading},
		{name: "it went", then: []mirror.Event{of(mirror.OwnerLost)}, want: inspect.SourceReading},
		{name: "the bus came back", then: []mirror.Event{of(mirror.BusDown), of(mirror.BusUp)}, want: inspect.SourceReading},
		{name: "another went", then: []mirror.Event{{Kind: mirror.OwnerLost, Service: "org.bluez"}}, want: inspect.SourceOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			memory := told{}
			memory.hear(of(mirror.Reply), whole)
			for _, e := range tt.then {
				memory.hear(e, asked)
			}
			src := memory.amend([]inspect.Source{{Name: inspect.SourceNM, Status: inspect.SourceReading}})[0]
			if src.Status != tt.want {
				t.Errorf("it is %s, want %s", src.Status, tt.want)
			}
		})
	}
}
