package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Image is what a machine boots from. Its files are complete, and are never written to again.
type Image struct {
	Root   string // a raw ext4 file system
	Kernel string
	Initrd string
	// Dir is where more may be kept that was made of exactly this image.
	Dir string
}

// Checkout is the repository that the current directory is in.
func Checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s is in no checkout of nmdebug", dir)
		}
	}
}

// Ensure makes the image, unless the checkout's cache has it; what is being made it says to progress.
func Ensure(ctx context.Context, checkout string, progress io.Writer) (Image, error) {
	cache := filepath.Join(checkout, ".cache", "wifilab")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return Image{}, err
	}
	unlock, err := Lock(cache)
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	rootDir := filepath.Join(cache, "root-"+Key(rootScript))
	if err := once(rootDir, func(dir string) error { return buildRoot(ctx, dir, progress) }); err != nil {
		return Image{}, fmt.Errorf("cannot build the root file system: %w", err)
	}
	initrd, err := buildInitrd(ctx, checkout, rootDir)
	if err != nil {
		return Image{}, fmt.Errorf("cannot build the initramfs: %w", err)
	}
	i := Image{
		Root: filepath.Join(rootDir, "root.img"), Kernel: filepath.Join(rootDir, "vmlinux"),
		Dir: filepath.Join(cache, "boot-"+Key([]byte(rootDir), initrd, []byte(Append()))),
	}
	i.Initrd = filepath.Join(i.Dir, "initrd")
	return i, once(i.Dir, func(dir string) error { return os.WriteFile(filepath.Join(dir, "initrd"), initrd, 0o644) })
}

// Lock holds a directory against other processes, until unlock is called or this process ends.
func Lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot lock %s: %w", dir, err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// once makes a directory unless it is there, whole or not at all, and removes the older ones of its kind, which are of no more use.
func once(dir string, build func(dir string) error) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kind, _, _ := strings.Cut(filepath.Base(dir), "-")
	older, err := filepath.Glob(filepath.Join(filepath.Dir(dir), kind+"-*"))
	if err != nil {
		return err
	}
	for _, path := range older {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	unfinished := dir + ".unfinished"
	if err := os.Mkdir(unfinished, 0o755); err != nil {
		return err
	}
	if err := build(unfinished); err != nil {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	return os.Rename(unfinished, dir)
}

func buildRoot(ctx context.Context, dir string, progress io.Writer) error {
	c := exec.CommandContext(ctx, "nice", "-n", "10", "bash", "-s", "--", dir)
	c.Stdin = bytes.NewReader(rootScript)
	var complaint bytes.Buffer
	c.Stdout, c.Stderr = progress, &complaint
	if err := c.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	return nil
}

// buildInitrd makes the initramfs: the agent, the modules that lead to the file system, and what is laid over it.
func buildInitrd(ctx context.Context, checkout, rootDir string) ([]byte, error) {
	agent, err := buildAgent(ctx, checkout)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	a := newArchive(&data)
	a.add("init", 0o755, agent)
	if err := a.addTree(strings.Trim(EarlyModules, "/"), os.DirFS(filepath.Join(rootDir, "early"))); err != nil {
		return nil, err
	}
	if err := earlyFiles(a); err != nil {
		return nil, err
	}
	err = a.close()
	return data.Bytes(), err
}

func buildAgent(ctx context.Context, checkout string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "wifilab-agent-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "agent")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", path, "./testenv/wifilab/agent")
	c.Dir = checkout
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOARCH=amd64")
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cannot build the agent: %w: %s", err, bytes.TrimSpace(out))
	}
	return os.ReadFile(path)
}
