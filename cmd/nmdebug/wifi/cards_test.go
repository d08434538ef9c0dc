package wifi_test

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"nmdebug/testenv/wifilab"
)

// quality is the part of nmdebug's quality that the tests look at.
type quality struct {
	Links []link
}

type link struct {
	Interface    string
	DefaultRoute bool `json:"default_route"`
	Score        *int
	Wifi         *struct {
		SSID, BSSID    string
		SSIDHex        string `json:"ssid_hex"`
		Channel        int
		SignalDBm      *int    `json:"signal_dbm"`
		SignalAverage  *int    `json:"signal_average_dbm"`
		NoiseDBm       *int    `json:"noise_dbm"`
		SNR            *int    `json:"snr_db"`
		ReceiveBits    int     `json:"receive_bits_per_second"`
		TransmitBits   int     `json:"transmit_bits_per_second"`
		ReceiveRate    string  `json:"receive_rate"`
		TransmitRate   string  `json:"transmit_rate"`
		Retries        int     `json:"transmit_retries_total"`
		Failed         int     `json:"transmit_failed_total"`
		BeaconLoss     int     `json:"beacon_loss_total"`
		Connected      float64 `json:"connected_seconds_total"`
		NetworkManager *int    `json:"networkmanager_percent"`
	}
}

func (q quality) link(t *testing.T, card string) link {
	t.Helper()
	for _, l := range q.Links {
		if l.Interface == card && l.Wifi != nil {
			return l
		}
	}
	t.Fatalf("there is no quality of %s in %+v", card, q)
	return link{}
}

func TestTwoCards(t *testing.T) {
	t.Parallel()
	s := play(t, "two-cards")
	s.awaits("wlan0", stands)
	s.awaits("wlan1", stands)
	var q quality
	s.answers(&q, "quality")
	home, office := q.link(t, "wlan0"), q.link(t, "wlan1")
	if home.Wifi.SSID != "home" || home.Wifi.BSSID != "02:00:00:00:02:00" || home.Wifi.Channel != 1 ||
		office.Wifi.SSID != "office" || office.Wifi.BSSID != "02:00:00:00:03:00" || office.Wifi.Channel != 6 {
		t.Errorf("the cards are mixed up: %+v, %+v", home.Wifi, office.Wifi)
	}
	if home.DefaultRoute == office.DefaultRoute {
		t.Errorf("the default route is owned by both or none: %t, %t", home.DefaultRoute, office.DefaultRoute)
	}
}

// What strangers call their networks must not reach a terminal, a script or a table as anything else than text.
func TestStrangeNames(t *testing.T) {
	t.Parallel()
	s := play(t, "strange-names")
	s.awaits("wlan0", stands)
	s.awaits("wlan1", stands)
	for _, command := range []string{"status", "why wlan0 wlan1", "detail wlan0", "detail wlan1", "quality"} {
		for _, form := range []string{"text", "json", "yaml"} {
			args := append([]string{"-o", form, "--color", "never"}, strings.Fields(command)...)
			s.harmless(s.nmdebug(args...), strings.Join(args, " "))
		}
	}
	s.harmless(s.watch.output(), "status --watch")
	table := s.nmdebug("-o", "csv", "quality")
	s.harmless(table, "csv")
	if _, err := csv.NewReader(strings.NewReader(string(table))).ReadAll(); err != nil {
		t.Errorf("the table is broken: %v", err)
	}
	colours := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	s.harmless(colours.ReplaceAll(s.nmdebug("--color", "always", "why", "wlan0", "wlan1"), nil), "why in colours")

	text, bytes := wifilab.StrangeNames()
	var q quality
	s.answers(&q, "quality")
	for card, ssid := range map[string]string{"wlan0": text, "wlan1": bytes} {
		if got := q.link(t, card).Wifi.SSIDHex; got != hex.EncodeToString([]byte(ssid)) {
			t.Errorf("the name of the network of %s came out as %s", card, got)
		}
	}
}

// harmless checks that an output is text and can neither move a cursor nor turn the line.
func (s *scene) harmless(out []byte, of string) {
	s.t.Helper()
	if !utf8.Valid(out) {
		s.t.Errorf("%s prints what is no UTF-8: %q", of, out)
	}
	bad := strings.IndexFunc(string(out), func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r)
	})
	if bad >= 0 {
		s.t.Errorf("%s prints a control character: %q", of, out[max(0, bad-40):min(len(out), bad+40)])
	}
	if strings.Contains(of, "-o json") && !json.Valid(out) {
		s.t.Errorf("%s is no JSON: %s", of, out)
	}
}
