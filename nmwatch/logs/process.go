package logs

import (
	"path"
	"slices"
	"strings"
)

// Process names who logged, in the words of the timeline: the program, whatever its helpers and units are called.
type Process string

// The processes that make and keep connections.
const (
	NetworkManager Process = "NetworkManager"
	Dispatcher     Process = "nm-dispatcher"
	Supplicant     Process = "wpa_supplicant"
	IWD            Process = "iwd"
	Hostapd        Process = "hostapd"
	Dhclient       Process = "dhclient"
	Dhcpcd         Process = "dhcpcd"
	Dnsmasq        Process = "dnsmasq"
	Resolved       Process = "systemd-resolved"
	OpenVPN        Process = "openvpn"
	VPNC           Process = "vpnc"
	Charon         Process = "charon"
	Pluto          Process = "pluto"
	L2TP           Process = "xl2tpd"
	PPPD           Process = "pppd"
	ModemManager   Process = "ModemManager"
	Bluetoothd     Process = "bluetoothd"
	Polkitd        Process = "polkitd"
	DBus           Process = "dbus"
	Kernel         Process = "kernel"
	NMDebug        Process = "nmdebug" // what heal decided and did
)

// naming is the identifiers that a process logs under, beside its own name. One that ends in * stands for all that begin so.
type naming struct {
	process     Process
	identifiers []string
}

// namings lists all processes of the timeline.
func namings() []naming {
	return []naming{
		{NetworkManager, []string{"nm-*"}},
		{Dispatcher, []string{"nm-dispatcher.action"}},
		{Supplicant, nil},
		{IWD, nil},
		{NMDebug, nil},
		{Hostapd, nil},
		{Dhclient, nil},
		{Dhcpcd, []string{"dhcpcd-*"}},
		{Dnsmasq, []string{"dnsmasq-*"}},
		{Resolved, nil},
		{OpenVPN, []string{"openvpn-*", "openvpn@*", "nm-openvpn", "nm-openvpn-*", "ovpn-*"}},
		{VPNC, []string{"nm-vpnc", "nm-vpnc-*"}},
		{Charon, []string{"charon-nm", "charon-systemd", "ipsec"}},
		{Pluto, nil},
		{L2TP, []string{"nm-l2tp", "nm-l2tp-*"}},
		{PPPD, []string{"nm-pptp", "nm-pptp-*"}},
		{ModemManager, nil},
		{Bluetoothd, nil},
		{Polkitd, nil},
		{DBus, []string{"dbus-*"}},
		{Kernel, nil},
	}
}

// Process tells who logged; "" for one that has nothing to do with connections. The kernel speaks of much else: what it says
// counts where it is about networking.
func (e Entry) Process() Process {
	identifier := e.Text(fieldIdentifier)
	if identifier == "" {
		identifier = e.Text(fieldCommand)
	}
	if e.Text(fieldTransport) == "kernel" {
		identifier = string(Kernel)
	}
	p := ProcessOf(path.Base(identifier))
	if p == Kernel && !aboutNetworking(e.Message()) {
		return ""
	}
	return p
}

// ProcessOf tells which process logs under an identifier; "" for one that has nothing to do with connections. The longest
// match counts: nm-openvpn is OpenVPN, not NetworkManager.
func ProcessOf(identifier string) Process {
	var best Process
	longest := 0
	for _, n := range namings() {
		for _, pattern := range append(n.identifiers, string(n.process)) {
			if matches(identifier, pattern) && len(pattern) > longest {
				best, longest = n.process, len(pattern)
			}
		}
	}
	return best
}

func matches(identifier, pattern string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return identifier == pattern || open && strings.HasPrefix(identifier, prefix)
}

// aboutNetworking says whether a line of the kernel's is about links: it names a part of the network stack, or a driver.
func aboutNetworking(message string) bool {
	lower := strings.ToLower(message)
	return slices.ContainsFunc([]string{
		"80211", "wlan", "wlp", "wifi", "wi-fi", "rfkill", "regulatory", "bluetooth", "wireguard", "vxlan", "802.1q", "bonding", "bridge",
		"link is up", "link is down", "link becomes ready", "carrier", "promiscuous mode", "addrconf", "nic link",
		"iwlwifi", "ath9k", "ath10k", "ath11k", "ath12k", "brcmfmac", "rtw88", "rtw89", "rtl8", "mt76", "mt79", "e1000", "r8169", "igb", "igc", "ixgbe", "tg3", "bnx2",
	}, func(word string) bool { return strings.Contains(lower, word) })
}
