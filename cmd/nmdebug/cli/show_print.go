package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"nmdebug/inspect/effconf"
	"nmdebug/ui/render"
	"nmdebug/ui/text"
	"nmdebug/wpadbus/wpaconf"
)

// openFile opens a file that the user named.
func openFile(name string) (*os.File, error) {
	file, err := os.Open(name)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, &exitError{exitNoRight, err}
	case err != nil:
		return nil, &exitError{exitNotFound, err}
	}
	return file, nil
}

func (a *app) printShown(answer shown, o showOptions) error {
	if done, err := a.structured(answer); done {
		return err
	}
	if o.diff {
		out := a.printer()
		for i, one := range answer.Interfaces {
			if i > 0 {
				out.Line("")
			}
			a.drawDifferences(out, one)
		}
		return out.Err()
	}
	for i, one := range answer.Interfaces {
		if i > 0 {
			if _, err := fmt.Fprintln(a.out); err != nil {
				return err
			}
		}
		if err := wpaconf.Write(a.out, one.Config.File(o.origin)); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) drawDifferences(out *text.Printer, one shownOne) {
	out.Line(" ", render.Cell{Text: one.Interface, Role: render.Strong}, render.Cell{Text: headline(one), Role: render.Dim})
	for _, why := range one.unseen() {
		a.drawPart(out, "not seen", why, render.Warn)
	}
	for _, d := range one.Differences {
		role := render.Warn
		if d.Fatal {
			role = render.Bad
		}
		a.drawPart(out, d.Key, d.Text, role)
		a.drawPart(out, "", sides("profile", d.Profile, "supplicant", d.Accepted, "association", d.Negotiated), render.Dim)
	}
	for _, problem := range one.Refused {
		a.drawPart(out, "refused", problem, render.Bad)
	}
	for _, d := range one.AgainstFile {
		a.drawPart(out, d.Key, d.Text, render.Warn)
		a.drawPart(out, "", sides("in force", cmp.Or(d.InForce, "–"), "file", cmp.Or(d.File, "–")), render.Dim)
		a.drawPart(out, "", d.Do, render.Busy)
	}
}

// unseen says why those who are compared tell nothing, where they do not.
func (one shownOne) unseen() []string {
	var why []string
	for _, t := range one.Sources {
		if !t.Tells && (t.Source == effconf.Supplicant || t.Source == effconf.Derived && one.File == "") {
			why = append(why, t.Detail)
		}
	}
	return why
}

func headline(one shownOne) string {
	switch {
	case one.File != "" && len(one.AgainstFile)+len(one.Refused) == 0:
		return "does the same as " + one.File
	case one.File != "":
		return "and " + one.File + " differ"
	case slices.ContainsFunc(one.Differences, func(d effconf.Difference) bool { return d.Fatal }):
		return "profile, supplicant and association do not fit together"
	case len(one.Differences) > 0:
		return "profile, supplicant and association fit together, and are not alike in"
	case len(one.unseen()) > 0:
		return "what is seen of profile, supplicant and association agrees"
	default:
		return "profile, supplicant and association agree"
	}
}

// keyWidth is where the texts of differences begin.
const keyWidth = 22

func (a *app) drawPart(out *text.Printer, label, body string, role render.Role) {
	if body == "" {
		return
	}
	if len(label) > keyWidth-4 {
		out.Line(" ", render.Cell{Text: " "}, render.Cell{Text: label, Role: role})
		label, role = "", render.Plain
	}
	if label == "" {
		out.Hanging([]render.Cell{{Text: " "}}, keyWidth, render.Cell{Text: body, Role: role})
		return
	}
	labelled(out, keyWidth, label, role, body)
}

// sides writes pairs of a name and a value, those without a value left out.
func sides(pairs ...string) string {
	line := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if line != "" {
			line += " · "
		}
		line += pairs[i] + ": " + pairs[i+1]
	}
	return line
}
