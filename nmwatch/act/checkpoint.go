package act

import (
	"context"
	"errors"
	"time"

	nm "github.com/Wifx/gonetworkmanager/v3"
	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
)

// Checkpoint is how some devices stood. NetworkManager goes back to it by itself when its time is over: also when we are
// dead by then.
type Checkpoint struct {
	bus  *Bus
	path dbus.ObjectPath
}

// Hold makes a checkpoint of devices, which NetworkManager goes back to after a time unless it is released or extended.
func (n *Network) Hold(ctx context.Context, devices []string, after time.Duration) (*Checkpoint, error) {
	path, err := within(ctx, method(rootPath, service, "CheckpointCreate"), func() (dbus.ObjectPath, error) {
		manager, err := nm.NewNetworkManager()
		if err != nil {
			return "", err
		}
		var held []nm.Device
		for _, path := range devices {
			d, err := nm.NewDevice(dbus.ObjectPath(path))
			if err != nil {
				return "", err
			}
			held = append(held, d)
		}
		made, err := manager.CheckpointCreate(held, seconds(after), 0)
		if err != nil {
			return "", err
		}
		return made.GetPath(), nil
	})
	return &Checkpoint{bus: n.bus, path: path}, err
}

// seconds rounds up: a checkpoint without time would stay for ever.
func seconds(d time.Duration) uint32 {
	return uint32(max(1, (d+time.Second-1)/time.Second))
}

// Extend lets the checkpoint live for so long from now on. gonetworkmanager's call for it panics.
func (c *Checkpoint) Extend(ctx context.Context, by time.Duration) error {
	return c.bus.Call(ctx, method(rootPath, service, "CheckpointAdjustRollbackTimeout"), nil, c.path, seconds(by))
}

// Release forgets the checkpoint: what was changed stays. One that ended with the NetworkManager that made it is
// released already.
func (c *Checkpoint) Release(ctx context.Context) error {
	err := do(ctx, method(rootPath, service, "CheckpointDestroy"), func() error {
		manager, made, err := c.library()
		if err != nil {
			return err
		}
		return manager.CheckpointDestroy(made)
	})
	var refused *mirror.CallError
	if errors.As(err, &refused) && refused.Name == service+".InvalidArguments" {
		return nil
	}
	return err
}

// Rollback goes back to the checkpoint and gives the paths of the devices with which that failed.
func (c *Checkpoint) Rollback(ctx context.Context) (failed []string, err error) {
	return within(ctx, method(rootPath, service, "CheckpointRollback"), func() ([]string, error) {
		manager, made, err := c.library()
		if err != nil {
			return nil, err
		}
		results, err := manager.CheckpointRollback(made)
		var failed []string
		for device, result := range results {
			if result != nm.NmRollbackResultOk {
				failed = append(failed, string(device))
			}
		}
		return failed, err
	})
}

func (c *Checkpoint) library() (nm.NetworkManager, nm.Checkpoint, error) {
	manager, err := nm.NewNetworkManager()
	if err != nil {
		return nil, nil, err
	}
	made, err := nm.NewCheckpoint(c.path)
	return manager, made, err
}
