package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/roomy"
)

// signalInterval is how often signals are read while a network runs over Bluetooth. The kernel asks the controller anew
// when its last answer is some 1 to 3 s old (net/bluetooth/mgmt.c, get_conn_info).
const signalInterval = 2 * time.Second

// bluetooth tells the adapters, the devices that are connected to them and, where a network runs over one, how strongly
// it is heard: to ask for that makes the controller work.
type bluetooth struct {
	*reporter
	board    *board
	sys      string
	told     record.Noted // what was noted last
	woken    chan struct{}
	watching bool // the events
}

// followBluetooth tells how Bluetooth stands and, unless once is set, follows it. Where there is none it sleeps until the links change.
func followBluetooth(ctx context.Context, r *reporter, b *board, sys string, once bool) error {
	t := &bluetooth{reporter: r, board: b, sys: sys, woken: make(chan struct{}, 1)}
	changed := b.subscribe()
	g, inner := errgroup.WithContext(ctx)
	g.Go(func() error {
		roomy.Stack()
		var timer <-chan time.Time
		for {
			select {
			case <-inner.Done():
				return inner.Err()
			case <-changed:
			case <-t.woken:
			case <-timer:
			}
			again, err := t.look(inner)
			if err != nil || once {
				return err
			}
			if !t.watching && t.told.Event != record.Absent {
				t.watching = true
				g.Go(func() error { return t.follow(inner) })
			}
			timer = nil
			if again > 0 {
				timer = time.After(again)
			}
		}
	})
	return g.Wait()
}

// look tells how all adapters stand.
func (t *bluetooth) look(ctx context.Context) (again time.Duration, err error) {
	found, err := t.adapters()
	if err != nil {
		return 0, t.noteOnce(ctx, bluetoothAbsence(err))
	}
	state := record.Noted{Source: record.SourceBluetooth, Event: record.Synced}
	carriers := carriers(t.board.seen())
	if len(carriers) > 0 {
		again = signalInterval
		if err := signals(found, carriers); err != nil {
			state = bluetoothAbsence(err)
		}
	}
	if err := t.measured(ctx, whatBluetooth, "", found); err != nil {
		return 0, err
	}
	return again, t.noteOnce(ctx, state)
}

// noteOnce notes how the source fares, unless that was said already.
func (t *bluetooth) noteOnce(ctx context.Context, n record.Noted) error {
	if n == t.told {
		return nil
	}
	t.told = n
	return t.note(ctx, n)
}

func (t *bluetooth) adapters() ([]kerneltypes.Adapter, error) {
	// To open a socket of a family that is not there makes the kernel load its module. A watcher must not do that; and
	// the module makes this directory when it is loaded.
	if _, err := os.Stat(filepath.Join(t.sys, "class/bluetooth")); err != nil {
		return nil, fmt.Errorf("cannot find Bluetooth: %w", err)
	}
	fd, err := bluetoothSocket()
	if err != nil {
		return nil, err
	}
	found, err := adapters(fd)
	return found, errors.Join(err, unix.Close(fd))
}

// bluetoothAbsence tells in the words of a note why Bluetooth cannot be read. It is in no other network namespace than the first.
func bluetoothAbsence(err error) record.Noted {
	if errors.Is(err, unix.EAFNOSUPPORT) {
		err = fs.ErrNotExist
	}
	return absence(record.SourceBluetooth, err)
}

// carriers are the connections over which a network runs, as the kernel names their devices: "hci0:42".
func carriers(links map[int]sight) []string {
	var names []string
	for _, l := range links {
		if _, _, ok := kerneltypes.ParseConnection(l.device); ok {
			names = append(names, l.device)
		}
	}
	return names
}

// signals asks for the signals of connections. Its error is that of the first question.
func signals(found []kerneltypes.Adapter, carriers []string) error {
	f, err := openMgmt()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for _, a := range found {
		for i, peer := range a.Peers {
			if peer.LE || !peer.Connected || !slices.Contains(carriers, fmt.Sprintf("%s:%d", a.Name, peer.Handle)) {
				continue
			}
			if a.Peers[i].Signal, err = signal(f, a.Index, peer); err != nil {
				return err
			}
		}
	}
	return nil
}

// signal asks for the signal of one peer; nil when it just went away or the controller does not tell.
func signal(f *os.File, adapter int, peer kerneltypes.Peer) (*kerneltypes.PeerSignal, error) {
	address, err := parseBluetoothAddress(peer.Address)
	if err != nil {
		return nil, err
	}
	status, body, err := askMgmt(f, connInfo(adapter, address))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot ask for the signal of %s: %w", peer.Address, err)
	case status == kerneltypes.MgmtPermissionDenied:
		return nil, fmt.Errorf("cannot ask for the signal of %s: %w", peer.Address, fs.ErrPermission)
	case status != 0:
		return nil, nil
	}
	s, err := parseSignal(body)
	return &s, err
}

// follow hands out what happens to connections, and has the adapters looked at again with each event. Without
// CAP_NET_ADMIN the kernel tells of adapters alone.
func (t *bluetooth) follow(ctx context.Context) error {
	f, err := openMgmt()
	if err != nil {
		return t.note(ctx, bluetoothAbsence(err))
	}
	defer func() { _ = f.Close() }()
	defer context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })()
	buf := make([]byte, 1<<16)
	for {
		n, err := f.Read(buf)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return t.note(ctx, record.Noted{Source: record.SourceBluetooth, Event: record.Down, Detail: err.Error()})
		}
		if err := t.event(ctx, buf[:n]); err != nil {
			return err
		}
	}
}

// event takes one packet. What cannot be read is a reason to look, as all is.
func (t *bluetooth) event(ctx context.Context, b []byte) error {
	p, err := parsePacket(b)
	if e, ok := p.peerEvent(); ok && err == nil {
		e.At, _ = t.now()
		if err := t.measured(ctx, whatPeerEvent, "", e); err != nil {
			return err
		}
	}
	select {
	case t.woken <- struct{}{}:
	default: // it will look anyway
	}
	return nil
}
