package main_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/testenv"
)

// witness keeps what happened and when it was heard: the ground truth that nmdebug is held against. It shares no code with nmdebug.
type witness struct {
	mu   sync.Mutex
	seen []event
}

// event is one thing that happened, in the witness's words.
type event struct {
	at   time.Time
	text string
}

func (w *witness) note(format string, args ...any) {
	at := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, event{at, fmt.Sprintf(format, args...)})
}

// await waits for the first event since a time whose text is what is wanted, and returns when it was. A * stands for any text.
func (w *witness) await(t *testing.T, since time.Time, want string) (found time.Time) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "waiting for "+want, func(context.Context) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, e := range w.seen {
			if !e.at.Before(since) && like(e.text, want) {
				found = e.at
				return nil
			}
		}
		return fmt.Errorf("%d other events", len(w.seen))
	}))
	return found
}

// like compares a text with a pattern in which * stands for any text; what follows its end does not matter.
func like(text, pattern string) bool {
	for i, part := range strings.Split(pattern, "*") {
		at := strings.Index(text, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// dump logs everything from a time on.
func (w *witness) dump(t *testing.T, name string, from time.Time) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var text strings.Builder
	for _, e := range w.seen {
		fmt.Fprintf(&text, "%9.3f %.200s\n", e.at.Sub(from).Seconds(), e.text)
	}
	t.Logf("%s:\n%s", name, text.String())
}

// DeliverSignal takes the signals of the bus in their order: the connection calls it while it reads.
func (w *witness) DeliverSignal(iface, member string, s *dbus.Signal) {
	parts := strings.Split(iface, ".")
	text := parts[len(parts)-1] + "." + member
	for _, value := range s.Body {
		text += " " + fmt.Sprint(value)
	}
	w.note("%s (%s)", text, s.Path)
}

// listenToBus hears all signals of the lab's bus, as "Device.StateChanged 100 90 0": interface, member and arguments.
func listenToBus(t *testing.T, lab *testenv.Lab) *witness {
	t.Helper()
	w := &witness{}
	conn, err := dbus.Connect(lab.BusAddress(), dbus.WithSignalHandler(w))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.BusObject().CallWithContext(t.Context(), "org.freedesktop.DBus.AddMatch", 0, "type='signal'").Err)
	return w
}

// listenToKernel hears links, addresses and neighbours of the lab's network.
func listenToKernel(t *testing.T, lab *testenv.Lab) *witness {
	t.Helper()
	var conn *netlink.Conn
	err := lab.Do(func() (err error) {
		const groups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_NEIGH
		conn, err = netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{Groups: groups})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{}
	ended := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-ended })
	go func() {
		defer close(ended)
		names := map[uint32]string{}
		for {
			messages, err := conn.Receive()
			if err != nil {
				return
			}
			for _, m := range messages {
				w.hear(m, names)
			}
		}
	}()
	return w
}

// hear puts one message of rtnetlink into words; names are the names of the links so far.
func (w *witness) hear(m netlink.Message, names map[uint32]string) {
	switch m.Header.Type {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		w.hearLink(m, names)
	case unix.RTM_NEWADDR:
		w.note("address %s %s added", names[word(m, 4)], addressOf(m, unix.SizeofIfAddrmsg))
	case unix.RTM_DELADDR:
		w.note("address %s %s removed", names[word(m, 4)], addressOf(m, unix.SizeofIfAddrmsg))
	case unix.RTM_NEWNEIGH:
		states := map[uint32]string{1: "incomplete", 2: "reachable", 4: "stale", 8: "delay", 16: "probe", 32: "failed"}
		w.note("neighbour %s %s %s", names[word(m, 4)], addressOf(m, unix.SizeofNdMsg), states[word(m, 8)&0xffff])
	case unix.RTM_DELNEIGH:
		w.note("neighbour %s %s forgotten", names[word(m, 4)], addressOf(m, unix.SizeofNdMsg))
	}
}

func (w *witness) hearLink(m netlink.Message, names map[uint32]string) {
	attributes, err := netlink.NewAttributeDecoder(m.Data[unix.SizeofIfInfomsg:])
	if err != nil || m.Data[0] != unix.AF_UNSPEC { // a bridge speaks of its ports in messages of its own family
		return
	}
	index, name, carrier := word(m, 4), "", "?"
	for attributes.Next() {
		switch attributes.Type() {
		case unix.IFLA_IFNAME:
			name = attributes.String()
		case unix.IFLA_CARRIER:
			carrier = fmt.Sprint(attributes.Uint8())
		}
	}
	switch {
	case m.Header.Type == unix.RTM_DELLINK:
		w.note("link %s gone", names[index])
	case word(m, 8)&unix.IFF_UP == 0:
		names[index] = name
		w.note("link %s down", name)
	default:
		names[index] = name
		w.note("link %s up carrier %s", name, carrier)
	}
}

// word reads the 32-bit number at an offset of a message.
func word(m netlink.Message, at int) uint32 {
	if len(m.Data) < at+4 {
		return 0
	}
	return binary.NativeEndian.Uint32(m.Data[at:])
}

// addressOf reads the first address of an address or neighbour message: IFA_ADDRESS and NDA_DST have the same number.
func addressOf(m netlink.Message, header int) string {
	attributes, err := netlink.NewAttributeDecoder(m.Data[header:])
	if err != nil {
		return "?"
	}
	for attributes.Next() {
		if attributes.Type() == unix.IFA_ADDRESS {
			address, _ := netip.AddrFromSlice(attributes.Bytes())
			return address.String()
		}
	}
	return "?"
}
