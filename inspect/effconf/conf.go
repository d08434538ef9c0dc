package effconf

import (
	"fmt"
	"strings"
	"unicode"

	"nmdebug/wpadbus/wpaconf"
)

// File writes the configuration as wpa_supplicant reads it; with origin each line says who told it. What is missing is a
// comment in its place.
func (c Config) File(origin bool) wpaconf.File {
	var f wpaconf.File
	for _, text := range c.heading() {
		f.Globals = append(f.Globals, wpaconf.Line{Comment: text})
	}
	f.Globals = append(f.Globals, lines(c.Globals, origin)...)
	for _, b := range c.Blobs {
		if b.Data == nil {
			f.Globals = append(f.Globals, wpaconf.Line{Comment: fmt.Sprintf("blob %s: %d bytes, not shown", safe(b.Name), b.Size)})
			continue
		}
		f.Blobs = append(f.Blobs, wpaconf.Blob{Name: b.Name, Data: b.Data})
	}
	for _, settings := range append([][]Setting{c.Network}, c.Others...) {
		if len(settings) > 0 {
			f.Blocks = append(f.Blocks, wpaconf.Block{Section: wpaconf.Network, Lines: lines(settings, origin)})
		}
	}
	return f
}

// Check notes the version of the wpa_supplicant that runs, and the lines of the file that it would refuse, such as those that
// NetworkManager's rules give and only a newer one knows.
func (c *Config) Check(version wpaconf.Version) {
	c.Version = version.String()
	for _, problem := range wpaconf.Check(c.File(false), version) {
		c.Notes = append(c.Notes, "wpa_supplicant would refuse "+problem.String())
	}
}

// heading says what the file is and how it is used.
func (c Config) heading() []string {
	var from, silent []string
	for _, t := range c.Sources {
		switch {
		case t.Tells:
			from = append(from, strings.TrimSpace(string(t.Source)+" "+t.Detail))
		case t.Source == Supplicant || t.Source == Derived:
			silent = append(silent, fmt.Sprintf("%s: %s", t.Source, safe(t.Detail)))
		}
	}
	heading := []string{fmt.Sprintf("%s: what is in force, from %s", safe(c.Interface), strings.Join(from, ", "))}
	if len(from) == 0 {
		heading[0] = safe(c.Interface) + ": nothing tells of a configuration of wpa_supplicant"
	}
	heading = append(heading, silent...)
	if c.Command != "" {
		heading = append(heading, safe(c.Command))
	}
	return append(heading, c.notes()...)
}

func (c Config) notes() []string {
	var notes []string
	for _, n := range c.Notes {
		notes = append(notes, safe(n))
	}
	return notes
}

func lines(settings []Setting, origin bool) []wpaconf.Line {
	var list []wpaconf.Line
	for _, s := range settings {
		comment := ""
		if origin {
			comment = string(s.Origin)
			if s.Why != "" {
				comment += ", " + safe(s.Why)
			}
		}
		switch {
		case s.Value == "" && s.Missing != "":
			list = append(list, wpaconf.Line{Comment: withOrigin(s.Missing, comment)})
			continue
		case s.Missing != "":
			list = append(list, wpaconf.Line{Key: s.Key, Value: s.Value, Comment: comment}, wpaconf.Line{Comment: s.Missing})
			continue
		}
		list = append(list, wpaconf.Line{Key: s.Key, Value: s.Value, Comment: comment})
	}
	return list
}

func withOrigin(text, origin string) string {
	if origin == "" {
		return text
	}
	return text + " (" + origin + ")"
}

// safe makes a text fit for a comment: on one line, without the quotes that would take the comment for a value.
func safe(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case !unicode.IsPrint(r):
			return ' '
		default:
			return r
		}
	}, text)), " ")
}
