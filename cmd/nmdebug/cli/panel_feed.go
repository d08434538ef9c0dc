package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/inspect/history"
	"nmdebug/inspect/timeline"
	"nmdebug/nmwatch/record"
)

// feed puts what happens, or what was recorded, into the history of a panel.
type feed struct {
	app  *app
	past *history.History
	logs []string // files instead of the journal
	came func(ctx context.Context, daemon string)

	records, lost int // what the readings that have ended have told, and know to be missing

	mu   sync.Mutex              // guards what follows
	anew context.CancelCauseFunc // begins again
}

// errAnew ends a reading that is to begin again.
var errAnew = errors.New("to be read anew")

// run reads until the context ends, or the recording does.
func (f *feed) run(ctx context.Context) error {
	for {
		inner, cancel := context.WithCancelCause(ctx)
		f.mu.Lock()
		f.anew = cancel
		f.mu.Unlock()
		err := f.read(inner)
		again := errors.Is(context.Cause(inner), errAnew)
		cancel(nil)
		if !again {
			return err
		}
	}
}

func (f *feed) read(ctx context.Context) error {
	s := stream{
		filter: timeline.Filter{Own: true}, now: f.app.now, saw: f.past.Show, came: f.came,
		show: func(l record.Line) error {
			l.Raw = nil // nobody looks at it here, and it is the larger part
			f.past.Add(l)
			return nil
		},
	}
	defer func() { f.records, f.lost = f.records+s.records, f.lost+s.lost }()
	opts := f.app.observed()
	opts.Thorough, opts.Proc = true, true
	if f.app.recording != nil {
		whole := *f.app.recording
		whole.At = observe.Moment{} // the panel begins there, and there is a past before it
		opts.Replay = &whole
		err := s.replay(ctx, opts)
		f.past.Complete()
		return err
	}
	s.sources = f.app.logSources(logOptions{follow: true, files: f.logs}, f.app.now())
	return s.live(ctx, opts)
}

// reread reads all sources once more, beside what is followed, and says whether they tell the same. Where they do not, what
// is followed begins again.
func (f *feed) reread(ctx context.Context) (string, error) {
	opts := f.app.observed()
	opts.Thorough, opts.Proc = true, true
	_, fresh, err := f.app.lookAt(ctx, opts)
	if err != nil {
		return "", err
	}
	past, _ := f.past.Past()
	var otherwise []string
	for _, c := range inspect.Changes(past.Last().Pyramid, fresh) {
		if c.Kind == inspect.FloorChanged && c.From != c.To {
			otherwise = append(otherwise, fmt.Sprintf("%s %s is %s", c.Interface, c.Level, c.To))
		}
	}
	if len(otherwise) == 0 {
		return "Read anew: it is as it is shown.", nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.anew(errAnew)
	return "Read anew: " + strings.Join(otherwise, ", ") + ".", nil
}
