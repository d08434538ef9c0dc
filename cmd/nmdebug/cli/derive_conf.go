package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/ui/text"
	"nmdebug/wpadbus/wpaconf"
)

// conf writes a derivation as a wpa_supplicant.conf.
func (d premises) conf(r derive.Result, o deriveOptions) (wpaconf.File, error) {
	var f wpaconf.File
	f.Globals = d.heading(r)
	for _, s := range r.Interface {
		key, ok := wpaconf.OfProperty(s.Name)
		if !ok || s.Value == "" {
			continue // the bridge is no key: it is named on the command line
		}
		value, err := wpaconf.FromDBus(wpaconf.Global, key.Name, s.Value)
		if err != nil {
			return f, err
		}
		f.Globals = append(f.Globals, wpaconf.Line{Key: key.Name, Value: value, Comment: origin(o, s.Property, s.Rule)})
	}
	f.Blocks = []wpaconf.Block{network(r, o)}
	f.Blobs = blobs(r, o, &f)
	return f, nil
}

// heading says what was derived, of what, and what is not sure.
func (d premises) heading(r derive.Result) []wpaconf.Line {
	says := []string{
		fmt.Sprintf("What NetworkManager would send to wpa_supplicant for %s, as %s has it.", d.name(), d.source),
		fmt.Sprintf("NetworkManager %s (%s); wpa_supplicant can: %s (%s).", d.given.Version, d.versionFrom, d.able(), d.capabilitiesFrom),
	}
	for _, note := range append(d.notes, r.Notes...) {
		says = append(says, "Note: "+note+".")
	}
	const width = 78 // beside the "# "
	var lines []wpaconf.Line
	for _, s := range says {
		for _, line := range text.Wrap(remark(s), width, width) {
			lines = append(lines, wpaconf.Line{Comment: line})
		}
	}
	by := "With NetworkManager stopped, to be run by hand so:"
	return append(lines, wpaconf.Line{Comment: by}, wpaconf.Line{Comment: remark(d.run(r))})
}

// name is what the profile is called.
func (d premises) name() string {
	switch id, uuid := d.profile.ID(), d.profile.UUID(); {
	case uuid == "":
		return id
	case id == "":
		return uuid
	default:
		return id + " (" + uuid + ")"
	}
}

// run is the command that uses the file.
func (d premises) run(r derive.Result) string {
	words := []string{"wpa_supplicant", "-D", r.Driver, "-i", cmp.Or(d.given.Interface.Name, "INTERFACE")}
	for _, s := range r.Interface {
		if bridge, ok := s.Value.(string); ok && s.Name == "BridgeIfname" && bridge != "" {
			words = append(words, "-b", bridge)
		}
	}
	return strings.Join(append(words, "-c", "FILE"), " ")
}

// able lists what wpa_supplicant can do.
func (d premises) able() string {
	var words []string
	for _, c := range derive.KnownCapabilities() {
		if d.given.Capabilities.Can[c] {
			words = append(words, string(c))
		}
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

// network makes the block, in wpa_supplicant's order of keys. A secret that is not shown leaves a comment in its place.
func network(r derive.Result, o deriveOptions) wpaconf.Block {
	shown := r.Dict()
	if o.showSecrets {
		shown = r.Reveal()
	}
	from := map[string]string{}
	var hidden []wpaconf.Line
	for _, e := range r.Network {
		from[e.Key] = origin(o, e.Property, e.Rule)
		secret, ok := shown[e.Key].(derive.Secret)
		switch {
		case !ok:
		case secret.Public != "":
			shown[e.Key] = []byte(secret.Public)
			hidden = append(hidden, wpaconf.Line{Comment: wpaconf.MissingPIN(e.Key)})
		default:
			delete(shown, e.Key)
			hidden = append(hidden, wpaconf.Line{Comment: wpaconf.Missing(e.Key)})
		}
	}
	for _, m := range r.Missing {
		hidden = append(hidden, wpaconf.Line{Comment: remark(m.Key + ": " + m.Rule)})
	}
	block, err := wpaconf.FromDict(shown)
	for i, line := range block.Lines {
		block.Lines[i].Comment = from[line.Key]
	}
	block.Lines = append(block.Lines, hidden...)
	for _, line := range unwritable(err) {
		block.Lines = append(block.Lines, wpaconf.Line{Comment: remark(line)})
	}
	return block
}

// unwritable tells the values that have no form in a file.
func unwritable(err error) []string {
	if err == nil {
		return nil
	}
	var texts []string
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{err.Error()}
	}
	for _, e := range joined.Unwrap() {
		texts = append(texts, e.Error())
	}
	return texts
}

// blobs are the contents that go with the block.
func blobs(r derive.Result, o deriveOptions, f *wpaconf.File) []wpaconf.Blob {
	var blobs []wpaconf.Blob
	for _, b := range r.Blobs {
		content, read := b.Content.Reveal().([]byte)
		switch {
		case !read:
			f.Globals = append(f.Globals, wpaconf.Line{Comment: remark("blob " + b.Name + ": the content was not read")})
		case b.Private() && !o.showSecrets:
			f.Globals = append(f.Globals, wpaconf.Line{Comment: remark(fmt.Sprintf("blob %s: %d bytes, not shown", b.Name, len(content)))})
		default:
			blobs = append(blobs, wpaconf.Blob{Name: b.Name, Data: content})
		}
	}
	return blobs
}

// origin is the comment beside a line; "" when it was not asked for.
func origin(o deriveOptions, property, rule string) string {
	switch {
	case !o.origin:
		return ""
	case property == "":
		return remark(rule)
	case rule == "":
		return remark(property)
	}
	return remark(property + ": " + rule)
}

// remark makes a text fit for a comment. wpa_supplicant looks for quotes there, too.
func remark(s string) string {
	return strings.ReplaceAll(text.Escape(s), `"`, `'`)
}
