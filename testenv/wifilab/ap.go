package wifilab

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// AP is what an access point is to be.
type AP struct {
	SSID       string // any bytes
	Security   Security
	Passphrase string // [Passphrase] when empty; alice's password with 802.1X
	Hidden     bool   // the beacons do not name the network
	Channel    int    // of 2.4 GHz; 1 when 0
	Radio      int    // 0 or 1: which of the two radios sends
	Network    int    // 0 or 1: which network it leads to. Access points between which a station roams lead to the same
	Config     string // more lines of hostapd's configuration
}

// AccessPoint is a hostapd on one of the lab's radios.
type AccessPoint struct {
	AP
	lab  *Lab
	name string // of the interface
}

// AccessPoint starts an access point; the radio's former one must have been stopped.
func (l *Lab) AccessPoint(ctx context.Context, config AP) (*AccessPoint, error) {
	ap := newAccessPoint(l, config)
	return ap, ap.Start(ctx)
}

func newAccessPoint(l *Lab, config AP) *AccessPoint {
	ap := &AccessPoint{AP: config, lab: l, name: "wlan" + strconv.Itoa(2+config.Radio)}
	if ap.Passphrase == "" {
		ap.Passphrase = Passphrase
	}
	if ap.Channel == 0 {
		ap.Channel = 1
	}
	return ap
}

// Address is where the access point's network answers pings.
func (a *AccessPoint) Address() string { return fmt.Sprintf("10.77.%d.1", a.Network) }

func (a *AccessPoint) file(kind string) string { return "/run/lab/" + a.name + "." + kind }

// Start starts it, again too, with what its fields then say. It returns when it sends.
func (a *AccessPoint) Start(ctx context.Context) error {
	if a.Security.enterprise() {
		if err := a.lab.writeCertificates(ctx); err != nil {
			return err
		}
		if err := a.lab.WriteFile(ctx, usersFile, 0o600, strings.NewReader(users(a.Passphrase))); err != nil {
			return err
		}
	}
	if err := a.lab.WriteFile(ctx, a.file("conf"), 0o600, strings.NewReader(a.config())); err != nil {
		return err
	}
	// With a real-time priority: under emulation its answers otherwise come later than stations wait for them.
	_, err := a.lab.Air.Run(ctx, "chrt", "-r", "50", "hostapd", "-B", "-t", "-P", a.file("pid"), "-f", a.file("log"), a.file("conf"))
	if err != nil {
		log, _ := a.Log(ctx)
		return fmt.Errorf("cannot start the access point: %w\n%s", err, log)
	}
	return nil
}

func (a *AccessPoint) config() string {
	hidden := 0
	if a.Hidden {
		hidden = 1
	}
	return fmt.Sprintf("interface=%s\nbridge=br%d\ndriver=nl80211\nssid2=%s\nignore_broadcast_ssid=%d\nhw_mode=g\nchannel=%d\nieee80211n=1\nctrl_interface=/run/hostapd\n",
		a.name, a.Network, hex.EncodeToString([]byte(a.SSID)), hidden, a.Channel) +
		a.Security.hostapd(a.Passphrase) + a.Config
}

// Stop switches it off. It takes its leave from the stations first; see [AccessPoint.SetReachable] for one that falls silent.
func (a *AccessPoint) Stop(ctx context.Context) error {
	_, err := a.lab.Run(ctx, "sh", "-c", `kill "$(cat "$0")"; while [ -e "$0" ]; do sleep 0.05; done`, a.file("pid"))
	return err
}

// Deauth puts a station out, with an 802.11 reason code.
func (a *AccessPoint) Deauth(ctx context.Context, mac string, reason int) error {
	_, err := a.lab.Run(ctx, "hostapd_cli", "-p", "/run/hostapd", "-i", a.name, "deauthenticate", mac, "reason="+strconv.Itoa(reason))
	return err
}

// The simulation adds the power that an access point sends with, in dBm, to what it is told of the loss on the way, which has a limit.
const (
	fullPower = 20
	mostLoss  = 100
)

// SetSignal sets how strongly stations hear it, in dBm, from -100 to 19. It is -30 at first.
func (a *AccessPoint) SetSignal(ctx context.Context, dBm int) error {
	power := max(0, min(fullPower, dBm+mostLoss))
	if _, err := a.lab.Air.Run(ctx, "iw", "dev", a.name, "set", "txpower", "fixed", strconv.Itoa(power*100)); err != nil {
		return err
	}
	// The kernel reads an unsigned number there.
	return a.tune(ctx, "rx_rssi", strconv.FormatUint(uint64(int64(dBm-power)), 10))
}

// SetReachable says whether stations and it hear each other. When they do not, nothing tells them so.
func (a *AccessPoint) SetReachable(ctx context.Context, reachable bool) error {
	group := 1 // the stations'
	if !reachable {
		group <<= 1 + a.Radio
	}
	return a.tune(ctx, "group", strconv.Itoa(group))
}

// tune writes a parameter of the simulated radio.
func (a *AccessPoint) tune(ctx context.Context, parameter, value string) error {
	path := fmt.Sprintf("/sys/kernel/debug/ieee80211/phy%d/hwsim/%s", 2+a.Radio, parameter)
	_, err := a.lab.Run(ctx, "sh", "-c", `echo "$1" >"$0"`, path, value)
	return err
}

// Log is what its hostapd has said.
func (a *AccessPoint) Log(ctx context.Context) (string, error) {
	log, err := a.lab.Run(ctx, "cat", a.file("log"))
	return string(log), err
}
