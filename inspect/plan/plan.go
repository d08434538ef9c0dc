package plan

import (
	"net/netip"
	"time"

	"nmdebug/inspect"
)

// SchemaVersion is the version of the JSON form of a Plan.
const SchemaVersion = 1

// Request says what is to be reconnected.
type Request struct {
	Interface string // the stack; "" for a VPN that is not active and whose base nobody named
	VPN       string // the name or UUID of the one VPN that is meant; "" for the interface with all that stands on it
	From      inspect.Level
	Force     bool         // a device that is on its way may be cut short
	Whole     bool         // WireGuard and persistent VPNs are taken down with their base, too
	Sessions  []netip.Addr // local addresses of the user's own remote sessions
	Profiles  []Profile    // what is known of VPN profiles, see Profile
	Last      string       // path of the profile that was last connected on the interface; "" when it is not known
}

// Profile is what the settings say of a VPN, which its active connection does not.
type Profile struct {
	Path       string
	ID         string
	UUID       string
	Persistent bool // it survives its base ("vpn.persistent")
}

// Plan is the ordered steps of one reconnect.
type Plan struct {
	SchemaVersion int           `json:"schema_version"`
	Interface     string        `json:"interface,omitempty"`
	VPN           string        `json:"vpn,omitempty"`
	From          inspect.Level `json:"from"`
	Steps         []Step        `json:"steps"`
	Cuts          []Cut         `json:"cuts"`     // the blast radius
	Keeps         []Keep        `json:"keeps"`    // what stands above and is left alone
	Refusals      []Refusal     `json:"refusals"` // why it must not be carried out just so
	Devices       []string      `json:"devices"`  // NetworkManager's paths of the devices that change, for a checkpoint
	Names         []string      `json:"names"`    // the interfaces that change, for locks
}

// Cut is something that is interrupted.
type Cut struct {
	Name string `json:"name"` // of an interface or a VPN
	Text string `json:"text"`
}

// Keep is something that is left alone.
type Keep struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Refusal is one reason not to go on.
type Refusal struct {
	Code      RefusalCode `json:"code"`
	Text      string      `json:"text"`
	Overrides []string    `json:"overrides"` // the flags with which it goes on all the same; none for never
}

// RefusalCode names a reason to refuse.
type RefusalCode string

// The reasons to refuse.
const (
	CutsSession RefusalCode = "cuts-session"       // your own remote session goes over it
	CutsDefault RefusalCode = "cuts-default-route" // it has the only default route
	OnItsWay    RefusalCode = "on-its-way"         // NetworkManager is at work on the device
	NotManaged  RefusalCode = "not-managed"        // NetworkManager does not manage it
	Nothing     RefusalCode = "nothing-to-do"      // there is nothing on that floor
)

// Step is one change with the floor that proves it.
type Step struct {
	Phase     Phase         `json:"phase"`
	Does      string        `json:"does"` // in words
	Interface string        `json:"interface,omitempty"`
	Action    Action        `json:"action"`
	Goal      Goal          `json:"goal"`
	Replaces  string        `json:"replaces,omitempty"` // the active connection that an earlier step ended
	Calls     []string      `json:"calls"`              // the D-Bus calls as commands for a shell
	Limit     time.Duration `json:"-"`
	Seconds   float64       `json:"limit_seconds"`
}

// Phase says whether a step takes down or brings up.
type Phase string

// The two halves of a reconnect.
const (
	Down Phase = "down"
	Up   Phase = "up"
)

// Refused gives the refusals that the given flags do not override.
func (p Plan) Refused(flags ...string) []Refusal {
	given := map[string]bool{}
	for _, f := range flags {
		given[f] = true
	}
	left := []Refusal{}
	for _, r := range p.Refusals {
		overridden := false
		for _, o := range r.Overrides {
			overridden = overridden || given[o]
		}
		if !overridden {
			left = append(left, r)
		}
	}
	return left
}

// Total is the longest that the plan can take.
func (p Plan) Total() time.Duration {
	total := time.Duration(0)
	for _, s := range p.Steps {
		total += s.Limit
	}
	return total
}
