package act

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	nm "github.com/Wifx/gonetworkmanager/v3"
	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
)

// Network changes connections and devices.
type Network struct{ bus *Bus }

// NewNetwork makes changes over a bus.
func NewNetwork(b *Bus) *Network { return &Network{b} }

func method(path, iface, member string) Method { return Method{service, path, iface, member} }

// Activate connects a profile on a device; "/" as a profile or device lets NetworkManager choose. Of a VPN, base is the
// active connection that carries it; "/" is the primary one. It does not wait for the outcome.
func (n *Network) Activate(ctx context.Context, profile, device, base string) (err error) {
	const attempts = 3
	for range attempts {
		if err = n.activate(ctx, profile, device, base); !cancelled(err) {
			break
		}
	}
	return err
}

// cancelled says that NetworkManager dropped a request, because the device changed just then (auth_cancelled of
// nm-active-connection.c): asked again it looks at it anew.
func cancelled(err error) bool {
	var refused *mirror.CallError
	return errors.As(err, &refused) && refused.Text == "Authorization request cancelled"
}

func (n *Network) activate(ctx context.Context, profile, device, base string) error {
	return do(ctx, method(rootPath, service, "ActivateConnection"), func() error {
		manager, err := nm.NewNetworkManager()
		if err != nil {
			return err
		}
		connection, err := nm.NewConnection(dbus.ObjectPath(profile))
		if err != nil {
			return err
		}
		on, err := nm.NewDevice(dbus.ObjectPath(device))
		if err != nil {
			return err
		}
		specific, ok := n.bus.conn.Object(service, dbus.ObjectPath(base)).(*dbus.Object)
		if !ok {
			return errors.New("internal error: godbus gives another kind of object")
		}
		_, err = manager.ActivateConnection(connection, on, specific)
		return err
	})
}

// Deactivate ends an active connection.
func (n *Network) Deactivate(ctx context.Context, active string) error {
	return do(ctx, method(rootPath, service, "DeactivateConnection"), func() error {
		manager, err := nm.NewNetworkManager()
		if err != nil {
			return err
		}
		connection, err := nm.NewActiveConnection(dbus.ObjectPath(active))
		if err != nil {
			return err
		}
		return manager.DeactivateConnection(connection)
	})
}

// SetManaged lets NetworkManager take a device, or let go of it.
func (n *Network) SetManaged(ctx context.Context, device string, managed bool) error {
	return onDevice(ctx, device, "Managed", func(d nm.Device) error { return d.SetPropertyManaged(managed) })
}

// SetWireless switches all Wi-Fi on or off.
func (n *Network) SetWireless(ctx context.Context, on bool) error {
	return do(ctx, method(rootPath, service, "WirelessEnabled"), func() error {
		manager, err := nm.NewNetworkManager()
		if err != nil {
			return err
		}
		return manager.SetPropertyWirelessEnabled(on)
	})
}

// Reapply puts back what is missing of a device's addresses and routes, and removes what is not its own.
func (n *Network) Reapply(ctx context.Context, device string) error {
	return onDevice(ctx, device, "Reapply", func(d nm.Device) error { return d.Reapply(nm.ConnectionSettings{}, 0, 0) })
}

// onDevice uses a member of a device.
func onDevice(ctx context.Context, path, member string, use func(nm.Device) error) error {
	return do(ctx, method(path, deviceName, member), func() error {
		d, err := nm.NewDevice(dbus.ObjectPath(path))
		if err != nil {
			return err
		}
		return use(d)
	})
}

// settings are a connection's, with the D-Bus types that NetworkManager gave them: gonetworkmanager loses those.
type settings map[string]map[string]dbus.Variant

// Renew makes NetworkManager ask for addresses anew while the link stays. It does so only when a setting of the family
// differs from what it has applied (nm_device_reapply of nm-device.c), so one that changes nothing else is changed and
// put back: how long DHCP may take.
func (n *Network) Renew(ctx context.Context, device string) error {
	applied, err := n.applied(ctx, device)
	if err != nil {
		return err
	}
	reapply := func(s settings) error {
		return n.bus.Call(ctx, method(device, deviceName, "Reapply"), nil, map[string]map[string]dbus.Variant(s), uint64(0), uint32(0))
	}
	changed, err := patient(applied)
	if err != nil {
		return err
	}
	if err := reapply(changed); err != nil {
		return err
	}
	return reapply(applied)
}

// applied reads what is applied to a device. Storing it into a variable of its type would lose the types of what is in
// the variants, so it is taken as it was decoded.
func (n *Network) applied(ctx context.Context, device string) (settings, error) {
	body, err := n.bus.body(ctx, method(device, deviceName, "GetAppliedConnection"), uint32(0))
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		if s, ok := body[0].(map[string]map[string]dbus.Variant); ok {
			return sendable(s)
		}
	}
	return nil, errors.New("NetworkManager's answer to GetAppliedConnection has another form than its interface")
}

// sendable leaves out what godbus cannot write again as it was: it takes structs for arrays, and aligns them wrongly. The
// old forms of IPv6 addresses and routes are such; NetworkManager gives and reads the new forms beside them.
func sendable(s settings) (settings, error) {
	kept := settings{}
	for name, values := range s {
		kept[name] = map[string]dbus.Variant{}
		for key, value := range values {
			switch {
			case !strings.Contains(value.Signature().String(), "("):
				kept[name][key] = value
			case name == "ipv6" && (key == "addresses" || key == "routes"):
			default:
				return nil, fmt.Errorf("the applied %s.%s has the type %s, which cannot be sent back", name, key, value.Signature())
			}
		}
	}
	return kept, nil
}

// patient is a copy of settings with another time that DHCP may take.
func patient(applied settings) (settings, error) {
	const usual = 45 // seconds, NetworkManager's own default
	changed := settings{}
	families := 0
	for name, values := range applied {
		changed[name] = values
		method, _ := values["method"].Value().(string)
		if name != "ipv4" && name != "ipv6" || method != "auto" && method != "dhcp" {
			continue
		}
		families++
		timeout, _ := values["dhcp-timeout"].Value().(int32)
		other := maps.Clone(values)
		other["dhcp-timeout"] = dbus.MakeVariant(max(usual, timeout+1))
		changed[name] = other
	}
	if families == 0 {
		return nil, errors.New("neither IPv4 nor IPv6 is automatic")
	}
	return changed, nil
}
