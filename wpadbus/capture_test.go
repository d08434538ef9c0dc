package wpadbus_test

import (
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus/wpatypes"
)

// call is one of NetworkManager's.
func call(path, iface, member string) wire.Message {
	return wire.Message{Type: wire.MethodCall, Sender: ":1.4", Destination: owner, Path: wire.Path(path), Interface: iface, Member: member}
}

// overhear is a call of NetworkManager's and its answer, as a monitor sees them.
func (s *supplicant) overhear(path, iface, member string, answer []any, args ...any) {
	s.Helper()
	s.Hear(s.Seen(call(path, iface, member), args...))
	s.Hear(s.Seen(wire.Message{Type: wire.MethodReturn, ReplySerial: s.Theirs, Sender: owner, Destination: ":1.4"}, answer...))
}

func TestCaptured(t *testing.T) {
	s := wireless(t)
	if s.at(wlan).Captured != nil {
		t.Error("something is captured before there was anything")
	}
	s.overhear(rootPath, root, "CreateInterface", []any{dbus.ObjectPath(wlan)}, props{"Ifname": v("wlan0"), "Driver": v("nl80211")})
	s.overhear(wlan, "org.freedesktop.DBus.Properties", "Set", nil, iface, "BridgeIfname", v("br0"))
	s.overhear(wlan, "org.freedesktop.DBus.Properties", "Set", nil, iface, "ApScan", v(uint32(2)))
	s.overhear(wlan, "org.freedesktop.DBus.Properties", "Set", nil, iface, "SaePwe", v("2"))
	s.overhear(wlan, "org.freedesktop.DBus.Properties", "Set", nil, root, "DebugLevel", v("debug"))
	s.overhear(wlan, iface, "AddBlob", nil, "uuid-ca-cert", []byte("12345"))
	s.overhear(wlan, iface, "AddNetwork", []any{dbus.ObjectPath(network)}, props{
		"ssid": v([]byte("home")), "psk": v("very secret"), "key_mgmt": v(" SAE"), "scan_ssid": v(int32(1)),
		"private_key": v([]byte("pkcs11:o?pin-value=4321")),
	})
	want := &wpatypes.Captured{
		At: s.Now, Driver: "nl80211", Bridge: "br0", Globals: map[string]string{"ap_scan": "2", "sae_pwe": "2"}, Blobs: map[string]int{"uuid-ca-cert": 5},
		Network: map[string]string{
			"ssid": `"home"`, "psk": "<secret>", "key_mgmt": "SAE", "scan_ssid": "1", "private_key": `"pkcs11:o?pin-value=<secret>"`,
		},
	}
	if diff := cmp.Diff(want, s.at(wlan).Captured); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.overhear(rootPath, root, "CreateInterface", []any{dbus.ObjectPath(wlan)}, props{"Ifname": v("wlan1")})
	if got := s.at(wlan).Captured; got.Network != nil || got.Driver != "" {
		t.Errorf("a new interface has what was another's: %+v", got)
	}
}

// NetworkManager wants no answer to some of what it sets.
func TestCapturedOneWay(t *testing.T) {
	s := wireless(t)
	set := call(wlan, "org.freedesktop.DBus.Properties", "Set")
	set.Flags = wire.NoReplyExpected
	s.Hear(s.Seen(set, iface, "BSSExpireAge", v(uint32(250))))
	if got := s.at(wlan).Captured; got == nil || got.Globals["bss_expiration_age"] != "250" {
		t.Errorf("captured is %+v", got)
	}
}

// Whatever a recording holds in place of secrets stays what it is, and other forms are nothing.
func TestCapturedFromStrangers(t *testing.T) {
	s := wireless(t)
	s.overhear(wlan, iface, "AddNetwork", nil, props{"ssid": v([]byte("home")), "password": v([]byte("<secret>")), "priority": v(1.5)})
	want := map[string]string{"ssid": `"home"`, "password": "<secret>"}
	if diff := cmp.Diff(want, s.at(wlan).Captured.Network); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.overhear(wlan, iface, "AddNetwork", nil, "a text")
	s.overhear(wlan, iface, "AddBlob", nil, int32(3), "x")
	s.overhear(wlan, "org.freedesktop.DBus.Properties", "Set", nil, iface)
	s.overhear(rootPath, root, "CreateInterface", []any{"no path"}, "no dictionary")
	if diff := cmp.Diff(want, s.at(wlan).Captured.Network); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
