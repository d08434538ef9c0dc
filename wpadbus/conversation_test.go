package wpadbus_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
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

// epoch is the time of the first record.
func epoch() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// supplicant is a wpa_supplicant on a bus that answers what it is asked, as long as it has the object.
type supplicant struct {
	tb      testing.TB
	talk    *mirror.Talk
	fold    *wpadbus.Fold
	now     time.Time
	serial  uint32
	objects map[string]props // by path; each has one interface that matters
	asked   []string         // the paths that were asked for, oldest first
	mute    bool             // it takes calls and does not answer
	waiting []wire.Message
}

// converse connects to a bus on which a wpa_supplicant is there.
func converse(tb testing.TB, objects map[string]props) *supplicant {
	tb.Helper()
	s := connect(tb, objects)
	s.ownerChanged("", owner)
	return s
}

// connect connects to a bus on which nothing is said of a wpa_supplicant yet.
func connect(tb testing.TB, objects map[string]props) *supplicant {
	tb.Helper()
	s := &supplicant{tb: tb, talk: mirror.NewTalk(), fold: wpadbus.NewFold(), now: epoch(), objects: objects}
	s.note(record.Noted{Source: "bus", Event: record.Up})
	hello := wire.Call{Service: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "Hello"}
	s.serial++
	raw, err := hello.Encode(s.serial)
	if err != nil {
		tb.Fatal(err)
	}
	s.apply(record.DBusSent, raw)
	s.receive(wire.Message{Type: wire.MethodReturn, ReplySerial: s.serial, Sender: busName}, ":1.9")
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

func (s *supplicant) note(n record.Noted) {
	s.tb.Helper()
	s.apply(record.Note, n.Record(s.now, 0).Raw)
}

// signal is a signal of an object.
func (s *supplicant) signal(path, iface, member string, args ...any) {
	s.tb.Helper()
	s.receive(wire.Message{Type: wire.Signal, Sender: owner, Path: wire.Path(path), Interface: iface, Member: member}, args...)
}

// changed changes properties of an interface and says so.
func (s *supplicant) changed(path string, values map[string]any) {
	s.tb.Helper()
	for name, value := range values {
		s.objects[path][name] = v(value)
	}
	s.signal(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", iface, variants(values), []string{})
}

// states has an interface go through states.
func (s *supplicant) states(path string, states ...string) {
	s.tb.Helper()
	for _, state := range states {
		s.changed(path, map[string]any{"State": state})
	}
}

func (s *supplicant) ownerChanged(before, after string) {
	s.tb.Helper()
	s.receive(wire.Message{
		Type: wire.Signal, Sender: busName, Path: "/org/freedesktop/DBus", Interface: busName, Member: "NameOwnerChanged",
	}, wpadbus.Service, before, after)
}

func (s *supplicant) receive(m wire.Message, args ...any) {
	s.tb.Helper()
	m.Serial = 1
	raw, err := m.Encode(args...)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.apply(record.DBusReceived, raw)
}

// apply takes one record, makes the calls that the fold wants after it, and answers them.
func (s *supplicant) apply(k record.Kind, raw []byte) {
	s.tb.Helper()
	s.now = s.now.Add(time.Millisecond)
	up := false
	for _, e := range s.talk.Apply(record.Record{Time: s.now, Kind: k, Raw: raw}) {
		s.fold.Apply(e)
		up = up || e.Kind != mirror.BusDown
	}
	if !up {
		return
	}
	for _, call := range s.fold.Wants() {
		s.serial++
		raw, err := call.Encode(s.serial)
		if err != nil {
			s.tb.Fatal(err)
		}
		m, err := wire.Parse(raw)
		if err != nil {
			s.tb.Fatal(err)
		}
		if m.Flags&wire.NoAutoStart == 0 {
			s.tb.Errorf("%s would start wpa_supplicant", call)
		}
		s.asked = append(s.asked, string(call.Path))
		s.apply(record.DBusSent, raw)
		s.waiting = append(s.waiting, m)
	}
	s.answer()
}

// answer answers what waits for an answer, unless the supplicant is mute.
func (s *supplicant) answer() {
	s.tb.Helper()
	for !s.mute && len(s.waiting) > 0 {
		call := s.waiting[0]
		s.waiting = s.waiting[1:]
		if s.objects == nil {
			s.receive(wire.Message{
				Type: wire.Error, ReplySerial: call.Serial, Sender: busName, ErrorName: "org.freedesktop.DBus.Error.ServiceUnknown",
			}, "The name fi.w1.wpa_supplicant1 was not provided by any .service files")
			continue
		}
		values, ok := s.objects[string(call.Path)]
		if !ok {
			s.receive(wire.Message{
				Type: wire.Error, ReplySerial: call.Serial, Sender: owner, ErrorName: "org.freedesktop.DBus.Error.UnknownObject",
			}, "no such object")
			continue
		}
		s.receive(wire.Message{Type: wire.MethodReturn, ReplySerial: call.Serial, Sender: owner}, values)
	}
}

// at is the state of the interface at a path.
func (s *supplicant) at(path string) wpatypes.Interface {
	s.tb.Helper()
	i, ok := s.fold.State().Interfaces[path]
	if !ok {
		s.tb.Fatalf("there is no interface at %s", path)
	}
	return i
}

func v(value any) dbus.Variant { return dbus.MakeVariant(value) }

func variants(values map[string]any) props {
	all := props{}
	for name, value := range values {
		all[name] = v(value)
	}
	return all
}

func ifacePath(n int) string { return fmt.Sprintf("%s/Interfaces/%d", rootPath, n) }

func paths(all ...string) []dbus.ObjectPath {
	var list []dbus.ObjectPath
	for _, p := range all {
		list = append(list, dbus.ObjectPath(p))
	}
	return list
}
