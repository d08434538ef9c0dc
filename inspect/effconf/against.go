package effconf

import (
	"slices"
	"strings"
	"unicode"

	"nmdebug/wpadbus/wpaconf"
)

// Against is a setting that the configuration in force and a file of somebody's own do not have alike.
type Against struct {
	Key     string `json:"key"`
	Network string `json:"network,omitempty"` // the SSID, as a file has it; "" for what is outside of networks, and on a wire
	Global  bool   `json:"global,omitempty"`  // it is outside of all networks
	InForce string `json:"in_force,omitempty"`
	File    string `json:"file,omitempty"`
	Secret  bool   `json:"secret,omitempty"`  // the values are not told
	Unknown bool   `json:"unknown,omitempty"` // it could not be compared: one side's value is not known
	Text    string `json:"text"`              // what it means
	Do      string `json:"do,omitempty"`      // how NetworkManager is told to do as the file does
}

// CompareFile holds the configuration in force against a file with which the connection works, and says what each difference
// does and how NetworkManager is brought to do the same.
func CompareFile(c Config, theirs wpaconf.File) []Against {
	hidden := map[string]bool{}
	for _, s := range c.Network {
		hidden[s.Key] = s.Missing != "" && s.Value == ""
	}
	found := []Against{}
	for _, change := range wpaconf.Diff(c.File(false), meant(c, theirs)) {
		a := Against{
			Key: change.Key, Network: change.Network, Global: change.Section == wpaconf.Global, Secret: change.Secret,
			InForce: side(change.Left), File: side(change.Right),
		}
		switch {
		case change.Section == wpaconf.Global && irrelevant(change.Key, c.wireless()):
			continue
		case change.Key == "":
			a.Key, a.Text = "network", "Only one of both has this network."
		case change.Secret && hidden[change.Key]:
			a.Unknown, a.InForce, a.Text = true, "set", "Both have it; whether it is the same is told with --show-secrets."
		case change.Secret:
			a.Text = secretText(change)
		default:
			a.Text, a.Do = meaning(change)
			a.Do = strings.ReplaceAll(a.Do, " modify ID ", " modify "+quoted(c.Connection)+" ")
		}
		found = append(found, a)
	}
	return found
}

// quoted makes the name of a connection a word of the shell.
func quoted(name string) string {
	switch {
	case name == "":
		return "CONNECTION"
	case strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}):
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// meant gives the file with the one of its networks that is meant, where it has one of the SSID in force.
func meant(c Config, theirs wpaconf.File) wpaconf.File {
	ours := c.File(false).Networks()
	if len(ours) != 1 {
		return theirs
	}
	ssid, _ := ours[0].Value("ssid")
	for _, b := range theirs.Networks() {
		text, _ := b.Value("ssid")
		if wpaconf.Canonical(wpaconf.Network, "ssid", text) == ssid {
			return wpaconf.File{Globals: theirs.Globals, Blocks: []wpaconf.Block{b}, Blobs: theirs.Blobs}
		}
	}
	return theirs
}

func side(s wpaconf.Side) string {
	if s.Set && s.Value == "" {
		return "set"
	}
	return s.Value
}

func secretText(c wpaconf.Change) string {
	switch {
	case !c.Left.Set:
		return "The file has it, what is in force does not."
	case !c.Right.Set:
		return "The file does not have it, what is in force has."
	default:
		return "They are not the same."
	}
}

// wireless says whether the network is of Wi-Fi.
func (c Config) wireless() bool {
	return slices.ContainsFunc(c.Network, func(s Setting) bool { return s.Key == "ssid" })
}

// irrelevant says whether a global key has nothing to do with how a connection comes up; on a wire most have not, and
// wpa_supplicant takes 0 for ap_scan there whatever it is told.
func irrelevant(key string, wireless bool) bool {
	switch key {
	case "ctrl_interface", "ctrl_interface_group", "update_config", "bss_expiration_age", "bss_expiration_scan_count", "device_name",
		"manufacturer", "model_name", "model_number", "serial_number", "device_type", "config_methods", "uuid":
		return true
	case "fast_reauth", "eapol_version", "openssl_ciphers", "opensc_engine_path", "pkcs11_engine_path", "pkcs11_module_path",
		"pcsc_reader", "external_sim", "driver_param":
		return false
	}
	return !wireless
}
