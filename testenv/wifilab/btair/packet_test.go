package main

import (
	"bytes"
	"net"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadPacket(t *testing.T) {
	stream := bytes.NewReader([]byte{4, 0x0e, 3, 1, 2, 3, 2, 42, 0, 2, 0, 7, 8, 1, 3, 0x0c, 0, 9})
	for _, want := range []packet{{4, 0x0e, 3, 1, 2, 3}, {2, 42, 0, 2, 0, 7, 8}, {1, 3, 0x0c, 0}} {
		got, err := readPacket(stream)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	if _, err := readPacket(stream); err == nil {
		t.Error("a packet of an unknown kind is read")
	}
}

func TestTune(t *testing.T) {
	a := newAir()
	if _, err := a.order("signal -80"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.order("signal -200"); err == nil {
		t.Error("a signal that does not fit into a byte is taken")
	}
	minus80, plus4 := byte(0xb0), byte(4)
	for _, tt := range []struct {
		name     string
		in, want packet
	}{
		{"signal", event(evCommandComplete, 1, 0x05, 0x14, 0, 42, 0, 0), event(evCommandComplete, 1, 0x05, 0x14, 0, 42, 0, minus80)},
		{"power", event(evCommandComplete, 1, 0x2d, 0x0c, 0, 42, 0, 0), event(evCommandComplete, 1, 0x2d, 0x0c, 0, 42, 0, plus4)},
		{"a refused question", event(evCommandComplete, 1, 0x05, 0x14, 2, 42, 0, 0), event(evCommandComplete, 1, 0x05, 0x14, 2, 42, 0, 0)},
		{"the end of a connection", event(evDisconnectionComplete, 0, 42, 0, 0x13), event(evDisconnectionComplete, 0, 42, 0, 0x13)},
	} {
		(&adapter{air: a}).tune(tt.in)
		if diff := cmp.Diff(tt.want, tt.in); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestOutOfReach plays the kernel and the controller: nothing is heard any more, a call is not answered, a connection breaks.
func TestOutOfReach(t *testing.T) {
	kernel, written, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ours, controller := net.Pipe()
	a := newAir()
	d := &adapter{air: a, host: written, controller: ours, connections: map[uint16]bool{42: true}, ending: map[uint16]bool{}}
	a.adapters = []*adapter{d}
	a.reach(false)
	if !d.swallowed(packet{kindACL, 42, 0, 1, 0, 7}) || d.swallowed(command(0x0c03)) {
		t.Error("data gets through, or a command to the controller itself does not")
	}
	if !d.swallowed(command(opCreateConnection, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0)) {
		t.Error("a call gets through")
	}
	for _, want := range []packet{
		event(evCommandStatus, 0, 1, 0x05, 0x04),
		event(evConnectionComplete, errPageTimeout, 0, 0, 1, 2, 3, 4, 5, 6, 1, 0),
	} {
		got, err := readPacket(kernel)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	if err := controller.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	got, err := readPacket(controller)
	if diff := cmp.Diff(command(opDisconnect, 42, 0, errRemoteUser), got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	end := event(evDisconnectionComplete, 0, 42, 0, errRemoteUser)
	d.tune(end)
	d.follow(end)
	if end[6] != errConnectionTimeout || len(d.connections) != 0 || !d.answersUs(event(evCommandStatus, 0, 1, 0x06, 0x04)) {
		t.Errorf("the connection ended by %#x, %v are left", end[6], d.connections)
	}
}
