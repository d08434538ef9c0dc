package redact_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/redact"
)

type (
	sv      = map[string]dbus.Variant
	profile = map[string]sv
)

func v(x any) dbus.Variant { return dbus.MakeVariant(x) }

// hunter is in every secret of the tests, kept in every value that must stay.
const (
	hunter = "hunter2"
	kept   = "kept"
)

// secrets is a profile with all that NetworkManager keeps secret, and what looks like it and is not.
func secrets() profile {
	return profile{
		"connection":      {"id": v("kept id"), "uuid": v("kept")},
		"802-11-wireless": {"ssid": v([]byte("kept ssid"))},
		"802-11-wireless-security": {
			"key-mgmt": v("kept wpa-psk"), "psk": v(hunter), "psk-flags": v(uint32(1)), "wep-key0": v(hunter), "wep-tx-keyidx": v(uint32(0)),
			"leap-password": v(hunter), "leap-username": v("kept"),
		},
		"802-1x": {
			"identity": v("kept alice"), "password": v(hunter), "password-raw": v([]byte(hunter)), "pin": v(hunter),
			"private-key": v([]byte("file:///kept/key.pem\x00")), "private-key-password": v(hunter), "phase2-private-key": v([]byte("\x30\x82" + hunter)),
			"client-cert": v([]byte("pkcs11:object=kept?pin-value=" + hunter + "\x00")), "ca-cert": v([]byte("file:///kept/ca.pem\x00")),
		},
		"vpn": {
			"service-type": v("kept"), "user-name": v("kept"),
			"data":    v(map[string]string{"remote": "kept", "key": "/kept/key.pem", "password-flags": "1", "cert-pass": hunter}),
			"secrets": v(map[string]string{"whatever": hunter, "Xauth password": hunter}),
		},
		"wireguard": {"private-key": v(hunter), "peers": v([]sv{{"public-key": v("kept"), "preshared-key": v(hunter)}})},
		"macsec":    {"mka-cak": v(hunter), "mka-ckn": v(hunter)},
		"gsm":       {"pin": v(hunter), "password": v(hunter), "apn": v("kept")},
		"new":       {"a-new-token": v(hunter), "newer-pwd": v(hunter)},
	}
}

const wpa = "fi.w1.wpa_supplicant1.Interface"

// exchange is a message, or a call with its answer, that carries secrets.
type exchange struct {
	iface, member string
	args          []any
	answer        []any
}

