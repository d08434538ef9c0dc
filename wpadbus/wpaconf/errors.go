package wpaconf

import "fmt"

// SyntaxError says what in a file wpa_supplicant would not read. One such line, and it does not start.
type SyntaxError struct {
	Line int // from 1
	Text string
}

// Error names the line.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// NoTextError says that a value cannot be written into a file, and what can be done instead.
type NoTextError struct {
	Key     string
	Why     string
	Instead string // "" when there is no other way
}

// Error names the key and never the value, which may be secret.
func (e *NoTextError) Error() string {
	text := fmt.Sprintf("%s has no form in a file: %s", e.Key, e.Why)
	if e.Instead != "" {
		text += "; instead: " + e.Instead
	}
	return text
}
