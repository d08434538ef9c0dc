package derive

import "fmt"

// Error says why NetworkManager sends nothing, and which property is to blame.
type Error struct {
	Setting, Property string // Property is "" when the setting as a whole is to blame
	Text              string
}

// Error names the property first.
func (e *Error) Error() string {
	if e.Property == "" {
		return e.Setting + ": " + e.Text
	}
	return e.Setting + "." + e.Property + ": " + e.Text
}

func fail(setting, property, format string, args ...any) error {
	return &Error{setting, property, fmt.Sprintf(format, args...)}
}
