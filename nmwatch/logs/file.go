package logs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"nmdebug/nmwatch/record"
)

// File reads a log file, and goes on with what is written to it, also after it was rotated or cut. It is a task: Run it once.
type File struct {
	Path   string
	Since  time.Time // what is older is left out; zero for from now on
	Follow bool      // go on until the context ends
	Zone   *time.Location

	Now func() time.Time // nil is time.Now
}

// String names the task, and the source in its notes.
func (f *File) String() string { return "log " + f.Path }

// maxLine bounds a line; what is longer is cut.
const maxLine = 64 << 10

// Run writes records of the lines that are about connections, and notes as [Journal.Run] does. It never closes out.
func (f *File) Run(ctx context.Context, out chan<- record.Record) error {
	r := f.reader(out)
	defer r.close()
	if !f.Follow {
		if err := r.read(ctx); err != nil {
			return r.failed(ctx, err)
		}
		return r.note(ctx, record.Noted{Event: record.Synced})
	}
	// The folder is watched, not the file: a rotated file keeps its inode under another name.
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("cannot watch %s: %w", f.Path, err)
	}
	defer func() { _ = w.Close() }()
	if err := w.Add(filepath.Dir(f.Path)); err != nil {
		return r.failed(ctx, err)
	}
	if err := r.read(ctx); err != nil && !errors.Is(err, os.ErrNotExist) {
		return r.failed(ctx, err)
	}
	r.skip = false // a file that comes later is read from its beginning
	if err := r.note(ctx, record.Noted{Event: record.Synced}); err != nil {
		return ignoreEnd(err)
	}
	return ignoreEnd(r.follow(ctx, w))
}

func (f *File) reader(out chan<- record.Record) *fileReader {
	name := filepath.Base(f.Path)
	zone := f.Zone
	if zone == nil {
		zone = time.Local
	}
	r := &fileReader{
		teller: teller{source: f.String(), now: f.Now, out: out}, path: f.Path, since: f.Since,
		lines: Lines{Identifier: strings.TrimSuffix(name, filepath.Ext(name)), Zone: zone},
	}
	r.skip = f.Since.IsZero()
	return r
}

// fileReader is a file on its way.
type fileReader struct {
	teller
	path  string
	since time.Time
	skip  bool // what is there already
	lines Lines

	file *os.File
	in   *bufio.Reader
	part []byte // of a line whose end has not been written yet
}

// follow reads on after each change of the file, until the context ends.
func (r *fileReader) follow(ctx context.Context, w *fsnotify.Watcher) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if !ok || e.Name != filepath.Clean(r.path) {
				continue
			}
			if err := r.read(ctx); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		case err := <-w.Errors:
			return err
		}
	}
}

// read tells all lines that are new. Where another file has the name now, or the file was cut, it tells the rest of the old
// one and begins anew.
func (r *fileReader) read(ctx context.Context) error {
	if r.file != nil {
		if err := r.drain(ctx); err != nil {
			return err
		}
		same, err := r.same()
		if err != nil || same {
			return err
		}
		r.close()
	}
	if err := r.open(); err != nil {
		return err
	}
	return r.drain(ctx)
}

// drain tells all lines up to the end of the file.
func (r *fileReader) drain(ctx context.Context) error {
	for {
		part, err := r.in.ReadSlice('\n')
		r.part = append(r.part, part[:min(len(part), maxLine-len(r.part))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		e := r.lines.Parse(string(r.part), r.clock())
		r.part = r.part[:0]
		if e.Time().Before(r.since) {
			continue
		}
		if err := r.tell(ctx, e); err != nil {
			return err
		}
	}
}

// same says whether the name is still that of the open file, and the file is not shorter than what was read of it.
func (r *fileReader) same() (bool, error) {
	there, err := os.Stat(r.path)
	if err != nil {
		return false, err
	}
	ours, err := r.file.Stat()
	if err != nil {
		return false, err
	}
	at, err := r.file.Seek(0, io.SeekCurrent)
	return os.SameFile(there, ours) && there.Size() >= at, err
}

func (r *fileReader) open() (err error) {
	if r.file, err = os.Open(r.path); err != nil {
		return err
	}
	if r.skip {
		_, err = r.file.Seek(0, io.SeekEnd)
	}
	r.in, r.part, r.skip = bufio.NewReader(r.file), nil, false
	return err
}

func (r *fileReader) close() {
	if r.file != nil {
		_ = r.file.Close()
		r.file = nil
	}
}

// ignoreEnd drops the error of a context that ended: that is how following ends.
func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
