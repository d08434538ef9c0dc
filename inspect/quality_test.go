package inspect_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// radioWorld is one Wi-Fi card in a state of its station, as the kernel tells it.
func radioWorld(at time.Time, st kerneltypes.Station) *inspect.Snapshot {
	st.At, st.InterfaceType = at, "station"
	return &inspect.Snapshot{At: at, Kernel: kerneltypes.State{
		Synced:   true,
		Links:    map[int]kerneltypes.Link{3: {Index: 3, Name: "wlan0", Flags: 1, Carrier: true, HasCarrier: true, Wireless: true}},
		Addrs:    map[int][]kerneltypes.Addr{3: {{Prefix: netip.MustParsePrefix("192.0.2.5/24"), Valid: 0xffffffff}}},
		Stations: map[string]kerneltypes.Station{"wlan0": st},
	}}
}

func measure(t *testing.T, m *inspect.Meter, s *inspect.Snapshot) inspect.Quality {
	t.Helper()
	links := m.Measure(s, inspect.Build(s))
	if len(links) != 1 {
		t.Fatalf("%d links were measured, want 1", len(links))
	}
	return links[0]
}

func TestQualityFollowsTheSignal(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var m inspect.Meter
	var last inspect.Quality
	for i, dBm := range []int{-40, -60, -80} {
		at := t0.Add(time.Duration(i) * time.Second)
		last = measure(t, &m, radioWorld(at, kerneltypes.Station{Associated: true, BSSID: "02:00:00:00:01:00", FrequencyMHz: 5180, SignalDBm: dBm}))
		if *last.Wifi.SignalDBm != dBm {
			t.Errorf("signal %d, want %d", *last.Wifi.SignalDBm, dBm)
		}
	}
	w := last.Wifi
	if *w.SignalAverageDBm != -60 || *w.SignalMinDBm != -80 || *w.SignalMaxDBm != -40 || w.Channel != 36 {
		t.Errorf("average %d, min %d, max %d, channel %d", *w.SignalAverageDBm, *w.SignalMinDBm, *w.SignalMaxDBm, w.Channel)
	}
	if want := []int{100, 75, 25}; !slices.Equal(last.Trend, want) {
		t.Errorf("trend %v, want %v", last.Trend, want)
	}
}

// The kernel does not know the name of the network when wpa_supplicant does the association.
func TestQualityFindsTheName(t *testing.T) {
	heard := func(i *iface) {
		i.wpa.BSS = &wpatypes.BSS{SSID: []byte("by wpa_supplicant"), BSSID: "02:00:00:00:00:01"}
	}
	known := device(func(d *nmtypes.Device) {
		d.Wireless.AccessPoint = &nmtypes.AccessPoint{SSID: []byte("by NetworkManager")}
	})
	nameless := station(func(s *kerneltypes.Station) { s.SSID = nil })
	for _, tt := range []struct {
		want string
		opts []opt
	}{
		{"home", []opt{heardAt(-50), supplicant(wpatypes.StateCompleted), heard, known}},
		{"by wpa_supplicant", []opt{nameless, supplicant(wpatypes.StateCompleted), heard, known}},
		{"by NetworkManager", []opt{nameless, known}},
		{"(hidden)", []opt{nameless}},
	} {
		var m inspect.Meter
		if q := measure(t, &m, snapshot(wifi("wlan0", tt.opts...))); q.Wifi.SSID != tt.want {
			t.Errorf("the name is %q, want %q", q.Wifi.SSID, tt.want)
		}
	}
}

