package inspect

import (
	"fmt"
	"strings"
	"time"
)

// Finding is what one check saw on one floor.
type Finding struct {
	Code      Code       `json:"code"`
	Interface string     `json:"interface"`
	Level     Level      `json:"level"`
	Status    Status     `json:"status"` // what it makes of the floor
	Brief     string     `json:"brief"`  // some words that fit into a cell
	Text      string     `json:"text"`   // one sentence that a person can act on
	Expected  string     `json:"expected,omitempty"`
	Seen      string     `json:"seen,omitempty"`
	Sure      Sureness   `json:"sure"`
	Right     string     `json:"right,omitempty"` // the right that is missing to know better
	Evidence  []Evidence `json:"evidence"`
	Next      []string   `json:"next,omitempty"` // commands to type next
}

// Finding begins a finding of this code, in the words of its entry.
func (c Code) Finding(iface string, level Level, status Status) Finding {
	e := c.entry()
	return Finding{
		Code: c, Interface: iface, Level: level, Status: status, Sure: Certain, Brief: e.brief, Text: e.meaning, Evidence: []Evidence{},
	}
}

// Sureness says how far to trust a finding.
type Sureness string

// How sure a finding can be.
const (
	Certain Sureness = "certain" // the source that owns the fact said so
	Likely  Sureness = "likely"  // several facts point to it, none proves it
	Guess   Sureness = "guess"   // one of several explanations
)

// Evidence is one thing that a source said.
type Evidence struct {
	Source string    `json:"source"` // "kernel", "NetworkManager", "wpa_supplicant", "ethtool", …
	Text   string    `json:"text"`
	At     time.Time `json:"at,omitzero"` // when it said so; zero when it was so before we came
}

// The names of the sources, as the output shows them.
const (
	SourceBus        = "D-Bus"
	SourceNM         = "NetworkManager"
	SourceSupplicant = "wpa_supplicant"
	SourceIWD        = "iwd"
	SourceKernel     = "kernel"
	SourceRfkill     = "rfkill"
	SourceEthtool    = "ethtool"
	SourceNL80211    = "nl80211"
	SourceWireGuard  = "wireguard"
	SourceProc       = "/proc"
	SourceBlueZ      = "BlueZ"
	SourceHCI        = "hci" // the kernel's Bluetooth adapters
)

// saw adds evidence.
func (f Finding) saw(evidence ...Evidence) Finding {
	f.Evidence = append(f.Evidence, evidence...)
	return f
}

// lacks says which right is missing to know better, where a source says so.
func (f Finding) lacks(src Source) Finding {
	f.Right = src.Right
	return f
}

// adds says more in the text.
func (f Finding) adds(format string, args ...any) Finding {
	f.Text += " " + fmt.Sprintf(format, args...)
	return f
}

// says is evidence: how a source fares.
func (s Source) says() Evidence {
	return Evidence{Source: s.Name, Text: strings.TrimSpace(string(s.Status) + " " + s.Detail), At: s.Since}
}

// expected says what was wanted and what was there instead.
func (f Finding) expected(want, seen string) Finding {
	f.Expected, f.Seen = want, seen
	return f
}

// sure says how far to trust it.
func (f Finding) sure(s Sureness) Finding {
	f.Sure = s
	return f
}

// next gives the commands to type next.
func (f Finding) next(commands ...string) Finding {
	f.Next = append(f.Next, commands...)
	return f
}
