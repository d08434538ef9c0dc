package image

import (
	"fmt"
	"io"
	"io/fs"
	"path"
)

// archive writes an initramfs: a cpio archive in the "newc" format (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst).
type archive struct {
	w    io.Writer
	made map[string]bool // directories
	err  error
}

func newArchive(w io.Writer) *archive { return &archive{w: w, made: map[string]bool{".": true}} }

// add adds a file, and the directories that lead to it.
func (a *archive) add(name string, mode fs.FileMode, data []byte) {
	a.mkdir(path.Dir(name))
	a.entry(name, 0o100000|uint32(mode.Perm()), data)
}

func (a *archive) mkdir(dir string) {
	if a.made[dir] {
		return
	}
	a.mkdir(path.Dir(dir))
	a.made[dir] = true
	a.entry(dir, 0o040755, nil)
}

// addTree adds the files of a directory below a path.
func (a *archive) addTree(below string, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if len(data) > 2 && string(data[:2]) == "#!" {
			mode = 0o755
		}
		a.add(path.Join(below, name), mode, data)
		return nil
	})
}

func (a *archive) entry(name string, mode uint32, data []byte) {
	// magic, inode, mode, uid, gid, links, mtime, size, device ×2, special device ×2, name's size, check
	a.printf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name)+1, 0, name)
	a.pad(110 + len(name) + 1)
	a.printf("%s", data)
	a.pad(len(data))
}

// pad fills up to a multiple of 4.
func (a *archive) pad(size int) { a.printf("%s", make([]byte, -size&3)) }

func (a *archive) printf(format string, args ...any) {
	if a.err == nil {
		_, a.err = fmt.Fprintf(a.w, format, args...)
	}
}

// close ends the archive.
func (a *archive) close() error {
	a.entry("TRAILER!!!", 0, nil)
	return a.err
}
