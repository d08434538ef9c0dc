package wpaconf

// File is the content of a wpa_supplicant.conf. Blocks and blobs each have an order of their own.
type File struct {
	Globals []Line // outside of all blocks
	Blocks  []Block
	Blobs   []Blob
}

// Line is a setting, a comment of its own, or both on one line.
type Line struct {
	Key     string // "" when the line is a comment alone
	Value   string // as it stands in the file, with its quotes
	Comment string // without its "#"
	At      int    // the number of the line it was read from, from 1; 0 when it was made
}

// Block is what stands between braces.
type Block struct {
	Section  Section
	Comments []string // the lines of comment right above it
	Lines    []Line
	At       int // the number of the line it begins on
}

// Blob is a named file inside the file; a value blob://NAME refers to it.
type Blob struct {
	Name     string
	Comments []string // the lines of comment right above it
	Data     []byte
	At       int // the number of the line it begins on
}

// Section is where a setting can stand.
type Section string

// The sections; all but Global are blocks and named as their braces are.
const (
	Global   Section = ""
	Network  Section = "network"
	Cred     Section = "cred"
	Identity Section = "identity" // newer than 2.11
)

// Networks gives the network blocks.
func (f File) Networks() []Block {
	var networks []Block
	for _, b := range f.Blocks {
		if b.Section == Network {
			networks = append(networks, b)
		}
	}
	return networks
}

// Value gives the value of a key, that of the last line as wpa_supplicant takes it.
func (b Block) Value(key string) (string, bool) { return valueOf(b.Lines, key) }

// Value gives the value of a global key, that of the last line as wpa_supplicant takes it.
func (f File) Value(key string) (string, bool) { return valueOf(f.Globals, key) }

func valueOf(lines []Line, key string) (value string, ok bool) {
	for _, l := range lines {
		if l.Key == key && key != "" {
			value, ok = l.Value, true
		}
	}
	return value, ok
}
