package cli

import (
	"bytes"
	"io"
	"testing"
	"time"

	"nmdebug/cmd/nmdebug/demo"
	"nmdebug/cmd/nmdebug/observe"
)

// Of a recording of any length no more is kept than the steps, which are few.
func TestBlameKeepsStepsAlone(t *testing.T) {
	notes := recorded(t, 200)
	for name, c := range map[string]struct {
		open  func() (io.ReadCloser, error)
		steps bool
	}{
		"no steps": {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(notes)), nil }, false},
		"demo":     {demo.Open, true},
	} {
		a := &app{recording: &observe.Replay{Name: name, Open: c.open}, now: time.Now}
		steps, _, err := a.pastSteps(t.Context(), logOptions{})
		if err != nil || len(steps) > 0 != c.steps {
			t.Errorf("%s: %d steps, %v", name, len(steps), err)
		}
		for _, l := range steps {
			if l.Mark.Kind == 0 || l.Raw != nil {
				t.Errorf("%s: kept %+v", name, l)
			}
		}
	}
}
