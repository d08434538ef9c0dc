package lexicon

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
)

// files holds one file for each kind.
//
//go:embed data/*.txt
var files embed.FS

// read reads the entries of a kind.
func read(kind Kind) ([]Entry, error) {
	text, err := files.ReadFile("data/" + string(kind) + ".txt")
	if err != nil {
		return nil, err
	}
	entries, err := parse(kind, string(text))
	if err != nil {
		return nil, fmt.Errorf("cannot parse data/%s.txt: %w", kind, err)
	}
	return entries, nil
}

// parse reads a data file. "#" begins a comment, "= SOURCE" at the start of a line the source of all entries. A line at the
// margin begins an entry: CODE WORD NAME [FLOOR] [common|rare], with "-" for a code or name that there is not. The indented
// lines after it belong to the entry:
//
//	text      the meaning
//	! text    a trap
//	> text    what to look at next
//	~ text    the meaning when this side gave the code
//	& a; b    aliases
//	= text    the source, where it is another one than the file's
func parse(kind Kind, text string) ([]Entry, error) {
	var entries []Entry
	source, number := "", 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.TrimSpace(line) == "" || line[0] == '#':
		case strings.HasPrefix(line, "= "):
			source = line[2:]
		case strings.HasPrefix(line, "  "):
			if len(entries) == 0 {
				return nil, fmt.Errorf("line %d: no entry to add to", number)
			}
			entries[len(entries)-1].add(line[2:])
		default:
			e, err := parseHead(strings.Fields(line))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			e.Kind, e.Source = kind, source
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// parseHead reads the fields of a line that begins an entry.
func parseHead(fields []string) (Entry, error) {
	if len(fields) < 3 {
		return Entry{}, fmt.Errorf("want CODE WORD NAME, got %d fields", len(fields))
	}
	e := Entry{Word: fields[1], rank: normal}
	if fields[0] != "-" {
		code, err := strconv.Atoi(fields[0])
		if err != nil {
			return Entry{}, err
		}
		e.Code, e.Coded = code, true
	}
	if fields[2] != "-" {
		e.Name = fields[2]
	}
	for _, f := range fields[3:] {
		switch f {
		case "L1", "L2", "L3", "VPN":
			e.Floor = f
		case "common":
			e.rank = common
		case "rare":
			e.rank = rare
		default:
			return Entry{}, fmt.Errorf("unknown field %q", f)
		}
	}
	return e, nil
}

// add takes up a line that belongs to the entry.
func (e *Entry) add(line string) {
	mark, text, _ := strings.Cut(line, " ")
	switch mark {
	case "!":
		e.Traps = append(e.Traps, text)
	case ">":
		e.Next = append(e.Next, text)
	case "~":
		e.local = text
	case "=":
		e.Source = text
	case "&":
		for alias := range strings.SplitSeq(text, ";") {
			e.aliases = append(e.aliases, strings.TrimSpace(alias))
		}
	default:
		e.Meaning = strings.TrimSpace(e.Meaning + " " + line)
	}
}
