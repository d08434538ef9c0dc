package logs_test

import (
	"testing"

	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/record"
)

func TestWhoAndAboutWhat(t *testing.T) {
	for _, tt := range []struct {
		identifier, message string
		process             logs.Process
		iface               string
	}{
		{"NetworkManager", "<info>  [1795551509.4560] device (lo): state change: ip-check -> secondaries (reason 'none')", logs.NetworkManager, "lo"},
		{"NetworkManager", "device (wlan0): supplicant interface state: scanning -> associating", logs.NetworkManager, "wlan0"},
		{"NetworkManager", "<info>  [1795551509.5335] dhcp4 (eth0): activation: beginning transaction (timeout in 45 seconds)", logs.NetworkManager, "eth0"},
		{"NetworkManager", "<info>  [1795551509.4642] manager: (eth0): new Veth device", logs.NetworkManager, "eth0"},
		{"NetworkManager", "<info>  [1795551509.5485] policy: set 'lan' (eth0) as default for IPv4 routing and DNS", logs.NetworkManager, ""},
		{"nm-openvpn-auth-dialog", "asks", logs.OpenVPN, ""},
		{"nmdebug", "21:36:53.702 ● lan L2 stands again", logs.NMDebug, "lan"},
		{"nmdebug", "21:36:53.702 ● office on eth0 VPN stands again", logs.NMDebug, "eth0"},
		{"nmdebug", "21:36:53.702 ● watches: all interfaces that are wanted; hold-off L1 15s, L2 10s, L3 10s", logs.NMDebug, ""},
		{"nmdebug", "◌ 1/2    Ask for a new lease on eth0 …", logs.NMDebug, "eth0"},
		{"nmdebug", "● 1/2    done in 1.28 s", logs.NMDebug, ""},
		{"nm-dispatcher", "req:1 'up' [eth0]: start running ordered scripts...", logs.Dispatcher, ""},
		{"wpa_supplicant", "wlan0: CTRL-EVENT-DISCONNECTED bssid=02:00 reason=3", logs.Supplicant, "wlan0"},
		{"wpa_supplicant", "EAP-TLV: TLV Result - Success", logs.Supplicant, ""},
		{"wpa_supplicant", "dbus: fill_dict_with_properties", logs.Supplicant, ""},
		{"nm-openvpn", "TLS Error: TLS handshake failed", logs.OpenVPN, ""},
		{"nm-openvpn-3", "AUTH: Received control message: AUTH_FAILED", logs.OpenVPN, ""},
		{"openvpn@office", "SIGTERM[hard,] received", logs.OpenVPN, ""},
		{"charon-nm", "05[IKE] authentication failed", logs.Charon, ""},
		{"dnsmasq-dhcp", "DHCPACK(p0) 10.99.0.170 8e:24:24:a0:7f:73 lab", logs.Dnsmasq, "p0"},
		{"/usr/sbin/dhclient", "DHCPREQUEST on eth0", logs.Dhclient, ""},
		{"kernel", "e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps", logs.Kernel, "eth0"},
		{"kernel", "wlan0: deauthenticated from 02:00:00:00:00:01 (Reason: 6=CLASS2_FRAME)", logs.Kernel, "wlan0"},
		{"kernel", "EXT4-fs (sda1): mounted filesystem", "", ""},
		{"cron", "eth0: not ours", "", ""},
		{"", "wlan0: nobody", "", ""},
	} {
		e := entry("SYSLOG_IDENTIFIER", tt.identifier, "MESSAGE", tt.message)
		if p, iface := e.Process(), e.Interface(); p != tt.process || iface != tt.iface {
			t.Errorf("%s: %s\n is by %q about %q, want %q about %q", tt.identifier, tt.message, p, iface, tt.process, tt.iface)
		}
	}
	if e := entry("NM_DEVICE", "wlan1", "MESSAGE", "device (eth0): x", "SYSLOG_IDENTIFIER", "NetworkManager"); e.Interface() != "wlan1" {
		t.Errorf("NetworkManager's own field does not count: %q", e.Interface())
	}
	if e := entry("_TRANSPORT", "kernel", "MESSAGE", "cfg80211: Loading"); e.Process() != logs.Kernel {
		t.Errorf("the kernel's transport does not count: %q", e.Process())
	}
}

func TestMark(t *testing.T) {
	for message, want := range map[string]record.Mark{
		"device (eth0): state change: prepare -> config (reason 'none', sys-iface-state: 'managed')":                        {Kind: record.DeviceMark, State: "config"},
		"<info>  [1795554012.6396] device (eth0): state change: ip-config -> ip-check (reason 'none')":                      {Kind: record.DeviceMark, State: "ip-check"},
		"device (wlan0): supplicant interface state: associating -> 4way_handshake":                                         {Kind: record.SupplicantMark, State: "4way_handshake"},
		"device (wlan1): Activation: starting connection 'it's (mine)' (a860b858-265b-22da-d3aa-f1165cfc2936)":              {Kind: record.ConnectionMark, Title: "it's (mine)"},
		"device (wlan1): Activation: starting connection":                                                                   {},
		"dhcp4 (eth0): activation: beginning transaction (timeout in 45 seconds)":                                           {Kind: record.LeaseMark, State: "asking"},
		"dhcp4 (eth0): state changed new lease, address=10.99.0.111":                                                        {Kind: record.LeaseMark, State: "bound"},
		`vpn[0x5635a6c9a1b0,ec42f1ab-3494-3f3c-b6e6-9cca6ccf1629,"my ""vpn"]: starting vpnc`:                                {Kind: record.VPNMark, State: "starting", Title: "my "},
		`vpn[0x5635a6c9a1b0,ec42f1ab-3494-3f3c-b6e6-9cca6ccf1629,"vpn"]: secrets: failed to request VPN secrets #4: No age`: {Kind: record.VPNMark, State: "failed", Title: "vpn"},
		"device (eth0): state change: ":           {},
		"device (eth0): carrier: link connected":  {},
		"dhcp4 (eth0): canceled DHCP transaction": {},
		"vpn[": {},
	} {
		if got := entry("SYSLOG_IDENTIFIER", "NetworkManager", "MESSAGE", message).Mark(); got != want {
			t.Errorf("%s\n is %+v, want %+v", message, got, want)
		}
	}
	for message, want := range map[string]record.Mark{
		"eth0: CTRL-EVENT-EAP-STARTED EAP authentication started":                {Kind: record.EAPMark, State: "started"},
		"eth0: CTRL-EVENT-EAP-SUCCESS EAP authentication completed successfully": {Kind: record.EAPMark, State: "success"},
		"eth0: CTRL-EVENT-EAP-FAILURE EAP authentication failed":                 {Kind: record.EAPMark, State: "failure"},
		"eth0: CTRL-EVENT-CONNECTED - Connection to 01:80:c2:00:00:03 completed": {},
	} {
		if got := entry("SYSLOG_IDENTIFIER", "wpa_supplicant", "MESSAGE", message).Mark(); got != want {
			t.Errorf("%s\n is %+v, want %+v", message, got, want)
		}
	}
}