func exchanges() map[string]exchange {
	const nm, dbusProps = "org.freedesktop.NetworkManager", "org.freedesktop.DBus.Properties"
	path := dbus.ObjectPath("/kept")
	given := profile{"802-1x": {"password": v(hunter), "pin": v(hunter), "flags": v(uint32(1))}, "vpn": {"secrets": v(map[string]string{"x": hunter})}}
	return map[string]exchange{
		"AddConnection":             {iface: nm + ".Settings", member: "AddConnection", args: []any{secrets()}},
		"AddConnection2":            {iface: nm + ".Settings", member: "AddConnection2", args: []any{secrets(), uint32(1), sv{}}},
		"Update2":                   {iface: nm + ".Settings.Connection", member: "Update2", args: []any{secrets(), uint32(1), sv{}}},
		"without an interface":      {member: "Update", args: []any{secrets()}},
		"AddAndActivateConnection2": {iface: nm, member: "AddAndActivateConnection2", args: []any{secrets(), path, path, sv{}}},
		"Reapply":                   {iface: nm + ".Device", member: "Reapply", args: []any{secrets(), uint64(0), uint32(0)}},
		"GetSecrets":                {iface: nm + ".Settings.Connection", member: "GetSecrets", args: []any{"802-1x"}, answer: []any{given}},
		"agent":                     {iface: nm + ".SecretAgent", member: "GetSecrets", args: []any{secrets(), path, "kept", []string{"kept"}, uint32(5)}, answer: []any{given}},
		"SaveSecrets":               {iface: nm + ".SecretAgent", member: "SaveSecrets", args: []any{secrets(), path}},
		"plugin Connect":            {iface: nm + ".VPN.Plugin", member: "Connect", args: []any{secrets()}},
		"plugin ConnectInteractive": {iface: nm + ".VPN.Plugin", member: "ConnectInteractive", args: []any{secrets(), sv{"cert-pass": v(hunter)}}},
		"plugin NewSecrets":         {iface: nm + ".VPN.Plugin", member: "NewSecrets", args: []any{secrets()}},
		"plugin NeedSecrets":        {iface: nm + ".VPN.Plugin", member: "NeedSecrets", args: []any{secrets()}, answer: []any{"kept"}},
		"AddNetwork": {iface: wpa, member: "AddNetwork", args: []any{sv{
			"ssid": v([]byte("kept")), "key_mgmt": v("kept"), "psk": v([]byte(hunter)), "sae_password": v(hunter), "wep_key1": v([]byte(hunter)),
			"private_key": v("blob://kept"), "private_key_passwd": v(hunter), "client_cert": v("pkcs11:kept?pin-value=" + hunter),
		}}},
		"NetworkReply": {iface: wpa, member: "NetworkReply", args: []any{path, "kept PASSWORD", hunter}},
		"AddBlob":      {iface: wpa, member: "AddBlob", args: []any{"kept", []byte(hunter)}},
		"GetBlob":      {iface: wpa, member: "GetBlob", args: []any{"kept"}, answer: []any{[]byte(hunter)}},
		"Blobs":        {iface: dbusProps, member: "GetAll", args: []any{wpa}, answer: []any{sv{"Blobs": v(map[string][]byte{"kept": []byte(hunter)}), "Ifname": v("kept")}}},
		"Get Blobs":    {iface: dbusProps, member: "Get", args: []any{wpa, "Blobs"}, answer: []any{v(map[string][]byte{"kept": []byte(hunter)})}},
		"Get":          {iface: dbusProps, member: "Get", args: []any{wpa, "Ifname"}, answer: []any{v("kept")}},
		"Set":          {iface: dbusProps, member: "Set", args: []any{wpa, "SimPin", v(hunter)}},
		"WPS Start":    {iface: wpa + ".WPS", member: "Start", args: []any{sv{"Role": v("kept"), "Pin": v(hunter)}}, answer: []any{sv{"Pin": v(hunter)}}},
		"P2P Connect":  {iface: wpa + ".P2PDevice", member: "Connect", args: []any{sv{"peer": v(path), "pin": v(hunter)}}, answer: []any{hunter}},
		"pairing":      {iface: "org.bluez.Agent1", member: "RequestPinCode", args: []any{path}, answer: []any{hunter}},
		"passphrase":   {iface: "net.connman.iwd.Agent", member: "RequestPassphrase", args: []any{path}, answer: []any{hunter}},
		"SIM":          {iface: "org.freedesktop.ModemManager1.Sim", member: "SendPuk", args: []any{hunter, hunter}},
		"newer call":   {iface: "org.example", member: "Whatever", args: []any{sv{"password": v(hunter), "name": v("kept")}}},
	}
}

