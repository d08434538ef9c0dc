package mirror

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// DefaultAddress is where the system bus listens when DBUS_SYSTEM_BUS_ADDRESS does not say otherwise.
const DefaultAddress = "unix:path=/var/run/dbus/system_bus_socket"

// Dial connects to the first address of a list that answers ("Server Addresses"). It only opens the socket; NewConn
// makes the conversation.
func Dial(ctx context.Context, address string) (net.Conn, error) {
	sockets, err := parseAddress(address)
	var dialer net.Dialer
	for _, path := range sockets {
		nc, dialErr := dialer.DialContext(ctx, "unix", path)
		if dialErr == nil {
			return nc, nil
		}
		err = errors.Join(err, dialReason(dialErr))
	}
	return nil, fmt.Errorf("cannot dial %s: %w", address, err)
}

// dialReason leaves out what the caller says already: the operation and the address.
func dialReason(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// parseAddress gives the sockets of the addresses that we can dial, and an error for the others.
func parseAddress(list string) (sockets []string, err error) {
	for address := range strings.SplitSeq(list, ";") {
		if address == "" {
			continue
		}
		socket, addressErr := parseOne(address)
		if addressErr != nil {
			err = errors.Join(err, addressErr)
			continue
		}
		sockets = append(sockets, socket)
	}
	if len(sockets) == 0 && err == nil {
		err = errors.New("the address is empty")
	}
	return sockets, err
}

// parseOne reads "transport:key=value,key=value". An abstract socket is written with '@', as package net wants it.
func parseOne(address string) (string, error) {
	transport, rest, ok := strings.Cut(address, ":")
	if !ok {
		return "", fmt.Errorf("the address %q has no transport", address)
	}
	if transport != "unix" {
		return "", fmt.Errorf("the transport %q is not supported, only unix", transport)
	}
	for pair := range strings.SplitSeq(rest, ",") {
		key, escaped, _ := strings.Cut(pair, "=")
		value, err := url.PathUnescape(escaped)
		switch {
		case err != nil:
			return "", fmt.Errorf("the address %q: %w", address, err)
		case key == "path" && value != "":
			return value, nil
		case key == "abstract" && value != "":
			return "@" + value, nil
		}
	}
	return "", fmt.Errorf("the address %q names neither path nor abstract", address)
}
