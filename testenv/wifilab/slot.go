package wifilab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nmdebug/testenv"
)

// mostMachines is how many machines run at a time on one checkout, in all processes: emulation takes whole processors, and what waits
// for its turn is over sooner than what is slow.
const mostMachines = 2

// takeSlot waits for a machine's turn, which lasts until release is called or this process ends.
func takeSlot(ctx context.Context, dir string) (release func() error, err error) {
	err = testenv.Await(ctx, "waiting for another lab to end", func(context.Context) error {
		for n := range mostMachines {
			f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("slot-%d", n)), os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				return err
			}
			if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err == nil {
				release = f.Close
				return nil
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		return errors.New("all are taken")
	})
	return release, err
}
