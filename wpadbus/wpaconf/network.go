package wpaconf

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// FromDict makes a network block of the dictionary of AddNetwork, in the order of wpa_supplicant's table. What has no text
// form is left out and said in the error, which joins a *NoTextError for each; a passphrase without one is replaced by the
// key that wpa_supplicant would derive of it, or for SAE by a sae_password.
func FromDict(dict map[string]any) (Block, error) {
	b := Block{Section: Network}
	var errs []error
	for name, v := range dict {
		value, err := FromDBus(Network, name, v)
		if err != nil {
			instead := replacePassphrase(dict, name, v)
			if b.Lines = append(b.Lines, instead...); instead == nil {
				errs = append(errs, err)
			}
			continue
		}
		b.Lines = append(b.Lines, Line{Key: name, Value: value})
	}
	Sort(Network, b.Lines)
	return b, errors.Join(errs...)
}

// replacePassphrase gives the lines that do what a passphrase would that cannot be quoted; nil when there are none.
func replacePassphrase(dict map[string]any, name string, v any) []Line {
	passphrase, isText := v.(string)
	ssid, hasSSID := dict["ssid"].([]byte)
	keyMgmt, _ := dict["key_mgmt"].(string)
	if name != "psk" || !isText || !hasSSID {
		return nil
	}
	var lines []Line
	if slices.ContainsFunc(strings.Fields(keyMgmt), isPSK) {
		if key, err := PMK(passphrase, ssid); err == nil {
			lines = append(lines, Line{Key: "psk", Value: key})
		}
	}
	if slices.ContainsFunc(strings.Fields(keyMgmt), isSAE) {
		lines = append(lines, Line{Key: "sae_password", Value: Encode([]byte(passphrase))})
	}
	return lines
}

func isPSK(keyMgmt string) bool { return strings.Contains(keyMgmt, "PSK") }

func isSAE(keyMgmt string) bool { return strings.Contains(keyMgmt, "SAE") }

// Sort brings lines into the order of wpa_supplicant's table; keys that it does not have come last, by name.
func Sort(s Section, lines []Line) {
	place := map[string]int{}
	for k := range Keys(s) {
		place[k.Name] = len(place) - len(table(s)) // below 0, the place of what is not there
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(place[a.Key], place[b.Key]), cmp.Compare(a.Key, b.Key))
	})
}
