// Package lexicon explains the numbers and words that NetworkManager, wpa_supplicant, the kernel and the protocols print: what
// each one means, what it is mistaken for, and what to look at next.
//
// The entries stand in data/, one file a kind; parse tells their form. Each fact was checked in the source that the entry
// names. Lookup takes what a person types or pastes, Find what a program knows.
package lexicon

import (
	"encoding/json"
	"slices"
)

// Kind names a set of codes. It is the name of the set's data file, and a word that Lookup knows.
type Kind string

// The kinds.
const (
	DeviceReason    Kind = "device-reason"
	Reason80211     Kind = "802.11-reason"
	DeviceState     Kind = "device-state"
	Status80211     Kind = "802.11-status"
	ActiveReason    Kind = "active-reason"
	TLSAlert        Kind = "tls-alert"
	TLSCertError    Kind = "tls-cert-error"
	VPNState        Kind = "vpn-state"
	VPNFailure      Kind = "vpn-failure"
	ActiveState     Kind = "active-state"
	Connectivity    Kind = "connectivity"
	GlobalState     Kind = "global-state"
	SupplicantState Kind = "supplicant-state"
	SupplicantEvent Kind = "supplicant-event"
	NetworkDisabled Kind = "network-disabled"
	EAPSignal       Kind = "eap-signal"
	EAPMethod       Kind = "eap-method"
	EAPCode         Kind = "eap-code"
	DHCPMessage     Kind = "dhcp-message"
	DHCPv6Message   Kind = "dhcpv6-message"
	DHCPv6Status    Kind = "dhcpv6-status"
	BridgePortState Kind = "bridge-port-state"
	OperState       Kind = "operstate"
	NeighbourState  Kind = "neighbour-state"
)

// Kinds lists the kinds, those first that a number without a name most likely belongs to.
func Kinds() []Kind {
	return []Kind{
		DeviceReason, Reason80211, DeviceState, Status80211, ActiveReason, TLSAlert, TLSCertError, VPNState, VPNFailure,
		ActiveState, Connectivity, GlobalState, SupplicantState, SupplicantEvent, NetworkDisabled, EAPSignal, EAPMethod,
		EAPCode, DHCPMessage, DHCPv6Message, DHCPv6Status, BridgePortState, OperState, NeighbourState,
	}
}

// Title is the kind in words.
func (k Kind) Title() string {
	titles := map[Kind]string{
		DeviceReason: "NetworkManager device state reason", Reason80211: "802.11 reason code",
		DeviceState: "NetworkManager device state", Status80211: "802.11 status code",
		ActiveReason: "NetworkManager active connection and VPN reason", TLSAlert: "TLS alert",
		TLSCertError: "wpa_supplicant certificate error", VPNState: "NetworkManager VPN state",
		VPNFailure: "NetworkManager VPN plugin failure", ActiveState: "NetworkManager active connection state",
		Connectivity: "NetworkManager connectivity", GlobalState: "NetworkManager state",
		SupplicantState: "wpa_supplicant state", SupplicantEvent: "wpa_supplicant event",
		NetworkDisabled: "wpa_supplicant reason for setting a network aside", EAPSignal: "wpa_supplicant EAP signal",
		EAPMethod: "EAP method", EAPCode: "EAP code", DHCPMessage: "DHCP message", DHCPv6Message: "DHCPv6 message",
		DHCPv6Status: "DHCPv6 status", BridgePortState: "bridge port state", OperState: "link operational state",
		NeighbourState: "neighbour state",
	}
	return titles[k]
}

// Entry explains one code.
type Entry struct {
	Kind    Kind
	Code    int    // negative: an 802.11 reason that this side gave
	Coded   bool   // it has a number; some have only a word
	Name    string // the constant in the source: "NM_DEVICE_STATE_REASON_NO_SECRETS", "" where there is none
	Word    string // the word with dashes, as logs print it: "no-secrets"
	Meaning string // one sentence: what really happened
	Traps   []string
	Floor   string   // "L1", "L2", "L3", "VPN"; "" when it may be any
	Next    []string // what to look at, or to type
	Source  string   // where the facts are from

	aliases []string // further words that stand for it, also fragments of nmcli's sentences
	local   string   // what it means when this side gave it
	rank    rank
}

// rank says how likely a person is to meet an entry.
type rank int

const (
	common rank = iota
	normal
	rare // obsolete or exotic
)

// MarshalJSON writes the entry with the code null where there is none, and lists that are never null.
func (e Entry) MarshalJSON() ([]byte, error) {
	out := struct {
		Kind    Kind     `json:"kind"`
		Code    *int     `json:"code"`
		Name    string   `json:"name"`
		Word    string   `json:"word"`
		Meaning string   `json:"meaning"`
		Traps   []string `json:"traps"`
		Floor   string   `json:"floor"`
		Next    []string `json:"next"`
		Source  string   `json:"source"`
	}{
		Kind: e.Kind, Name: e.Name, Word: e.Word, Meaning: e.Meaning, Traps: append([]string{}, e.Traps...), Floor: e.Floor,
		Next: append([]string{}, e.Next...), Source: e.Source,
	}
	if e.Coded {
		out.Code = &e.Code
	}
	return json.Marshal(out)
}

// ofThisSide is an 802.11 reason as it reads when this side gave it.
func (e Entry) ofThisSide() Entry {
	if e.local == "" {
		e.local = "This side – the driver or wpa_supplicant – ended the connection and gave this as the reason: " + e.Meaning
	}
	e.Code, e.Meaning = -e.Code, e.local
	return e
}

// Entries lists the entries of a kind by number, those without one in the order of the source; nil for an unknown kind.
func Entries(kind Kind) []Entry {
	if !slices.Contains(Kinds(), kind) {
		return nil
	}
	entries, err := read(kind)
	if err != nil {
		panic("internal error: " + err.Error()) // the data is part of the program, and a test reads all of it
	}
	return entries
}

// Find is the entry of a number. A negative 802.11 reason is one that this side gave.
func Find(kind Kind, code int) (Entry, bool) {
	return find(Entries(kind), kind, code)
}

func find(entries []Entry, kind Kind, code int) (Entry, bool) {
	local := kind == Reason80211 && code < 0
	if local {
		code = -code
	}
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Kind == kind && e.Coded && e.Code == code })
	switch {
	case i < 0:
		return Entry{}, false
	case local:
		return entries[i].ofThisSide(), true
	default:
		return entries[i], true
	}
}
