package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/ethtool"
	"github.com/mdlayher/wifi"
	"golang.org/x/sys/unix"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// collect returns a reporter and what it reported, as lines.
func collect() (*reporter, func() []string) {
	out := make(chan record.Record, 100)
	r := &reporter{now: func() (time.Time, time.Duration) { return time.Time{}, 0 }, out: out}
	return r, func() []string {
		var lines []string
		for len(out) > 0 {
			rec := <-out
			line := rec.Kind.String() + " "
			if rec.Kind == record.Rfkill {
				line += strings.TrimSpace(cmp.Diff(nil, rec.Raw))
			} else {
				line += string(rec.Raw)
			}
			lines = append(lines, line)
		}
		return lines
	}
}

// tree makes files and links below a directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(content, "-> "); link {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestDevices(t *testing.T) {
	sys := tree(t, map[string]string{
		"class/net/eth0/device/driver":      "-> ../../bus/virtio/drivers/virtio_net",
		"class/net/eth0/ifindex":            "2\n",
		"class/net/wlan0/device/driver":     "-> ../../bus/pci/drivers/iwlwifi",
		"class/net/wlan0/phy80211/name":     "phy0\n",
		"class/net/wlan0/ifindex":           "3\n",
		"class/net/veth0/ifindex":           "4\n",
		"class/net/stranger0/device/driver": "-> ../../bus/pci/drivers/e1000e",
		"class/net/stranger0/ifindex":       "5\n",
	})
	r, lines := collect()
	p := &deviceProbe{reporter: r, sys: sys}
	links := map[int]sight{
		2: {index: 2, name: "eth0"}, 3: {index: 3, name: "wlan0"}, 4: {index: 4, name: "veth0"},
		50: {index: 50, name: "stranger0"}, 6: {index: 6, name: "gone0"}, 7: {index: 7, name: ".."},
	}
	for range 2 { // the second look has nothing new
		if again, err := p.look(t.Context(), links); err != nil || again != 0 {
			t.Fatalf("look: %v, %v", again, err)
		}
	}
	got := lines()
	if len(got) != 2 {
		t.Fatalf("got %d records: %q", len(got), got)
	}
	want := []string{
		`measurement {"what":"sysfs","about":"eth0","value":{"index":2,"driver":"virtio_net"}}`,
		`measurement {"what":"sysfs","about":"wlan0","value":{"index":3,"driver":"iwlwifi","phy":"phy0"}}`,
	}
	for _, w := range want {
		if got[0] != w && got[1] != w {
			t.Errorf("%s is missing in %q", w, got)
		}
	}
}

func TestDevicesWithoutSysfs(t *testing.T) {
	r, lines := collect()
	p := &deviceProbe{reporter: r, sys: "/nonexistent"}
	if _, err := p.look(t.Context(), map[int]sight{1: {index: 1, name: "eth0"}}); err != nil || len(lines()) != 0 {
		t.Errorf("look: %v", err)
	}
}

func TestSpeedOf(t *testing.T) {
	for _, tt := range []struct {
		mode ethtool.LinkMode
		want kerneltypes.Speed
	}{
		{ethtool.LinkMode{SpeedMegabits: 1000, Duplex: ethtool.Full}, kerneltypes.Speed{Mbps: 1000, Duplex: "full"}},
		{ethtool.LinkMode{SpeedMegabits: 10, Duplex: ethtool.Half}, kerneltypes.Speed{Mbps: 10, Duplex: "half"}},
		{ethtool.LinkMode{SpeedMegabits: 10, Duplex: ethtool.Unknown}, kerneltypes.Speed{Mbps: 10}},
		{ethtool.LinkMode{SpeedMegabits: 0xffffffff, Duplex: ethtool.Unknown}, kerneltypes.Speed{}},
		{ethtool.LinkMode{}, kerneltypes.Speed{}},
	} {
		if got := speedOf(&tt.mode); got != tt.want {
			t.Errorf("%+v: got %+v, want %+v", tt.mode, got, tt.want)
		}
	}
}

func TestAbsence(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want record.Noted
	}{
		{os.ErrNotExist, record.Noted{Source: "x", Event: record.Absent}},
		{unix.ENOENT, record.Noted{Source: "x", Event: record.Absent}},
		{unix.EOPNOTSUPP, record.Noted{Source: "x", Event: record.Absent}},
		{unix.EPERM, record.Noted{Source: "x", Event: record.Denied, Detail: "operation not permitted", Right: "CAP_NET_ADMIN"}},
		{errors.New("odd"), record.Noted{Source: "x", Event: record.Down, Detail: "odd"}},
	} {
		if diff := cmp.Diff(tt.want, absence("x", tt.err)); diff != "" {
			t.Errorf("%v: %s", tt.err, diff)
		}
	}
}

