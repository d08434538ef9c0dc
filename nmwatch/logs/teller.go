package logs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
)

// teller makes records of the entries of one source.
type teller struct {
	source string
	now    func() time.Time // nil is time.Now
	out    chan<- record.Record
}

func (t *teller) clock() time.Time {
	if t.now != nil {
		return t.now().UTC()
	}
	return time.Now().UTC()
}

// drain tells all entries of a stream and gives the cursor of the last.
func (t *teller) drain(ctx context.Context, s *Stream) (cursor string, err error) {
	for {
		e, err := s.Next()
		if errors.Is(err, io.EOF) {
			return cursor, nil
		}
		if err != nil {
			return cursor, err
		}
		cursor = e.Text(fieldCursor)
		if err := t.tell(ctx, e); err != nil {
			return cursor, err
		}
	}
}

// tell gives on an entry that is about connections, without its secrets.
func (t *teller) tell(ctx context.Context, e Entry) error {
	if e.Process() == "" {
		return nil
	}
	return record.Send(ctx, t.out, Clean(e).Record(t.clock()))
}

func (t *teller) note(ctx context.Context, n record.Noted) error {
	n.Source = t.source
	return record.Send(ctx, t.out, n.Record(t.clock(), 0))
}

// failed notes why a source cannot be read, unless its context has ended.
func (t *teller) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	n := record.Noted{Event: eventOf(err), Detail: err.Error()}
	if n.Event == record.Denied {
		n.Right = "root or group systemd-journal"
	}
	return t.note(ctx, n)
}

// eventOf says what an error means for a source: journalctl's words are those of systemd's src/shared/logs-show.c.
func eventOf(err error) record.NoteEvent {
	switch text := err.Error(); {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return record.Absent
	case errors.Is(err, fs.ErrPermission), strings.Contains(text, "insufficient permissions"), strings.Contains(text, "Permission denied"):
		return record.Denied
	default:
		return record.Down
	}
}
