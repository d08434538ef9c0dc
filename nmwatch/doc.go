// Package nmwatch follows NetworkManager: a pure fold of what was said on the bus into its state.
//
// The objects come from a replica of NetworkManager's object tree; what the tree forgets - why a device failed, how a
// VPN ended, when a state was taken - comes from the signals that were seen.
package nmwatch