func TestQualityNamesTheWeakestSide(t *testing.T) {
	noise := kerneltypes.Station{Associated: true, SignalDBm: -45, NoiseDBm: -60, BSSID: "a"}
	for _, tt := range []struct {
		name  string
		first kerneltypes.Station
		then  kerneltypes.Station
		score int
		drag  string
	}{
		{"noise", noise, noise, 37, "signal to noise 15 dB"},
		{
			"retries",
			kerneltypes.Station{Associated: true, SignalDBm: -40, TxPackets: 100},
			kerneltypes.Station{Associated: true, SignalDBm: -40, TxPackets: 200, TxRetries: 60},
			55, "0.6 retries a packet",
		},
		{
			"failed packets",
			kerneltypes.Station{Associated: true, SignalDBm: -40, TxFailed: 5},
			kerneltypes.Station{Associated: true, SignalDBm: -40, TxFailed: 9},
			80, "4 packets failed",
		},
		{
			"beacons",
			kerneltypes.Station{Associated: true, SignalDBm: -40},
			kerneltypes.Station{Associated: true, SignalDBm: -40, BeaconLoss: 3},
			70, "3 beacons lost",
		},
		{"nothing", kerneltypes.Station{Associated: true, SignalDBm: -40}, kerneltypes.Station{Associated: true, SignalDBm: -40}, 100, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m inspect.Meter
			t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			measure(t, &m, radioWorld(t0, tt.first))
			q := measure(t, &m, radioWorld(t0.Add(time.Second), tt.then))
			drag := ""
			if len(q.Drags) > 0 {
				drag = q.Drags[0]
			}
			if *q.Score != tt.score || drag != tt.drag {
				t.Errorf("score %d because of %q, want %d because of %q", *q.Score, drag, tt.score, tt.drag)
			}
		})
	}
}

func TestQualityBeginsAnewAtAnotherAccessPoint(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var m inspect.Meter
	measure(t, &m, radioWorld(t0, kerneltypes.Station{Associated: true, BSSID: "a", SignalDBm: -85, TxFailed: 90}))
	q := measure(t, &m, radioWorld(t0.Add(time.Second), kerneltypes.Station{Associated: true, BSSID: "b", SignalDBm: -40}))
	if *q.Score != 100 || len(q.Trend) != 1 {
		t.Errorf("score %d, trend %v: the other access point's figures count", *q.Score, q.Trend)
	}
}

func TestQualityWithoutAssociation(t *testing.T) {
	var m inspect.Meter
	q := measure(t, &m, radioWorld(time.Time{}, kerneltypes.Station{}))
	if q.Score != nil || q.Wifi != nil || q.Medium != inspect.MediumWifi {
		t.Errorf("an idle card has figures: %+v", q)
	}
}

// A card of which nothing can be read is not one that is idle.
func TestQualityUnread(t *testing.T) {
	var m inspect.Meter
	if q := measure(t, &m, snapshot(wifi("wlan0"), source(inspect.SourceNL80211, inspect.SourceDenied, "CAP_NET_ADMIN"))); q.Unread != "nl80211 denied CAP_NET_ADMIN" {
		t.Errorf("it is unread because of %q", q.Unread)
	}
	if q := measure(t, &m, snapshot(wifi("wlan0"))); q.Unread != "" {
		t.Errorf("an idle card is unread because of %q", q.Unread)
	}
}

// A pyramid has the figures of its instant, and of what is no link none.
func TestQualityInTheStatus(t *testing.T) {
	p := inspect.Build(snapshot(wifi("wlan0", heardAt(-70)), ethernet("eth0", speed(100, "full")), bridge("br0")))
	for name, want := range map[string]int{"wlan0": 50, "eth0": 80, "br0": -1} {
		s, _ := p.Stack(name)
		got := -1
		if s.Quality != nil {
			got = *s.Quality.Score
		}
		if got != want {
			t.Errorf("the score of %s is %d, want %d", name, got, want)
		}
	}
}

