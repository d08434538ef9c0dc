package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Lab is a sandbox with NetworkManager on a bus of its own. Its own Space is where NetworkManager runs.
type Lab struct {
	Space

	// Peer is the network at the far end of the lab's links.
	Peer *Space
	// Bus is the message bus. Whoever is on it when it ends is cut off, and NetworkManager does not come back by itself.
	Bus *Daemon
	// NetworkManager is the daemon whose lab this is.
	NetworkManager *Daemon

	dir     string
	sandbox *sandbox
	syslog  *syslog

	mu      sync.Mutex // guards what follows
	daemons []*Daemon
	closers []func() error
}

// Option changes how a lab is made.
type Option func(*options)

type options struct {
	nmConfig string
}

// NMConfig adds text to NetworkManager's configuration; it wins over what the lab sets itself.
// The lab's carrier-wait-timeout=500 in [device] is one that a test may want to raise.
func NMConfig(text string) Option {
	return func(o *options) { o.nmConfig += text + "\n" }
}

// New makes a lab, which the caller closes. Tests call [Start] instead.
// It executes the program again, to be the sandbox's pid 1: see [BecomeInit].
func New(ctx context.Context, opts ...Option) (*Lab, error) {
	if askedToBeInit() {
		panic("testenv: a program that makes labs must call testenv.BecomeInit, or a test testenv.Main, before anything else")
	}
	dir, err := os.MkdirTemp("", "nmdebug-lab-")
	if err != nil {
		return nil, fmt.Errorf("cannot make the lab's directory: %w", err)
	}
	l := &Lab{dir: dir}
	if err := l.bringUp(ctx, opts); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Lab) bringUp(ctx context.Context, opts []Option) (err error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	// Daemons that drop their rights, and clients without any, go through it to the bus.
	if err := os.Chmod(l.dir, 0o755); err != nil {
		return err
	}
	if l.sandbox, err = newSandbox(l.dir); err != nil {
		return fmt.Errorf("cannot make the sandbox: %w", err)
	}
	l.Space = Space{sandbox: l.sandbox}
	l.Peer = &Space{sandbox: l.sandbox, peer: true}
	if l.syslog, err = newSyslog(l); err != nil {
		return err
	}
	if l.Bus, err = newBus(l); err != nil {
		return err
	}
	if err := l.Bus.Start(ctx); err != nil {
		return err
	}
	if l.NetworkManager, err = newNetworkManager(l, o.nmConfig); err != nil {
		return err
	}
	return l.NetworkManager.Start(ctx)
}

// Dir is the lab's directory, the same inside and outside. It holds a log of every daemon and the file syslog.
func (l *Lab) Dir() string { return l.dir }

// Close ends every process of the lab and removes its directory.
func (l *Lab) Close() error {
	l.mu.Lock()
	closers, daemons := l.closers, l.daemons
	l.mu.Unlock()
	var errs []error
	for _, c := range closers {
		errs = append(errs, c())
	}
	if l.sandbox != nil {
		errs = append(errs, l.sandbox.close())
	}
	for _, d := range daemons {
		errs = append(errs, d.Kill())
	}
	if l.syslog != nil {
		errs = append(errs, l.syslog.close())
	}
	errs = append(errs, os.RemoveAll(l.dir))
	return errors.Join(errs...)
}

// Daemon finds one of the lab's daemons by its name: NetworkManager, dbus-daemon, or a server's program and interface, as in dnsmasq-p0.
// It is nil when there is none.
func (l *Lab) Daemon(name string) *Daemon {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.daemons {
		if d.Name == name {
			return d
		}
	}
	return nil
}

func (l *Lab) adopt(d *Daemon) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.daemons = append(l.daemons, d)
}

// onClose adds what is to be closed before the sandbox ends.
func (l *Lab) onClose(f func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closers = append(l.closers, f)
}

// file is the path of a file of the lab's own.
func (l *Lab) file(name string) string { return filepath.Join(l.dir, name) }
