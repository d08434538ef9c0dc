// Package proctypes holds what /proc says of the processes that serve the network, as plain values.
//
// The values are immutable once published. Command lines are not among them: they can hold passwords.
package proctypes

// State is the processes at the instant when they were last read.
type State struct {
	Read      bool      // they were read: one that is not here does not run, save where Denied says more
	Denied    bool      // a process of another user could not be looked at: who holds which tunnel is not known for all
	Failure   string    // why /proc could not be read, "" when it could
	Processes []Process // by process id
}

// Table is the value of a "processes" measurement.
type Table struct {
	Denied    bool      `json:"denied,omitempty"`
	Failure   string    `json:"failure,omitempty"`
	Processes []Process `json:"processes"`
}

// Process is one process that serves the network of our own network namespace.
type Process struct {
	PID    int      `json:"pid"`
	Parent int      `json:"parent"`
	Name   string   `json:"name"`             // the program's name
	Role   Role     `json:"role"`             // what it does
	Unit   string   `json:"unit,omitempty"`   // "NetworkManager.service", "" when it is in none
	Serves []string `json:"serves,omitempty"` // interfaces that its command line names
	Holds  []string `json:"holds,omitempty"`  // tunnel interfaces that it has open
}

// Role says what a process does for the network.
type Role string

// The roles.
const (
	RoleManager     Role = "manager" // gives interfaces their configuration: NetworkManager, systemd-networkd
	RoleSupplicant  Role = "supplicant"
	RoleAccessPoint Role = "access-point"
	RoleDHCPClient  Role = "dhcp-client"
	RoleLinkLocal   Role = "link-local" // takes an IPv4 address of the link alone
	RoleVPN         Role = "vpn"
	RolePlugin      Role = "vpn-plugin" // stands between NetworkManager and a VPN's program
	RoleDialler     Role = "dialler"    // PPP
	RoleResolver    Role = "resolver"
	RoleModem       Role = "modem"
	RoleTunnel      Role = "tunnel" // any other that holds a tunnel interface
)
