package wifi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// rounds is one lab in which one reconnect after the other is done: each begins with what the one before has left.
type rounds struct {
	*wifilab.Lab
	t *testing.T
}

// TestReconnect restarts a Wi-Fi connection over a real radio from each floor, with a WireGuard VPN on it: the steps, what
// is left alone, and that all stands afterwards.
func TestReconnect(t *testing.T) {
	t.Parallel()
	r := rounds{wifilab.Start(t), t}
	must(t, r.Install(deadline(t), program, "nmdebug"))
	scenario, err := wifilab.ScenarioNamed("roam")
	must(t, err)
	must(t, scenario.Up(deadline(t), r.Lab))
	r.reconnects("wlan0 --from l3", "Ask for a new lease on wlan0")

	must(t, scenario.Then(deadline(t), r.Lab))                               // the access point in use grows weak, another one is loud
	r.sh("nmcli -g BSSID,SIGNAL device wifi list ifname wlan0 --rescan yes") // wpa_supplicant chooses by what it heard in the last 5 s
	r.reconnects("wlan0 --from l2", "Associate wlan0 anew", "Ask for a new lease on wlan0")
	if on := r.sh("iw dev wlan0 link"); !strings.Contains(on, "02:00:00:00:03:00") {
		t.Errorf("it did not roam to the louder access point:\n%s", on)
	}

	vpn, err := r.WireGuard(deadline(t), "office")
	must(t, err)
	r.sh("nmcli connection up office")
	before := r.sh("nmcli -g GENERAL.CON-PATH device show wg0")
	r.reconnects("wlan0 --from l1", "Let NetworkManager let go of wlan0 and take it anew", "Wait until wlan0 has its addresses")
	if after := r.sh("nmcli -g GENERAL.CON-PATH device show wg0"); after != before {
		t.Errorf("WireGuard was to be left alone, and is %s where it was %s", after, before)
	}
	r.says("nmdebug reconnect wlan0 --from l1 --dry-run", "keeps wg0: WireGuard finds its peers again by itself")
	r.says("nmdebug reconnect wlan0 --from l1 --dry-run --all", "Disconnect office on wg0", "Connect office on wg0")
	must(t, vpn.SetReachable(deadline(t), true))
	r.reconnects("wg0 --from vpn", "Disconnect office on wg0", "Wait until a peer of wg0 answers")

	r.sh("nmcli connection modify home connection.autoconnect yes && echo 1 >/sys/class/ieee80211/phy0/rfkill0/soft")
	must(t, r.AwaitDevice(deadline(t), "wlan0", testenv.DeviceUnavailable))
	r.reconnects("wlan0 --from l1", "Switch Wi-Fi on", "Wait until NetworkManager connects wlan0")
	r.sh("ping -c 1 -W 10 10.66.0.1")
}

// reconnects runs a reconnect that must succeed with some steps.
func (r rounds) reconnects(args string, steps ...string) {
	r.t.Helper()
	r.says("nmdebug reconnect --yes "+args, append(steps, "● done")...)
}

// says runs a command whose output must have some texts.
func (r rounds) says(command string, texts ...string) {
	r.t.Helper()
	out := strings.Join(strings.Fields(r.sh(command)), " ")
	for _, text := range texts {
		if !strings.Contains(out, text) {
			r.t.Errorf("%s does not say %q:\n%s", command, text, out)
		}
	}
}

// sh runs a command and gives what it printed.
func (r rounds) sh(command string) string {
	r.t.Helper()
	out, err := r.Run(deadline(r.t), "sh", "-ec", command)
	if err != nil {
		r.t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// TestHealService lets the unit of nmdebug heal mend what a restarted access point leaves behind: NetworkManager is not
// told to connect by itself. The account is in the journal, and in nmdebug's own timeline.
func TestHealService(t *testing.T) {
	t.Parallel()
	r := rounds{wifilab.Start(t), t}
	must(t, r.Install(deadline(t), program, "nmdebug"))
	ap, err := r.AccessPoint(deadline(t), wifilab.AP{SSID: "home", Security: wifilab.WPA2})
	must(t, err)
	must(t, r.Connect(deadline(t), wifilab.Profile{SSID: "home", Security: wifilab.WPA2}))
	r.sh(`printf 'hold_off: {l2: 0s}\n' >/etc/heal.yaml
		nmdebug heal --unit | sed 's,/usr/local/bin/nmdebug heal,/run/lab/nmdebug heal --policy /etc/heal.yaml,' >/run/systemd/system/nmdebug-heal.service
		systemctl start nmdebug-heal`)
	r.logs("watches")
	must(t, ap.Stop(deadline(t)))
	r.logs("wlan0 L2 is reconnected from L2")
	must(t, ap.Start(deadline(t)))
	r.logs("wlan0 L2 stands again")
	r.sh("ping -c 1 -W 10 " + ap.Address())
	r.sh("! journalctl -q -o cat -t nmdebug | grep '^ '") // nothing is broken into several entries
	r.says("nmdebug log --since 5m wlan0", "nmdebug wlan0 ◌ 1/2 Associate wlan0 anew …", "● wlan0 L2 stands again")
}

// logs waits for a line in the journal of the service.
func (r rounds) logs(text string) {
	r.t.Helper()
	must(r.t, testenv.Await(deadline(r.t), "the journal", func(ctx context.Context) error {
		out, err := r.Run(ctx, "journalctl", "-q", "-o", "cat", "-t", "nmdebug")
		if err == nil && !strings.Contains(string(out), text) {
			err = fmt.Errorf("it does not say %q:\n%s", text, out)
		}
		return err
	}))
}
