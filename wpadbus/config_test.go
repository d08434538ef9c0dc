package wpadbus_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/wpadbus"
	"nmdebug/wpadbus/wpatypes"
)

// comeAgain has the supplicant go and come, so that all is asked anew.
func (s *supplicant) comeAgain() {
	s.Helper()
	s.Asked = nil
	s.Moves(owner, "")
	s.Moves("", owner)
}

// rsn is an RSN element with CCMP and WPA-PSK, and these capabilities.
func rsn(capabilities ...byte) []byte {
	body := append([]byte{1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 2}, capabilities...)
	return append([]byte{0, 4, 'h', 'o', 'm', 'e', 48, byte(len(body))}, body...)
}

func TestConfigHasNoSecret(t *testing.T) {
	s := wireless(t)
	s.objects[wlan]["ApScan"] = v(uint32(1))
	s.objects[wlan]["FastReauth"] = v(true)
	s.objects[wlan]["SaePwe"] = v("2")
	s.objects[wlan]["P2pPassphraseLen"] = v("8") // the length is no secret
	s.objects[wlan]["PcscPin"] = v("1234567")
	s.objects[wlan]["BridgeIfname"] = v("br0")
	s.objects[wlan]["ConfigFile"] = v("/etc/wpa.conf")
	s.objects[wlan]["Blobs"] = v(map[string][]byte{"uuid-private-key": []byte("very secret")})
	s.objects[wlan]["Capabilities"] = v(props{"KeyMgmt": v([]string{"wpa-psk", "sae"}), "GroupMgmt": v([]string{})})
	s.objects[wlan]["Networks"] = v([]dbus.ObjectPath{network, wlan + "/Networks/1"})
	s.objects[wlan+"/Networks/1"] = props{"Properties": v(props{"ssid": v(`"other"`), "psk": v(`"of a WPS network"`)}), "Enabled": v(true)}
	s.fold.AskBeyond = 4
	s.comeAgain()
	got := s.at(wlan).Config
	want := wpatypes.Config{
		File: "/etc/wpa.conf", Bridge: "br0",
		Globals: map[string]string{"ap_scan": "1", "fast_reauth": "1", "sae_pwe": "2", "p2p_passphrase_len": "8", "pcsc_pin": "<secret>"},
		Blobs:   map[string]int{"uuid-private-key": 11},
		All: []wpatypes.Network{
			{Path: network, Properties: map[string]string{"ssid": `"home"`, "key_mgmt": "WPA-PSK"}},
			{Path: wlan + "/Networks/1", Enabled: true, Properties: map[string]string{"ssid": `"other"`, "psk": "<secret>"}},
		},
		Can: wpatypes.Capabilities{KeyMgmt: []string{"wpa-psk", "sae"}, GroupMgmt: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSettingsThatAreNotSignalled is how NetworkManager configures an interface: it sets what wpa_supplicant tells nobody of, and
// then selects a network block. The answer that tells of it does not know the block yet.
func TestSettingsThatAreNotSignalled(t *testing.T) {
	s := wireless(t)
	s.objects[wlan]["Pmf"] = v("2")
	s.objects[wlan]["CurrentNetwork"] = v(dbus.ObjectPath("/"))
	s.Asked = nil
	s.Says(wlan, iface, "NetworkSelected", dbus.ObjectPath(network))
	got := s.at(wlan)
	if got.Config.Globals["pmf"] != "2" || got.Network == nil || len(s.Asked) != 1 {
		t.Errorf("the settings are %v, the network is %+v, asked for was %v", got.Config.Globals, got.Network, s.Asked)
	}
	s.Serve = nil
	s.Says(wlan, iface, "NetworkSelected", dbus.ObjectPath(network))
	if !s.fold.Synced() || len(s.Asked) != 2 {
		t.Errorf("synced %t while what is known is asked for again, asked for was %v", s.fold.Synced(), s.Asked)
	}
}

// Network blocks that are not in use are asked for only where that was wanted.
func TestOtherNetworksAreNotAskedFor(t *testing.T) {
	s := wireless(t)
	s.objects[wlan]["Networks"] = v([]dbus.ObjectPath{network, wlan + "/Networks/1"})
	s.objects[wlan]["BSSs"] = v([]dbus.ObjectPath{wlan + "/BSSs/7", wlan + "/BSSs/8"})
	s.comeAgain()
	if c := s.at(wlan).Config; len(c.All) != 1 || c.Unread != 1 {
		t.Errorf("%d networks were read, and %d not", len(c.All), c.Unread)
	}
	for _, path := range s.Asked {
		if strings.HasSuffix(path, "/Networks/1") || strings.HasSuffix(path, "/BSSs/8") {
			t.Errorf("%s was asked for", path)
		}
	}
}

func TestWhatAnAccessPointOffers(t *testing.T) {
	s := wireless(t)
	other := wlan + "/BSSs/8"
	s.objects[wlan]["BSSs"] = v([]dbus.ObjectPath{wlan + "/BSSs/7", dbus.ObjectPath(other)})
	bss := s.objects[wlan+"/BSSs/7"]
	bss["IEs"] = v(rsn(0x80, 0))
	bss["Privacy"] = v(true)
	bss["RSN"] = v(props{"KeyMgmt": v([]string{"wpa-psk"}), "Pairwise": v([]string{"ccmp"}), "Group": v("tkip"), "MgmtGroup": v("aes128cmac")})
	bss["WPA"] = v(props{"KeyMgmt": v([]string{}), "Pairwise": v([]string{}), "Group": v("")})
	s.objects[other] = variants(map[string]any{"SSID": []byte("other"), "BSSID": []byte{2, 0, 0, 0, 0, 2}})
	s.fold.AskBeyond = 4
	s.comeAgain()
	i := s.at(wlan)
	want := &wpatypes.Suites{KeyMgmt: []string{"wpa-psk"}, Pairwise: []string{"ccmp"}, Group: "tkip"}
	if diff := cmp.Diff(want, i.BSS.RSN); diff != "" || i.BSS.WPA != nil || !i.BSS.Privacy || i.BSS.PMF != wpatypes.ProtectionCapable {
		t.Errorf("%+v (-want +got)\n%s", i.BSS, diff)
	}
	if len(i.Seen) != 1 || string(i.Seen[0].SSID) != "other" {
		t.Errorf("the others are %+v", i.Seen)
	}
}

func TestProtection(t *testing.T) {
	for _, c := range []struct {
		name     string
		elements []byte
		want     wpatypes.Protection
	}{
		{"not told", nil, wpatypes.ProtectionUnknown},
		{"no RSN element", []byte{0, 1, 'x'}, wpatypes.ProtectionNone},
		{"none", rsn(0, 0), wpatypes.ProtectionNone},
		{"capable", rsn(0x80, 0), wpatypes.ProtectionCapable},
		{"required", rsn(0xc0, 0), wpatypes.ProtectionRequired},
		{"without capabilities", rsn(), wpatypes.ProtectionNone},
		{"cut in its lists", append([]byte{48, 8, 1, 0, 0, 0x0f, 0xac, 4, 9, 0}, 1), wpatypes.ProtectionNone},
		{"cut", rsn(0x80, 0)[:10], wpatypes.ProtectionNone},
	} {
		s := wireless(t)
		s.objects[wlan+"/BSSs/7"]["IEs"] = v(append([]byte{}, c.elements...))
		s.comeAgain()
		if got := s.at(wlan).BSS.PMF; got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

const associated = `bssid=02:00:00:00:02:00
key_mgmt=SAE
pairwise_cipher=CCMP
group_cipher=CCMP
pmf=2
mgmt_group_cipher=BIP
wpa_state=COMPLETED
`

func TestAssociation(t *testing.T) {
	dir := controlAnswering(t, "wlan0", func(command string) string {
		switch command {
		case "STATUS":
			return associated
		case "GET_NETWORK 0 sae_password", "GET_NETWORK 0 password":
			return "*"
		default:
			return "FAIL\n"
		}
	})
	r := wpadbus.ReadAssociation(t.Context(), dir, "wlan0", network, time.Unix(0, 0))
	s := wireless(t)
	s.comeAgain()
	if !s.fold.Measured(r) {
		t.Fatalf("%s is no reading", r.Raw)
	}
	want := &wpatypes.Association{
		KeyMgmt: "SAE", Pairwise: "CCMP", Group: "CCMP", GroupMgmt: "BIP", PMF: "2", Network: network, Keys: []string{"sae_password", "password"},
	}
	if diff := cmp.Diff(want, s.at(wlan).Association); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if r := wpadbus.ReadAssociation(ctx, dir, "eth9", "", time.Unix(0, 0)); s.fold.Measured(r) {
		t.Errorf("a socket that is not there gave %s", r.Raw)
	}
}
