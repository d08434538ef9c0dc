package loglevel

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/act"
)

// Level is how much is to be logged.
type Level string

// The levels.
const (
	Debug Level = "debug"
	Trace Level = "trace" // all there is
)

// Caller makes calls on a bus; act.Bus is one. Asking must not start a daemon.
type Caller interface {
	Call(ctx context.Context, to act.Method, store []any, args ...any) error
}

// Setting is how much a daemon logs, in its own words.
type Setting struct {
	Level   string `json:"level"`
	Domains string `json:"domains,omitempty"` // of NetworkManager; may have levels of their own: "WIFI:DEBUG"
}

// String gives the setting as NetworkManager's documentation writes it.
func (s Setting) String() string {
	if s.Domains == "" {
		return s.Level
	}
	return s.Level + " " + s.Domains
}

// daemon is one whose level can be raised.
type daemon struct {
	name   string // as a user knows it
	read   func(ctx context.Context, c Caller) (Setting, error)
	write  func(ctx context.Context, c Caller, s Setting) error
	raised func(l Level, domains string) Setting
}

func daemons() []daemon {
	return []daemon{networkManager(), supplicant(), modemManager()}
}

func networkManager() daemon {
	const service, path = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
	return daemon{
		name: "NetworkManager",
		read: func(ctx context.Context, c Caller) (s Setting, err error) {
			err = c.Call(ctx, act.Method{Service: service, Path: path, Interface: service, Member: "GetLogging"}, []any{&s.Level, &s.Domains})
			return s, err
		},
		write: func(ctx context.Context, c Caller, s Setting) error {
			return c.Call(ctx, act.Method{Service: service, Path: path, Interface: service, Member: "SetLogging"}, nil, s.Level, s.Domains)
		},
		// DEFAULT leaves VPN_PLUGIN out, in which plugins log passwords (NetworkManager.conf(5)).
		raised: func(l Level, domains string) Setting {
			if domains == "" {
				domains = "DEFAULT"
			}
			return Setting{strings.ToUpper(string(l)), domains}
		},
	}
}

func supplicant() daemon {
	const service, path, properties = "fi.w1.wpa_supplicant1", "/fi/w1/wpa_supplicant1", "org.freedesktop.DBus.Properties"
	return daemon{
		name: "wpa_supplicant",
		read: func(ctx context.Context, c Caller) (s Setting, err error) {
			err = c.Call(ctx, act.Method{Service: service, Path: path, Interface: properties, Member: "Get"}, []any{&s.Level}, service, "DebugLevel")
			return s, err
		},
		write: func(ctx context.Context, c Caller, s Setting) error {
			return c.Call(ctx, act.Method{Service: service, Path: path, Interface: properties, Member: "Set"}, nil, service, "DebugLevel", dbus.MakeVariant(s.Level))
		},
		raised: func(l Level, _ string) Setting {
			if l == Trace {
				return Setting{Level: "msgdump"}
			}
			return Setting{Level: "debug"}
		},
	}
}

// named finds a daemon by the name that a user knows.
func named(name string) (daemon, error) {
	for _, d := range daemons() {
		if d.name == name {
			return d, nil
		}
	}
	return daemon{}, fmt.Errorf("%s is no daemon whose level can be set", name)
}
