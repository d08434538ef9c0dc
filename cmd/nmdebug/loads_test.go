package main_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/testenv"
	"nmdebug/wpadbus/wpaconf"
)

// dictionary is a network block as NetworkManager sends it.
type dictionary struct {
	name  string
	dict  map[string]any
	blobs map[string][]byte
}

// captured reads the dictionaries that were captured, and those of NetworkManager's own tests.
func captured(t *testing.T) []dictionary {
	t.Helper()
	type entry struct {
		Type  string
		Value any
	}
	type capture struct {
		Name   string
		Expect map[string]entry
	}
	var wired struct{ Cases []capture }
	var others []capture
	for name, into := range map[string]any{"wired-8021x-captures.json": &wired, "supplicant-config-cases.json": &others} {
		text, err := os.ReadFile(filepath.Join("../../wpadbus/wpaconf/testdata", name))
		must(t, err)
		must(t, json.Unmarshal(text, into))
	}
	var all []dictionary
	for _, c := range append(wired.Cases, others...) {
		d := dictionary{name: c.Name, dict: map[string]any{}}
		for key, e := range c.Expect {
			switch v := e.Value.(type) {
			case float64:
				d.dict[key] = int32(v)
			case string:
				d.dict[key] = v
				if e.Type == "ay" {
					b, err := hex.DecodeString(v)
					must(t, err)
					d.dict[key] = b
				}
			}
		}
		all = append(all, d)
	}
	return all
}

// nasty are what no capture has: every mode, and texts that are hard to write.
func nasty() []dictionary {
	psk := func(ssid, passphrase, keyMgmt string) map[string]any {
		return map[string]any{"ssid": []byte(ssid), "psk": passphrase, "key_mgmt": keyMgmt}
	}
	return []dictionary{
		{name: "blanks and signs", dict: psk(" a\\b ", `with # and \ and ' and é`, "WPA-PSK")},
		{name: "quotes", dict: psk(`say "hi"`, `"quoted"`, "WPA-PSK")},
		{name: "a comment in the SSID", dict: psk(`"#"#`, "passphrase", "WPA-PSK")},
		{name: "no text", dict: psk("\x00\xff\x1b[31m\n", "passphrase", "WPA-PSK SAE")},
		{name: "UTF-8", dict: psk("Café ☕", "passphrase", "SAE")},
		{name: "turned around", dict: psk("a\u202eb", "passphrase", "SAE")},
		{name: "the longest", dict: psk(strings.Repeat(`"`, 32), strings.Repeat("x", 63), "WPA-PSK")},
		{name: "a passphrase without a form", dict: psk("home", `a"b#c"defgh`, "WPA-PSK WPA-PSK-SHA256")},
		{name: "a short password of SAE", dict: map[string]any{"ssid": []byte("home"), "sae_password": `#"x`, "key_mgmt": "SAE"}},
		{name: "OWE", dict: map[string]any{"ssid": []byte("open"), "key_mgmt": "OWE", "ieee80211w": int32(2), "owe_only": int32(1)}},
		{name: "an access point", dict: map[string]any{
			"ssid": []byte("mine"), "mode": int32(2), "frequency": int32(2437), "key_mgmt": "WPA-PSK", "psk": "passphrase", "proto": "RSN",
			"pairwise": "CCMP", "group": "CCMP", "ignore_broadcast_ssid": int32(1),
		}},
		{name: "ad hoc", dict: map[string]any{"ssid": []byte("mine"), "mode": int32(1), "frequency": int32(2412), "key_mgmt": "NONE"}},
		{name: "mesh", dict: map[string]any{"ssid": []byte("mine"), "mode": int32(5), "frequency": int32(2412), "key_mgmt": "SAE", "psk": "passphrase"}},
		{name: "MACsec", dict: map[string]any{
			"key_mgmt": "NONE", "eapol_flags": int32(0), "macsec_policy": int32(1), "macsec_integ_only": int32(0), "macsec_port": int32(1),
			"mka_cak": []byte("0123456789abcdef"), "mka_ckn": []byte("ckn of 32 bytes, as long as most"),
		}},
		{name: "MACsec with EAP", dict: map[string]any{
			"key_mgmt": "IEEE8021X", "eap": "TLS", "identity": []byte("host"), "macsec_policy": int32(1), "macsec_integ_only": int32(1), "macsec_port": int32(65534),
		}},
		{name: "a token", dict: map[string]any{
			"key_mgmt": "IEEE8021X", "eap": "TLS", "identity": []byte("i"), "private_key": []byte("pkcs11:token=t;object=o?pin-value=12%2034"),
		}},
		{name: "blobs", dict: map[string]any{
			"key_mgmt": "IEEE8021X", "eap": "TLS", "identity": []byte("i"), "ca_cert": []byte("blob://7371bb78-c1f7-ca-cert"), "private_key_passwd": []byte{1, '"', '#', 0xff},
		}, blobs: map[string][]byte{"7371bb78-c1f7-ca-cert": []byte(strings.Repeat("certificate\x00", 40))}},
		{name: "WEP", dict: map[string]any{"ssid": []byte("old"), "key_mgmt": "NONE", "wep_key0": []byte("12345"), "wep_key3": []byte{1, 2, 3, 4, 5}, "wep_tx_keyidx": int32(3), "auth_alg": "OPEN SHARED"}},
	}
}