func TestQualityOfWires(t *testing.T) {
	link := kerneltypes.Link{Index: 2, Name: "eth0", Type: 1, Flags: 1, Carrier: true, HasCarrier: true}
	for _, tt := range []struct {
		name  string
		speed kerneltypes.Speed
		alter func(*kerneltypes.Link)
		score int
	}{
		{"gigabit", kerneltypes.Speed{Mbps: 1000, Duplex: "full"}, nil, 100},
		{"fell back to 100", kerneltypes.Speed{Mbps: 100, Duplex: "full"}, nil, 80},
		{"fell back to 10, half", kerneltypes.Speed{Mbps: 10, Duplex: "half"}, nil, 40},
		{"speed unknown", kerneltypes.Speed{}, nil, 100},
		{"no carrier", kerneltypes.Speed{}, func(l *kerneltypes.Link) { l.Carrier = false }, 0},
		{"errors", kerneltypes.Speed{Mbps: 1000}, func(l *kerneltypes.Link) { l.RxErrors, l.TxDropped = 5, 5 }, 80},
	} {
		t.Run(tt.name, func(t *testing.T) {
			world := func(l kerneltypes.Link) *inspect.Snapshot {
				return &inspect.Snapshot{Kernel: kerneltypes.State{
					Synced: true, Links: map[int]kerneltypes.Link{2: l}, Speeds: map[string]kerneltypes.Speed{"eth0": tt.speed},
				}}
			}
			var m inspect.Meter
			measure(t, &m, world(link))
			now := link
			if tt.alter != nil {
				tt.alter(&now)
			}
			if q := measure(t, &m, world(now)); *q.Score != tt.score {
				t.Errorf("score %d because of %v, want %d", *q.Score, q.Drags, tt.score)
			}
		})
	}
}

// A wire has a carrier also where its port lets nobody through, and where it may not be seen whether it does.
func TestQualityOfPorts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    *inspect.Snapshot
		drags []string
	}{
		{"rejected", snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), authenticator(wpatypes.StateAssociated, eapFailed()))), []string{"L2 failed"}},
		{"authenticates", snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), authenticator(wpatypes.StateAssociated))), []string{"L2 starting"}},
		{"authenticated", snapshot(ethernet("eth0", static("192.0.2.2/24"), authenticator(wpatypes.StateCompleted))), []string{}},
		{"not seen", snapshot(ethernet("eth0", activating(nmtypes.DeviceConfig), asksDot1X), withoutSupplicant(inspect.SourceDenied, "group netdev")), []string{}},
		{"unplugged", snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24"))), []string{"no carrier"}},
	} {
		if q := measure(t, new(inspect.Meter), tt.in); !slices.Equal(q.Drags, tt.drags) {
			t.Errorf("%s: it is held back by %q, want %q", tt.name, q.Drags, tt.drags)
		}
	}
}

func TestChannel(t *testing.T) {
	for mhz, want := range map[int]int{2412: 1, 2472: 13, 2484: 14, 5180: 36, 5825: 165, 5955: 1, 7115: 233, 5935: 2, 0: 0, 60480: 0} {
		if got := inspect.Channel(mhz); got != want {
			t.Errorf("%d MHz is channel %d, want %d", mhz, got, want)
		}
	}
}

// What is remembered of an interface goes with it: on a host of containers they come and go for ever.
func TestQualityForgetsWhoIsGone(t *testing.T) {
	var m inspect.Meter
	there := &inspect.Snapshot{Kernel: kerneltypes.State{Synced: true, Links: map[int]kerneltypes.Link{
		2: {Index: 2, Name: "eth0", Type: 1, Flags: 1, Carrier: true, HasCarrier: true},
	}}}
	measure(t, &m, there)
	if q := measure(t, &m, there); len(q.Trend) != 2 {
		t.Errorf("twice seen, its trend is %v", q.Trend)
	}
	gone := &inspect.Snapshot{Kernel: kerneltypes.State{Synced: true}}
	m.Measure(gone, inspect.Build(gone))
	if q := measure(t, &m, there); len(q.Trend) != 1 {
		t.Errorf("it is another one, and its trend is %v", q.Trend)
	}
}
