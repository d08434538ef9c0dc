package effconf

import (
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Difference is something that the profile, the supplicant and the association do not have alike, in words.
type Difference struct {
	Key        string `json:"key"`
	Profile    string `json:"profile,omitempty"`    // what NetworkManager's rules make of the profile
	Accepted   string `json:"accepted,omitempty"`   // what the supplicant has
	Negotiated string `json:"negotiated,omitempty"` // what the association settled on, or what the other side offers
	Fatal      bool   `json:"fatal,omitempty"`      // it keeps the connection from coming up
	Text       string `json:"text"`
}

// comparison is what the rules look at.
type comparison struct {
	iface    wpatypes.Interface
	profile  Account // what was asked for; silent when that is not known
	accepted Account
	point    *wpatypes.BSS // the access point that is meant; nil when none is seen, or on a wire
}

// Compare finds the differences between what the profile asks for, what the supplicant has and what was negotiated.
func Compare(i wpatypes.Interface, profile, accepted Account) []Difference {
	c := comparison{iface: i, profile: conceal(profile), accepted: conceal(accepted)}
	if c.wireless() {
		c.point = candidate(i, c.value("ssid"))
	}
	rules := []func() []Difference{c.drift, c.noAccessPoint, c.keyManagement, c.protection, c.ciphers, c.method, c.place}
	var found []Difference
	for _, rule := range rules {
		found = append(found, rule()...)
	}
	return found
}

// wireless says whether a network block is of Wi-Fi.
func (c comparison) wireless() bool { return c.value("ssid") != "" }

// value is the value of a key in the supplicant's network block, else the default.
func (c comparison) value(key string) string {
	if v, ok := c.accepted.Network[key]; ok {
		return v.Text
	}
	k, _ := wpaconf.Lookup(wpaconf.Network, key)
	return k.Default
}

// why says which property of the profile gives a key; "" when it is not known.
func (c comparison) why(key string) string { return c.profile.Network[key].Why }

// asked is what the profile gives a key, in the words of a file.
func (c comparison) asked(key string) string { return c.profile.Network[key].Text }

// drift finds what the supplicant has otherwise than the profile gives it.
func (c comparison) drift() []Difference {
	if c.profile.Network == nil || c.accepted.Network == nil {
		return nil
	}
	keys := map[string]Setting{}
	for key := range c.profile.Network {
		keys[key] = Setting{Key: key}
	}
	for key := range c.accepted.Network {
		keys[key] = Setting{Key: key}
	}
	var found []Difference
	for _, k := range inOrder(wpaconf.Network, keys) {
		if d, differs := c.driftOf(k.Key); differs {
			found = append(found, d)
		}
	}
	return found
}

func (c comparison) driftOf(key string) (d Difference, differs bool) {
	want, wanted := c.profile.Network[key]
	have, has := c.accepted.Network[key]
	if want.Hidden || have.Hidden || wpaconf.IsSecret(wpaconf.Network, key) || wpaconf.Same(key, want.Text, have.Text) {
		return d, false
	}
	d = Difference{Key: key, Profile: want.Text, Accepted: have.Text}
	switch {
	case !wanted:
		d.Text = "The supplicant has " + key + "=" + have.Text + ", which the profile does not give it."
	case !has && c.isDefault(key, want.Text):
		return d, false
	case !has:
		d.Text = "The profile gives " + key + "=" + want.Text + ", which the supplicant does not have."
	default:
		d.Text = "The profile gives " + key + "=" + want.Text + "; the supplicant has " + have.Text + "."
	}
	d.Text += " " + reasonOfDrift(key)
	return d, true
}

func (c comparison) isDefault(key, text string) bool {
	k, _ := wpaconf.Lookup(wpaconf.Network, key)
	return wpaconf.Same(key, text, k.Default)
}

// reasonOfDrift says what such a difference comes from.
func reasonOfDrift(key string) string {
	switch key {
	case "bgscan":
		return "NetworkManager chooses it by how many access points of the network it has seen, which is not known here."
	case "fragment_size":
		return "NetworkManager computes it from the MTU that the link had when it was activated."
	case "key_mgmt":
		return "NetworkManager chooses by what the supplicant could do when its service came up, which may have been less than now."
	default:
		return "Was the profile changed after it was activated? Activating it again takes it over."
	}
}
