package main

import (
	"encoding/binary"
	"fmt"
	"io"
)

// packet is one packet between a host and its controller in the UART transport layer's form: its kind in the first byte (Core
// Specification, Vol 4 Part A, 2).
type packet []byte

// The kinds of packets.
const (
	kindCommand = 1
	kindACL     = 2
	kindSCO     = 3
	kindEvent   = 4
)

// The commands and events that are looked at (Vol 4 Part E, 7).
const (
	opCreateConnection  = 0x0405
	opDisconnect        = 0x0406
	opReadTransmitPower = 0x0c2d
	opReadRSSI          = 0x1405

	evConnectionComplete    = 0x03
	evDisconnectionComplete = 0x05
	evCommandComplete       = 0x0e
	evCommandStatus         = 0x0f

	errPageTimeout       = 0x04
	errConnectionTimeout = 0x08
	errRemoteUser        = 0x13
	errLocalHost         = 0x16
)

// readPacket takes the next packet off a stream.
func readPacket(r io.Reader) (packet, error) {
	var start [5]byte // the kind and the longest header
	if _, err := io.ReadFull(r, start[:1]); err != nil {
		return nil, err
	}
	header := 3
	switch start[0] {
	case kindACL:
		header = 4
	case kindEvent:
		header = 2
	case kindCommand, kindSCO:
	default:
		return nil, fmt.Errorf("a packet of unknown kind %d", start[0])
	}
	if _, err := io.ReadFull(r, start[1:1+header]); err != nil {
		return nil, err
	}
	size := int(start[header])
	if start[0] == kindACL {
		size = int(binary.LittleEndian.Uint16(start[3:]))
	}
	p := make(packet, 1+header+size)
	copy(p, start[:1+header])
	_, err := io.ReadFull(r, p[1+header:])
	return p, err
}

// command makes a command.
func command(opcode uint16, parameters ...byte) packet {
	p := packet{kindCommand, 0, 0, byte(len(parameters))}
	binary.LittleEndian.PutUint16(p[1:], opcode)
	return append(p, parameters...)
}

// event makes an event.
func event(code byte, parameters ...byte) packet {
	return append(packet{kindEvent, code, byte(len(parameters))}, parameters...)
}

// isCommand says whether it is that command, with as many bytes of parameters at least.
func (p packet) isCommand(opcode uint16, size int) bool {
	return len(p) >= 4+size && p[0] == kindCommand && binary.LittleEndian.Uint16(p[1:]) == opcode
}

// isEvent says whether it is that event, with as many bytes of parameters at least.
func (p packet) isEvent(code byte, size int) bool {
	return len(p) >= 3+size && p[0] == kindEvent && p[1] == code
}

// completes says whether it is the successful answer to a command about a connection, with as many bytes after the handle.
func (p packet) completes(opcode uint16, size int) bool {
	return p.isEvent(evCommandComplete, 6+size) && binary.LittleEndian.Uint16(p[4:]) == opcode && p[6] == 0
}
