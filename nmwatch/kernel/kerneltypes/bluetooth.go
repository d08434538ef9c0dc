package kerneltypes

import (
	"strconv"
	"strings"
	"time"
)

// Adapter is one Bluetooth adapter (struct hci_dev_info of the kernel's include/net/bluetooth/hci_sock.h).
type Adapter struct {
	Index   int    `json:"index"`
	Name    string `json:"name"`    // "hci0"
	Address string `json:"address"` // "AA:BB:CC:DD:EE:FF"
	Up      bool   `json:"up"`      // powered
	Peers   []Peer `json:"peers"`   // the devices that it has a connection to, or begins one to
}

// Peer is the other end of one connection of an adapter (struct hci_conn_info).
type Peer struct {
	Address   string `json:"address"` // "AA:BB:CC:DD:EE:FF"
	Handle    int    `json:"handle"`  // of the connection; see ParseConnection
	LE        bool   `json:"le"`      // Low Energy, not BR/EDR
	Connected bool   `json:"connected"`
	// Signal is what the controller measures; nil when it was not asked for, or could not be.
	Signal *PeerSignal `json:"signal,omitempty"`
}

// ParseConnection reads the kernel's name for the device of a connection, "hci0:42": the adapter and the handle
// (net/bluetooth/hci_sysfs.c, hci_conn_add_sysfs).
func ParseConnection(name string) (adapter string, handle int, ok bool) {
	adapter, number, found := strings.Cut(name, ":")
	handle, err := strconv.Atoi(number)
	return adapter, handle, found && err == nil && strings.HasPrefix(adapter, "hci")
}

// PeerSignal is the answer to Get Connection Information. What the controller does not tell is nil.
type PeerSignal struct {
	// RSSI is in dBm for Low Energy. For BR/EDR the Core Specification (Vol 4 Part E, 7.5.4) wants the distance in dB from the
	// golden receive power range, 0 being inside; many controllers give dBm there, too.
	RSSI       *int `json:"rssi"`
	TxPower    *int `json:"tx_power_dbm"`     // at which we send now
	MaxTxPower *int `json:"max_tx_power_dbm"` // at which we could send
}

// PeerEvent is something that happened to a connection: the value of a "bluetooth-event" measurement. The zero value
// stands for none.
type PeerEvent struct {
	At      time.Time     `json:"at"`
	What    PeerEventKind `json:"what"`
	Adapter int           `json:"adapter"` // its index
	Address string        `json:"address"` // of the peer
	Code    uint8         `json:"code"`    // disconnected: DisconnectReason; connect-failed: MgmtStatus
}

// PeerEventKind says what happened to a connection.
type PeerEventKind string

// What can happen to a connection.
const (
	PeerConnected     PeerEventKind = "connected"
	PeerDisconnected  PeerEventKind = "disconnected"
	PeerConnectFailed PeerEventKind = "connect-failed"
)

// PeerLog is what happened to the connections to one device while we watched: the last event of each kind.
type PeerLog struct {
	Connected    PeerEvent
	Disconnected PeerEvent
	Failed       PeerEvent
}

// DisconnectReason says why a connection ended (Device Disconnected of BlueZ's mgmt-api).
type DisconnectReason uint8

// The reasons.
const (
	DisconnectUnknown    DisconnectReason = 0
	DisconnectTimeout    DisconnectReason = 1 // the peer was not heard any more
	DisconnectLocal      DisconnectReason = 2 // by this host
	DisconnectRemote     DisconnectReason = 3 // by the peer
	DisconnectAuthFailed DisconnectReason = 4
	DisconnectSuspend    DisconnectReason = 5 // by this host, which goes to sleep
)

// String names the reason.
func (r DisconnectReason) String() string {
	return word(uint8(r), []string{"unspecified", "timeout", "local-host", "remote", "auth-failed", "local-suspend"})
}

// MgmtStatus is the outcome of a command, or of an attempt to connect (BlueZ's mgmt-api).
type MgmtStatus uint8

// The outcomes that decide something.
const (
	MgmtConnectFailed    MgmtStatus = 0x04 // the peer did not answer the page
	MgmtAuthFailed       MgmtStatus = 0x05
	MgmtNotPaired        MgmtStatus = 0x06
	MgmtTimeout          MgmtStatus = 0x08
	MgmtRejected         MgmtStatus = 0x0b
	MgmtPermissionDenied MgmtStatus = 0x14
)

// String names the outcome.
func (s MgmtStatus) String() string {
	return word(uint8(s), []string{
		"success", "unknown-command", "not-connected", "failed", "connect-failed", "auth-failed", "not-paired", "no-resources",
		"timeout", "already-connected", "busy", "rejected", "not-supported", "invalid-parameters", "disconnected", "not-powered",
		"cancelled", "invalid-index", "rfkilled", "already-paired", "permission-denied", "connection-not-established",
	})
}
