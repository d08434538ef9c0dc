package lexicon

import (
	"slices"
	"strings"
)

// meant lists the kinds that a keyword before a number or word narrows a query to; nil for a word that is no keyword.
func meant(norm string) []Kind {
	if kind := Kind(norm); slices.Contains(Kinds(), kind) {
		return []Kind{kind}
	}
	norm = strings.TrimPrefix(norm, "general.") // nmcli's GENERAL.STATE
	for _, k := range keywords() {
		if slices.Contains(strings.Fields(k.words), norm) {
			return k.kinds
		}
	}
	return nil
}

// keyword is a set of words that narrow a query to the same kinds.
type keyword struct {
	words string
	kinds []Kind
}

func keywords() []keyword {
	return []keyword{
		{"nm networkmanager nmcli", []Kind{DeviceReason, DeviceState, ActiveReason, ActiveState, VPNState, VPNFailure, Connectivity, GlobalState}},
		{"device dev", []Kind{DeviceReason, DeviceState}},
		{"reason", []Kind{DeviceReason, Reason80211, ActiveReason, TLSCertError, NetworkDisabled}},
		{"state", []Kind{DeviceState, ActiveState, VPNState, GlobalState, SupplicantState, BridgePortState, OperState, NeighbourState}},
		{"active activation connection ac", []Kind{ActiveReason, ActiveState, DeviceReason}},
		{"vpn", []Kind{VPNState, VPNFailure, ActiveReason}},
		{"failure", []Kind{VPNFailure}},
		{"802.11 80211 ieee80211 wlan wifi wi-fi", []Kind{Reason80211, Status80211}},
		{"reason-code deauth deauthenticated disassoc disassociated disconnected disconnect " + localMark, []Kind{Reason80211}},
		{"status status-code assoc auth", []Kind{Status80211, DHCPv6Status}},
		{"eap", []Kind{EAPMethod, EAPCode, EAPSignal}},
		{"method", []Kind{EAPMethod}},
		{"tls ssl alert", []Kind{TLSAlert}},
		{"cert certificate cert-error", []Kind{TLSCertError}},
		{"supplicant wpa wpa-supplicant", []Kind{SupplicantState, SupplicantEvent, EAPSignal, NetworkDisabled}},
		{"dhcp dhcpv4 dhcp4", []Kind{DHCPMessage}},
		{"dhcpv6 dhcp6", []Kind{DHCPv6Message, DHCPv6Status}},
		{"stp bridge entered", []Kind{BridgePortState}}, // the kernel: "port 1(eth0) entered blocking state"
		{"neigh neighbour neighbor arp nud ndp", []Kind{NeighbourState}},
	}
}

// narrow is what two keywords mean together: what both mean, or what the second means if they have nothing in common.
func narrow(kinds, more []Kind) []Kind {
	if kinds == nil {
		return more
	}
	both := slices.DeleteFunc(slices.Clone(kinds), func(k Kind) bool { return !slices.Contains(more, k) })
	if len(both) == 0 {
		return more
	}
	return both
}

// context is what a pasted line is about: it narrows what the keywords in it mean. Nil when it does not tell.
func context(list []token) []Kind {
	rules := []struct {
		marks string // beginnings of tokens; with "$" the whole
		kinds []Kind
	}{
		{"ctrl-event-eap-tls-cert-error", []Kind{TLSCertError, SupplicantEvent}},
		{"ctrl-event-ssid-temp-disabled", []Kind{NetworkDisabled, SupplicantEvent}},
		{"ctrl-event-subnet-status-update", []Kind{SupplicantEvent}},
		{
			"ctrl-event deauth disassoc bssid sup-iface capab " + localMark,
			[]Kind{Reason80211, Status80211, SupplicantState, SupplicantEvent, EAPMethod, EAPSignal, TLSAlert},
		},
		{"supplicant$", []Kind{SupplicantState, Reason80211, Status80211}},
		{"vpn", []Kind{VPNState, VPNFailure, ActiveReason}},
		{"device$ managed-type audit", []Kind{DeviceReason, DeviceState}},
		{"dhcpv6 dhcp6", []Kind{DHCPv6Message, DHCPv6Status}},
	}
	for _, r := range rules {
		for mark := range strings.FieldsSeq(r.marks) {
			if slices.ContainsFunc(list, func(t token) bool { return strings.HasPrefix(t.norm+"$", mark) }) {
				return r.kinds
			}
		}
	}
	if slices.ContainsFunc(list, token.arrow) {
		return []Kind{DeviceReason, DeviceState}
	}
	return nil
}

// localMark is what wpa_supplicant adds to a reason that this side gave.
const localMark = "locally-generated"

// local says whether the query tells that this side ended the association.
func local(list []token) bool {
	for i, t := range list {
		switch {
		case t.norm == localMark:
			return i+1 == len(list) || !list[i+1].isNum || list[i+1].number != 0
		case t.norm == "local" && i+1 < len(list) && slices.Contains([]string{"choice", "request"}, list[i+1].norm):
			return true
		}
	}
	return false
}
