// Package wpadbus follows wpa_supplicant: a pure fold of what was said on the bus into its state, and the reading of its
// control sockets for what is not on the bus.
//
// wpa_supplicant has no ObjectManager: its objects are found by walking from the root object over the interfaces to the
// current network and access point. Values are cleaned of secrets when they enter.
package wpadbus
