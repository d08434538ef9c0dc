package effconf

import (
	"errors"
	"maps"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Calls are what configures an interface on D-Bus, with the secrets.
type Calls struct {
	Driver  string            // CreateInterface
	Set     map[string]any    // properties of the interface, the last value of each
	Network map[string]any    // AddNetwork: []byte, string, int32; nil when there was none
	Hidden  map[string]string // keys of it whose value is not known, with the reason in words
	Why     map[string]string // of keys: where they come from, in words
	Blobs   map[string][]byte // AddBlob; nil content when it is not known
	Notes   []string
}

// OfCalls is what calls tell, with their secrets.
func OfCalls(source Source, c Calls) Account {
	a := Account{Source: source, Driver: c.Driver, Notes: c.Notes, Globals: map[string]Value{}, Blobs: map[string]Blob{}}
	for property, v := range c.Set {
		if property == "BridgeIfname" {
			a.Bridge, _ = v.(string)
			continue
		}
		k, known := wpaconf.OfProperty(property)
		text, err := wpaconf.FromDBus(wpaconf.Global, k.Name, v)
		if known && err == nil && text != k.Default && text != "" {
			a.Globals[k.Name] = Value{Text: text}
		}
	}
	for name, data := range c.Blobs {
		a.Blobs[name] = Blob{Size: len(data), Data: data}
	}
	if c.Network == nil {
		return a
	}
	a.Network = map[string]Value{}
	block, err := wpaconf.FromDict(c.Network)
	for _, l := range block.Lines {
		if !isDefault(l.Key, l.Value) {
			a.Network[l.Key] = Value{Text: l.Value, Why: c.Why[l.Key]}
		}
	}
	a.withoutText(err)
	for key, why := range c.Hidden {
		a.Network[key] = Value{Hidden: true, Why: why}
	}
	return a
}

// withoutText notes the values that no file can hold.
func (a *Account) withoutText(err error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, e := range joined.Unwrap() {
		if none, ok := errors.AsType[*wpaconf.NoTextError](e); ok {
			a.Network[none.Key] = Value{Hidden: true, Why: none.Error()}
		}
	}
}

// OfCaptured is what the calls tell that were seen on the bus.
func OfCaptured(c *wpatypes.Captured) Account {
	if c == nil {
		return Account{Source: Captured, Silent: "no call was seen: nobody watched the bus when it was configured"}
	}
	a := Account{Source: Captured, At: c.At, Driver: c.Driver, Bridge: c.Bridge, Globals: map[string]Value{}, Blobs: map[string]Blob{}}
	for key, text := range c.Globals {
		if k, _ := wpaconf.Lookup(wpaconf.Global, key); text != "" && text != k.Default {
			a.Globals[key] = globalValue(text)
		}
	}
	for name, size := range c.Blobs {
		a.Blobs[name] = Blob{Size: size}
	}
	if c.Network == nil {
		return a
	}
	a.Network = map[string]Value{}
	for key, text := range c.Network {
		if !isDefault(key, text) {
			a.Network[key] = textOf(key, text)
		}
	}
	return a
}

// OfRules are the calls that NetworkManager's rules make of a profile.
func OfRules(r derive.Result) Calls {
	c := Calls{Driver: r.Driver, Set: map[string]any{}, Network: map[string]any{}, Hidden: map[string]string{}, Why: map[string]string{}, Blobs: map[string][]byte{}, Notes: r.Notes}
	for _, s := range r.Interface {
		c.Set[s.Name] = s.Value
	}
	for key, v := range r.Reveal() {
		if v == nil {
			c.Hidden[key] = "its value is not known here"
			continue
		}
		c.Network[key] = v
	}
	for _, e := range r.Network {
		c.Why[e.Key] = because(e)
	}
	for _, e := range r.Missing {
		c.Hidden[e.Key] = e.Rule
	}
	for _, b := range r.Blobs {
		c.Blobs[b.Name] = nil
	}
	maps.Copy(c.Blobs, r.RevealBlobs())
	return c
}

// because says of an entry which property gave it, and by which rule.
func because(e derive.Entry) string {
	switch {
	case e.Property == "":
		return e.Rule
	case e.Rule == "":
		return e.Property
	default:
		return e.Property + ": " + e.Rule
	}
}
