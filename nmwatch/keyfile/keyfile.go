// Package keyfile reads the files in which NetworkManager keeps its profiles (.nmconnection), without NetworkManager.
//
// The syntax is GLib's GKeyFile; the values have NetworkManager's own forms (nm-settings-keyfile(5)).
package keyfile

import (
	"fmt"
	"io"

	"nmdebug/nmwatch/profile"
)

// File is what a keyfile holds.
type File struct {
	Profile profile.Profile
	Ignored []Problem // properties that NetworkManager ignores, too, because their value is not of their type
}

// Problem is a property whose value cannot be read.
type Problem struct {
	Line              int
	Setting, Property string
	Text              string // why; of a secret without its value
}

// String tells the problem in one line.
func (p Problem) String() string {
	return fmt.Sprintf("line %d: %s.%s is ignored: %s", p.Line, p.Setting, p.Property, p.Text)
}

// Parse reads a profile. Certificates may be named by a path from dir. An error is an [Error], which names the line.
func Parse(r io.Reader, dir string) (File, error) {
	entries, groups, err := scan(r)
	if err != nil {
		return File{}, err
	}
	f := File{Profile: profile.New()}
	for _, name := range groups {
		f.Profile.Add(settingName(name))
	}
	for _, e := range entries {
		f.take(e, dir)
	}
	return f, nil
}

// take reads one property into the profile.
func (f *File) take(e entry, dir string) {
	setting := settingName(e.group)
	value, err := read(form(setting, e.key), e.value, dir)
	if err == nil {
		f.Profile.Set(setting, e.key, value)
		return
	}
	why := err.Error()
	if profile.Hidden(setting, e.key) {
		why = "the value cannot be read"
	}
	f.Ignored = append(f.Ignored, Problem{e.line, setting, e.key, why})
}

// settingName undoes the short names of groups and types.
func settingName(short string) string {
	switch short {
	case "ethernet":
		return "802-3-ethernet"
	case "wifi":
		return "802-11-wireless"
	case "wifi-security":
		return "802-11-wireless-security"
	default:
		return short
	}
}