// Secrets of a WireGuard interface are in no record.
func TestWireGuardWithoutSecrets(t *testing.T) {
	private, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	shared, err := wgtypes.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	peer, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	_, allowed, err := net.ParseCIDR("10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := &wgtypes.Device{Name: "wg0", PrivateKey: private, PublicKey: private.PublicKey(), ListenPort: 51820, Peers: []wgtypes.Peer{
		{
			PublicKey: peer.PublicKey(), PresharedKey: shared, Endpoint: &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 51820},
			LastHandshakeTime: at, ReceiveBytes: 1, TransmitBytes: 2, AllowedIPs: []net.IPNet{*allowed}, PersistentKeepaliveInterval: 25 * time.Second,
		},
		{PublicKey: peer.PublicKey(), LastHandshakeTime: time.Unix(0, 0)},
	}}
	got := wireGuardOf(d)
	want := kerneltypes.WireGuard{ListenPort: 51820, Peers: []kerneltypes.WireGuardPeer{
		{
			PublicKey: peer.PublicKey().String(), Endpoint: "192.0.2.1:51820", LastHandshake: at,
			RxBytes: 1, TxBytes: 2, AllowedIPs: []string{"10.0.0.0/8"}, KeepaliveSec: 25,
		},
		{PublicKey: peer.PublicKey().String(), AllowedIPs: []string{}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []wgtypes.Key{private, shared} {
		if strings.Contains(string(b), secret.String()) {
			t.Error("a secret is in the record")
		}
	}
}

func TestParseRadio(t *testing.T) {
	var b []byte
	for _, a := range [][]byte{
		u32(unix.NL80211_ATTR_IFINDEX, 3), text(unix.NL80211_ATTR_IFNAME, "wlan0"), u32(unix.NL80211_ATTR_IFTYPE, 2),
		raw(unix.NL80211_ATTR_SSID, []byte("caf\xe9")), u32(unix.NL80211_ATTR_WIPHY_FREQ, 5180),
		u32(unix.NL80211_ATTR_CHANNEL_WIDTH, unix.NL80211_CHAN_WIDTH_160),
	} {
		b = append(b, a...)
	}
	got, err := parseRadio(b)
	want := radio{index: 3, name: "wlan0", kind: wifi.InterfaceTypeStation, ssid: []byte("caf\xe9"), frequency: 5180, width: 160}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(radio{})); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, err := parseRadio([]byte{8, 0, 3, 0}); err == nil {
		t.Error("a message that is cut was read")
	}
}

func TestSurvey(t *testing.T) {
	told := func(attrs ...[]byte) []byte { return nest(unix.NL80211_ATTR_SURVEY_INFO, attrs...) }
	noise, inUse := u8(unix.NL80211_SURVEY_INFO_NOISE, 0xa1), raw(unix.NL80211_SURVEY_INFO_IN_USE, nil)
	frequency := u32(unix.NL80211_SURVEY_INFO_FREQUENCY, 2412)
	for _, tt := range []struct {
		b    []byte
		want survey
		ok   bool
	}{
		{told(noise, inUse), survey{noise: -95, inUse: true}, true},
		{told(frequency, noise), survey{noise: -95, frequency: 2412}, true},
		{told(inUse), survey{inUse: true}, true},
		{told(u32(unix.NL80211_SURVEY_INFO_NOISE, 1), inUse), survey{inUse: true}, false},
		{nil, survey{}, true},
	} {
		if got, ok := parseSurvey(tt.b); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%x: got %+v, %t", tt.b, got, ok)
		}
	}
}

