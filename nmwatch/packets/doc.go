// Package packets sees the frames that make a connection - EAPOL and DHCP - on all links, without what could give a password away.
//
// A record holds a packet as LINKTYPE_LINUX_SLL2 defines it: a header that names the link and the direction, and the packet
// without the frame's own header.
package packets
