// Package kernel follows what the kernel says of the network: links, addresses, routes, neighbours, rfkill switches,
// link speeds, Wi-Fi stations and WireGuard peers.
//
// It has two halves. A [Source] reads the system and makes records; a [Fold] applies records to a
// [kerneltypes.State] and reads nothing. Whoever feeds the same records to a Fold gets the same State,
// today from the kernel or next year from a recording.
//
// # Order and loss
//
// One rtnetlink socket joins its multicast groups first and dumps then, so that a change during the dump is seen as a
// notification. The records of rtnetlink are in the kernel's order. The other sources (rfkill, ethtool, nl80211,
// sysfs, WireGuard) run beside it; a record of theirs that needs a link comes after the link's own record.
//
// Every dump is framed by two notes, Up and Synced. What the fold knew before the Up and was not confirmed until
// the Synced does not exist any more. When the kernel had to drop notifications (ENOBUFS), the source says Lost and
// dumps anew. The kernel also changes some things without a notification (rtnetlink.go lists them): then the
// source dumps only the kind in question, framed by notes of "rtnetlink-links", "rtnetlink-addresses" or "rtnetlink-routes".
//
// # Blocking
//
// The source writes to its channel and waits for the reader: records are never skipped here. A reader that is slow
// for long makes the kernel drop notifications, which is seen as Lost. With nothing to tell all goroutines block in
// read; a timer runs only while there is a Wi-Fi (2 s) or a WireGuard (5 s) interface.
//
// # Rights
//
// Everything but WireGuard works without root. What is not permitted becomes a Denied note that names the right.
//
// # Testing
//
// The fold is tested with the messages in testdata, which were taken from a throw-away network namespace. The live
// tests run the whole test program in a network namespace of its own; they need root.
package kernel
