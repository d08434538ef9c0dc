package proc

import (
	"slices"
	"strings"

	"nmdebug/nmwatch/proc/proctypes"
)

// program is what is known of a program that serves the network: its role, and where its command line names interfaces.
type program struct {
	role proctypes.Role
	// named are the options whose value is an interface: "-i", "--dev".
	named []string
	// bare says that interfaces are also the arguments that belong to no option; valued are the options whose value is
	// therefore not one.
	bare   bool
	valued []string
}

// programOf finds a program by the name of its file.
func programOf(name string) (program, bool) {
	switch name {
	case "NetworkManager", "systemd-networkd", "connmand":
		return program{role: proctypes.RoleManager}, true
	case "wpa_supplicant":
		return program{role: proctypes.RoleSupplicant, named: []string{"-i"}}, true
	case "iwd":
		return program{role: proctypes.RoleSupplicant}, true
	case "hostapd":
		return program{role: proctypes.RoleAccessPoint, named: []string{"-i"}}, true
	case "dhclient":
		// dhclient(8): all other options stand alone.
		return program{role: proctypes.RoleDHCPClient, bare: true, valued: []string{
			"-p", "-s", "-g", "-e", "-D", "-sf", "-pf", "-lf", "-cf", "-df", "--decline-wait-time", "--dad-wait-time", "--prefix-len-hint",
		}}, true
	case "dhcpcd":
		return program{role: proctypes.RoleDHCPClient, bare: true, valued: []string{
			"-c", "-C", "-e", "-E", "-f", "-F", "-h", "-i", "-I", "-j", "-l", "-m", "-o", "-O", "-Q", "-r", "-s", "-S", "-t", "-u", "-v", "-W", "-X", "-y", "-z", "-Z",
		}}, true
	case "udhcpc", "udhcpc6":
		return program{role: proctypes.RoleDHCPClient, named: []string{"-i", "--interface"}}, true
	case "avahi-autoipd":
		return program{role: proctypes.RoleLinkLocal, bare: true, valued: []string{"-S", "-t"}}, true
	case "openvpn":
		return program{role: proctypes.RoleVPN, named: []string{"--dev"}}, true
	case "openconnect":
		return program{role: proctypes.RoleVPN, named: []string{"-i", "--interface"}}, true
	case "vpnc":
		return program{role: proctypes.RoleVPN, named: []string{"--ifname"}}, true
	case "charon", "charon-nm", "charon-systemd", "pluto", "xl2tpd", "tailscaled", "wireguard-go", "boringtun", "sshuttle":
		return program{role: proctypes.RoleVPN}, true
	case "pppd":
		return program{role: proctypes.RoleDialler, named: []string{"ifname"}}, true
	case "dnsmasq":
		return program{role: proctypes.RoleResolver, named: []string{"-i", "--interface"}}, true
	case "systemd-resolved", "unbound", "resolvconf":
		return program{role: proctypes.RoleResolver}, true
	case "ModemManager":
		return program{role: proctypes.RoleModem}, true
	}
	if strings.HasPrefix(name, "nm-") && strings.HasSuffix(name, "-service") {
		return program{role: proctypes.RolePlugin}, true
	}
	return program{}, false
}

// interfaces finds the interfaces that a command line names, its program left out.
func (p program) interfaces(args []string) []string {
	var found []string
	take := func(name string) {
		if isInterface(name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		option, value, joined := p.split(arg)
		switch {
		case slices.Contains(p.named, option) && joined:
			take(value)
		case slices.Contains(p.named, option) && i+1 < len(args):
			i++
			take(args[i])
		case slices.Contains(p.valued, arg):
			i++
		case p.bare && !strings.HasPrefix(arg, "-"):
			take(arg)
		}
	}
	return found
}

// split takes an option apart whose value is joined to it: --interface=eth0, -ieth0.
func (p program) split(arg string) (option, value string, joined bool) {
	if option, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "--") {
		return option, value, true
	}
	if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' && slices.Contains(p.named, arg[:2]) {
		return arg[:2], arg[2:], true
	}
	return arg, "", false
}

// isInterface says whether a word can be the name of an interface (dev_valid_name of the kernel). OpenVPN's "tun" and
// "tap" stand for any free one.
func isInterface(name string) bool {
	const longest = 15 // IFNAMSIZ - 1
	return name != "" && len(name) <= longest && name != "." && name != ".." && name != "tun" && name != "tap" &&
		!strings.ContainsAny(name, "/: \t\n\r\v\f")
}
