package shown

import (
	"fmt"
	"time"
)

// Change is a line of a watch: every one but the first, which is a pyramid.
type Change struct {
	At                                                   time.Time
	Kind, Interface, Level, Source, From, To, Code, Text string
}

// Words are the change in the form that tests ask for: "eth0 l1 failed no-carrier", "source NetworkManager ok",
// "conflict eth0 l3 connected-without-gateway", with "no" before it when that is over, "interface tun0 vanished".
func (c Change) Words() string {
	switch {
	case c.Kind == "source":
		return fmt.Sprintf("source %s %s", c.Source, c.To)
	case c.Kind == "conflict" && c.To == "":
		return fmt.Sprintf("no conflict %s %s %s", c.Interface, c.Level, c.Code)
	case c.Kind == "conflict":
		return fmt.Sprintf("conflict %s %s %s", c.Interface, c.Level, c.Code)
	case c.Kind == "interface":
		return fmt.Sprintf("interface %s %s", c.Interface, c.Text)
	default:
		return fmt.Sprintf("%s %s %s %s", c.Interface, c.Level, c.To, c.Code)
	}
}