// supplicantClient speaks with the wpa_supplicant of a lab.
type supplicantClient struct {
	t    *testing.T
	ctx  context.Context
	conn *dbus.Conn
}

const supplicantName = "fi.w1.wpa_supplicant1"

func (c *supplicantClient) call(path dbus.ObjectPath, method string, answer any, args ...any) {
	c.t.Helper()
	call := c.conn.Object(supplicantName, path).CallWithContext(c.ctx, method, 0, args...)
	if call.Err == nil && answer != nil {
		call.Err = call.Store(answer)
	}
	if call.Err != nil {
		c.t.Fatalf("%s: %v", method, call.Err)
	}
}

const rootObject = dbus.ObjectPath("/fi/w1/wpa_supplicant1")

// create makes an interface, which is removed at the end of the test.
func (c *supplicantClient) create(options map[string]any) dbus.ObjectPath {
	c.t.Helper()
	var path dbus.ObjectPath
	c.call(rootObject, supplicantName+".CreateInterface", &path, variants(options))
	return path
}

func (c *supplicantClient) remove(path dbus.ObjectPath) {
	c.t.Helper()
	c.call(rootObject, supplicantName+".RemoveInterface", nil, path)
}

// properties are those of the only network block of an interface.
func (c *supplicantClient) properties(iface dbus.ObjectPath) map[string]string {
	c.t.Helper()
	var networks []dbus.ObjectPath
	c.call(iface, "org.freedesktop.DBus.Properties.Get", &networks, supplicantName+".Interface", "Networks")
	if len(networks) != 1 {
		c.t.Fatalf("there are %d networks", len(networks))
	}
	var values map[string]dbus.Variant
	c.call(networks[0], "org.freedesktop.DBus.Properties.Get", &values, supplicantName+".Network", "Properties")
	texts := map[string]string{}
	for key, v := range values {
		texts[key] = fmt.Sprint(v.Value())
	}
	delete(texts, "disabled") // until the network is selected
	return texts
}

func variants(values map[string]any) map[string]dbus.Variant {
	all := map[string]dbus.Variant{}
	for name, value := range values {
		all[name] = dbus.MakeVariant(value)
	}
	return all
}

// TestFilesLoad gives wpa_supplicant each dictionary on D-Bus and as the file that is made of it: it has the same then. That
// it has the same secrets, too, tells what it writes itself of the file.
func TestFilesLoad(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	must(t, lab.Veth(deadline(t, patience), "w0", "w1"))
	conn, err := lab.Dial(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	for _, d := range append(captured(t), nasty()...) {
		t.Run(d.name, func(t *testing.T) {
			c := &supplicantClient{t: t, ctx: deadline(t, patience), conn: conn}
			byBus := c.create(map[string]any{"Driver": "wired", "Ifname": "w0"})
			for name, content := range d.blobs {
				c.call(byBus, supplicantName+".Interface.AddBlob", nil, name, content)
			}
			c.call(byBus, supplicantName+".Interface.AddNetwork", new(dbus.ObjectPath), variants(d.dict))
			want := c.properties(byBus)
			c.remove(byBus)

			block, err := wpaconf.FromDict(d.dict)
			must(t, err)
			ours := wpaconf.File{Globals: globals("ctrl_interface", "/run/wpa_supplicant", "ap_scan", "0", "update_config", "1"), Blocks: []wpaconf.Block{block}}
			for name, content := range d.blobs {
				ours.Blobs = append(ours.Blobs, wpaconf.Blob{Name: name, Data: content})
			}
			path := filepath.Join(lab.Dir(), "loads.conf")
			must(t, writeConf(path, ours))
			byFile := c.create(map[string]any{"Driver": "wired", "Ifname": "w0", "ConfigFile": path})
			defer c.remove(byFile)
			if diff := cmp.Diff(want, c.properties(byFile)); diff != "" {
				t.Errorf("properties (-of the bus +of the file)\n%s", diff)
			}
			lab.MustRun(t, "wpa_cli", "-p", "/run/wpa_supplicant", "-i", "w0", "save_config")
			raw, saved := readBack(t, path)
			for _, change := range wpaconf.Diff(ours, saved) {
				// What is not secret is among the properties, and it does not save all of that.
				if change.Secret && !strings.Contains(raw, asSaved(block, change.Key)) {
					t.Errorf("wpa_supplicant saves another %s: %+v", change.Key, change)
				}
			}
			if diff := cmp.Diff(d.blobs, blobsOf(saved)); diff != "" && len(d.blobs) > 0 {
				t.Errorf("blobs (-given +saved)\n%s", diff)
			}
		})
	}
}

func globals(pairs ...string) []wpaconf.Line {
	var lines []wpaconf.Line
	for i := 0; i < len(pairs); i += 2 {
		lines = append(lines, wpaconf.Line{Key: pairs[i], Value: pairs[i+1]})
	}
	return lines
}

func blobsOf(f wpaconf.File) map[string][]byte {
	blobs := map[string][]byte{}
	for _, b := range f.Blobs {
		blobs[b.Name] = b.Data
	}
	return blobs
}

func writeConf(path string, f wpaconf.File) error {
	var out strings.Builder
	if err := wpaconf.Write(&out, f); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(out.String()), 0o600)
}