func encode(t *testing.T, m wire.Message, args ...any) []byte {
	t.Helper()
	raw, err := m.Encode(args...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func call(x exchange, sender string) wire.Message {
	return wire.Message{Type: wire.MethodCall, Serial: 7, Path: "/kept", Interface: x.iface, Member: x.member, Sender: sender, Destination: "org.kept"}
}

func answer(to string) wire.Message {
	return wire.Message{Type: wire.MethodReturn, Serial: 9, ReplySerial: 7, Sender: ":1.9", Destination: to}
}

// clean redacts one message and holds against what must be true of it: no secret is left, and nothing else went.
func clean(t *testing.T, r *redact.Redactor, kind record.Kind, raw []byte) {
	t.Helper()
	before := bytes.Clone(raw)
	out := r.Clean(record.Record{Kind: kind, Raw: raw})
	if !bytes.Equal(before, raw) {
		t.Error("the record that was given has changed")
	}
	if out.Kind != kind || bytes.Contains(out.Raw, []byte(hunter)) {
		t.Errorf("%s: %q", out.Kind, out.Raw)
	}
	if got, want := bytes.Count(out.Raw, []byte(kept)), bytes.Count(raw, []byte(kept)); got != want {
		t.Errorf("%d of %d values are left that are not secret: %q", got, want, out.Raw)
	}
	m, err := wire.Parse(out.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Args(); err != nil {
		t.Error(err)
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for name, x := range exchanges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var own, seen redact.Redactor
			clean(t, &own, record.DBusSent, encode(t, call(x, ""), x.args...))
			clean(t, &seen, record.DBusSeen, encode(t, call(x, ":1.5"), x.args...))
			if x.answer == nil {
				return
			}
			clean(t, &own, record.DBusReceived, encode(t, answer(":1.2"), x.answer...))
			clean(t, &seen, record.DBusSeen, encode(t, answer(":1.5"), x.answer...))
		})
	}
}

func TestAnswerToACallThatWasNotSeen(t *testing.T) {
	t.Parallel()
	for _, body := range [][]any{{hunter}, {[]byte(hunter)}, {sv{"Key": v([]byte(hunter)), "name": v("kept")}}, {v(hunter)}, {profile{"x": {"psk": v(hunter)}}}} {
		clean(t, new(redact.Redactor), record.DBusSeen, encode(t, answer(":1.5"), body...))
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	signal := func(iface, member string) wire.Message {
		return wire.Message{Type: wire.Signal, Serial: 1, Path: "/kept", Interface: iface, Member: member, Sender: ":1.3"}
	}
	clean(t, &r, record.DBusSeen, encode(t, signal(wpa+".WPS", "Credentials"), sv{"Key": v([]byte(hunter)), "SSID": v([]byte("kept"))}))
	clean(t, &r, record.DBusSeen, encode(t, signal("org.freedesktop.DBus.Properties", "PropertiesChanged"), wpa,
		sv{"Blobs": v(map[string][]byte{"kept": []byte(hunter)}), "State": v("kept")}, []string{"kept"}))
	if r.Removed() != 2 {
		t.Errorf("%d removed", r.Removed())
	}
}

func TestWhatHasNoSecretStaysAsItIs(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	raw := encode(t, wire.Message{Type: wire.Signal, Serial: 1, Path: "/a", Interface: "a.b", Member: "C"}, sv{"State": v(uint32(3)), "KeyMgmt": v([]string{"wpa-psk"})})
	for _, rec := range []record.Record{
		{Kind: record.DBusSeen, Raw: raw}, {Kind: record.Netlink, Raw: []byte("psk=x")}, {Kind: record.Log, Raw: []byte("MESSAGE=state is 3\n")},
	} {
		if out := r.Clean(rec); &out.Raw[0] != &rec.Raw[0] {
			t.Errorf("%s was copied", rec.Kind)
		}
	}
	if r.Removed() != 0 {
		t.Errorf("%d removed", r.Removed())
	}
}

// TestEveryNameIsSeenInTheBytes holds the shortcut to the names: whatever is secret by its name alone is seen at once.
func TestEveryNameIsSeenInTheBytes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"psk", "psk_list", "pin", "pin2", "puk", "mka_cak", "mka_ckn", "mac_value", "passkey", "preshared_key", "cookie",
		"dpp_netaccesskey", "dpp_csign", "dpp_pp_key", "password", "private_key_passwd", "passphrase", "wep_key0", "secret", "secrets",
		"wpa_psk", "sim_pin", "private_key", "phase2-private-key2", "Blobs", "PSK", "Wep-Key0",
	} {
		var r redact.Redactor
		clean(t, &r, record.DBusSeen, encode(t, wire.Message{Type: wire.Signal, Serial: 1, Path: "/a", Interface: "a.b", Member: "C"}, sv{name: v(hunter)}))
		if r.Removed() != 1 {
			t.Errorf("%s was not seen", name)
		}
	}
}

