package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// kept is how many files a recording is spread over when only its end is kept: the oldest quarter goes at a time.
const kept = 4

// leastKept is the smallest recording that can be kept: the full state of a large system has some hundred kilobytes, and
// each file begins with it.
const leastKept = 4 << 20

// recordingFiles are the files that a recording is written to, one after the other.
type recordingFiles struct {
	path  string
	out   io.Writer // instead of a file; nil for a file
	force bool
	most  int64 // bytes of one; 0 for one file without end
	begun int
}

// recordingFiles reads the options that say where to write.
func (a *app) recordingFiles(opts recordOptions) (*recordingFiles, error) {
	f := &recordingFiles{path: opts.file, force: opts.force}
	if opts.keep != "" {
		keep, err := parseBytes(opts.keep)
		switch {
		case err != nil:
			return nil, usage("--keep: %w", err)
		case keep < leastKept:
			return nil, usage("--keep must be at least %s, not %s", bytesText(leastKept), opts.keep)
		}
		f.most = keep / kept
	}
	if opts.file == "" {
		return nil, usage("record: where to? -w FILE")
	}
	if opts.file != "-" {
		return f, nil
	}
	_, terminal := a.terminal()
	switch {
	case terminal:
		return nil, usage("a recording is not for a terminal: -w FILE, or pipe it")
	case opts.keep != "" || len(opts.command) > 0:
		return nil, usage("-w - goes neither with --keep nor with a command")
	}
	f.out = a.out
	return f, nil
}

// next begins the next file, and moves those before it one number up.
func (f *recordingFiles) next() (io.WriteCloser, error) {
	if f.out != nil {
		return unclosed{f.out}, nil
	}
	f.begun++
	if f.begun > 1 {
		if err := f.rotate(); err != nil {
			return nil, err
		}
	} else if f.force {
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, usage("%s exists; --force replaces it", f.path)
	}
	return file, err
}

// rotate makes room for the next file.
func (f *recordingFiles) rotate() error {
	for n := kept - 1; n > 0; n-- {
		err := os.Rename(f.numbered(n-1), f.numbered(n))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (f *recordingFiles) numbered(n int) string {
	if n == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(n)
}

// unclosed is a writer that others close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// parseBytes reads a size: bytes, or with K, M or G.
func parseBytes(text string) (int64, error) {
	digits := strings.TrimRight(strings.ToUpper(text), "KMGIB")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no size such as 100M", text)
	}
	switch unit := strings.ToUpper(text[len(digits):]); unit {
	case "", "B":
		return n, nil
	case "K", "KB", "KIB":
		return n << 10, nil
	case "M", "MB", "MIB":
		return n << 20, nil
	case "G", "GB", "GIB":
		return n << 30, nil
	default:
		return 0, fmt.Errorf("%q is no size such as 100M", text)
	}
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20 && n%(1<<20) != 0:
		return fmt.Sprintf("%d kB", n>>10)
	default:
		return fmt.Sprintf("%d MB", n>>20)
	}
}
