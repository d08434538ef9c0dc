package main

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv"
)

// flood is many messages.
type flood struct {
	pace  int // messages a second
	count int
}

const (
	// floodSignal is what is sent.
	floodSignal = "org.freedesktop.NetworkManager.VPN.Plugin.Config"

	// portions is how many times a second some are sent.
	portions = 500
)

// lasts is how long it goes on.
func (f flood) lasts() time.Duration {
	return time.Duration(f.count) * time.Second / time.Duration(f.pace)
}

// send sends signals at the pace, such as a VPN plugin sends.
func (f flood) send(ctx context.Context, lab *testenv.Lab) error {
	conn, err := lab.Dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	config := map[string]dbus.Variant{
		"tundev": dbus.MakeVariant("tun0"), "gateway": dbus.MakeVariant(uint32(0x0a630001)), "mtu": dbus.MakeVariant(uint32(1500)),
		"has-ip4": dbus.MakeVariant(true), "banner": dbus.MakeVariant("Welcome"), "proxy": dbus.MakeVariant("proxy.example"),
	}
	tick := time.NewTicker(time.Second / portions)
	defer tick.Stop()
	for range f.count / (f.pace / portions) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		for range f.pace / portions {
			if err := conn.Emit("/org/freedesktop/NetworkManager/VPN/Plugin", floodSignal, config); err != nil {
				return err
			}
		}
	}
	return nil
}
