package effconf

import (
	"time"

	"nmdebug/nmwatch/secret"
	"nmdebug/wpadbus/wpaconf"
)

// Source is who tells of the configuration.
type Source string

// The sources, in the order in which they are believed.
const (
	Supplicant Source = "supplicant" // its properties: what is in force
	Captured   Source = "captured"   // the calls that were seen on the bus
	Journal    Source = "journal"    // NetworkManager's lines "Config: added …"
	Derived    Source = "derived"    // what NetworkManager's rules make of the applied connection
	Negotiated Source = "negotiated" // what the association settled on
)

// Sources lists those that tell of a configuration, in the order in which they are believed.
func Sources() []Source { return []Source{Supplicant, Captured, Journal, Derived} }

// Account is what one source tells.
type Account struct {
	Source  Source
	At      time.Time        // when it was so; zero for now
	Driver  string           // of CreateInterface; "" when it does not tell
	Bridge  string           // BridgeIfname
	Globals map[string]Value // by key
	Network map[string]Value // by key; nil when it tells of no network block
	Blobs   map[string]Blob  // by name
	Notes   []string         // what it could not tell, in words
	Silent  string           // why it tells nothing; "" when it tells
}

// Value is the value of one key.
type Value struct {
	Text   string // as a file has it; "" when it is hidden
	Hidden bool   // it is set, and a secret that is not known or not to be shown
	PIN    bool   // the text is a URI of which the PIN was taken out
	Why    string // where it comes from or why it is not known, in words
}

// Blob is a file inside of the configuration.
type Blob struct {
	Size int
	Data []byte // nil when it is not known or not to be shown
}

// textOf makes a value of a text in which secrets were replaced by a mark where they entered.
func textOf(key, text string) Value {
	if text == secret.Mark {
		return Value{Hidden: true}
	}
	clean, had := wpaconf.WithoutPIN(text)
	return Value{Text: wpaconf.Canonical(wpaconf.Network, key, clean), PIN: had}
}

// conceal takes the secrets out of an account that has them.
func conceal(a Account) Account {
	globals, network, blobs := map[string]Value{}, map[string]Value{}, map[string]Blob{}
	for key, v := range a.Globals {
		globals[key] = v.concealed(wpaconf.Global, key)
	}
	for key, v := range a.Network {
		network[key] = v.concealed(wpaconf.Network, key)
	}
	for name, b := range a.Blobs {
		blobs[name] = Blob{Size: b.Size}
	}
	a.Globals, a.Blobs = globals, blobs
	if a.Network != nil {
		a.Network = network
	}
	return a
}

func (v Value) concealed(s wpaconf.Section, key string) Value {
	if wpaconf.IsSecret(s, key) {
		return Value{Hidden: true, Why: v.Why}
	}
	clean, had := wpaconf.WithoutPIN(v.Text)
	v.Text, v.PIN = clean, v.PIN || had
	return v
}
