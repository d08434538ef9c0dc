package wifilab_test

import (
	"testing"
	"time"

	"nmdebug/testenv/wifilab"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	for _, s := range []wifilab.Security{wifilab.Open, wifilab.WPA2, wifilab.WPA3, wifilab.WPA2And3, wifilab.OWE, wifilab.PEAP, wifilab.TLS} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			lab := wifilab.Start(t)
			t.Logf("lab %s", time.Since(began))
			ctx := within(t, time.Minute)
			ap, err := lab.AccessPoint(ctx, wifilab.AP{SSID: "home", Security: s})
			must(t, err)
			t.Logf("access point %s", time.Since(began))
			must(t, lab.Connect(ctx, wifilab.Profile{SSID: "home", Security: s}))
			t.Logf("connected %s", time.Since(began))
			lab.MustRun(t, "ping", "-c", "1", "-W", "5", "-I", "wlan0", ap.Address())
			t.Logf("ping %s", time.Since(began))
		})
	}
}
