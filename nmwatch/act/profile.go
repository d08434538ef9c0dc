package act

import (
	"context"
	"errors"
	"fmt"

	nm "github.com/Wifx/gonetworkmanager/v3"
	"github.com/godbus/dbus/v5"
)

// VPNProfile is what the settings say of a VPN.
type VPNProfile struct {
	Path       string
	ID         string
	UUID       string
	Persistent bool // "vpn.persistent": it survives its base
}

// ErrNoProfile says that no VPN has the name.
var ErrNoProfile = errors.New("no VPN profile has this name")

// VPNNamed finds the profile of a VPN by its name or UUID. It reads one profile after the other: nothing tells the names.
func (n *Network) VPNNamed(ctx context.Context, name string) (VPNProfile, error) {
	found, err := within(ctx, method(rootPath+"/Settings", service+".Settings", "ListConnections"), func() (VPNProfile, error) {
		all, err := nm.NewSettings()
		if err != nil {
			return VPNProfile{}, err
		}
		list, err := all.ListConnections()
		if err != nil {
			return VPNProfile{}, err
		}
		for _, connection := range list {
			p, isVPN, err := read(connection)
			switch {
			case ctx.Err() != nil:
				return VPNProfile{}, ctx.Err()
			case err != nil: // removed meanwhile, or not ours to see
			case isVPN && (p.ID == name || p.UUID == name):
				return p, nil
			}
		}
		return VPNProfile{}, nil
	})
	if err == nil && found.Path == "" {
		err = fmt.Errorf("%w: %s", ErrNoProfile, name)
	}
	return found, err
}

// ProfilePath finds the path of a profile by its UUID.
func (n *Network) ProfilePath(ctx context.Context, uuid string) (string, error) {
	return within(ctx, method(rootPath+"/Settings", service+".Settings", "GetConnectionByUuid"), func() (string, error) {
		all, err := nm.NewSettings()
		if err != nil {
			return "", err
		}
		connection, err := all.GetConnectionByUUID(uuid)
		if err != nil {
			return "", err
		}
		return string(connection.GetPath()), nil
	})
}

// LastWired finds the profile that was last connected of those that a wired interface can have; "" for none.
func (n *Network) LastWired(ctx context.Context, iface string) (path string, err error) {
	return within(ctx, method(rootPath+"/Settings", service+".Settings", "ListConnections"), func() (path string, err error) {
		all, err := nm.NewSettings()
		if err != nil {
			return "", err
		}
		list, err := all.ListConnections()
		latest := uint64(0)
		for _, connection := range list {
			s, err := connection.GetSettings()
			if err != nil { // removed meanwhile, or not ours to see
				continue
			}
			at, _ := s["connection"]["timestamp"].(uint64)
			bound, _ := s["connection"]["interface-name"].(string)
			if s["connection"]["type"] == "802-3-ethernet" && (bound == "" || bound == iface) && at > latest {
				path, latest = string(connection.GetPath()), at
			}
		}
		return path, err
	})
}

// VPNAt reads the profile of a VPN.
func (n *Network) VPNAt(ctx context.Context, path string) (VPNProfile, error) {
	return within(ctx, method(path, service+".Settings.Connection", "GetSettings"), func() (VPNProfile, error) {
		connection, err := nm.NewConnection(dbus.ObjectPath(path))
		if err != nil {
			return VPNProfile{}, err
		}
		p, _, err := read(connection)
		return p, err
	})
}

func read(c nm.Connection) (p VPNProfile, isVPN bool, err error) {
	s, err := c.GetSettings()
	if err != nil {
		return p, false, err
	}
	p.Path = string(c.GetPath())
	p.ID, _ = s["connection"]["id"].(string)
	p.UUID, _ = s["connection"]["uuid"].(string)
	p.Persistent, _ = s["vpn"]["persistent"].(bool)
	return p, s["connection"]["type"] == "vpn", nil
}
