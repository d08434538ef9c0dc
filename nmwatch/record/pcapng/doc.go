// Package pcapng writes and reads recordings: the records of all sources in one file that Wireshark opens.
//
// # Layout
//
// The format is that of draft-ietf-opsawg-pcapng. A file is one section whose shb_userappl begins with "nmdebug", with
// three interfaces, all with time stamps in nanoseconds:
//
//	own      LINKTYPE_DBUS (231)     our own conversation; epb_flags tell outbound from inbound
//	monitor  LINKTYPE_DBUS (231)     what a monitor saw of others
//	netlink  LINKTYPE_NETLINK (253)  rtnetlink, and nl80211's events, each behind the 16 bytes of a cooked header
//
// What is no packet is an entry of the systemd journal (block type 9): entries of logs as they are, and what nmdebug
// itself has to say, under SYSLOG_IDENTIFIER=nmdebug with these fields:
//
//	NMDEBUG_KIND            note, measurement, rfkill, verdict, or clock
//	NMDEBUG_REALTIME_NSEC   the wall clock
//	NMDEBUG_BOOTTIME_NSEC   CLOCK_BOOTTIME
//	NMDEBUG_RAW             the record's bytes: mostly JSON
//	MESSAGE                 the same in words
//
// Packets have no boot time of their own. An entry of kind clock holds both clocks; it stands before the first record,
// and again whenever the wall clock has been set.
//
// # Secrets
//
// A Writer takes the secrets out of all that it is given, so there is no way into a file around redaction.
//
// # Reading
//
// A Reader reads what a Writer wrote, the files of `busctl capture` and, being classic pcap, those of `dbus-monitor
// --pcap`. What it takes from others' files are D-Bus, netlink and journal entries. A file may end anywhere, as after a
// crash; its bytes may come from anyone. The records before the first wrong byte are given, then the error with its
// offset. Memory is bounded by the bytes that are there, and by the largest message that D-Bus allows.
package pcapng
