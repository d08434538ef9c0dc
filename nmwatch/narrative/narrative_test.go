package narrative_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/mirror/mirrortest"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/narrative"
	"nmdebug/nmwatch/packets"
	"nmdebug/nmwatch/record"
)

const (
	nm     = "org.freedesktop.NetworkManager"
	nmPath = "/org/freedesktop/NetworkManager"
	w      = "fi.w1.wpa_supplicant1"
	wPath  = "/fi/w1/wpa_supplicant1/Interfaces/1"
	device = nmPath + "/Devices/2"
	active = nmPath + "/ActiveConnection/3"
	props  = "org.freedesktop.DBus.Properties"
)

// story is records and what is told of them. A millisecond passes between one and the next.
type story struct {
	t        *testing.T
	narrator *narrative.Narrator
	seq      uint64
	lines    []record.Line
}

// begin is a monitor's view of a bus with NetworkManager and wpa_supplicant, who have told what their objects are called.
func begin(t *testing.T) *story {
	t.Helper()
	s := &story{t: t, narrator: narrative.New()}
	for name, owner := range map[string]string{nm: ":1.5", w: ":1.7"} {
		s.seen(wire.Message{Type: wire.Signal, Sender: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Interface: "org.freedesktop.DBus", Member: "NameOwnerChanged"}, name, "", owner)
	}
	s.changed(":1.5", device, nm+".Device", map[string]any{"Interface": "wlan0"})
	s.changed(":1.5", active, nm+".Connection.Active", map[string]any{"Id": "home", "Devices": []dbus.ObjectPath{device}})
	s.changed(":1.7", wPath, w+".Interface", map[string]any{"Ifname": "wlan0"})
	s.lines = nil
	return s
}

