package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Daemon is one of the lab's servers, that a test may end, freeze and start again. It is used by one goroutine at a time.
type Daemon struct {
	// Name names the daemon and its log.
	Name string

	lab   *Lab
	space *Space
	argv  []string
	ready func(context.Context) error
	log   string

	process Process
	exited  chan struct{} // closed when the process is gone
	cancel  context.CancelFunc
	logFrom int64 // where this run's log begins
}

// daemon describes a daemon whose output goes to the log NAME.log in the lab's directory.
func (l *Lab) daemon(space *Space, name string, argv ...string) *Daemon {
	d := &Daemon{Name: name, lab: l, space: space, argv: argv, log: filepath.Join(l.dir, name+".log")}
	d.ready = func(context.Context) error { return nil }
	l.adopt(d)
	return d
}

// Start starts the daemon, again too, and returns when it is ready to serve.
func (d *Daemon) Start(ctx context.Context) error {
	if d.Running() {
		return fmt.Errorf("%s already runs", d.Name)
	}
	if err := d.launch(); err != nil {
		return fmt.Errorf("cannot start %s: %w", d.Name, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func(exited <-chan struct{}) {
		select {
		case <-exited:
			cancel(errors.New("it ended"))
		case <-ctx.Done():
		}
	}(d.exited)
	if err := Await(ctx, "not ready", d.ready); err != nil {
		return fmt.Errorf("cannot start %s: %w\n%s", d.Name, err, d.tail())
	}
	return nil
}

func (d *Daemon) launch() error {
	log, err := os.OpenFile(d.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	if st, err := log.Stat(); err == nil {
		d.logFrom = st.Size()
	}
	// The daemon outlives the context of the one who starts it; it ends with the lab.
	ctx, cancel := context.WithCancel(context.Background())
	c := d.space.Command(ctx, d.argv[0], d.argv[1:]...)
	c.Dir = "/"
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		cancel()
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = c.Wait() // the log says why it ended
		cancel()
		close(exited)
	}()
	d.process, d.exited, d.cancel = Process{c.Process}, exited, cancel
	return nil
}

// Running tells whether the daemon's process exists, frozen or not.
func (d *Daemon) Running() bool {
	if d.exited == nil {
		return false
	}
	select {
	case <-d.exited:
		return false
	default:
		return true
	}
}

// Exited is closed when the daemon's present process is gone. The daemon must have been started.
func (d *Daemon) Exited() <-chan struct{} { return d.exited }

// PID is the daemon's process as seen outside of the sandbox. The daemon must have been started.
func (d *Daemon) PID() int { return d.process.Pid }

// Kill ends the daemon without giving it a chance to say goodbye, and waits until it is gone.
func (d *Daemon) Kill() error {
	if !d.Running() {
		return nil
	}
	d.cancel()
	<-d.exited
	return nil
}

// stopTime is how long a daemon may take to end in good order.
const stopTime = 5 * time.Second

// Stop asks the daemon to end and waits until it is gone; one that does not listen is killed, and that is an error.
func (d *Daemon) Stop() error {
	if !d.Running() {
		return nil
	}
	if err := d.process.Signal(unix.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("cannot stop %s: %w", d.Name, err)
	}
	select {
	case <-d.exited:
		return nil
	case <-time.After(stopTime):
		return errors.Join(fmt.Errorf("cannot stop %s: it still runs after %s", d.Name, stopTime), d.Kill())
	}
}

// Restart stops the daemon and starts it again.
func (d *Daemon) Restart(ctx context.Context) error {
	if err := d.Stop(); err != nil {
		return err
	}
	return d.Start(ctx)
}

// Freeze stops the daemon where it stands; its sockets and its name on the bus remain.
func (d *Daemon) Freeze() error { return d.process.Freeze() }

// Thaw lets a frozen daemon go on.
func (d *Daemon) Thaw() error { return d.process.Thaw() }

// Log is what the daemon has printed since it was last started.
func (d *Daemon) Log() string {
	log, err := os.ReadFile(d.log)
	if err != nil || int64(len(log)) < d.logFrom {
		return ""
	}
	return string(log[d.logFrom:])
}

// AwaitLog waits until the daemon has printed text since it was last started.
func (d *Daemon) AwaitLog(ctx context.Context, text string) error {
	return Await(ctx, "waiting for "+d.Name, d.says(text))
}

func (d *Daemon) says(text string) func(context.Context) error {
	return func(context.Context) error {
		if !strings.Contains(d.Log(), text) {
			return fmt.Errorf("its log lacks %q", text)
		}
		return nil
	}
}

// tail is the end of the daemon's log, for an error message.
func (d *Daemon) tail() string {
	const lines = 10
	all := strings.Split(strings.TrimSpace(d.Log()), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
