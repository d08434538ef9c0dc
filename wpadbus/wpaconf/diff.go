package wpaconf

import (
	"bytes"
	"slices"
	"strings"
)

// Change is a setting that two files do not have alike.
type Change struct {
	Section Section
	Network string // which network: its SSID as it is written, or "" for one without
	Key     string // "" when one file has no such network at all
	Left    Side
	Right   Side
	Secret  bool // the values are not given
}

// Side is what one file has.
type Side struct {
	Set   bool
	Value string // as Canonical writes it; "" when it is secret
}

// Diff compares what two files would do with a version of wpa_supplicant: the order of lines does not matter, nor how a
// value is written, nor whether a default is written down. Of defaults only those of 2.10 are known.
func Diff(left, right File) []Change {
	changes := diffLines(Global, "", left.Globals, right.Globals)
	for _, pair := range pairs(left.Networks(), right.Networks()) {
		a, b := pair[0], pair[1]
		if a == nil || b == nil {
			changes = append(changes, Change{Section: Network, Network: name(a, b), Left: Side{Set: a != nil}, Right: Side{Set: b != nil}})
			continue
		}
		changes = append(changes, diffLines(Network, name(a, b), resolve(*a), resolve(*b))...)
	}
	return changes
}

// pairs joins the networks of two files: those of one SSID, and where each file has one that one with the other.
func pairs(left, right []Block) [][2]*Block {
	var joined [][2]*Block
	if len(left) == 1 && len(right) == 1 {
		return append(joined, [2]*Block{&left[0], &right[0]})
	}
	taken := make([]bool, len(right))
	for i := range left {
		pair := [2]*Block{&left[i], nil}
		for j := range right {
			if !taken[j] && sameNetwork(left[i], right[j]) {
				pair[1], taken[j] = &right[j], true
				break
			}
		}
		joined = append(joined, pair)
	}
	for j := range right {
		if !taken[j] {
			joined = append(joined, [2]*Block{nil, &right[j]})
		}
	}
	return joined
}

func sameNetwork(a, b Block) bool { return a.ssid() == b.ssid() }

// ssid is the SSID of a network as Canonical writes it; "" when it has none.
func (b Block) ssid() string {
	ssid, ok := b.Value("ssid")
	if !ok {
		return ""
	}
	return Canonical(Network, "ssid", ssid)
}

// name is the SSID of either network.
func name(a, b *Block) string {
	if a == nil {
		a = b
	}
	return a.ssid()
}

// resolve gives the lines of a network with the passphrase as the key that is derived of it, so that both forms compare.
func resolve(b Block) []Line {
	lines := slices.Clone(b.Lines)
	text, _ := b.Value("ssid")
	ssid, err := Decode(text)
	if err != nil {
		return lines
	}
	for i, l := range lines {
		passphrase, err := Decode(l.Value)
		if l.Key != "psk" || err != nil || !strings.HasPrefix(l.Value, `"`) || bytes.IndexByte(passphrase, 0) >= 0 {
			continue
		}
		if key, err := PMK(string(passphrase), ssid); err == nil {
			lines[i].Value = key
		}
	}
	return lines
}

func diffLines(s Section, network string, left, right []Line) []Change {
	var keys []Line
	for _, l := range slices.Concat(left, right) {
		if l.Key != "" && !slices.ContainsFunc(keys, func(k Line) bool { return k.Key == l.Key }) {
			keys = append(keys, Line{Key: l.Key})
		}
	}
	Sort(s, keys)
	var changes []Change
	for _, k := range keys {
		a, b := side(s, left, k.Key), side(s, right, k.Key)
		if same(s, k.Key, a, b) {
			continue
		}
		c := Change{Section: s, Network: network, Key: k.Key, Left: a, Right: b, Secret: IsSecret(s, k.Key)}
		if c.Secret {
			c.Left.Value, c.Right.Value = "", ""
		}
		c.Left.Value, _ = WithoutPIN(c.Left.Value)
		c.Right.Value, _ = WithoutPIN(c.Right.Value)
		changes = append(changes, c)
	}
	return changes
}

func side(s Section, lines []Line, key string) Side {
	value, set := valueOf(lines, key)
	if set {
		value = Canonical(s, key, value)
	}
	return Side{Set: set && value != unset, Value: value}
}

// same says whether two sides do the same.
func same(s Section, key string, a, b Side) bool {
	k, _ := Lookup(s, key)
	for _, x := range []*Side{&a, &b} {
		if !x.Set {
			x.Value = k.Default
		}
	}
	return a.Set == b.Set && a.Value == b.Value || Same(key, a.Value, b.Value) && (a.Set == b.Set || k.Default != "")
}

// Same says whether two values of a key mean the same: of sets the order does not matter.
func Same(key, a, b string) bool {
	switch key {
	case "key_mgmt", "proto", "pairwise", "group", "group_mgmt", "auth_alg", "freq_list", "scan_freq":
		x, y := strings.Fields(a), strings.Fields(b)
		slices.Sort(x)
		slices.Sort(y)
		return slices.Equal(slices.Compact(x), slices.Compact(y))
	default:
		return a == b
	}
}
