package wpadbus

import "context"

// Caller makes calls on a bus.
type Caller interface {
	Do(ctx context.Context, service, path, iface, member string) error
}

// Control changes what wpa_supplicant does. Interfaces are named by their D-Bus path.
type Control struct{ bus Caller }

// NewControl makes changes over a bus.
func NewControl(bus Caller) *Control { return &Control{bus} }

// Reassociate leaves the access point and looks for the best one of the same network.
func (c *Control) Reassociate(ctx context.Context, iface string) error {
	return c.do(ctx, iface, "Reassociate")
}

// Relogin begins a new 802.1X session, also where the user had logged off or the port is held after a refusal. A logoff
// before it would only make the authenticator wait: 32 s instead of 2 with hostapd.
func (c *Control) Relogin(ctx context.Context, iface string) error {
	if err := c.do(ctx, iface, "EAPLogon"); err != nil {
		return err
	}
	return c.do(ctx, iface, "Reassociate")
}

func (c *Control) do(ctx context.Context, iface, member string) error {
	return c.bus.Do(ctx, Service, iface, ifaceIface, member)
}