// asSaved is how wpa_supplicant writes a text: in quotes whatever stands in it, so that it could not always read it again.
func asSaved(b wpaconf.Block, key string) string {
	value, _ := b.Value(key)
	text, err := wpaconf.Decode(value)
	if err != nil {
		return value
	}
	return "\t" + key + "=\"" + string(text) + "\"\n"
}

// readBack reads a file, also where not all of it can be read.
func readBack(t *testing.T, path string) (raw string, f wpaconf.File) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	f, err = wpaconf.Parse(strings.NewReader(string(text)))
	if err != nil && !strings.Contains(err.Error(), "quotation") {
		t.Errorf("%v in\n%s", err, text)
	}
	return string(text), f
}

// TestExamplesOfTheDistribution reads the examples that come with wpa_supplicant, as it would itself.
func TestExamplesOfTheDistribution(t *testing.T) {
	t.Parallel()
	testenv.Start(t) // it needs the packages
	for _, name := range []string{"ieee8021x", "openCryptoki", "plaintext", "wep", "wpa-psk-tkip", "wpa-roam", "wpa2-eap-ccmp"} {
		_, f := readBack(t, filepath.Join("/usr/share/doc/wpasupplicant/examples", name+".conf"))
		for _, p := range wpaconf.Check(f, wpaconf.Oldest()) {
			t.Errorf("%s: %s", name, p)
		}
		if len(f.Networks()) == 0 {
			t.Errorf("%s has no network", name)
		}
	}
}

// TestShownFileConnects starts wpa_supplicant by hand, without NetworkManager, with the file that nmdebug writes: it connects
// to the same port.
func TestShownFileConnects(t *testing.T) {
	for _, method := range []string{"peap", "ttls", "tls", "md5"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, "8021x-"+method)
			shown := string(lab.MustRun(t, program, "show-wpa-config", "--show-secrets", "eth0"))
			path := filepath.Join(lab.Dir(), "shown.conf")
			must(t, os.WriteFile(path, []byte(shown), 0o600))

			must(t, lab.NetworkManager.Stop())
			conn, err := lab.Dial(t.Context())
			must(t, err)
			defer conn.Close()
			c := &supplicantClient{t: t, ctx: deadline(t, patience), conn: conn}
			var theirs dbus.ObjectPath
			if c.conn.Object(supplicantName, rootObject).CallWithContext(c.ctx, supplicantName+".GetInterface", 0, "eth0").Store(&theirs) == nil {
				c.remove(theirs)
			}
			hostapd := lab.Authenticator("p0")
			must(t, hostapd.Restart(c.ctx))

			words := strings.Fields(lineWith(t, shown, "# wpa_supplicant "))
			log := filepath.Join(lab.Dir(), "by-hand.log")
			for i := range words {
				words[i] = strings.Replace(words[i], "FILE", path, 1)
			}
			byHand := lab.Command(c.ctx, words[1], append(words[2:], "-f", log)...)
			must(t, byHand.Start())
			defer func() {
				_ = byHand.Process.Kill()
				_ = byHand.Wait()
			}()
			must(t, testenv.Await(c.ctx, "it does not connect", func(context.Context) error {
				text, _ := os.ReadFile(log)
				if !strings.Contains(string(text), "CTRL-EVENT-CONNECTED") {
					return fmt.Errorf("wpa_supplicant says\n%s\nof\n%s", text, shown)
				}
				return nil
			}))
			must(t, hostapd.AwaitLog(c.ctx, "CTRL-EVENT-EAP-SUCCESS"))
		})
	}
}

// lineWith gives the first line that begins so.
func lineWith(t *testing.T, text, begin string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, begin) {
			return line
		}
	}
	t.Fatalf("no line begins with %q in\n%s", begin, text)
	return ""
}
