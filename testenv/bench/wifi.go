package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/wifilab"
)

// cards is how many Wi-Fi cards are looked at.
const cards = 8

// wifi measures `nmdebug quality` in a virtual machine with real radios against iw and wavemon. All figures are of an emulated processor:
// their ratios hold, they themselves do not.
func wifi(ctx context.Context, nmdebug string) (err error) {
	if err := wifilab.Possible(); err != nil {
		return err
	}
	lab, err := wifilab.New(ctx, os.Stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	if err := lab.Install(ctx, nmdebug, "nmdebug"); err != nil {
		return err
	}
	if err := connectCards(ctx, lab); err != nil {
		return err
	}
	fmt.Printf("wifi: %d connected cards in an emulated machine, CPU in ms\n", cards)
	if err := oneTick(ctx, lab); err != nil {
		return err
	}
	return everySecond(ctx, lab)
}

// connectTime is enough for all cards on a busy host.
const connectTime = 5 * time.Minute

// connectCards makes more radios, and connects all cards to one access point.
func connectCards(ctx context.Context, lab *wifilab.Lab) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	const radios = `systemctl stop NetworkManager wpa_supplicant
		modprobe -r mac80211_hwsim
		modprobe mac80211_hwsim radios=$(($0 + 1)) regtest=5
		until [ -e /sys/class/net/wlan$0/phy80211 ]; do sleep 0.1; done
		iw phy "$(cat /sys/class/net/wlan$0/phy80211/name)" set netns name air
		systemctl start NetworkManager`
	if _, err := lab.Run(ctx, "sh", "-e", "-c", radios, strconv.Itoa(cards)); err != nil {
		return err
	}
	const firstRadio = 2 // of those that send: their names go on from there
	if _, err := lab.AccessPoint(ctx, wifilab.AP{SSID: "bench", Radio: cards - firstRadio}); err != nil {
		return err
	}
	for i := range cards {
		p := wifilab.Profile{Name: fmt.Sprintf("bench%d", i), SSID: "bench", Card: fmt.Sprintf("wlan%d", i)}
		if err := lab.AwaitDevice(ctx, p.Card, testenv.DeviceDisconnected); err != nil {
			return err
		}
		if err := lab.Connect(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// The commands that are compared. A shell's own time is in neither: it forks the same for both.
const (
	iwOnce       = "for i in 0 1 2 3 4 5 6 7; do iw dev wlan$i station dump; done"
	nmdebugTicks = "nmdebug quality -o jsonl --every 100ms --count "
)

// ticksMeasured is how many samples a tick is the mean of.
const ticksMeasured = 50

// oneTick compares one sample of all cards with iw asked for each.
func oneTick(ctx context.Context, lab *wifilab.Lab) error {
	cold, err := cpu(ctx, lab, "nmdebug quality -o json")
	if err != nil {
		return err
	}
	first, err := cpu(ctx, lab, nmdebugTicks+"1")
	if err != nil {
		return err
	}
	all, err := cpu(ctx, lab, nmdebugTicks+strconv.Itoa(1+ticksMeasured))
	if err != nil {
		return err
	}
	iw, err := cpu(ctx, lab, "for n in 1 2 3 4 5; do "+iwOnce+"; done")
	if err != nil {
		return err
	}
	iw /= 5
	tick := (all - first) / ticksMeasured
	fmt.Printf("  one sample: iw dev X station dump, %d times %.1f; nmdebug quality running %.1f (ratio %.2f), from its start %.1f (ratio %.2f)\n",
		cards, ms(iw), ms(tick), ratio(tick, iw), ms(cold), ratio(cold, iw))
	return nil
}

// watchFor is how long the watchers are looked at; the figures are for a minute.
const watchFor = 20

// everySecond compares watching all cards once a second.
func everySecond(ctx context.Context, lab *wifilab.Lab) error {
	const perMinute = 60 / watchFor
	results := []time.Duration{}
	for _, command := range []string{
		fmt.Sprintf("nmdebug quality -o jsonl --every 1s --count %d", watchFor),
		fmt.Sprintf("nmdebug quality --every 1s --count %d", watchFor),
		fmt.Sprintf("for n in $(seq %d); do %s; sleep 1; done", watchFor, iwOnce),
		fmt.Sprintf("TERM=xterm script -qc 'timeout %d wavemon -i wlan0' /dev/null", watchFor),
	} {
		used, err := cpu(ctx, lab, command)
		if err != nil {
			return err
		}
		results = append(results, used*perMinute)
	}
	table, text, iw, wavemon := results[0], results[1], results[2], results[3]
	fmt.Printf("  a minute, once a second (%d s measured): iw in a loop %.0f; nmdebug quality %.0f as jsonl (ratio %.2f), %.0f as text (ratio %.2f); wavemon %.0f, which looks at one card\n",
		watchFor, ms(iw), ms(table), ratio(table, iw), ms(text), ratio(text, iw), ms(wavemon))
	return nil
}

// cpu runs a command in the machine and returns the processor time that it and all it started used.
func cpu(ctx context.Context, lab *wifilab.Lab, command string) (time.Duration, error) {
	out, err := lab.Run(ctx, "bash", "-c", `TIMEFORMAT='%U %S'; { time { eval "$0"; } >/dev/null 2>&1; } 2>&1`, command)
	if err != nil {
		return 0, err
	}
	var used time.Duration
	for seconds := range strings.FieldsSeq(string(out)) {
		d, err := time.ParseDuration(seconds + "s")
		if err != nil {
			return 0, fmt.Errorf("cannot read the time that %s took: %w", command, err)
		}
		used += d
	}
	return used, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
