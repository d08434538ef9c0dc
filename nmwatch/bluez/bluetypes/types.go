// Package bluetypes holds what BlueZ says of Bluetooth, as plain values.
//
// The values are immutable once published. Names and aliases come from strangers, and are kept as they came.
package bluetypes

import (
	"slices"
	"strings"
	"time"
)

// State is everything BlueZ said, up to one instant.
type State struct {
	Synced   bool               // the first snapshot has been read: what is not here does not exist
	Adapters map[string]Adapter // by object path
	Devices  map[string]Device  // by object path
	Problems []Problem
}

// Problem is something the daemon said in a form that its interface does not have.
type Problem struct {
	Object string
	Text   string
}

// Adapter is one adapter (org.bluez.Adapter1).
type Adapter struct {
	Path        string // "/org/bluez/hci0"
	Address     string // "AA:BB:CC:DD:EE:FF"
	Name        string
	Alias       string
	Powered     bool
	Discovering bool
}

// HCI is the name that the kernel gives to the adapter: "hci0".
func (a Adapter) HCI() string { return a.Path[strings.LastIndexByte(a.Path, '/')+1:] }

// Device is one device that is paired, connected or was found (org.bluez.Device1).
type Device struct {
	Path          string // "/org/bluez/hci0/dev_AA_BB_CC_DD_EE_FF"
	Adapter       string // path of the adapter
	Address       string
	Alias         string // its name, or what the user calls it
	Icon          string // "phone"
	Paired        bool
	Trusted       bool
	Blocked       bool
	Connected     bool
	ConnectedAt   time.Time // when Connected last became true while we watched
	UnconnectedAt time.Time // when Connected last became false while we watched
	RSSI          *int16    // dBm, only while it is being discovered
	UUIDs         []string  // of the services that it offers
	Network       *Network  // nil when it offers none
}

// Network is the network that a device offers over PAN (org.bluez.Network1).
type Network struct {
	Connected bool
	Interface string // "bnep0", "" when it is not connected
	UUID      string // of the role that the device has in it
}

// The services of phones that share their connection (Bluetooth Assigned Numbers, service class identifiers).
const (
	serviceDUN  = "00001103-0000-1000-8000-00805f9b34fb"
	servicePANU = "00001115-0000-1000-8000-00805f9b34fb"
	serviceNAP  = "00001116-0000-1000-8000-00805f9b34fb"
	serviceGN   = "00001117-0000-1000-8000-00805f9b34fb"
)

// OffersPAN says whether the device offers a network: that of an access point (NAP) or of a group (GN).
func (d Device) OffersPAN() bool {
	return slices.Contains(d.UUIDs, serviceNAP) || slices.Contains(d.UUIDs, serviceGN)
}

// OffersDUN says whether the device offers to dial.
func (d Device) OffersDUN() bool { return slices.Contains(d.UUIDs, serviceDUN) }

// Role names the part that the device has in the network: "NAP", "GN", "PANU"; "" when BlueZ does not say.
func (n Network) Role() string {
	switch n.UUID {
	case serviceNAP, "nap":
		return "NAP"
	case serviceGN, "gn":
		return "GN"
	case servicePANU, "panu":
		return "PANU"
	default:
		return ""
	}
}
