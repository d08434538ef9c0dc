package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"nmdebug/testenv/wifilab/image"
)

const newRoot = "/root"

// boot is the initramfs: it loads the modules that lead to the file system, lays the lab's own files over it and starts systemd on it.
func boot() error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"mount the kernel's file systems", mountKernel},
		{"load modules", loadModules},
		{"mount the root", func() error {
			return errors.Join(os.MkdirAll(newRoot, 0o755), unix.Mount("/dev/vda", newRoot, "ext4", unix.MS_NOATIME, ""))
		}},
		{"lay the lab's files over the root", layFiles},
		{"keep the agent", keepAgent},
		{"switch the root", switchRoot},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("cannot %s: %w", s.what, err)
		}
	}
	return unix.Exec("/lib/systemd/systemd", []string{"systemd"}, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"})
}

// kernelMounts are those that systemd keeps when it finds them.
func kernelMounts() map[string]string {
	return map[string]string{"/proc": "proc", "/sys": "sysfs", "/dev": "devtmpfs", "/run": "tmpfs"}
}

func mountKernel() error {
	var errs []error
	for path, kind := range kernelMounts() {
		errs = append(errs, os.MkdirAll(path, 0o755), unix.Mount(kind, path, kind, unix.MS_NOSUID, ""))
	}
	return errors.Join(errs...)
}

func loadModules() error {
	order, err := os.Open(image.EarlyModules + "/order")
	if err != nil {
		return err
	}
	defer func() { _ = order.Close() }()
	lines := bufio.NewScanner(order)
	for lines.Scan() {
		if err := loadModule(filepath.Join(image.EarlyModules, lines.Text())); err != nil {
			return fmt.Errorf("cannot load %s: %w", lines.Text(), err)
		}
	}
	return lines.Err()
}

func loadModule(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	err = unix.FinitModule(int(f.Fd()), "", 0)
	if errors.Is(err, unix.ENODEV) { // for another processor
		return nil
	}
	return err
}

// layFiles copies the lab's files over what is there.
func layFiles() error {
	files := os.DirFS(image.EarlyFiles)
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		target := filepath.Join(newRoot, name)
		if err != nil || d.IsDir() {
			return errors.Join(err, os.MkdirAll(target, 0o755))
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.WriteFile(target, data, info.Mode())
	})
}

// keepAgent copies this program to where it runs as a service.
func keepAgent() error {
	program, err := os.ReadFile("/init")
	if err != nil {
		return err
	}
	return os.WriteFile(image.Agent, program, 0o755)
}

// switchRoot makes the new root the root and frees the memory of the old one.
func switchRoot() error {
	for path := range kernelMounts() {
		if err := unix.Mount(path, newRoot+path, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, path := range []string{"/init", strings.TrimSuffix(image.EarlyModules, "/"), image.EarlyFiles} {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	if err := unix.Chdir(newRoot); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return err
	}
	return errors.Join(unix.Chroot("."), unix.Chdir("/"))
}
