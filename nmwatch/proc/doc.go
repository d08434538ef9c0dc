// Package proc reads from /proc which processes serve the network: DHCP clients, supplicants, VPN programs, resolvers,
// with their process id, their systemd unit and the interfaces that they name or hold.
//
// Reading needs no right. Who holds a tunnel open only root sees of the processes of others; the table says so. Of a
// command line nothing is kept but the names of interfaces: it may hold passwords. Processes of other network namespaces
// are left out where their namespace can be told.
package proc
