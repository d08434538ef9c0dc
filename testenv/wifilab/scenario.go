package wifilab

import (
	"context"
	"fmt"
	"slices"
)

// Scenario is what happens between radios, whole or failing in one way. Tests and the shell share it.
type Scenario struct {
	Name  string
	About string                            // one sentence
	Up    func(context.Context, *Lab) error // brings about how it stood before
	Then  func(context.Context, *Lab) error // lets it happen, and does not wait for what follows; nil when nothing more does
}

// Play lets a scenario happen.
func (s Scenario) Play(ctx context.Context, l *Lab) error {
	for _, act := range []func(context.Context, *Lab) error{s.Up, s.Then} {
		if act == nil {
			continue
		}
		if err := act(ctx, l); err != nil {
			return fmt.Errorf("cannot play %s: %w", s.Name, err)
		}
	}
	return nil
}

// ScenarioNamed finds a scenario.
func ScenarioNamed(name string) (Scenario, error) {
	all := Scenarios()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, fmt.Errorf("there is no Wi-Fi scenario %q", name)
	}
	return all[i], nil
}

// StrangeNames are SSIDs that try to be more than names: escape sequences, a view's tags, markup and line ends; and bytes that are no text.
func StrangeNames() (text, bytes string) {
	return "\x1b[31m[red]<b>&amp;\r\n\u202e%s", "\xff\xfe\x00\x1b]0;\x07[::b]"
}

// Scenarios lists them all.
func Scenarios() []Scenario {
	text, bytes := StrangeNames()
	return []Scenario{
		{Name: "open", About: "wlan0 is connected to an open network", Up: joins(AP{}, Profile{})},
		{Name: "owe", About: "wlan0 is connected by OWE: encrypted, for everybody", Up: joins(AP{Security: OWE}, Profile{})},
		{Name: "wpa2", About: "wlan0 is connected by a WPA2 password", Up: joins(AP{Security: WPA2}, Profile{})},
		{Name: "wpa3", About: "wlan0 is connected by a WPA3 password (SAE)", Up: joins(AP{Security: WPA3}, Profile{})},
		{Name: "peap", About: "wlan0 is connected by 802.1X with PEAP", Up: joins(AP{Security: PEAP}, Profile{})},
		{Name: "tls", About: "wlan0 is connected by 802.1X with a client certificate", Up: joins(AP{Security: TLS}, Profile{})},
		{Name: "hidden", About: "wlan0 is connected to a network that does not tell its name", Up: joins(AP{Security: WPA2, Hidden: true}, Profile{Hidden: true})},
		{Name: "two-cards", About: "wlan0 and wlan1 are connected to two networks", Up: upTwoCards("home", "office")},
		{Name: "strange-names", About: "wlan0 and wlan1 are connected to networks with hostile names", Up: upTwoCards(text, bytes)},
		{Name: "iwd", About: "wlan0 is connected by iwd in place of wpa_supplicant", Up: serves(AP{Security: WPA2}), Then: connectByIWD},
		{Name: "bluetooth", About: "the network of a paired phone is joined over Bluetooth", Up: joinPhone},
		{Name: "wireguard", About: "wlan0 carries a WireGuard VPN, whose interface is wg0", Up: joins(AP{Security: WPA2}, Profile{}), Then: connectWireGuard},
		{Name: "roam", About: "wlan0 moves from an access point that grows weak to another of the same network", Up: upTwoAccessPoints, Then: roam},
		{Name: "weak", About: "wlan0 is connected and hears the access point at -86 dBm only", Up: joins(AP{Security: WPA2}, Profile{}), Then: signal(-86)},
		{Name: "wrong-wpa2", About: "the WPA2 password is wrong", Up: serves(AP{Security: WPA2}), Then: tries(Profile{Security: WPA2, Passphrase: "wrong horse"})},
		{Name: "wrong-wpa3", About: "the WPA3 password is wrong", Up: serves(AP{Security: WPA3}), Then: tries(Profile{Security: WPA3, Passphrase: "wrong horse"})},
		{Name: "wrong-peap", About: "the 802.1X password is wrong", Up: serves(AP{Security: PEAP}), Then: tries(Profile{Security: PEAP, Passphrase: "wrong horse"})},
		{Name: "refused", About: "the access point lets only listed cards in", Up: serves(AP{Security: WPA2, Config: "macaddr_acl=1\n"}), Then: tries(Profile{Security: WPA2})},
		{Name: "not-there", About: "no access point has the network", Up: serves(AP{SSID: "other", Security: WPA2}), Then: tries(Profile{Security: WPA2})},
		{Name: "gone", About: "the access point of wlan0 falls silent", Up: joins(AP{Security: WPA2}, Profile{}), Then: goSilent},
		{Name: "switched-off", About: "the access point of wlan0 takes its leave", Up: joins(AP{Security: WPA2}, Profile{}), Then: switchOff},
		{Name: "thrown-out", About: "the access point throws wlan0 out with reason 5 and lets it back in", Up: joins(AP{Security: WPA2}, Profile{}), Then: throwOut},
		{Name: "radio-off", About: "the radio of wlan0 is blocked by rfkill", Up: joins(AP{Security: WPA2}, Profile{}), Then: radioOff},
		{Name: "supplicant-killed", About: "wpa_supplicant dies and cannot be started again", Up: joins(AP{Security: WPA2}, Profile{}), Then: killSupplicant},
		{Name: "supplicant-hangs", About: "wpa_supplicant hangs while wlan0 is connected", Up: joins(AP{Security: WPA2}, Profile{}), Then: stopSupplicant},
	}
}
