package narrative

import (
	"fmt"
	"maps"
	"slices"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/record"
)

// properties tells PropertiesChanged(interface, values, invalidated): what a user wants to know in words, the rest as it is
// for those who look for it.
func (n *Narrator) properties(l record.Line, args []any) {
	if len(args) < 2 {
		return
	}
	of, _ := args[0].(string)
	values, _ := args[1].(map[string]any)
	if of == ifaceSupplicant {
		values = n.supplicantState(l, values)
	}
	rest := maps.Clone(values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if text := n.property(name, mirror.Props(values)); text != "" {
			delete(rest, name)
			l.Text, l.Severity = text, record.Info
			n.add(l)
		}
	}
	if of == ifaceDevice || of == ifaceActive || of == ifaceVPN || of == ifaceNM {
		for _, signalled := range []string{"State", "StateReason", "VpnState"} {
			delete(rest, signalled)
		}
	}
	if len(rest) > 0 {
		l.Text, l.Severity = n.dictionary(rest), record.Debug
		n.add(l)
	}
}

// property tells the new value of one property; "" for one that is of no interest by itself.
func (n *Narrator) property(name string, values mirror.Props) string {
	switch name {
	case "Connectivity", "Ip4Connectivity", "Ip6Connectivity":
		if v, ok := values.Uint32(name); ok {
			return fmt.Sprintf("%s is %s", name, nmtypes.Connectivity(v))
		}
	case "Options":
		return lease(values[name])
	case "PrimaryConnection":
		return "the primary connection is " + n.value(values[name])
	case "Configuration":
		if servers := nameServers(values[name]); servers != "" {
			return "name servers: " + servers
		}
	case "Carrier", "Managed", "NetworkingEnabled", "WirelessEnabled", "WirelessHardwareEnabled", "WwanEnabled", "FirmwareMissing",
		"CurrentAuthMode", "RoamTime", "Powered", "Connected", "Paired", "Banner":
		return fmt.Sprintf("%s is %s", name, n.value(values[name]))
	}
	return ""
}

// lease tells the options of a DHCP lease; "" for none.
func lease(options any) string {
	values, _ := options.(map[string]any)
	props := mirror.Props(values)
	address, ok := props.String("ip_address")
	if !ok {
		return ""
	}
	text := "lease of " + address
	if server, ok := props.String("dhcp_server_identifier"); ok {
		text += " from " + server
	}
	if seconds, ok := props.String("dhcp_lease_time"); ok {
		text += " for " + seconds + " s"
	}
	return text
}

// nameServers lists the servers of DnsManager.Configuration, an array of dictionaries, with the interface of each.
func nameServers(configuration any) string {
	entries, _ := configuration.([]any)
	return list(entries, func(entry any) string {
		values, _ := entry.(map[string]any)
		servers, _ := mirror.Props(values).Strings("nameservers")
		text := list(servers, func(s string) string { return s })
		if iface, ok := mirror.Props(values).String("interface"); ok {
			text += " (" + iface + ")"
		}
		return text
	})
}
