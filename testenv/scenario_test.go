package testenv_test

import (
	"strings"
	"testing"

	"nmdebug/testenv"
)

// expectation is what NetworkManager itself says of a scenario, and what else is true of it.
type expectation struct {
	devices string // DEVICE:STATE:CONNECTION of nmcli, the loopback device and what is not awaited left out
	active  string // NAME:STATE of the plugin VPNs
	also    func(*testing.T, *testenv.Lab)
}

func expectations() map[string]expectation {
	const lan, vpn = "eth0:connected:lan", "vpn:activated"
	openVPN := expectation{devices: lan + " tun0:connected (externally):tun0", active: vpn, also: answers("tun0", "10.98.0.1")}
	return map[string]expectation{
		"dhcp":                   {devices: lan, also: answers("eth0", "10.99.0.1")},
		"dead-carrier":           {devices: "eth0:connected:static", also: silent("eth0", "10.99.0.1")},
		"lease-gone":             {devices: lan, also: lacksAddress},
		"gateway-dead":           {devices: lan, also: silent("eth0", "10.99.0.1")},
		"8021x-peap":             {devices: lan, also: prints("selectedMethod=25 (EAP-PEAP)", "wpa_cli", "-p", "/run/wpa_supplicant", "status")},
		"8021x-ttls":             {devices: lan, also: prints("selectedMethod=21 (EAP-TTLS)", "wpa_cli", "-p", "/run/wpa_supplicant", "status")},
		"8021x-tls":              {devices: lan, also: prints("selectedMethod=13 (EAP-TLS)", "wpa_cli", "-p", "/run/wpa_supplicant", "status")},
		"8021x-md5":              {devices: lan, also: prints("selectedMethod=4 (EAP-MD5)", "wpa_cli", "-p", "/run/wpa_supplicant", "status")},
		"8021x-wrong-password":   {devices: "eth0:connecting (configuring):lan"},
		"8021x-given-up":         {devices: "eth0:disconnected:"},
		"8021x-silent":           {devices: "eth0:connecting (configuring):lan"},
		"8021x-reauth-rejected":  {devices: lan, also: prints("Supplicant PAE state=HELD", "wpa_cli", "-p", "/run/wpa_supplicant", "status")},
		"openvpn":                openVPN,
		"openvpn-password":       openVPN,
		"openvpn-static":         openVPN,
		"openvpn-ping":           openVPN,
		"openvpn-wrong-password": {devices: lan},
		"openvpn-server-gone":    {devices: openVPN.devices, active: vpn, also: silent("tun0", "10.98.0.1")},
		"vpnc":                   {devices: openVPN.devices, active: vpn, also: answers("tun0", "10.97.0.1")},
		"vpnc-wrong-password":    {devices: lan},
		"8021x-openvpn":          openVPN,
		"bridge":                 {devices: "br0:connected:bridge eth0:connected:port", also: answers("br0", "10.99.0.1")},
		"macvlan":                {devices: "br0:connected:bridge eth0:connected:port mac0:connected:macvlan", also: answers("mac0", "10.99.0.1")},
		"macvlan-openvpn":        {devices: "br0:connected:bridge eth0:connected:port mac0:connected:macvlan tun0:connected (externally):tun0", active: vpn, also: answers("tun0", "10.98.0.1")},
		"vxlan":                  {devices: "br0:connected:bridge eth0:connected:port vx0:connected:vxlan", also: answers("vx0", "10.96.0.1")},
		"demo":                   {devices: lan + " eth1:connected:office eth2:connected:static tun0:connected (externally):tun0", active: vpn, also: silent("eth2", "10.99.2.1")},
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	want := expectations()
	for _, s := range testenv.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			e, ok := want[s.Name]
			if !ok {
				t.Fatal("nothing is expected of it")
			}
			lab := testenv.StartScenario(t, s.Name)
			if got := devices(t, lab); got != e.devices {
				t.Errorf("devices:\n got %s\nwant %s", got, e.devices)
			}
			if got := vpns(t, lab); got != e.active {
				t.Errorf("VPNs:\n got %s\nwant %s", got, e.active)
			}
			if e.also != nil {
				e.also(t, lab)
			}
		})
	}
}

func devices(t *testing.T, lab *testenv.Lab) string {
	t.Helper()
	out := lab.MustRun(t, "sh", "-c", "nmcli -t -f DEVICE,STATE,CONNECTION device | grep -v ^lo: | sort")
	return strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), " ")
}

func vpns(t *testing.T, lab *testenv.Lab) string {
	t.Helper()
	out := lab.MustRun(t, "sh", "-c", "nmcli -t -f TYPE,NAME,STATE connection show --active | sed -n s/^vpn://p")
	return strings.TrimSpace(string(out))
}

func prints(text, name string, args ...string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		if out := lab.MustRun(t, name, args...); !strings.Contains(string(out), text) {
			t.Errorf("%s prints %q, not %q", name, out, text)
		}
	}
}

func lacksAddress(t *testing.T, lab *testenv.Lab) {
	t.Helper()
	if out := lab.MustRun(t, "ip", "-4", "-oneline", "address", "show", "dev", "eth0"); len(out) > 0 {
		t.Errorf("there is an address: %s", out)
	}
}

func answers(device, address string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		lab.MustRun(t, "ping", "-c", "1", "-W", "5", "-I", device, address)
	}
}

func silent(device, address string) func(*testing.T, *testenv.Lab) {
	return func(t *testing.T, lab *testenv.Lab) {
		t.Helper()
		if out, err := lab.Run(t.Context(), "ping", "-c", "1", "-W", "1", "-I", device, address); err == nil {
			t.Errorf("it answers: %s", out)
		}
	}
}
