package wifilab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"nmdebug/testenv/wifilab/image"
	"nmdebug/testenv/wifilab/machine"
	"nmdebug/testenv/wifilab/session"
)

// Lab is a running virtual machine. Its methods may be called at the same time, save those that take it to another moment.
type Lab struct {
	// Air is where the access points are: a network namespace of its own inside the machine.
	Air *Space
	Space

	began   time.Time
	image   image.Image
	changes *os.File     // the disk's changes and the snapshots; it has no name
	release func() error // gives the machine's turn away
	machine *machine.Machine
	client  *session.Client
}

// The machine's size. The cores are emulated, each by a thread.
const (
	cores  = 2
	memory = 512
)

// booted is the snapshot in which NetworkManager is ready and no access point has been made.
const booted = "booted"

// reachTime is how long the agent may take to answer in a machine that goes on from a snapshot.
const reachTime = 30 * time.Second

// New makes a lab, which the caller closes, when it is its turn: few run at a time. It makes the image and the snapshot first where they are
// not there yet, and says so to progress.
// Tests call [Start] instead.
func New(ctx context.Context, progress io.Writer) (*Lab, error) {
	state, i, err := ensureState(ctx, progress)
	if err != nil {
		return nil, err
	}
	l := newLab(i)
	if l.release, err = takeSlot(ctx, i.Dir); err != nil {
		return nil, err
	}
	if l.changes, err = copyUnnamed(state); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot copy the snapshot: %w", err), l.Close())
	}
	if err := l.Load(ctx, booted); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func newLab(i image.Image) *Lab {
	l := &Lab{began: time.Now(), image: i}
	l.Space = Space{lab: l}
	l.Air = &Space{lab: l, enter: []string{"ip", "netns", "exec", "air"}}
	return l
}

// idleTime is how long a snapshot waits for commands to end.
const idleTime = 10 * time.Second

// Save takes a snapshot of the lab as it stands. Commands must not run meanwhile; what they have started may.
func (l *Lab) Save(ctx context.Context, snapshot string) error {
	idle, cancel := context.WithTimeout(ctx, idleTime)
	defer cancel()
	if err := l.client.AwaitIdle(idle); err != nil {
		return fmt.Errorf("cannot take snapshot %s: %w", snapshot, err)
	}
	return l.machine.Save(ctx, snapshot)
}

// Load takes the lab back to a snapshot; what runs in it ends unseen.
func (l *Lab) Load(ctx context.Context, snapshot string) error {
	if err := l.stop(); err != nil {
		return err
	}
	return l.start(ctx, snapshot, reachTime)
}

func (l *Lab) stop() error {
	if l.machine == nil {
		return nil
	}
	m := l.machine
	l.machine = nil
	return m.Close()
}

// start starts the machine and returns when its agent answers.
func (l *Lab) start(ctx context.Context, snapshot string, patience time.Duration) error {
	m, err := machine.Start(ctx, machine.Config{
		Kernel: l.image.Kernel, Initrd: l.image.Initrd, Append: image.Append(), Root: l.image.Root, Changes: l.changes,
		Port: image.Port, Cores: cores, Memory: memory, Snapshot: snapshot,
	})
	if err != nil {
		return err
	}
	l.machine = m
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if l.client, err = session.Connect(ctx, m.Port, time.Now()); err != nil {
		return fmt.Errorf("the machine's agent does not answer: %w\n%s", err, m.Console())
	}
	return nil
}

// Close ends the lab.
func (l *Lab) Close() error {
	err := l.stop()
	if l.changes != nil {
		err = errors.Join(err, l.changes.Close())
	}
	if l.release != nil {
		err = errors.Join(err, l.release())
	}
	return err
}

// Console is the end of what the machine's kernel and first processes have printed.
func (l *Lab) Console() string {
	if l.machine == nil {
		return ""
	}
	return l.machine.Console()
}
