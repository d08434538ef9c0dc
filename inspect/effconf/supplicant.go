package effconf

import (
	"nmdebug/nmwatch/secret"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// OfSupplicant is what wpa_supplicant tells of an interface and one of its network blocks, nil for none, less the defaults
// of its version unless all is wanted.
func OfSupplicant(i wpatypes.Interface, n *wpatypes.Network, all bool) Account {
	a := Account{Source: Supplicant, Driver: i.Driver, Bridge: i.Config.Bridge, Globals: map[string]Value{}, Blobs: map[string]Blob{}}
	for key, text := range i.Config.Globals {
		k, _ := wpaconf.Lookup(wpaconf.Global, key)
		if text == "" || !all && text == k.Default {
			continue
		}
		a.Globals[key] = globalValue(text)
	}
	for name, size := range i.Config.Blobs {
		a.Blobs[name] = Blob{Size: size}
	}
	if n == nil {
		return a
	}
	a.Network = map[string]Value{}
	for key, text := range n.Properties {
		if key == "disabled" || !all && isDefault(key, text) {
			continue
		}
		a.Network[key] = textOf(key, text)
	}
	for _, key := range keysOf(i, n) {
		a.Network[key] = Value{Hidden: true, Why: "its control socket says that it is set"}
	}
	if i.Association == nil {
		a.Notes = append(a.Notes, "whether a key or password is set the supplicant tells on its control socket only, which could not be read")
	}
	return a
}

func globalValue(text string) Value {
	if text == secret.Mark {
		return Value{Hidden: true}
	}
	return Value{Text: text}
}

// isDefault says whether a value needs no line; who uses which key is always written down.
func isDefault(key, text string) bool {
	k, known := wpaconf.Lookup(wpaconf.Network, key)
	return known && k.Default != "" && key != "key_mgmt" && wpaconf.Same(key, text, k.Default)
}

// keysOf gives the secret keys that the control socket says the network block has.
func keysOf(i wpatypes.Interface, n *wpatypes.Network) []string {
	if i.Association == nil || i.Association.Network != n.Path {
		return nil
	}
	return i.Association.Keys
}

// VersionOf finds the version of wpa_supplicant by the keys that it has: it tells no other way. It is that of the newest key,
// so the running one is at least that.
func VersionOf(i wpatypes.Interface) wpaconf.Version {
	version := wpaconf.Oldest()
	newest := func(s wpaconf.Section, key string) {
		if k, known := wpaconf.Lookup(s, key); known && k.Since.Compare(version) > 0 {
			version = k.Since
		}
	}
	for key := range i.Config.Globals {
		newest(wpaconf.Global, key)
	}
	for _, n := range i.Config.All {
		for key := range n.Properties {
			newest(wpaconf.Network, key)
		}
	}
	return version
}

// InForce picks the network block that an interface uses: the one in use, else the only or first that is enabled, else the first.
func InForce(i wpatypes.Interface) *wpatypes.Network {
	if i.Network != nil {
		return i.Network
	}
	for n := range i.Config.All {
		if i.Config.All[n].Enabled {
			return &i.Config.All[n]
		}
	}
	if len(i.Config.All) > 0 {
		return &i.Config.All[0]
	}
	return nil
}
