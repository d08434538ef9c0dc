// Package wpatypes holds what wpa_supplicant says of its interfaces, as plain values with wpa_supplicant's own words.
//
// The values are immutable once published; they carry no secret. Objects are named by their D-Bus path.
package wpatypes

import "time"

// State is everything wpa_supplicant said, up to one instant.
type State struct {
	Synced       bool // root object and all interfaces have been read
	Capabilities []string
	EAPMethods   []string
	DebugLevel   string
	Interfaces   map[string]Interface // by object path
	Gone         map[string]Interface // by name: those that were removed while we watched, as they stood then
	Problems     []Problem
}

// Problem is something the daemon said in a form that its interface does not have.
type Problem struct {
	Object string
	Text   string
}

// Interface is one interface that wpa_supplicant serves.
type Interface struct {
	Path             string
	Name             string
	Driver           string // "nl80211", "wired", "macsec_linux"
	State            InterfaceState
	StateAt          time.Time   // when State was last signalled; zero when it was so before we came
	Trail            []StateStep // the states it went through while we watched, oldest first, bounded
	Scanning         bool
	AuthMode         string // CurrentAuthMode: "INACTIVE" unless completed, then "EAP-PEAP" or a key management
	DisconnectReason Reason // negative: generated here
	AuthStatus       Status
	AssocStatus      Status
	Network          *Network // CurrentNetwork
	Tried            *Network // the network block that reasons and statuses speak of: Network, or the one before its removal where we saw it chosen
	BSS              *BSS     // CurrentBSS
	Roam             Roam
	Config           Config
	Seen             []BSS        // the other access points, those that were asked for
	Association      *Association // nil when the control socket was not read
	Captured         *Captured    // nil when no call that configures it was seen
	EAP              EAP
	PAE              *PAE      // nil when the control socket was not read
	PskMismatchAt    time.Time // newer than 2.10
	SaeMismatchAt    time.Time // newer than 2.10
}

// StateStep is one state that an interface went through.
type StateStep struct {
	State InterfaceState
	At    time.Time
}

// Roam is the last move from one access point of a network to another without a loss between; the zero value stands for none that we saw.
type Roam struct {
	From string // BSSID; "" when it is not known
	At   time.Time
}

// Network is a network block, without secrets: values in the syntax of wpa_supplicant.conf.
type Network struct {
	Path       string
	Enabled    bool
	Properties map[string]string
}

// BSS is one access point as wpa_supplicant sees it.
type BSS struct {
	Path      string
	SSID      []byte
	BSSID     string
	Frequency uint16 // MHz
	SignalDBm int16
	Age       time.Duration
	Privacy   bool    // it encrypts, in whatever way
	WPA       *Suites // nil without such an element
	RSN       *Suites // nil without such an element: WPA2, WPA3, OWE
	PMF       Protection
}

// EAP is how far 802.1X came, from the EAP and Certification signals that we saw.
type EAP struct {
	Started   time.Time // last "started"; zero when none was seen
	Method    string    // the method that was agreed on: "PEAP"
	Refused   string    // the method that was proposed and refused
	Outcome   EAPOutcome
	OutcomeAt time.Time
	Failures  int    // "completion failure" since the last success
	TLSAlert  string // "remote: unknown ca", "local: certificate expired"
	CertError string // why the server's certificate was not accepted
	Asked     string // what the supplicant asked the user for: "PASSWORD", "IDENTITY"
	Subject   string // the subject of the server's certificate
}

// PAE is the state of the 802.1X port access entity. It is not on D-Bus: it comes from the control socket's STATUS.
type PAE struct {
	State      string    `json:"state"`      // "AUTHENTICATED", "HELD", "CONNECTING", …
	Authorized bool      `json:"authorized"` // suppPortStatus
	EAP        string    `json:"eap"`        // "SUCCESS", "FAILURE", "IDLE", …
	Method     string    `json:"method"`     // "25 (EAP-PEAP)"
	At         time.Time `json:"at"`
}

// EAPOutcome is the end of an EAP conversation.
type EAPOutcome uint8

// The ends of an EAP conversation.
const (
	EAPUnseen EAPOutcome = iota // no end was seen
	EAPSuccess
	EAPFailure
)
