package wifilab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab/image"
)

// bootTime is how long the machine may take to boot; it needs 5 s on an idle host.
const bootTime = 3 * time.Minute

// ensureState returns the qcow2 image that holds the first snapshot, and makes it, unless it is there.
func ensureState(ctx context.Context, progress io.Writer) (path string, i image.Image, err error) {
	checkout, err := image.Checkout()
	if err != nil {
		return "", i, err
	}
	if i, err = image.Ensure(ctx, checkout, progress); err != nil {
		return "", i, err
	}
	// A snapshot fits only the QEMU that took it.
	version, err := exec.CommandContext(ctx, "qemu-system-x86_64", "--version").Output()
	if err != nil {
		return "", i, err
	}
	unlock, err := image.Lock(i.Dir)
	if err != nil {
		return "", i, err
	}
	defer unlock()
	path = filepath.Join(i.Dir, "state-"+image.Key(version, fmt.Append(nil, cores, memory))+".qcow2")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return path, i, err
	}
	fmt.Fprintln(progress, "wifilab: boots the machine for the first time")
	return path, i, makeState(ctx, i, path)
}

// makeState boots the machine and takes the first snapshot.
func makeState(ctx context.Context, i image.Image, path string) (err error) {
	unfinished := path + ".unfinished"
	if out, err := exec.CommandContext(ctx, "qemu-img", "create", "-q", "-f", "qcow2", unfinished, image.RootSize).CombinedOutput(); err != nil {
		return fmt.Errorf("cannot make %s: %w: %s", unfinished, err, out)
	}
	l := newLab(i)
	defer func() { err = errors.Join(err, l.Close()) }()
	if l.changes, err = os.OpenFile(unfinished, os.O_RDWR, 0); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, bootTime)
	defer cancel()
	if err := l.boot(ctx); err != nil {
		return fmt.Errorf("cannot boot the machine: %w\n%s", err, l.Console())
	}
	if err := l.Save(ctx, booted); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}

// boot starts the machine from nothing and returns when NetworkManager could connect its cards.
func (l *Lab) boot(ctx context.Context) error {
	if err := l.start(ctx, "", bootTime); err != nil {
		return err
	}
	if _, err := l.Run(ctx, "systemctl", "start", "wifilab.target"); err != nil {
		return err
	}
	for _, card := range []string{"wlan0", "wlan1"} {
		if err := l.AwaitDevice(ctx, card, testenv.DeviceDisconnected); err != nil {
			return err
		}
	}
	return nil
}

// copyUnnamed copies a file to one beside it that has no name, so that it is gone when nobody holds it any more.
func copyUnnamed(path string) (*os.File, error) {
	from, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(filepath.Dir(path), unix.O_TMPFILE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(to, from); err != nil {
		return nil, errors.Join(err, to.Close())
	}
	return to, nil
}
