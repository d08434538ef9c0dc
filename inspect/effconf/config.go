package effconf

import (
	"cmp"
	"maps"
	"slices"

	"nmdebug/wpadbus/wpaconf"
)

// Config is the configuration in force on one interface.
type Config struct {
	Interface  string      `json:"interface"`
	Driver     string      `json:"driver,omitempty"`
	Bridge     string      `json:"bridge,omitempty"`
	Connection string      `json:"connection,omitempty"`         // that is active on it
	Version    string      `json:"supplicant_version,omitempty"` // at least this one
	Command    string      `json:"command,omitempty"`            // what starts wpa_supplicant by hand with the file
	Sources    []Told      `json:"sources"`
	Globals    []Setting   `json:"globals"`
	Network    []Setting   `json:"network"` // of the network block in force; empty when there is none
	Others     [][]Setting `json:"other_networks,omitempty"`
	Blobs      []NamedBlob `json:"blobs,omitempty"`
	Negotiated []Fact      `json:"negotiated,omitempty"`
	Notes      []string    `json:"notes,omitempty"`
}

// Told says whether a source told of the configuration.
type Told struct {
	Source Source `json:"source"`
	Tells  bool   `json:"tells"`
	Detail string `json:"detail,omitempty"` // why it tells nothing, or when it was so
}

// Setting is one line, with what each source says of it.
type Setting struct {
	Key     string            `json:"key"`
	Value   string            `json:"value,omitempty"` // as a file has it
	Secret  bool              `json:"secret,omitempty"`
	Missing string            `json:"missing,omitempty"` // what is not shown of it, in words
	Origin  Source            `json:"origin"`
	Why     string            `json:"why,omitempty"`     // the property or rule it comes from
	Columns map[Source]string `json:"columns,omitempty"` // what each source says; "set" for a secret
}

// NamedBlob is a file inside of the file.
type NamedBlob struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	Data   []byte `json:"data,omitempty"` // only where secrets are shown
	Origin Source `json:"origin"`
}

// Fact is something that the association settled on.
type Fact struct {
	Name   string `json:"name"` // the key it answers, or a word
	Value  string `json:"value"`
	Source string `json:"source"` // the property or the socket that tells it
}

// Join makes one configuration of what the sources tell. What is in force the supplicant knows best: where it tells, the
// others only complete what it keeps to itself, which is secrets. Unless they are to be shown, no secret is in the answer.
func Join(iface string, accounts []Account, secrets bool) Config {
	c := Config{Interface: iface, Globals: []Setting{}, Network: []Setting{}}
	accounts = slices.Clone(accounts)
	slices.SortStableFunc(accounts, func(a, b Account) int {
		return cmp.Compare(slices.Index(Sources(), a.Source), slices.Index(Sources(), b.Source))
	})
	for i, a := range accounts {
		if !secrets {
			accounts[i] = conceal(a)
		}
		c.Driver, c.Bridge = cmp.Or(c.Driver, a.Driver), cmp.Or(c.Bridge, a.Bridge)
		c.Notes = append(c.Notes, a.Notes...)
		c.Sources = append(c.Sources, told(a))
	}
	c.Globals = join(wpaconf.Global, accounts, func(a Account) map[string]Value { return a.Globals })
	c.Network = join(wpaconf.Network, accounts, func(a Account) map[string]Value { return a.Network })
	c.Blobs = joinBlobs(accounts)
	c.Command = c.command()
	return c
}

// command is what starts wpa_supplicant by hand; "" when it is not known with which driver.
func (c Config) command() string {
	if c.Driver == "" || len(c.Network) == 0 {
		return ""
	}
	command := "wpa_supplicant -D " + c.Driver + " -i " + c.Interface
	if c.Bridge != "" {
		command += " -b " + c.Bridge
	}
	return command + " -c FILE"
}

func told(a Account) Told {
	t := Told{Source: a.Source, Tells: a.Silent == "", Detail: a.Silent}
	if t.Tells && !a.At.IsZero() {
		t.Detail = "of " + a.At.Format("2006-01-02 15:04:05")
	}
	return t
}

// join makes one list of the lines of one section.
func join(s wpaconf.Section, accounts []Account, of func(Account) map[string]Value) []Setting {
	settings := map[string]Setting{}
	authority := true // nobody told yet: the first who does says which lines there are
	for _, a := range accounts {
		values := of(a)
		if len(values) == 0 {
			continue
		}
		for key, v := range values {
			set, there := settings[key]
			switch {
			case !there && !authority && !wpaconf.IsSecret(s, key):
				continue // only a secret can be in force that the first does not tell of
			case !there:
				set = setting(s, key, v, a.Source)
			case set.lacks(v):
				columns := set.Columns
				set = setting(s, key, v, a.Source)
				set.Columns = columns
			}
			set.Columns[a.Source] = column(v)
			set.Why = cmp.Or(set.Why, v.Why)
			settings[key] = set
		}
		authority = false
	}
	return inOrder(s, settings)
}

// lacks says whether a value has what is missing of a line: a secret, or the PIN inside of its URI.
func (s Setting) lacks(v Value) bool {
	if s.Missing == "" || v.Hidden || v.PIN {
		return false
	}
	clean, had := wpaconf.WithoutPIN(v.Text)
	return s.Value == "" || had && clean == s.Value
}

func column(v Value) string {
	if v.Hidden {
		return "set"
	}
	return v.Text
}

func setting(s wpaconf.Section, key string, v Value, source Source) Setting {
	set := Setting{Key: key, Value: v.Text, Secret: wpaconf.IsSecret(s, key), Origin: source, Why: v.Why, Columns: map[Source]string{}}
	switch {
	case v.Hidden:
		set.Missing = wpaconf.Missing(key)
	case v.PIN:
		set.Missing = wpaconf.MissingPIN(key)
	}
	return set
}

// inOrder lists settings in the order of wpa_supplicant's table.
func inOrder(s wpaconf.Section, settings map[string]Setting) []Setting {
	var keys []wpaconf.Line
	for key := range settings {
		keys = append(keys, wpaconf.Line{Key: key})
	}
	wpaconf.Sort(s, keys)
	list := []Setting{}
	for _, k := range keys {
		list = append(list, settings[k.Key])
	}
	return list
}

func joinBlobs(accounts []Account) []NamedBlob {
	blobs := map[string]NamedBlob{}
	for _, a := range accounts {
		for name, b := range a.Blobs {
			if known, there := blobs[name]; !there || known.Data == nil && b.Data != nil {
				blobs[name] = NamedBlob{Name: name, Size: b.Size, Data: b.Data, Origin: a.Source}
			}
		}
	}
	var list []NamedBlob
	for _, name := range slices.Sorted(maps.Keys(blobs)) {
		list = append(list, blobs[name])
	}
	return list
}
