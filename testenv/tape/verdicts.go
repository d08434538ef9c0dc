package tape

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// Each gives the records of a recording to take.
func Each(open func() (io.ReadCloser, error), take func(record.Record) error) (err error) {
	file, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return pcapng.Each(file, take)
}

// Verdicts compares each pyramid that the recorder itself saw live with the one that is replayed, in every word, and says how many
// there were. The error names all that differ.
func Verdicts(ctx context.Context, open func() (io.ReadCloser, error)) (compared int, err error) {
	replayed, err := replay(ctx, open)
	if err != nil {
		return 0, err
	}
	var wrong []error
	err = Each(open, func(rec record.Record) error {
		if rec.Kind != record.Verdict {
			return nil
		}
		judged, err := record.VerdictOf(rec)
		if err != nil {
			return err
		}
		got, looked := replayed[rec.Time.Format(time.RFC3339Nano)]
		switch {
		case !looked:
			wrong = append(wrong, fmt.Errorf("nobody looked at %s when it was replayed", rec.Time))
		case judged.Pyramid != nil:
			compared++
			wrong = append(wrong, differ(rec.Time, judged.Pyramid, got))
		}
		return nil
	})
	return compared, errors.Join(append(wrong, err)...)
}

// replay gives each pyramid of a recording in JSON, by its time.
func replay(ctx context.Context, open func() (io.ReadCloser, error)) (map[string][]byte, error) {
	found := map[string][]byte{}
	var damaged error
	r := &observe.Replay{Name: "tape", Open: open, Warn: func(err error) { damaged = err }}
	err := observe.Watch(ctx, observe.Options{Replay: r}, func(_ *inspect.Snapshot, p inspect.Pyramid) error {
		raw, err := json.Marshal(p)
		found[p.At.Format(time.RFC3339Nano)] = raw
		return err
	})
	return found, errors.Join(err, damaged)
}

// differ is an error that names how two pyramids differ, nil when they do not.
func differ(at time.Time, live, replayed []byte) error {
	var a, b any
	if err := errors.Join(json.Unmarshal(live, &a), json.Unmarshal(replayed, &b)); err != nil {
		return err
	}
	if diff := cmp.Diff(a, b); diff != "" {
		return fmt.Errorf("at %s (-live +replayed):\n%s", at, diff)
	}
	return nil
}
