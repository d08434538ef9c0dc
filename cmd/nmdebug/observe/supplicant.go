package observe

import (
	"context"

	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus"
)

// The interfaces of wpa_supplicant's objects.
const (
	supplicantPath  = wire.Path("/fi/w1/wpa_supplicant1")
	supplicantIface = wpadbus.Service
	interfaceIface  = wpadbus.Service + ".Interface"
)

// Supplicant asks wpa_supplicant what it can do, and what it can on an interface, if it has that one. Without root or
// membership in the group netdev that is refused.
func (c *Conversation) Supplicant(ctx context.Context, ifname string) (derive.Supplicant, error) {
	root, err := c.Properties(ctx, wpadbus.Service, supplicantPath, supplicantIface)
	if err != nil {
		return derive.Supplicant{}, err
	}
	var s derive.Supplicant
	s.Capabilities, _ = root.Strings("Capabilities")
	s.EAPMethods, _ = root.Strings("EapMethods")
	interfaces, _ := root.Paths("Interfaces")
	s.Busy = len(interfaces) > 0
	args, err := c.Call(ctx, wire.Call{Service: wpadbus.Service, Path: supplicantPath, Interface: supplicantIface, Member: "GetInterface", Args: []any{ifname}})
	path, err := first[wire.Path](args, err)
	if err != nil {
		return s, nil // it has no such interface
	}
	props, err := c.Properties(ctx, wpadbus.Service, path, interfaceIface)
	if err != nil {
		return s, nil // gone meanwhile
	}
	able, _ := props.Dict("Capabilities")
	s.KeyMgmt, _ = able["KeyMgmt"].([]string)
	s.GroupMgmt, _ = able["GroupMgmt"].([]string)
	_, s.HasApIsolate = props["ApIsolate"]
	return s, nil
}

// Blobs reads the content of the blobs of one of wpa_supplicant's interfaces. It may be a private key: whoever asks
// answers for where it goes.
func (c *Conversation) Blobs(ctx context.Context, path wire.Path) (map[string][]byte, error) {
	props, err := c.Properties(ctx, wpadbus.Service, path, interfaceIface)
	if err != nil {
		return nil, err
	}
	blobs := map[string][]byte{}
	dict, _ := props.Dict("Blobs")
	for name, content := range dict {
		if b, ok := content.([]byte); ok {
			blobs[name] = b
		}
	}
	return blobs, nil
}
