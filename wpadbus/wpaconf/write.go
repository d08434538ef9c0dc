package wpaconf

import (
	"encoding/base64"
	"io"
	"slices"
	"strings"
)

// Write writes a file so that Parse gives it back. What has no text form is a *NoTextError, and nothing is written then.
func Write(w io.Writer, f File) error {
	var out strings.Builder
	if err := writeLines(&out, f.Globals, Global); err != nil {
		return err
	}
	for _, b := range f.Blocks {
		if err := writeAbove(&out, b.Comments); err != nil {
			return err
		}
		out.WriteString(string(b.Section) + "={\n")
		if err := writeLines(&out, b.Lines, b.Section); err != nil {
			return err
		}
		out.WriteString("}\n")
	}
	for _, b := range f.Blobs {
		if err := writeAbove(&out, b.Comments); err != nil {
			return err
		}
		if err := writeBlob(&out, b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// writeAbove writes the comments above a block, apart from what stands before them.
func writeAbove(out *strings.Builder, comments []string) error {
	if out.Len() > 0 {
		out.WriteString("\n")
	}
	for _, c := range comments {
		if err := writeLines(out, []Line{{Comment: c}}, Global); err != nil {
			return err
		}
	}
	return nil
}

// writeLines writes lines, each checked by reading it.
func writeLines(out *strings.Builder, lines []Line, section Section) error {
	for _, l := range lines {
		text := l.text()
		if section != Global {
			text = "\t" + text
		}
		if !survives(text, l, section) {
			return noText(text, l, section)
		}
		out.WriteString(text + "\n")
	}
	return nil
}

// text is the line as it is written.
func (l Line) text() string {
	switch {
	case l.Key == "":
		return strings.TrimRight("# "+l.Comment, blanks)
	case l.Comment == "":
		return l.Key + "=" + l.Value
	default:
		return l.Key + "=" + l.Value + "  # " + l.Comment
	}
}

// survives says whether a line that is written so is read again as it is.
func survives(text string, l Line, section Section) bool {
	p := parser{lexer: lexer{rest: text + "\n"}}
	read := &p.out.Globals
	if section == Global {
		p.file()
	} else {
		p.rest += "}\n"
		p.out.Blocks = []Block{{}}
		p.block(section, 0)
		read = &p.out.Blocks[len(p.out.Blocks)-1].Lines
	}
	for i := range *read {
		(*read)[i].At = l.At
	}
	return len(p.errs) == 0 && p.rest == "" && slices.Equal(*read, []Line{l})
}

// noText says why a line has no form.
func noText(text string, l Line, section Section) error {
	e := &NoTextError{Key: l.Key, Why: "a file cannot hold it"}
	most := bufferOf(section) - 1
	switch {
	case strings.ContainsAny(text, "\n\x00"):
		e.Why = "it has the end of a line in it, or a zero byte"
	case len(text) > most:
		e.Why = "it is longer than the " + decimal(most) + " bytes that wpa_supplicant reads of a line"
	case strings.Contains(l.Value, "#"):
		e.Why = "a # after an odd number of quotes begins a comment"
	}
	if k, _ := Lookup(section, l.Key); k.Kind == Text || k.Kind == Password {
		e.Instead = "hexadecimal digits"
	}
	if l.Key == "" {
		e.Key = "a comment"
	}
	return e
}

func bufferOf(section Section) int {
	switch section {
	case Global:
		return globalBuffer
	case Network:
		return networkBuffer
	default:
		return smallBuffer
	}
}

// blobWidth is how much base64 stands on a line, as wpa_supplicant writes it.
const blobWidth = 72

func writeBlob(out *strings.Builder, b Blob) error {
	opening := blobPrefix + b.Name + "={"
	l := split(opening)
	switch {
	case len(b.Data) == 0:
		return &NoTextError{Key: "the blob " + b.Name, Why: "it is empty"}
	case l.text != opening || strings.ContainsAny(b.Name, "=\n\x00") || len(opening) > globalBuffer-1:
		return &NoTextError{Key: "the blob " + b.Name, Why: "its name has a character that a file cannot hold"}
	}
	out.WriteString(opening + "\n")
	encoded := base64.StdEncoding.EncodeToString(b.Data)
	for len(encoded) > blobWidth {
		out.WriteString(encoded[:blobWidth] + "\n")
		encoded = encoded[blobWidth:]
	}
	out.WriteString(encoded + "\n}\n")
	return nil
}
