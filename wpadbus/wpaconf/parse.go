package wpaconf

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxFile bounds what is read; a file with the certificates of many networks has less.
	maxFile = 16 << 20

	// maxErrors bounds the errors that are given.
	maxErrors = 20
)

// Parse reads a file. Its error joins a *SyntaxError for each line that wpa_supplicant of any version would refuse for its
// form; the file then has the rest. Whether keys and values are known is Check's question.
func Parse(r io.Reader) (File, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return File{}, err
	}
	if len(text) > maxFile {
		return File{}, fmt.Errorf("more than %d bytes", maxFile)
	}
	p := parser{lexer: lexer{rest: string(text)}}
	p.file()
	return p.out, errors.Join(p.errs...)
}

type parser struct {
	lexer
	out      File
	comments []lexed // lines of comment that may belong to a block below
	errs     []error
}

func (p *parser) wrong(at int, format string, args ...any) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, &SyntaxError{Line: at, Text: fmt.Sprintf(format, args...)})
	}
}

// file reads all lines outside of blocks, and the blocks where they begin.
func (p *parser) file() {
	for {
		l, ok := p.next(globalBuffer)
		if !ok {
			p.flush()
			return
		}
		if l.wrong != "" {
			p.wrong(l.at, "%s", l.wrong)
			continue
		}
		name, isBlob := strings.CutPrefix(l.text, blobPrefix)
		switch {
		case l.blank():
			p.flush()
		case l.text == "":
			p.comments = append(p.comments, l)
		case l.text == "network={", l.text == "cred={", l.text == "identity={":
			p.block(Section(strings.TrimSuffix(l.text, "={")), l.at)
		case isBlob:
			p.blob(name, l.at)
		default:
			p.flush()
			if line, ok := p.setting(l, blockHint(l.text)); ok {
				p.out.Globals = append(p.out.Globals, line)
			}
		}
	}
}

// blobPrefix begins the line that begins a blob.
const blobPrefix = "blob-base64-"

// flush makes lines of the comments that belong to no block.
func (p *parser) flush() {
	for _, l := range p.comments {
		p.out.Globals = append(p.out.Globals, Line{Comment: l.comment, At: l.at})
	}
	p.comments = nil
}

// above takes the comments right above what begins here.
func (p *parser) above() []string {
	var comments []string
	for _, l := range p.comments {
		comments = append(comments, l.comment)
	}
	p.comments = nil
	return comments
}

// block reads up to the closing brace.
func (p *parser) block(section Section, at int) {
	b := Block{Section: section, Comments: p.above(), At: at}
	buffer := smallBuffer
	if section == Network {
		buffer = networkBuffer
	}
	for {
		l, ok := p.next(buffer)
		switch {
		case !ok:
			p.wrong(at, "the block %s={ is not closed by a line with }", section)
			return
		case l.wrong != "":
			p.wrong(l.at, "%s", l.wrong)
		case l.text == "}":
			p.out.Blocks = append(p.out.Blocks, b)
			return
		case l.blank():
		case l.text == "":
			b.Lines = append(b.Lines, Line{Comment: l.comment, At: l.at})
		default:
			if line, ok := p.setting(l, ""); ok {
				b.Lines = append(b.Lines, line)
			}
		}
	}
}

// setting reads KEY=VALUE.
func (p *parser) setting(l lexed, hint string) (Line, bool) {
	key, value, ok := strings.Cut(l.text, "=")
	switch {
	case hint != "":
		p.wrong(l.at, "%s", hint)
	case !ok || key == "":
		p.wrong(l.at, "not a setting: KEY=VALUE is expected")
	case strings.Trim(key, blanks) != key:
		p.wrong(l.at, "no blank may stand between the key %s and =", strings.Trim(key, blanks))
	case strings.HasPrefix(value, `"`) && strings.Count(value, `"`) < 2:
		p.wrong(l.at, "the quotation of %s is not closed", key)
	default:
		return Line{Key: key, Value: value, Comment: l.comment, At: l.at}, true
	}
	return Line{}, false
}

// blockHint says how a line is to be written that looks like the beginning of a block and is none.
func blockHint(text string) string {
	for _, s := range []Section{Network, Cred, Identity} {
		if rest, ok := strings.CutPrefix(text, string(s)); ok && strings.Trim(rest, blanks+"={}") == "" {
			return fmt.Sprintf("write %s={ without blanks, and the closing } on a line of its own", s)
		}
	}
	return ""
}

// blob reads the content of a blob up to the closing brace.
func (p *parser) blob(name string, at int) {
	name, _, ok := strings.Cut(name, "=")
	if !ok {
		p.wrong(at, "the name of the blob is not followed by ={")
		return
	}
	b := Blob{Name: name, Comments: p.above(), At: at}
	var encoded strings.Builder
	for {
		l, ok := p.next(smallBuffer)
		switch {
		case !ok:
			p.wrong(at, "the blob %s is not closed by a line with }", name)
			return
		case l.wrong != "":
			p.wrong(l.at, "%s", l.wrong)
		case l.text == "}":
			data, err := decodeBase64(encoded.String())
			if err != nil {
				p.wrong(at, "the blob %s: %v", name, err)
				return
			}
			b.Data = data
			p.out.Blobs = append(p.out.Blobs, b)
			return
		default:
			encoded.WriteString(l.text)
		}
	}
}

// decodeBase64 decodes as wpa_supplicant does: it skips what is not of the alphabet, and needs no padding.
func decodeBase64(text string) ([]byte, error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(alphabet+"=", r) {
			return r
		}
		return -1
	}, text)
	clean, _, _ = strings.Cut(clean, "=")
	if clean == "" {
		return nil, errors.New("it is empty")
	}
	data, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		return nil, errors.New("no base64")
	}
	return data, nil
}

func decimal(n int) string { return strconv.Itoa(n) }
