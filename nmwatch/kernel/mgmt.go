package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// The Bluetooth management protocol (BlueZ's doc/mgmt-api.txt; include/net/bluetooth/mgmt.h). All numbers are little-endian.
const (
	mgmtHeader = 6 // opcode, controller index, length of what follows

	mgmtGetConnInfo = 0x0031

	mgmtEvComplete     = 0x0001
	mgmtEvStatus       = 0x0002
	mgmtEvConnected    = 0x000b
	mgmtEvDisconnected = 0x000c
	mgmtEvFailed       = 0x000d

	mgmtAddress = 7   // struct mgmt_addr_info: address and its type
	mgmtUntold  = 127 // HCI_RSSI_INVALID, HCI_TX_POWER_INVALID
)

// packet is one command, reply or event of the management protocol.
type packet struct {
	opcode uint16
	index  uint16 // of the controller
	body   []byte
}

func parsePacket(b []byte) (packet, error) {
	if len(b) < mgmtHeader {
		return packet{}, errShort
	}
	p := packet{opcode: binary.LittleEndian.Uint16(b), index: binary.LittleEndian.Uint16(b[2:])}
	size := int(binary.LittleEndian.Uint16(b[4:]))
	if size > len(b)-mgmtHeader {
		return packet{}, errShort
	}
	p.body = b[mgmtHeader : mgmtHeader+size]
	return p, nil
}

func (p packet) bytes() []byte {
	b := binary.LittleEndian.AppendUint16(make([]byte, 0, mgmtHeader+len(p.body)), p.opcode)
	b = binary.LittleEndian.AppendUint16(b, p.index)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(p.body)))
	return append(b, p.body...)
}

// answers says whether the packet is the answer to a command, and gives its status and what it brings.
func (p packet) answers(command packet) (status kerneltypes.MgmtStatus, body []byte, ok bool) {
	if p.opcode != mgmtEvComplete && p.opcode != mgmtEvStatus || p.index != command.index || len(p.body) < 3 {
		return 0, nil, false
	}
	if binary.LittleEndian.Uint16(p.body) != command.opcode {
		return 0, nil, false
	}
	return kerneltypes.MgmtStatus(p.body[2]), p.body[3:], true
}

// peerEvent reads what happened to a connection; ok is false for a packet that tells of something else. The keys that
// some packets carry are never looked at.
func (p packet) peerEvent() (e kerneltypes.PeerEvent, ok bool) {
	if len(p.body) < mgmtAddress+1 {
		return e, false
	}
	e = kerneltypes.PeerEvent{Adapter: int(p.index), Address: bluetoothAddress(p.body)}
	switch p.opcode {
	case mgmtEvConnected:
		e.What = kerneltypes.PeerConnected
	case mgmtEvDisconnected:
		e.What, e.Code = kerneltypes.PeerDisconnected, p.body[mgmtAddress]
	case mgmtEvFailed:
		e.What, e.Code = kerneltypes.PeerConnectFailed, p.body[mgmtAddress]
	default:
		return e, false
	}
	return e, true
}

// parseSignal reads struct mgmt_rp_get_conn_info.
func parseSignal(b []byte) (kerneltypes.PeerSignal, error) {
	if len(b) < mgmtAddress+3 {
		return kerneltypes.PeerSignal{}, errShort
	}
	value := func(v byte) *int {
		n := int(int8(v))
		if n == mgmtUntold {
			return nil
		}
		return &n
	}
	return kerneltypes.PeerSignal{
		RSSI: value(b[mgmtAddress]), TxPower: value(b[mgmtAddress+1]), MaxTxPower: value(b[mgmtAddress+2]),
	}, nil
}

// bluetoothAddress writes the six bytes of an address, which are in reverse order, as Bluetooth's tools do.
func bluetoothAddress(b []byte) string {
	parts := make([]string, 6)
	for i := range parts {
		parts[i] = fmt.Sprintf("%02X", b[5-i])
	}
	return strings.Join(parts, ":")
}

// parseBluetoothAddress reads an address as bluetoothAddress wrote it.
func parseBluetoothAddress(s string) (address [6]byte, err error) {
	mac, err := net.ParseMAC(s)
	if err != nil || len(mac) != len(address) {
		return address, fmt.Errorf("cannot read the Bluetooth address %q", s)
	}
	slices.Reverse(mac)
	return [6]byte(mac), nil
}

// openMgmt opens a socket of the management protocol. Everybody may; what it then tells depends on CAP_NET_ADMIN.
func openMgmt() (*os.File, error) {
	fd, err := bluetoothSocket()
	if err != nil {
		return nil, err
	}
	const noDevice = 0xffff // HCI_DEV_NONE
	if err := unix.Bind(fd, &unix.SockaddrHCI{Dev: noDevice, Channel: unix.HCI_CHANNEL_CONTROL}); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot bind the Bluetooth management socket: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "bluetooth management"), nil
}

func bluetoothSocket() (int, error) {
	fd, err := unix.Socket(unix.AF_BLUETOOTH, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.BTPROTO_HCI)
	if err != nil {
		return -1, fmt.Errorf("cannot open a Bluetooth socket: %w", err)
	}
	return fd, nil
}

// mgmtTimeout bounds a question; the kernel asks the controller, which takes some milliseconds.
const mgmtTimeout = 2 * time.Second

// askMgmt sends a command and waits for its answer; what else comes meanwhile is dropped.
func askMgmt(f *os.File, command packet) (kerneltypes.MgmtStatus, []byte, error) {
	if err := f.SetDeadline(time.Now().Add(mgmtTimeout)); err != nil {
		return 0, nil, err
	}
	// A command that is refused for the lack of a right counts as 0 bytes written; its answer says so.
	if _, err := f.Write(command.bytes()); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, nil, err
	}
	buf := make([]byte, 1<<16)
	for {
		n, err := f.Read(buf)
		if err != nil {
			return 0, nil, err
		}
		p, err := parsePacket(buf[:n])
		if err != nil {
			return 0, nil, err
		}
		if status, body, ok := p.answers(command); ok {
			return status, body, nil
		}
	}
}

// connInfo is the question for the signal of a connected device. That of a Low Energy device, whose kind of address the
// kernel wants to know, is not asked for: no network runs over it.
func connInfo(adapter int, address [6]byte) packet {
	const addressBREDR = 0
	return packet{opcode: mgmtGetConnInfo, index: uint16(adapter), body: append(address[:], addressBREDR)}
}