// seen is a message between others.
func (s *story) seen(m wire.Message, args ...any) {
	s.t.Helper()
	if m.Serial == 0 {
		m.Serial = uint32(s.seq) + 100
	}
	raw, err := m.Encode(args...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.tell(record.DBusSeen, raw)
}

func (s *story) tell(kind record.Kind, raw []byte) {
	s.seq++
	at := time.Date(2026, 1, 1, 0, 0, 0, int(s.seq)*1e6, time.UTC)
	s.lines = append(s.lines, s.narrator.Tell(record.Record{Seq: s.seq, Time: at, Kind: kind, Raw: raw})...)
}

func (s *story) signal(sender, path, iface, member string, args ...any) {
	s.t.Helper()
	s.seen(wire.Message{Type: wire.Signal, Sender: sender, Path: wire.Path(path), Interface: iface, Member: member}, args...)
}

func (s *story) changed(sender, path, iface string, values map[string]any) {
	s.t.Helper()
	s.signal(sender, path, props, "PropertiesChanged", iface, mirrortest.Variants(values), []string{})
}

// told gives the lines in the form "severity process interface floor: text".
func (s *story) told() []string {
	var lines []string
	for _, l := range s.lines {
		head := strings.Join(strings.Fields(fmt.Sprint(l.Severity, " ", l.Process, " ", l.Interface, " ", l.Floor)), " ")
		lines = append(lines, head+": "+l.Text)
	}
	return lines
}

func TestSignals(t *testing.T) {
	for _, tt := range []struct {
		name string
		tell func(s *story)
		want []string
	}{
		{
			"a device goes on", func(s *story) {
				s.signal(":1.5", device, nm+".Device", "StateChanged", uint32(50), uint32(40), uint32(0))
			},
			[]string{"notice NetworkManager wlan0 l2: prepare → config"},
		},
		{
			"a device fails", func(s *story) {
				s.signal(":1.5", device, nm+".Device", "StateChanged", uint32(120), uint32(60), uint32(7))
			},
			[]string{"error NetworkManager wlan0: need-auth → failed (no-secrets)"},
		},
		{
			"a device is lost", func(s *story) {
				s.signal(":1.5", device, nm+".Device", "StateChanged", uint32(20), uint32(100), uint32(40))
			},
			[]string{"warning NetworkManager wlan0 l1: activated → unavailable (carrier-changed)"},
		},
		{"a device is taken down by its user", func(s *story) {
			s.signal(":1.5", device, nm+".Device", "StateChanged", uint32(30), uint32(100), uint32(39))
		}, []string{"notice NetworkManager wlan0: activated → disconnected (user-requested)"}},
		{
			"a connection ends", func(s *story) {
				s.signal(":1.5", active, nm+".Connection.Active", "StateChanged", uint32(4), uint32(3))
			},
			[]string{"warning NetworkManager wlan0: connection home is deactivated (device-disconnected)"},
		},
		{
			"a VPN is refused", func(s *story) {
				s.signal(":1.5", active, nm+".VPN.Connection", "VpnStateChanged", uint32(6), uint32(10))
			},
			[]string{"error NetworkManager wlan0 vpn: VPN home is at failed (login-failed)"},
		},
		{"properties that matter, and others", func(s *story) {
			s.changed(":1.5", device, nm+".Device", map[string]any{"Ip4Connectivity": uint32(2), "Metered": uint32(4), "State": uint32(100)})
		}, []string{"info NetworkManager wlan0: Ip4Connectivity is portal", "debug NetworkManager wlan0: Metered=4"}},
		{"a lease", func(s *story) {
			s.changed(":1.5", nmPath+"/DHCP4Config/1", nm+".DHCP4Config", map[string]any{"Options": map[string]dbus.Variant{
				"ip_address": dbus.MakeVariant("10.0.0.5"), "dhcp_server_identifier": dbus.MakeVariant("10.0.0.1"), "dhcp_lease_time": dbus.MakeVariant("3600"),
			}})
		}, []string{"info NetworkManager: lease of 10.0.0.5 from 10.0.0.1 for 3600 s"}},
		{"the supplicant's state", func(s *story) {
			s.changed(":1.7", wPath, w+".Interface", map[string]any{"State": "4way_handshake", "DisconnectReason": int32(-3), "AuthStatusCode": int32(1)})
		}, []string{
			"notice wpa_supplicant wlan0 l2: is 4way_handshake",
			"warning wpa_supplicant wlan0 l2: disconnected, reason local deauth-leaving",
			"warning wpa_supplicant wlan0 l2: refused by the access point (auth): unspecified-failure",
		}},
		{
			"EAP fails", func(s *story) { s.signal(":1.7", wPath, w+".Interface", "EAP", "completion", "failure") },
			[]string{"error wpa_supplicant wlan0 l2: EAP: completion failure"},
		},
		{
			"the password is wrong", func(s *story) { s.signal(":1.7", wPath, w+".Interface", "PskMismatch") },
			[]string{"error wpa_supplicant wlan0 l2: the password is wrong (PskMismatch)"},
		},
		{"the supplicant dies", func(s *story) {
			s.seen(wire.Message{Type: wire.Signal, Sender: "org.freedesktop.DBus", Path: "/org/freedesktop/DBus", Interface: "org.freedesktop.DBus", Member: "NameOwnerChanged"}, w, ":1.7", "")
		}, []string{"warning wpa_supplicant: left the bus"}},
		{
			"wrong types", func(s *story) { s.signal(":1.5", device, nm+".Device", "StateChanged", "x", uint32(1)) },
			[]string{"debug NetworkManager wlan0: signals StateChanged x 1"},
		},
		{
			"nonsense", func(s *story) { s.tell(record.DBusSeen, []byte("nonsense")) },
			[]string{"warning dbus: invalid D-Bus message: byte 8: the header is cut off"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := begin(t)
			tt.tell(s)
			if d := cmp.Diff(tt.want, s.told()); d != "" {
				t.Error(d)
			}
		})
	}
}

// A call and its answer are told with what is asked of whom, and how long it took; secrets are not told.
func TestCalls(t *testing.T) {
	s := begin(t)
	add := wire.Message{Type: wire.MethodCall, Serial: 9, Sender: ":1.5", Destination: w, Path: wPath, Interface: w + ".Interface", Member: "AddNetwork"}
	s.seen(add, map[string]dbus.Variant{"ssid": dbus.MakeVariant([]byte("home")), "psk": dbus.MakeVariant("hunter22"), "scan_ssid": dbus.MakeVariant(int32(1))})
	s.seen(wire.Message{Type: wire.MethodReturn, Sender: ":1.7", Destination: ":1.5", ReplySerial: 9}, dbus.ObjectPath(wPath+"/Networks/0"))
	get := wire.Message{Type: wire.MethodCall, Serial: 10, Sender: ":1.52", Destination: nm, Path: device, Interface: props, Member: "GetAll"}
	s.seen(get, nm+".Device")
	s.seen(wire.Message{Type: wire.Error, Sender: ":1.5", Destination: ":1.52", ReplySerial: 10, ErrorName: "org.freedesktop.DBus.Error.AccessDenied"}, "not for you")
	want := []string{
		`info NetworkManager wlan0: asks wpa_supplicant for AddNetwork on wlan0 psk=<secret> scan_ssid=1 ssid="home"`,
		"info wpa_supplicant wlan0: answers AddNetwork: ok",
		"debug :1.52 wlan0: asks NetworkManager for GetAll on wlan0 org.freedesktop.NetworkManager.Device",
		"debug NetworkManager wlan0: answers GetAll: refused: not for you",
	}
	if d := cmp.Diff(want, s.told()); d != "" {
		t.Error(d)
	}
	if answer := s.lines[1]; answer.Answers != s.lines[0].Seq || answer.Took != time.Millisecond || answer.Outcome != "ok" {
		t.Errorf("the answer is %+v", answer)
	}
}

// A call that carries a whole profile and all that its device has is one line of a readable length; a secret in it stays out.
func TestLongCallIsOneReadableLine(t *testing.T) {
	s := begin(t)
	settings := map[string]map[string]dbus.Variant{}
	for i := range 12 {
		settings[fmt.Sprintf("group%02d", i)] = map[string]dbus.Variant{
			"address": dbus.MakeVariant(strings.Repeat("é", 60)), "psk": dbus.MakeVariant("hunter2hunter2"),
		}
	}
	s.seen(wire.Message{
		Type: wire.MethodCall, Sender: ":1.5", Destination: "org.freedesktop.nm_dispatcher", Path: "/org/freedesktop/nm_dispatcher",
		Interface: "org.freedesktop.nm_dispatcher", Member: "Action",
	}, "up", settings)
	if len(s.lines) != 1 {
		t.Fatalf("there are %d lines", len(s.lines))
	}
	text := s.lines[0].Text
	if !strings.HasPrefix(text, "asks nm-dispatcher for Action up group00{") || !strings.HasSuffix(text, "…") || len(text) > 350 {
		t.Errorf("it is told as %d bytes: %q", len(text), text)
	}
	if strings.Contains(text, "hunter2") || !utf8.ValidString(text) {
		t.Errorf("it has a secret, or half a character: %q", text)
	}
}

func TestLogsAndNotes(t *testing.T) {
	s := begin(t)
	s.tell(record.Log, []byte("SYSLOG_IDENTIFIER=wpa_supplicant\nPRIORITY=3\nMESSAGE=wlan0: CTRL-EVENT-DISCONNECTED\n"))
	s.tell(record.Log, []byte("SYSLOG_IDENTIFIER=NetworkManager\nPRIORITY=0\nNM_DEVICE=eth0\nMESSAGE=<warn>  [1795551509.4560] device (eth0): x\n"))
	s.tell(record.Log, []byte("=broken"))
	s.tell(record.Packet, packets.Packet{Protocol: 0x888e, Outgoing: true, Payload: []byte{1, 1, 0, 0}}.Append(nil))
	s.tell(record.Packet, packets.Packet{Protocol: 0x888e, Address: []byte{2, 0, 0, 0, 0, 1}, Payload: []byte{1, 0, 0, 4, 3, 1, 0, 4}}.Append(nil))
	s.tell(record.Packet, []byte("short"))
	s.tell(record.Note, []byte(`{"source":"bus","event":"down","detail":"gone"}`))
	s.tell(record.Note, []byte(`{"source":"journal","event":"denied","right":"root"}`))
	s.tell(record.Note, []byte(`{"source":"journal","event":"absent","detail":"there is no journalctl"}`))
	s.tell(record.Note, []byte(`{"source":"rtnetlink","event":"lost","lost":3}`))
	s.tell(record.Note, []byte(`{"source":"monitor","event":"up","detail":"unix:path=/x"}`))
	s.tell(record.Note, []byte(`{"source":"monitor","event":"down","detail":"lost the bus: the bus closed the connection"}`))
	s.tell(record.Note, []byte(`{"source":"monitor","event":"down","detail":"no bus"}`))
	s.tell(record.Note, []byte(`{"source":"monitor","event":"up","detail":"unix:path=/x"}`))
	s.tell(record.Note, []byte(`{"source":"monitor","event":"lost","lost":2,"detail":"messages of :1.5"}`))
	want := []string{
		"error wpa_supplicant wlan0: wlan0: CTRL-EVENT-DISCONNECTED",
		"error NetworkManager eth0: device (eth0): x",
		"warning log: cannot read the log at byte 7: a field has no name",
		"info packet l2: → EAPOL start",
		"info packet l2: ← EAP success from 02:00:00:00:00:01",
		"warning packet: a packet is shorter than its header",
		"warning nmdebug: bus is lost: gone",
		"notice nmdebug: journal cannot be read: it needs root",
		"notice nmdebug: journal cannot be read: there is no journalctl",
		"warning nmdebug: rtnetlink: records were lost (3)",
		"debug nmdebug: monitor: up unix:path=/x",
		"warning nmdebug: what others say on the bus is not seen: lost the bus: the bus closed the connection",
		"warning nmdebug: what others say on the bus is not seen: no bus",
		"warning nmdebug: what others say on the bus is seen again, after 2ms",
		"warning nmdebug: monitor: records were lost (2)",
	}
	if d := cmp.Diff(want, s.told()); d != "" {
		t.Error(d)
	}
}

// Beside our own conversation, a monitor tells of signals what only it sees: those of VPN plugins. The others came to us, too.
func TestSignalsBesideOurOwnConversation(t *testing.T) {
	s := begin(t)
	s.tell(record.Note, record.Noted{Source: "bus", Event: record.Up}.Record(time.Time{}, 0).Raw)
	s.lines = nil
	s.signal(":1.9", "/org/freedesktop/NetworkManager/VPN/Plugin", nm+".VPN.Plugin", "Failure", uint32(1))
	s.signal(":1.5", nmPath, nm, "StateChanged", uint32(70))
	if len(s.lines) != 1 || s.lines[0].Floor != "vpn" || s.lines[0].Severity != record.Error {
		t.Errorf("it tells %+v", s.lines)
	}
}

// All objects at once are told in no order. A connection that comes before its device is about that device's interface nevertheless.
func TestNamesOfAllObjectsAtOnce(t *testing.T) {
	type properties = map[string]dbus.Variant
	for range 20 { // the order of a map is another one each time
		s := begin(t)
		s.seen(wire.Message{Type: wire.MethodCall, Serial: 7, Sender: ":1.9", Destination: ":1.5", Path: "/org/freedesktop", Interface: "org.freedesktop.DBus.ObjectManager", Member: "GetManagedObjects"})
		s.seen(wire.Message{Type: wire.MethodReturn, Sender: ":1.5", Destination: ":1.9", ReplySerial: 7}, map[dbus.ObjectPath]map[string]properties{
			nmPath + "/ActiveConnection/9": {nm + ".Connection.Active": {"Devices": dbus.MakeVariant([]dbus.ObjectPath{nmPath + "/Devices/9"})}},
			nmPath + "/Devices/9":          {nm + ".Device": {"Interface": dbus.MakeVariant("wlan9")}},
		})
		s.lines = nil
		s.signal(":1.5", nmPath+"/ActiveConnection/9", nm+".Connection.Active", "StateChanged", uint32(2), uint32(1))
		if len(s.lines) != 1 || s.lines[0].Interface != "wlan9" {
			t.Fatalf("it tells %+v", s.lines)
		}
	}
}
