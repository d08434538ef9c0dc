package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"time"
)

// How long the simulated radios wait. Both are shorter than those of real ones (5.12 s and 20 s), so that tests are.
const (
	pageTimeout        = 2 * time.Second
	supervisionTimeout = 2 * time.Second
)

// adapter is one adapter: the kernel's end, which is a virtual controller of its own, and the simulated controller.
type adapter struct {
	air        *air
	host       *os.File
	controller net.Conn

	mu          sync.Mutex
	connections map[uint16]bool // guarded by mu; by handle
	ending      map[uint16]bool // guarded by mu; those that the kernel wants to end
	ours        int             // guarded by mu; commands of our own whose status is still to come
}

// newAdapter makes the kernel have an adapter, which is served by a new controller of btvirt's.
func newAdapter(ctx context.Context, a *air, btvirt string) (*adapter, error) {
	controller, err := dial(ctx, btvirt)
	if err != nil {
		return nil, err
	}
	host, err := os.OpenFile("/dev/vhci", os.O_RDWR, 0)
	if err != nil {
		return nil, errors.Join(err, controller.Close())
	}
	// The vendor's packet asks for an adapter, and is answered with its number (drivers/bluetooth/hci_vhci.c).
	if _, err := host.Write([]byte{0xff, 0}); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot make an adapter: %w", err), host.Close(), controller.Close())
	}
	return &adapter{air: a, host: host, controller: controller, connections: map[uint16]bool{}, ending: map[uint16]bool{}}, nil
}

// run carries packets both ways until one end fails.
func (a *adapter) run() error {
	ended := make(chan error, 2)
	go func() { ended <- a.toController() }()
	go func() { ended <- a.toHost() }()
	return <-ended
}

func (a *adapter) toController() error {
	buf := make([]byte, 1<<16)
	for {
		n, err := a.host.Read(buf)
		if err != nil {
			return fmt.Errorf("cannot read from the kernel: %w", err)
		}
		p := packet(buf[:n])
		if p[0] < kindCommand || p[0] > kindEvent || a.swallowed(p) {
			continue
		}
		if _, err := a.controller.Write(p); err != nil {
			return fmt.Errorf("cannot write to btvirt: %w", err)
		}
	}
}

// swallowed keeps from the controller what goes lost in the air.
func (a *adapter) swallowed(p packet) bool {
	if p.isCommand(opDisconnect, 3) {
		a.mu.Lock()
		a.ending[binary.LittleEndian.Uint16(p[4:])] = true
		a.mu.Unlock()
	}
	if a.air.reachable() {
		return false
	}
	if p.isCommand(opCreateConnection, 6) {
		address := slices.Clone(p[4:10])
		a.toKernel(event(evCommandStatus, 0, 1, byte(opCreateConnection&0xff), opCreateConnection>>8))
		time.AfterFunc(pageTimeout, func() {
			parameters := append([]byte{errPageTimeout, 0, 0}, address...)
			a.toKernel(event(evConnectionComplete, append(parameters, 1, 0)...))
		})
		return true
	}
	return p[0] == kindACL
}

func (a *adapter) toKernel(p packet) {
	if _, err := a.host.Write(p); err != nil {
		fmt.Fprintln(os.Stderr, "btair: cannot write to the kernel:", err)
	}
}

func (a *adapter) toHost() error {
	for {
		p, err := readPacket(a.controller)
		if err != nil {
			return fmt.Errorf("cannot read from btvirt: %w", err)
		}
		if p[0] == kindACL && !a.air.reachable() || a.answersUs(p) {
			continue
		}
		a.tune(p)
		a.follow(p)
		a.toKernel(p)
	}
}

// answersUs says whether it is the status of a command that the kernel never gave.
func (a *adapter) answersUs(p packet) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ours == 0 || !p.isEvent(evCommandStatus, 4) || binary.LittleEndian.Uint16(p[5:]) != opDisconnect {
		return false
	}
	a.ours--
	return true
}

// follow notes which connections there are, and that this end ended one where it did.
func (a *adapter) follow(p packet) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case p.isEvent(evConnectionComplete, 11) && p[3] == 0:
		a.connections[binary.LittleEndian.Uint16(p[4:])] = true
	case p.isEvent(evDisconnectionComplete, 4) && p[3] == 0:
		handle := binary.LittleEndian.Uint16(p[4:])
		if a.ending[handle] {
			p[6] = errLocalHost // btvirt gives the other end's reason to both
		}
		delete(a.connections, handle)
		delete(a.ending, handle)
	}
}

// tune puts into the packet what the controller would measure in this air.
func (a *adapter) tune(p packet) {
	signal, power, reachable := a.air.now()
	switch {
	case p.completes(opReadRSSI, 1):
		p[9] = byte(signal)
	case p.completes(opReadTransmitPower, 1):
		p[9] = byte(power)
	case !reachable && p.isEvent(evDisconnectionComplete, 4):
		p[6] = errConnectionTimeout
	}
}

// part ends all connections; the controllers at both ends tell so, and tune says why.
func (a *adapter) part() error {
	a.mu.Lock()
	handles := slices.Sorted(maps.Keys(a.connections))
	a.ours += len(handles)
	a.mu.Unlock()
	for _, handle := range handles {
		if _, err := a.controller.Write(command(opDisconnect, byte(handle), byte(handle>>8), errRemoteUser)); err != nil {
			return err
		}
	}
	return nil
}
