package inspect

// Brief is the code in the words of a cell.
func (c Code) Brief() string { return c.entry().brief }

// Meaning is the code in one sentence.
func (c Code) Meaning() string { return c.entry().meaning }

// Level is the floor that the code speaks of; 0 when it may be any.
func (c Code) Level() Level { return c.entry().level }

// Codes lists all codes, by floor.
func Codes() []Code {
	var codes []Code
	for _, e := range entries {
		codes = append(codes, e.code)
	}
	return codes
}

// entry finds a code in the table; the zero entry when it is not there.
func (c Code) entry() entry {
	for _, e := range entries {
		if e.code == c {
			return e
		}
	}
	return entry{code: c}
}
