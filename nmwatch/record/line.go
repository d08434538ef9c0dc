package record

import "time"

// Line is a record in words: one line of the timeline. Its texts come from strangers and are escaped where they leave.
type Line struct {
	At        time.Time
	Seq       uint64 // place in the stream of the record that it tells
	Kind      Kind   // of that record
	Source    string // of a note: the source that says something of itself
	Process   string // who did it: "NetworkManager", "wpa_supplicant", "kernel"; a bus name such as ":1.52" where that is all that is known
	Interface string // the network interface that it is about, "" when it is about none
	Floor     string // "l1", "l2", "l3" or "vpn", "" when it is about none in particular
	Severity  Severity
	Text      string
	Mark      Mark          // the step that it tells of, if any
	Answers   uint64        // Seq of the call that this answers; 0 for what is no answer
	Outcome   string        // of an answer, and of a call that has got one, in a word or two
	Took      time.Duration // from the call to its answer
	Raw       []byte        // of the record, which owns it
	Own       bool          // of nmdebug's own conversation, which would not be there without it
}

// Severity says how much a line matters, in the numbers of syslog (RFC 5424, section 6.2.1): less is worse.
type Severity uint8

// The severities that lines have. The worse ones of syslog count as errors.
const (
	Error   Severity = 3 // something failed
	Warning Severity = 4 // something is wrong, or about to be
	Notice  Severity = 5 // a step that a user would want to see
	Info    Severity = 6
	Debug   Severity = 7 // of no interest unless one looks for it
)

// Fault says whether the line tells of something that went wrong.
func (s Severity) Fault() bool { return s <= Warning }

// String is syslog's word.
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Notice:
		return "notice"
	case Info:
		return "info"
	case Debug:
		return "debug"
	default:
		return "error"
	}
}

// Mark is the step of a connection that a line tells of, for those who reckon with it. The zero value is none.
type Mark struct {
	Kind  MarkKind
	State string // that was reached, in the daemon's word
	Title string // the connection's name, of a VPN and of a ConnectionMark
}

// MarkKind says who took a step.
type MarkKind uint8

// Those who take steps.
const (
	DeviceMark     MarkKind = iota + 1 // NetworkManager's device: "prepare", "config", …
	SupplicantMark                     // wpa_supplicant's interface: "scanning", "4way_handshake", …
	EAPMark                            // the authentication by 802.1X: "started", "success", "failure"
	LeaseMark                          // the DHCP client: "asking", "bound"
	ConnectionMark                     // NetworkManager's word which connection it activates on a device
	VPNMark                            // a VPN: "starting", or NetworkManager's word for its state
)
