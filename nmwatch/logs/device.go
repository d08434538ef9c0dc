package logs

import (
	"slices"
	"strings"
)

// Interface is the network interface that the entry is about; "" when it names none.
func (e Entry) Interface() string {
	if name := e.Text(fieldDevice); name != "" {
		return name
	}
	message := e.Message()
	switch e.Process() {
	case NetworkManager:
		return inParentheses(withoutStamp(message), "device", "dhcp4", "dhcp6", "ip4", "ip6", "acd", "wifi", "manager:", "Activation:")
	case Supplicant, Hostapd:
		return beforeColon(message)
	case Dnsmasq:
		return leaseOn(message)
	case Kernel:
		return namedByKernel(message)
	case NMDebug:
		return inAccount(message)
	default:
		return ""
	}
}

// withoutStamp takes off what NetworkManager puts before its messages on a terminal: "<info>  [1795551509.4560] ".
func withoutStamp(message string) string {
	if !strings.HasPrefix(message, "<") {
		return message
	}
	if _, rest, ok := strings.Cut(message, "] "); ok {
		return rest
	}
	return message
}

// inParentheses reads "device (eth0): …", where the word before is one of some.
func inParentheses(message string, words ...string) string {
	word, rest, ok := strings.Cut(message, " (")
	if !ok || !slices.Contains(words, word) {
		return ""
	}
	name, _, ok := strings.Cut(rest, ")")
	if !ok || !isInterface(name) {
		return ""
	}
	return name
}

// beforeColon reads "wlan0: …", and not "EAP-TLV: …" or "nl80211: …", which are parts of the supplicant.
func beforeColon(message string) string {
	name, _, ok := strings.Cut(message, ": ")
	part := slices.Contains([]string{"dbus", "nl80211", "random", "netlink", "rfkill", "p2p", "ctrl_iface", "ext_password"}, name)
	if !ok || part || !isInterface(name) || strings.ToUpper(name) == name {
		return ""
	}
	return name
}

// leaseOn reads "DHCPACK(eth0) …" as dnsmasq writes it.
func leaseOn(message string) string {
	before, rest, ok := strings.Cut(message, "(")
	if !ok || !strings.HasPrefix(before, "DHCP") {
		return ""
	}
	name, _, _ := strings.Cut(rest, ")")
	if !isInterface(name) {
		return ""
	}
	return name
}

// namedByKernel finds a word that looks like the name of a link and has a colon behind it, as in "e1000e 0000:00:1f.6 eth0:
// NIC Link is Up".
func namedByKernel(message string) string {
	for word := range strings.FieldsSeq(message) {
		if name, ok := strings.CutSuffix(word, ":"); ok && likeLink(name) {
			return name
		}
	}
	return ""
}

// likeLink says whether a word looks like the usual name of a link.
func likeLink(word string) bool {
	usual := []string{"eth", "en", "wl", "ww", "br", "bnep", "tun", "tap", "bond", "veth", "wg", "vx", "mac"}
	return isInterface(word) && strings.ContainsAny(word, "0123456789") && slices.ContainsFunc(usual, func(prefix string) bool {
		return strings.HasPrefix(word, prefix)
	})
}

// inAccount reads a decision of heal's, "21:36:53.702 ● eth0 L2 stands again" or "… office on eth0 VPN …", or a step that it
// makes, "◌ 1/2 Ask for a new lease on eth0 …".
func inAccount(message string) string {
	words := strings.Fields(message)
	for i, floor := range words {
		if i >= 3 && i <= 5 && slices.Contains([]string{"L1", "L2", "L3", "VPN"}, floor) && isInterface(words[i-1]) {
			return words[i-1]
		}
	}
	if i := slices.IndexFunc(words, likeLink); i > 1 {
		return words[i]
	}
	return ""
}

// isInterface says whether the kernel would take a name for a link (dev_valid_name in net/core/dev.c).
func isInterface(name string) bool {
	return name != "" && len(name) < 16 && name != "." && name != ".." && !strings.ContainsAny(name, "/: \t\n\r\v\f")
}