func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	good := encode(t, call(exchange{member: "AddNetwork"}, ":1.5"), sv{"psk": v(hunter)})
	bad := bytes.Clone(good)
	at := bytes.Index(bad, []byte("psk"))
	binary.LittleEndian.PutUint32(bad[at-4:], 1<<30) // the length of the key
	for _, raw := range [][]byte{bad, good[:len(good)-1], []byte("psk=" + hunter)} {
		out := new(redact.Redactor).Clean(record.Record{Kind: record.DBusSeen, Raw: raw})
		if out.Kind != record.Note || strings.Contains(string(out.Raw), hunter) || !strings.Contains(string(out.Raw), `"lost":1`) {
			t.Errorf("%s %s", out.Kind, out.Raw)
		}
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	out := r.Clean(record.Record{Kind: record.Log, Raw: []byte("MESSAGE=psk=" + hunter + "\n_CMDLINE=vpnc --password=" + hunter + " kept\n")})
	if want := "MESSAGE=psk=<secret>\n_CMDLINE=vpnc --password=<secret> kept\n"; string(out.Raw) != want || r.Removed() != 2 {
		t.Errorf("%d removed: %s", r.Removed(), out.Raw)
	}
	out = r.Clean(record.Record{Kind: record.Log, Raw: []byte("MESSAGE\nbroken psk=" + hunter)})
	if strings.Contains(string(out.Raw), hunter) {
		t.Errorf("%s", out.Raw)
	}
}

func TestKeysOfTheCard(t *testing.T) {
	t.Parallel()
	attribute := func(b []byte, kind uint16, data string) []byte {
		b = binary.NativeEndian.AppendUint16(b, uint16(4+len(data)))
		b = binary.NativeEndian.AppendUint16(b, kind)
		b = append(b, data...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
		return b
	}
	raw := make([]byte, 20)
	raw = attribute(raw, unix.NL80211_ATTR_MAC, "kept!!")
	raw = attribute(raw, unix.NL80211_ATTR_FILS_KEK, hunter)
	raw = attribute(raw, unix.NL80211_ATTR_PMK, hunter)
	before := bytes.Clone(raw)
	var r redact.Redactor
	out := r.Clean(record.Record{Kind: record.Wireless, Raw: raw})
	if bytes.Contains(out.Raw, []byte(hunter)) || !bytes.Contains(out.Raw, []byte("kept!!")) || len(out.Raw) != len(raw) || r.Removed() != 2 {
		t.Errorf("%d removed: %q", r.Removed(), out.Raw)
	}
	if diff := cmp.Diff(before, raw); diff != "" {
		t.Error("the record that was given has changed")
	}
}

// FuzzClean takes any bytes for a message of a kind that carries secrets: nothing panics, and what comes out can be read.
func FuzzClean(f *testing.F) {
	raw, err := call(exchange{iface: wpa, member: "AddNetwork"}, ":1.5").Encode(sv{"psk": v(hunter), "ssid": v([]byte("a"))})
	if err != nil {
		f.Fatal(err)
	}
	for kind := record.DBusSent; kind <= record.Verdict; kind++ {
		f.Add(uint8(kind), raw)
	}
	f.Fuzz(func(t *testing.T, kind uint8, raw []byte) {
		out := new(redact.Redactor).Clean(record.Record{Kind: record.Kind(kind), Raw: raw})
		if out.Kind <= record.DBusSeen && out.Kind != 0 {
			if _, err := wire.Parse(out.Raw); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkSignal(b *testing.B) {
	raw, err := wire.Message{Type: wire.Signal, Serial: 1, Path: "/org/freedesktop/NetworkManager/Devices/3", Interface: "org.freedesktop.DBus.Properties", Member: "PropertiesChanged", Sender: ":1.3"}.
		Encode("org.freedesktop.NetworkManager.Device", sv{"State": v(uint32(100)), "StateReason": v(struct{ A, B uint32 }{100, 0}), "HwAddress": v("02:00:00:00:00:01")}, []string{})
	if err != nil {
		b.Fatal(err)
	}
	var r redact.Redactor
	b.ReportAllocs()
	for b.Loop() {
		r.Clean(record.Record{Kind: record.DBusSeen, Raw: raw})
	}
}
