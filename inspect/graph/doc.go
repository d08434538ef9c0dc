// Package graph tells what stands on what at run time: interfaces, the processes that serve them, connections, addresses,
// routes and name servers, each on what would take it down.
//
// It is pure: Build is a function of a snapshot and its pyramid. What may stand on what is data, in grammar.go; Check
// holds a graph against it and finds what was left over. Order gives the nodes from the ground up: the order in which
// things come back, and backwards the one in which they are taken down.
package graph
