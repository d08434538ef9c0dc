package kernel

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// phone is the address 00:AA:01:01:00:24 as it is on the wire.
func phone() []byte { return []byte{0x24, 0, 1, 1, 0xaa, 0} }

func TestMgmtEvents(t *testing.T) {
	about := func(opcode uint16, tail ...byte) packet {
		return packet{opcode: opcode, index: 1, body: append(append(phone(), 0), tail...)}
	}
	for _, tt := range []struct {
		name string
		in   packet
		want kerneltypes.PeerEvent
		ok   bool
	}{
		{"connected", about(mgmtEvConnected, 0, 0, 0, 0, 0, 0), kerneltypes.PeerEvent{What: kerneltypes.PeerConnected}, true},
		{"out of reach", about(mgmtEvDisconnected, 1), kerneltypes.PeerEvent{What: kerneltypes.PeerDisconnected, Code: uint8(kerneltypes.DisconnectTimeout)}, true},
		{"no answer to the page", about(mgmtEvFailed, 4), kerneltypes.PeerEvent{What: kerneltypes.PeerConnectFailed, Code: uint8(kerneltypes.MgmtConnectFailed)}, true},
		{"a link key, which is a secret", about(0x0009, make([]byte, 20)...), kerneltypes.PeerEvent{}, false},
		{"cut off", packet{opcode: mgmtEvDisconnected, body: phone()}, kerneltypes.PeerEvent{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsePacket(tt.in.bytes())
			if err != nil {
				t.Fatal(err)
			}
			got, ok := p.peerEvent()
			if ok != tt.ok {
				t.Fatalf("it is an event: %t", ok)
			}
			if !ok {
				return
			}
			tt.want.Adapter, tt.want.Address = 1, "00:AA:01:01:00:24"
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSignal(t *testing.T) {
	n := func(v int) *int { return &v }
	for _, tt := range []struct {
		name   string
		values [3]int8
		want   kerneltypes.PeerSignal
	}{
		{"all", [3]int8{-42, 4, 10}, kerneltypes.PeerSignal{RSSI: n(-42), TxPower: n(4), MaxTxPower: n(10)}},
		{"nothing", [3]int8{127, 127, 127}, kerneltypes.PeerSignal{}},
		{"inside the golden range", [3]int8{0, 127, 8}, kerneltypes.PeerSignal{RSSI: n(0), MaxTxPower: n(8)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := append(phone(), 0, byte(tt.values[0]), byte(tt.values[1]), byte(tt.values[2]))
			got, err := parseSignal(body)
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if _, err := parseSignal(body[:9]); !errors.Is(err, errShort) {
				t.Errorf("cut off: %v", err)
			}
		})
	}
}

// TestAskMgmt plays the kernel: other packets come before the answer.
func TestAskMgmt(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
	defer ours.Close()
	defer theirs.Close()
	address, err := parseBluetoothAddress("00:AA:01:01:00:24")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []packet{
		{opcode: mgmtEvDisconnected, index: 1, body: append(phone(), 0, 1)},
		{opcode: mgmtEvComplete, index: 0, body: []byte{0x31, 0, 0}},
		{opcode: mgmtEvComplete, index: 1, body: append(append([]byte{0x31, 0, 0}, phone()...), 0, 0xd6, 4, 10)},
	} {
		if _, err := theirs.Write(p.bytes()); err != nil {
			t.Fatal(err)
		}
	}
	status, body, err := askMgmt(ours, connInfo(1, address))
	if err != nil || status != 0 || len(body) != mgmtAddress+3 {
		t.Errorf("got status %v, %d bytes, %v", status, len(body), err)
	}
	asked := make([]byte, 100)
	n, err := theirs.Read(asked)
	want := append([]byte{0x31, 0, 1, 0, 7, 0}, append(phone(), 0)...)
	if diff := cmp.Diff(want, asked[:n]); err != nil || diff != "" {
		t.Errorf("%v, the question (-want +got):\n%s", err, diff)
	}
}

func TestAdapterLists(t *testing.T) {
	list := make([]byte, hciListHeader+maxAdapters*hciDevSize)
	binary.NativeEndian.PutUint16(list, 2)
	binary.NativeEndian.PutUint16(list[4:], 0)
	binary.NativeEndian.PutUint32(list[8:], 0x5) // up, running
	binary.NativeEndian.PutUint16(list[12:], 3)
	binary.NativeEndian.PutUint32(list[16:], 0x4)
	want := []kerneltypes.Adapter{{Index: 0, Name: "hci0", Up: true, Peers: []kerneltypes.Peer{}}, {Index: 3, Name: "hci3", Peers: []kerneltypes.Peer{}}}
	if diff := cmp.Diff(want, parseAdapters(list)); diff != "" {
		t.Errorf("adapters (-want +got):\n%s", diff)
	}

	peer := func(handle uint16, kind byte, state uint16) []byte {
		b := binary.NativeEndian.AppendUint16(nil, handle)
		b = append(append(b, phone()...), kind, 1)
		b = binary.NativeEndian.AppendUint16(b, state)
		return append(b, 0, 0, 0, 0)
	}
	conns := append([]byte{0, 0, 4, 0}, peer(42, 0x01, 1)...)
	conns = append(conns, peer(43, 0x02, 1)...) // sound
	conns = append(conns, peer(44, 0x80, 1)...)
	conns = append(conns, peer(0, 0x01, 5)...)
	const address = "00:AA:01:01:00:24"
	got := parsePeers(conns)
	if diff := cmp.Diff([]kerneltypes.Peer{{Address: address, Handle: 42, Connected: true}, {Address: address, Handle: 44, LE: true, Connected: true}, {Address: address}}, got); diff != "" {
		t.Errorf("peers (-want +got):\n%s", diff)
	}
}

func TestConnectionNames(t *testing.T) {
	for name, want := range map[string]struct {
		adapter string
		handle  int
		ok      bool
	}{
		"hci0:42":      {"hci0", 42, true},
		"hci12:256":    {"hci12", 256, true},
		"0000:00:1f.6": {},
		"hci0":         {},
		"virtio1":      {},
		"":             {},
	} {
		adapter, handle, ok := kerneltypes.Link{Hardware: name}.OverBluetooth()
		if ok != want.ok || ok && (adapter != want.adapter || handle != want.handle) {
			t.Errorf("%q is connection %d of %q: %t", name, handle, adapter, ok)
		}
	}
}

func TestBluetoothFold(t *testing.T) {
	f := NewFold()
	n := -42
	found := []kerneltypes.Adapter{{Name: "hci0", Up: true, Peers: []kerneltypes.Peer{{Address: "A", Connected: true, Signal: &kerneltypes.PeerSignal{RSSI: &n}}}}}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	event := func(what kerneltypes.PeerEventKind, code uint8) kerneltypes.PeerEvent {
		return kerneltypes.PeerEvent{At: at, What: what, Address: "A", Code: code}
	}
	for _, r := range []record.Record{
		measured(whatBluetooth, "", found),
		measured(whatPeerEvent, "", event(kerneltypes.PeerConnected, 0)),
		measured(whatPeerEvent, "", event(kerneltypes.PeerDisconnected, 1)),
		measured(whatPeerEvent, "", event(kerneltypes.PeerConnectFailed, 4)),
	} {
		if !f.Apply(r) {
			t.Errorf("%s changed nothing", r.Raw)
		}
	}
	if f.Apply(measured(whatBluetooth, "", found)) {
		t.Error("the same look twice is a change")
	}
	s := f.State()
	if diff := cmp.Diff(found, s.Adapters); diff != "" {
		t.Errorf("adapters (-want +got):\n%s", diff)
	}
	want := kerneltypes.PeerLog{
		Connected: event(kerneltypes.PeerConnected, 0), Disconnected: event(kerneltypes.PeerDisconnected, 1), Failed: event(kerneltypes.PeerConnectFailed, 4),
	}
	if diff := cmp.Diff(want, s.Peers["A"]); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// TestWithoutBluetooth looks at a system whose kernel has no Bluetooth: that is said once, and nothing is loaded.
func TestWithoutBluetooth(t *testing.T) {
	r, reported := collect()
	b := newBoard()
	b.show(map[int]kerneltypes.Link{})
	if err := followBluetooth(t.Context(), r, b, t.TempDir(), true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`note {"source":"bluetooth","event":"absent"}`}, reported()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := bluetoothAbsence(fs.ErrPermission); n.Event != record.Denied || n.Right != "CAP_NET_ADMIN" {
		t.Errorf("a missing right is told as %+v", n)
	}
	if n := bluetoothAbsence(unix.EAFNOSUPPORT); n.Event != record.Absent {
		t.Errorf("a network namespace without Bluetooth is told as %+v", n)
	}
}

func TestBluetoothEvents(t *testing.T) {
	r, reported := collect()
	b := &bluetooth{reporter: r, woken: make(chan struct{}, 1)}
	for _, tt := range []struct {
		name   string
		packet []byte
		want   int // records
	}{
		{"the end of a connection", packet{opcode: mgmtEvDisconnected, body: append(phone(), 0, 1)}.bytes(), 1},
		{"an adapter that came", packet{opcode: 0x0004}.bytes(), 0},
		{"what cannot be read", []byte{1, 2, 3}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := b.event(t.Context(), tt.packet); err != nil {
				t.Fatal(err)
			}
			if got := reported(); len(got) != tt.want {
				t.Errorf("it told %q", got)
			}
			select {
			case <-b.woken:
			default:
				t.Error("nobody looks again")
			}
		})
	}
}

// FuzzMgmt reads arbitrary bytes as what the management protocol and the adapters' ioctls give.
func FuzzMgmt(f *testing.F) {
	f.Add(packet{opcode: mgmtEvComplete, index: 0, body: append(append([]byte{0x31, 0, 0}, phone()...), 0, 0xd6, 4, 10)}.bytes())
	f.Add(packet{opcode: mgmtEvDisconnected, index: 1, body: append(phone(), 0, 1)}.bytes())
	f.Add([]byte{2, 0, 2, 0, 42, 0, 1, 2, 3, 4, 5, 6, 1, 0, 1, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, p := range parsePeers(b) {
			if _, err := parseBluetoothAddress(p.Address); err != nil {
				t.Errorf("%q: %v", p.Address, err)
			}
		}
		parseAdapters(b)
		p, err := parsePacket(b)
		if err != nil {
			return
		}
		if diff := cmp.Diff(b[:mgmtHeader+len(p.body)], p.bytes()); diff != "" {
			t.Errorf("a packet is not written as it was read (-want +got):\n%s", diff)
		}
		if e, ok := p.peerEvent(); ok {
			if _, err := json.Marshal(e); err != nil {
				t.Error(err)
			}
		}
		if _, body, ok := p.answers(connInfo(int(p.index), [6]byte{})); ok {
			_, _ = parseSignal(body)
		}
	})
}
