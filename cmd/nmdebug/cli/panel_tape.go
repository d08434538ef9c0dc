package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"nmdebug/cmd/nmdebug/observe"
)

// tapeKept is how much of what was seen can be saved from a panel: days, where little happens.
const tapeKept = 100 << 20

// tape records beside the panel, so that what was seen can be saved when somebody finds that it is worth it.
type tape struct {
	app   *app
	logs  []string // files instead of the journal
	dir   string   // of its own, for the time of the panel
	files recordingFiles
}

// newTape makes room for a recording that nobody has asked for yet.
func (a *app) newTape(logs []string) (*tape, error) {
	dir, err := os.MkdirTemp("", "nmdebug-panel-")
	if err != nil {
		return nil, err
	}
	return &tape{app: a, logs: logs, dir: dir, files: recordingFiles{path: filepath.Join(dir, "tape"), most: tapeKept / kept}}, nil
}

// run records until the context ends.
func (t *tape) run(ctx context.Context) error {
	_, err := observe.Record(ctx, t.app.observed(), observe.Recording{
		Version: version, Open: t.files.next, Most: t.files.most, More: recordedBeside(t.logs, t.app.now),
	})
	return err
}

// save copies what was recorded so far into the working directory, or to the temporary files where that may not be written to: what was
// seen is not seen again.
func (t *tape) save() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		here = os.TempDir()
	}
	said, err := t.saveIn(here)
	if err != nil {
		elsewhere, failed := t.saveIn(os.TempDir())
		if failed == nil {
			return elsewhere, nil
		}
	}
	return said, err
}

// saveIn copies what was recorded so far: each file can be replayed on its own, the older ones are numbered as those of record --keep.
func (t *tape) saveIn(folder string) (string, error) {
	path := filepath.Join(folder, t.app.now().Format("nmdebug-20060102-150405.pcapng"))
	saved, bytes := 0, int64(0)
	for n := range kept {
		from := t.files.numbered(n)
		to := path
		if n > 0 {
			to = fmt.Sprintf("%s.%d", path, n)
		}
		size, err := copied(from, to)
		if errors.Is(err, fs.ErrNotExist) && n > 0 {
			break
		}
		if err != nil {
			return "", err
		}
		saved, bytes = saved+1, bytes+size
	}
	where := path
	if saved > 1 {
		where = fmt.Sprintf("%s and %d before it", path, saved-1)
	}
	return fmt.Sprintf("saved %s in %s, without secrets", bytesText(bytes), where), nil
}

// copied copies a file to one that does not exist yet.
func copied(from, to string) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return io.Copy(out, in)
}

// remove throws away what was recorded.
func (t *tape) remove() error { return os.RemoveAll(t.dir) }