// iw numbers the rates of 802.11n through all streams: MCS 9 is the second of two streams.
func TestRateOf(t *testing.T) {
	ht := wifi.HTModulationInfo{BaseModulationInfo: wifi.BaseModulationInfo{MCS: 1, NSS: 2}, HTMCS: 9}
	got := rateOf(wifi.RateInfo{Bitrate: 26000, ModulationType: wifi.RateModulationInfoTypeHT, Modulation: ht, ChannelWidth: wifi.ChannelWidth20})
	if want := (kerneltypes.Rate{Standard: "HT", MCS: 9, Streams: 2, WidthMHz: 20}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAssociated(t *testing.T) {
	var s kerneltypes.Station
	vht := wifi.VHTModulationInfo{BaseModulationInfo: wifi.BaseModulationInfo{MCS: 9, NSS: 2}}
	associated(&s, &wifi.StationInfo{
		ReceiveRateInfo: wifi.RateInfo{Bitrate: 8667, ModulationType: wifi.RateModulationInfoTypeVHT, Modulation: vht, ChannelWidth: wifi.ChannelWidth80},
		HardwareAddr:    net.HardwareAddr{2, 0, 0, 0, 0, 1}, Signal: -50, SignalAverage: -51, ReceiveBitrate: 866700000, TransmitBitrate: 6000000,
		TransmitRetries: 1, TransmitFailed: 2, BeaconLoss: 3, Connected: time.Minute, Inactive: time.Second,
	})
	want := kerneltypes.Station{
		BSSID: "02:00:00:00:00:01", SignalDBm: -50, AverageDBm: -51, RxBitsPerSec: 866700000, TxBitsPerSec: 6000000,
		RxRate:    kerneltypes.Rate{Standard: "VHT", MCS: 9, Streams: 2, WidthMHz: 80},
		TxRetries: 1, TxFailed: 2, BeaconLoss: 3, Connected: time.Minute, Inactive: time.Second, Associated: true,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

// A system without cfg80211 is not asked for nl80211, which would load the module; and it is told once.
func TestWirelessAbsent(t *testing.T) {
	r, lines := collect()
	p := &stationProbe{reporter: r, sys: tree(t, map[string]string{"class/net/lo/ifindex": "1\n"})}
	for i := range 3 {
		links := map[int]sight{i: {index: i, name: "eth"}}
		if again, err := p.look(t.Context(), links); again != 0 || err != nil {
			t.Fatalf("look: %v, %v", again, err)
		}
	}
	if diff := cmp.Diff([]string{`note {"source":"nl80211","event":"absent"}`}, lines()); diff != "" {
		t.Error(diff)
	}
}

func TestStationsAreWanted(t *testing.T) {
	eth, wlan := sight{index: 2, name: "eth0"}, sight{index: 3, name: "wlan0"}
	upWlan := wlan
	upWlan.up = true
	upEth := eth
	upEth.up = true
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Second)
	for _, tt := range []struct {
		name     string
		was, now map[int]sight
		due      time.Time
		want     bool
	}{
		{"first", nil, map[int]sight{2: eth}, time.Time{}, true},
		{"nothing happened", map[int]sight{2: eth, 3: wlan}, map[int]sight{2: eth, 3: wlan}, later, false},
		{"the interval is over", map[int]sight{2: eth, 3: wlan}, map[int]sight{2: eth, 3: wlan}, past, true},
		{"the Wi-Fi interface changed", map[int]sight{2: eth, 3: wlan}, map[int]sight{2: eth, 3: upWlan}, later, true},
		{"another interface changed", map[int]sight{2: eth, 3: wlan}, map[int]sight{2: upEth, 3: wlan}, later, false},
		{"a new interface", map[int]sight{3: wlan}, map[int]sight{2: eth, 3: wlan}, later, true},
	} {
		p := &stationProbe{radios: map[int]bool{3: true}, due: tt.due}
		if got := p.wanted(tt.was, tt.now); got != tt.want {
			t.Errorf("%s: wanted is %t, want %t", tt.name, got, tt.want)
		}
	}
}

// Without a WireGuard interface nothing is asked, and no timer runs.
func TestNoWireGuard(t *testing.T) {
	r, lines := collect()
	p := &wireGuardProbe{reporter: r}
	again, err := p.look(t.Context(), map[int]sight{2: {index: 2, name: "eth0"}})
	if again != 0 || err != nil || p.client != nil || len(lines()) != 0 {
		t.Errorf("look: %v, %v", again, err)
	}
}

func TestOneShotEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := (&Source{OneShot: true}).Run(ctx, make(chan record.Record))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("one-shot: %v", err)
	}
	if err := (&Source{}).Run(ctx, make(chan record.Record)); err != nil {
		t.Errorf("watch: %v", err)
	}
}

func TestSocketSaysWhyItCannotBeOpened(t *testing.T) {
	if _, err := openSocket(0, 1<<20); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
