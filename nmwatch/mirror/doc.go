// Package mirror follows services on D-Bus: it dials the bus, turns every message into a record, and folds the records
// into what is known about the services and their objects.
//
// # Parts
//
// A [Bus] does the I/O and nothing else; it decides nothing. [Talk] and [Tree] are pure folds: [Talk] turns records into
// events (who came, who went, what answers which call), a [Tree] turns the events of one service into a replica of its
// objects. Sub-package wire reads and writes single messages. godbus is used to encode, never to read: its reader
// decodes by reflection, loses the order of the wire, and does not give the raw bytes.
//
//	            ┌───────────── Send(call) → record ◄── wants ─────────────┐
//	bus ◄──► Bus ──── Config.Out ────► owner ──► Talk ──► Event ──► Tree ──┘
//
// One goroutine, the owner, holds the folds. It takes a record from Out, gives it a sequence number, applies it to
// Talk, applies the events to the trees, and sends what they want:
//
//	for r := range out {
//		apply(r) // talk.Apply(r), then tree.Apply(event) for each event
//		for _, call := range tree.Wants() {
//			sent, err := bus.Send(call)
//			if err != nil { break } // BusDown is on its way
//			apply(sent)
//		}
//	}
//
// # Order
//
// On each connection there come, in this order: the note Up; DBusSent of Hello, of AddMatch and GetNameOwner for each of
// Config.Names, of AddMatch for each of Config.Rules, and of Config.Calls, all of which went out in one write; then what is received, in the order of the wire, with notes
// NoAnswer between; then the note Down. When the first attempt fails there is Down alone; attempts that go on failing
// for the same reason give nothing.
//
// The record of a call made by Send is not in Out: Send returns it, and the owner applies it before it takes the next
// record. The reply cannot have been applied then, because it is in Out, behind. Calls are to be made from BusUp on
// (Talk gives that event when Hello is answered), not at the note Up, when the opening is still being written down.
//
// # Blocking and loss
//
// Nothing is dropped here. Out should have a buffer (a few hundred); when it is full, Bus stops reading and the bus
// daemon keeps the messages. dbus-daemon does so up to its limit max_outgoing_bytes, and drops signals past it; a
// consumer that lags for long therefore loses signals that nobody tells it of. Send does not block and may be called
// by whoever drains Out: it queues the call for a goroutine that writes.
//
// A call without an answer within Config.Timeout gives the note NoAnswer. That is only said when nothing could be read
// at that time, so a slow consumer does not make a service look hung. A late answer is a record like any other.
//
// Bus never closes Out. After the context has ended, nothing is put into it any more. No goroutine outlives Run.
//
// # Others
//
// A [Monitor] shows what others say to each other, as records DBusSeen. It is a connection of its own beside that of a Bus;
// the folds take what it shows for state only where there is no conversation of our own, as in the recordings of others.
//
// # Minimum
//
// Without Names and Rules a connection costs Hello and the calls that are sent, which is what a one-shot command wants:
// Talk learns the owner of a service from the sender of its first answer. What is to be asked in any case is best put into
// Config.Calls: the services work on it before Hello is answered. The folds give it as their Opening, and do not want it again.
//
// # Tests
//
// Config.Dial hands in any net.Conn; net.Pipe works, also in a bubble of testing/synctest. Notes and records for the
// folds can be made with wire.Message.Encode.
package mirror
