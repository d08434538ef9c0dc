package wpadbus_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror/mirrortest"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus"
	"nmdebug/wpadbus/wpatypes"
)

const (
	busName  = "org.freedesktop.DBus"
	rootPath = "/fi/w1/wpa_supplicant1"
	root     = "fi.w1.wpa_supplicant1"
	iface    = root + ".Interface"
	owner    = ":1.5"
	wlan     = rootPath + "/Interfaces/1"
	network  = wlan + "/Networks/0"
)

type props = map[string]dbus.Variant

// epoch is the time before the first record.
func epoch() time.Time { return mirrortest.Epoch() }

// supplicant is a wpa_supplicant on a bus that answers what it is asked, as long as it has the object.
type supplicant struct {
	*mirrortest.Daemon
	fold    *wpadbus.Fold
	objects map[string]props // by path; each has one interface that matters
}

// converse connects to a bus on which a wpa_supplicant is there.
func converse(tb testing.TB, objects map[string]props) *supplicant {
	tb.Helper()
	s := connect(tb, objects)
	s.Moves("", owner)
	return s
}

// connect connects to a bus on which nothing is said of a wpa_supplicant yet.
func connect(tb testing.TB, objects map[string]props) *supplicant {
	tb.Helper()
	f := wpadbus.NewFold()
	s := &supplicant{mirrortest.NewDaemon(tb, f, wpadbus.Service), f, objects}
	s.Serve = s.answer
	s.Hear(s.Hello()...)
	return s
}

// wireless is a supplicant with one Wi-Fi interface that is connected.
func wireless(tb testing.TB) *supplicant {
	tb.Helper()
	return converse(tb, map[string]props{
		rootPath: variants(map[string]any{
			"Interfaces": []dbus.ObjectPath{wlan}, "Capabilities": []string{"ap", "pmf"}, "EapMethods": []string{"PEAP"}, "DebugLevel": "info",
		}),
		wlan: variants(map[string]any{
			"Ifname": "wlan0", "Driver": "nl80211", "State": "completed", "CurrentAuthMode": "WPA2-PSK", "Scanning": false,
			"DisconnectReason": int32(-3), "AuthStatusCode": int32(0), "AssocStatusCode": int32(0),
			"CurrentNetwork": dbus.ObjectPath(network), "CurrentBSS": dbus.ObjectPath(wlan + "/BSSs/7"),
		}),
		network: {"Properties": v(props{"ssid": v(`"home"`), "key_mgmt": v("WPA-PSK")})},
		wlan + "/BSSs/7": variants(map[string]any{
			"SSID": []byte("home"), "BSSID": []byte{2, 0, 0, 0, 0, 1}, "Frequency": uint16(2412), "Signal": int16(-50), "Age": uint32(3),
		}),
	})
}

// changed changes properties of an interface and says so.
func (s *supplicant) changed(path string, values map[string]any) {
	s.Helper()
	for name, value := range values {
		s.objects[path][name] = v(value)
	}
	s.Changes(path, iface, values)
}

// states has an interface go through states.
func (s *supplicant) states(path string, states ...string) {
	s.Helper()
	for _, state := range states {
		s.changed(path, map[string]any{"State": state})
	}
}

// answer answers a call.
func (s *supplicant) answer(call wire.Message) {
	s.Helper()
	values, ok := s.objects[string(call.Path)]
	switch {
	case s.objects == nil:
		s.Hear(s.Refusal(busName, call.Serial, "org.freedesktop.DBus.Error.ServiceUnknown",
			"The name fi.w1.wpa_supplicant1 was not provided by any .service files"))
	case !ok:
		s.Hear(s.Refusal(owner, call.Serial, "org.freedesktop.DBus.Error.UnknownObject", "no such object"))
	default:
		s.Hear(s.Reply(owner, call.Serial, values))
	}
}

// at is the state of the interface at a path.
func (s *supplicant) at(path string) wpatypes.Interface {
	s.Helper()
	i, ok := s.fold.State().Interfaces[path]
	if !ok {
		s.Fatalf("there is no interface at %s", path)
	}
	return i
}

func v(value any) dbus.Variant { return dbus.MakeVariant(value) }

func variants(values map[string]any) props { return mirrortest.Variants(values) }

func ifacePath(n int) string { return fmt.Sprintf("%s/Interfaces/%d", rootPath, n) }

func paths(all ...string) []dbus.ObjectPath {
	var list []dbus.ObjectPath
	for _, p := range all {
		list = append(list, dbus.ObjectPath(p))
	}
	return list
}
