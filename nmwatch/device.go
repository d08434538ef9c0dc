package nmwatch

import (
	"fmt"
	"net/netip"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// devices reads all devices, with what their history and their applied connections tell.
func (f *Fold) devices(in *mirror.Reading) map[string]nmtypes.Device {
	devices := map[string]nmtypes.Device{}
	for path, object := range f.tree.Objects() {
		if _, ok := object[deviceIface]; !ok {
			continue
		}
		d := device(in, path, object)
		d.StateAt, d.StateBefore = f.history.stateAt[d.Path], f.history.before[d.Path]
		d.LeaseAt = f.history.leased(in.Reader(path, deviceIface))
		d.LastFailure = f.history.failures[d.Path]
		d.Applied = f.applied.of(d)
		devices[d.Path] = d
	}
	return devices
}

func device(in *mirror.Reading, path wire.Path, o mirror.Object) nmtypes.Device {
	r := in.Reader(path, deviceIface)
	d := nmtypes.Device{
		Path:            string(path),
		Interface:       r.String("Interface"),
		IPInterface:     r.String("IpInterface"),
		Type:            nmtypes.DeviceType(r.Uint32("DeviceType")),
		State:           nmtypes.DeviceState(r.Uint32("State")),
		Reason:          stateReason(in, r),
		Managed:         r.Bool("Managed"),
		Real:            r.Bool("Real"),
		Driver:          r.String("Driver"),
		FirmwareMissing: r.Bool("FirmwareMissing"),
		PluginMissing:   r.Bool("NmPluginMissing"),
		HwAddress:       r.String("HwAddress"),
		Flags:           nmtypes.InterfaceFlags(r.Uint32("InterfaceFlags")),
		MTU:             r.Uint32("Mtu"),
		Active:          object(r.Path("ActiveConnection")),
		IP4:             ipConfig(in, r.Path("Ip4Config"), ip4Iface),
		IP6:             ipConfig(in, r.Path("Ip6Config"), ip6Iface),
		DHCP4:           lease(in, r.Path("Dhcp4Config"), dhcp4Iface),
		DHCP6:           lease(in, r.Path("Dhcp6Config"), dhcp6Iface),
		IP4Connectivity: nmtypes.Connectivity(r.Uint32("Ip4Connectivity")),
		IP6Connectivity: nmtypes.Connectivity(r.Uint32("Ip6Connectivity")),
		Ports:           objects(r.Paths("Ports")),
		Autoconnect:     r.Bool("Autoconnect"),
	}
	available := r.Paths("AvailableConnections")
	d.Available = len(available)
	if d.Available == 1 {
		d.AvailableFile = in.Reader(available[0], profileIface).String("Filename")
	}
	for iface := range o {
		kindOfDevice(&d, in, path, iface)
	}
	return d
}

// kindOfDevice adds what the interface of one kind of device tells. Carrier and Parent have the same name in all kinds
// that have them.
func kindOfDevice(d *nmtypes.Device, in *mirror.Reading, path wire.Path, iface string) {
	if iface == deviceIface || iface == statisticsIface {
		return
	}
	r := in.Reader(path, iface)
	if r.Has("Carrier") {
		carrier := r.Bool("Carrier")
		d.Carrier = &carrier
	}
	if r.Has("Parent") {
		d.Parent = object(r.Path("Parent"))
	}
	switch iface {
	case wiredIface:
		d.SpeedMbps = r.Uint32("Speed")
	case wirelessIface:
		d.Wireless = wireless(in, r)
	case bluetoothIface:
		d.BluetoothCaps = r.Uint32("BtCapabilities")
	}
}

func wireless(in *mirror.Reading, r *mirror.Reader) *nmtypes.Wireless {
	w := &nmtypes.Wireless{
		Mode:        r.Uint32("Mode"),
		BitrateKbps: r.Uint32("Bitrate"),
		Visible:     len(r.Paths("AccessPoints")),
		LastScan:    time.Duration(r.Int64("LastScan")) * time.Millisecond,
	}
	if path := r.Path("ActiveAccessPoint"); path != "/" && path != "" {
		ap := in.Reader(path, apIface)
		w.AccessPoint = &nmtypes.AccessPoint{
			Path: string(path), SSID: ap.Bytes("Ssid"), BSSID: ap.String("HwAddress"),
			Frequency: ap.Uint32("Frequency"), Strength: ap.Byte("Strength"),
		}
	}
	return w
}

// stateReason reads StateReason, a struct of state and reason.
func stateReason(in *mirror.Reading, r *mirror.Reader) nmtypes.DeviceReason {
	if !r.Has("StateReason") {
		return nmtypes.ReasonNone
	}
	if pair, ok := r.Props["StateReason"].([]any); ok && len(pair) == 2 {
		if reason, ok := pair[1].(uint32); ok {
			return nmtypes.DeviceReason(reason)
		}
	}
	in.Problem(r.Object, r.Iface+".StateReason is no struct of two numbers")
	return nmtypes.ReasonUnknown
}

// lease reads the options of a DHCP lease; nil when there is none.
func lease(in *mirror.Reading, path wire.Path, iface string) map[string]string {
	if _, ok := in.Props(path, iface); !ok {
		return nil
	}
	options := in.Reader(path, iface).Dict("Options")
	values := make(map[string]string, len(options))
	for name, value := range options {
		values[name] = fmt.Sprint(value)
	}
	return values
}

// ipConfig reads what NetworkManager configured for one family; nil when it configured nothing.
func ipConfig(in *mirror.Reading, path wire.Path, iface string) *nmtypes.IPConfig {
	if _, ok := in.Props(path, iface); !ok {
		return nil
	}
	r := in.Reader(path, iface)
	c := &nmtypes.IPConfig{Gateway: r.String("Gateway"), Routes: len(r.Dicts("RouteData"))}
	for _, a := range r.Dicts("AddressData") {
		address, ok := mirror.Props(a).String("address")
		prefix, sized := mirror.Props(a).Uint32("prefix")
		if !ok || !sized {
			in.Problem(path, iface+".AddressData has an entry without address or prefix")
			continue
		}
		c.Addresses = append(c.Addresses, fmt.Sprintf("%s/%d", address, prefix))
	}
	c.Nameservers = nameservers(in, r)
	c.Domains = r.Strings("Domains")
	return c
}

// nameservers reads the name servers of a configuration. NameserverData has them as text; the older Nameservers of
// IPv6, which has no such twin, as bytes.
func nameservers(in *mirror.Reading, r *mirror.Reader) []string {
	var servers []string
	for _, server := range r.Dicts("NameserverData") {
		address, ok := mirror.Props(server).String("address")
		if !ok {
			in.Problem(r.Object, r.Iface+".NameserverData has an entry without address")
			continue
		}
		servers = append(servers, address)
	}
	if r.Iface != ip6Iface || r.Has("NameserverData") {
		return servers
	}
	for _, raw := range r.ByteArrays("Nameservers") {
		address, ok := netip.AddrFromSlice(raw)
		if !ok {
			in.Problem(r.Object, r.Iface+".Nameservers has an entry that is no address")
			continue
		}
		servers = append(servers, address.String())
	}
	return servers
}

// dns reads the configuration that NetworkManager gave to the resolver, and how it does so.
func (f *Fold) dns(in *mirror.Reading) (entries []nmtypes.DNSEntry, mode string) {
	r := in.Reader(dnsPath, dnsIface)
	for _, entry := range r.Dicts("Configuration") {
		p := mirror.Props(entry)
		var e nmtypes.DNSEntry
		e.Interface, _ = p.String("interface")
		e.Nameservers, _ = p.Strings("nameservers")
		e.Domains, _ = p.Strings("domains")
		e.VPN, _ = p.Bool("vpn")
		entries = append(entries, e)
	}
	return entries, r.String("Mode")
}

// activeConnection reads one active connection.
func activeConnection(in *mirror.Reading, path wire.Path) nmtypes.ActiveConnection {
	r := in.Reader(path, activeIface)
	ac := nmtypes.ActiveConnection{
		Path:       string(path),
		Connection: object(r.Path("Connection")),
		ID:         r.String("Id"),
		UUID:       r.String("Uuid"),
		Type:       r.String("Type"),
		Devices:    objects(r.Paths("Devices")),
		State:      nmtypes.ActiveState(r.Uint32("State")),
		Flags:      nmtypes.ActivationFlags(r.Uint32("StateFlags")),
		Default4:   r.Bool("Default"),
		Default6:   r.Bool("Default6"),
		VPN:        r.Bool("Vpn"),
		IP4:        ipConfig(in, r.Path("Ip4Config"), ip4Iface),
		IP6:        ipConfig(in, r.Path("Ip6Config"), ip6Iface),
		Controller: object(r.Path("Controller")),
	}
	if ac.VPN {
		v := in.Reader(path, vpnIface)
		ac.Base = object(r.Path("SpecificObject"))
		ac.VPNState = nmtypes.VPNState(v.Uint32("VpnState"))
		ac.Banner = v.String("Banner")
	}
	return ac
}
