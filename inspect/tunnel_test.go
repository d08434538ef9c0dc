package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

func TestVPN(t *testing.T) { judge(t, vpnCases()) }

func vpnCases() []verdict {
	const link = "up link-up | up link-plain | up addressed | "
	base := ethernet("eth0", static("192.0.2.2/24"))
	up := vpn("office", "eth0", nmtypes.VPNActivated, vpnAddress("10.8.0.6/32"))
	on := func(kind string) part {
		return link10("vpn0", kind)
	}
	return []verdict{
		{
			name: "up, seen from what carries it", in: snapshot(base, up, on("tun")), of: "eth0",
			want: link + "up vpn-done", says: []string{"The VPN office is up on vpn0."},
		},
		{
			name: "up, seen from its own interface", in: snapshot(base, up, on("tun")), of: "vpn0",
			want: "up link-up | absent | up addressed | up vpn-done", says: []string{"The VPN office is up."},
		},
		{
			name: "an interface of another kind", in: snapshot(base, up, on("xfrm")), of: "eth0",
			want: link + "up vpn-done", says: []string{"up on vpn0"},
		},
		{
			name: "no interface of its own: the address is on the base", in: snapshot(ethernet("eth0", static("192.0.2.2/24"), addr("10.8.0.6/32")), up), of: "eth0",
			want: link + "up vpn-done",
		},
		{
			name: "IPv6 alone",
			in: snapshot(base, ethernet("vpn0", unmanaged, addr("2001:db8::6/64")), vpn("office", "eth0", nmtypes.VPNActivated, func(ac *nmtypes.ActiveConnection) {
				ac.IP6 = &nmtypes.IPConfig{Addresses: []string{"fe80::1/64", "2001:db8::6/64"}}
			})), of: "eth0",
			want: link + "up vpn-done", says: []string{"up on vpn0"},
		},
		{
			name: "its interface is gone", in: snapshot(base, up), of: "eth0",
			want: link + "failed tunnel-gone", cause: "eth0 VPN tunnel-gone", says: []string{"nmcli connection up id office"},
		},
		{
			name: "being connected", in: snapshot(base, vpn("office", "eth0", nmtypes.VPNConnect)), of: "eth0",
			want: link + "starting vpn-working", whole: inspect.Starting, says: []string{"connect"},
		},
		{
			name: "in a state of a newer NetworkManager", in: snapshot(base, vpn("office", "eth0", 99)), of: "eth0",
			want: link + "unknown vpn-working", says: []string{"not known here"},
		},
		{
			name: "one up and one on its way", in: snapshot(base, up, on("tun"), vpn("lab", "eth0", nmtypes.VPNPrepare)), of: "eth0",
			want: link + "starting vpn-working",
		},
		{
			name: "on a base without carrier", in: snapshot(ethernet("eth0", noCarrier, static("192.0.2.2/24")), up, on("tun")), of: "vpn0",
			want: "blocked | absent | blocked | blocked", cause: "eth0 L1 no-carrier",
		},
		{
			name: "on a base without address", in: snapshot(ethernet("eth0", activated, methods("auto", "auto")), up, on("tun")), of: "vpn0",
			want: "blocked | absent | blocked | blocked", cause: "eth0 L3 lease-lost",
		},
	}
}

// link10 is the interface of the VPN of vpnCases.
func link10(name, kind string) part {
	return link(name, kind, nmtypes.TypeTun, external, addr("10.8.0.6/32"))
}

func TestVPNEnded(t *testing.T) { judge(t, vpnEndedCases()) }

// vpnEndedCases are VPNs that are over, with what NetworkManager was seen to say of them.
func vpnEndedCases() []verdict {
	const link, carrier = "up link-up | up link-plain | up addressed | ", "eth0"
	base := ethernet("eth0", static("192.0.2.2/24"))
	over := func(r nmtypes.ActiveReason, trail ...uint32) *inspect.Snapshot {
		return snapshot(base, ended("office", "eth0", r, went(trail...)))
	}
	const stopped = nmtypes.ActiveReasonServiceStopped
	return []verdict{
		{
			name: "OpenVPN: a refused login", in: over(nmtypes.ActiveReasonNoSecrets, 2, 1, 3, 1, 2, 1, 6, 9), of: carrier,
			want: link + "failed vpn-login", cause: "eth0 VPN vpn-login",
			says: []string{"asked for secrets again", "VPN office: failed (6), reason no-secrets (9)"},
		},
		{
			name: "a password is missing", in: over(nmtypes.ActiveReasonNoSecrets, 2, 1, 6, 9), of: carrier,
			want: link + "failed vpn-secrets", cause: "eth0 VPN vpn-secrets", says: []string{"no-secrets (9)"},
		},
		{
			name: "the plugin says that the login failed", in: over(stopped, 3, 1, 6, 10, 7, 4), of: carrier,
			want: link + "failed vpn-login", cause: "eth0 VPN vpn-login",
		},
		{
			name: "vpnc: refused, without a word", in: over(stopped, 2, 1, 3, 1, 6, 0, 7, 4), of: carrier,
			want: link + "failed vpn-failed", cause: "eth0 VPN vpn-failed", says: []string{"service-stopped (4)", "journalctl"},
		},
		{
			name: "nobody listens", in: over(nmtypes.ActiveReasonConnectTimeout, 3, 1, 6, 6), of: carrier,
			want: link + "failed vpn-timeout", cause: "eth0 VPN vpn-timeout",
		},
		{
			name: "the plugin is not installed", in: over(nmtypes.ActiveReasonServiceStartFailed, 6, 8), of: carrier,
			want: link + "failed vpn-no-plugin", cause: "eth0 VPN vpn-no-plugin",
		},
		{
			name: "addresses of no use", in: over(nmtypes.ActiveReasonIPConfigInvalid, 3, 1, 4, 1, 6, 5), of: carrier,
			want: link + "failed vpn-addresses", cause: "eth0 VPN vpn-addresses",
		},
		{
			name: "it was up and the server went away", in: over(stopped, 3, 1, 4, 1, 5, 1, 7, 4), of: carrier,
			want: link + "failed vpn-ended", cause: "eth0 VPN vpn-ended",
		},
		{
			name: "it was up before we came", in: over(stopped, 7, 4), of: carrier,
			want: link + "failed vpn-ended", cause: "eth0 VPN vpn-ended",
		},
		{
			name: "it went with its base and was not restored", in: over(nmtypes.ActiveReasonDeviceDisconnected, 5, 1, 7, 3), of: carrier,
			want: link + "failed vpn-base-lost", cause: "eth0 VPN vpn-base-lost",
		},
		{
			name: "it is still listed",
			in:   snapshot(base, vpn("office", "eth0", nmtypes.VPNFailed, went(3, 1, 6, 10))), of: carrier,
			want: link + "failed vpn-login", cause: "eth0 VPN vpn-login",
		},
		{
			name: "somebody took it down", in: over(nmtypes.ActiveReasonUserDisconnected, 5, 1, 7, 2), of: carrier,
			want: link + "absent", whole: inspect.Up,
		},
		{
			name: "it failed, and it was connected again",
			in: snapshot(base, ended("office", "eth0", stopped, went(3, 1, 6, 6)), link10("vpn0", "tun"),
				vpn("office", "eth0", nmtypes.VPNActivated, vpnAddress("10.8.0.6/32"))), of: carrier,
			want: link + "up vpn-done",
		},
		{
			name: "it failed, was connected again, and was taken down",
			in: snapshot(base, ended("office", "eth0", stopped, went(3, 1, 6, 6)),
				ended("office", "eth0", nmtypes.ActiveReasonUserDisconnected, went(5, 1, 7, 2))), of: carrier,
			want: link + "absent",
		},
		{
			name: "it failed twice: the last time counts",
			in: snapshot(base, ended("office", "eth0", stopped, went(3, 1, 6, 6)),
				ended("office", "eth0", stopped, went(3, 1, 6, 10))), of: carrier,
			want: link + "failed vpn-login", cause: "eth0 VPN vpn-login",
		},
		{
			name: "it went with its base, which is off on purpose",
			in:   snapshot(ethernet("eth0"), ended("office", "eth0", nmtypes.ActiveReasonDeviceDisconnected, went(5, 1, 7, 3))), of: carrier,
			want: "up link-up | up link-plain | down no-address | blocked", whole: inspect.Down,
		},
		{
			name: "a name that a shell would understand", in: snapshot(base, ended("it's $(mine)", "eth0", stopped)), of: carrier,
			want: link + "failed vpn-ended", cause: "eth0 VPN vpn-ended", says: []string{`nmcli connection up id 'it'\''s $(mine)'`},
		},
	}
}

func TestTunnels(t *testing.T) { judge(t, tunnelCases()) }

func tunnelCases() []verdict {
	const wg = "up link-up | absent | up addressed | "
	tunnel := func(name string, opts ...opt) part {
		return wireguard(name, append([]opt{static("10.0.0.2/24")}, opts...)...)
	}
	peers := func(all ...kerneltypes.WireGuardPeer) part {
		return func(w *world) { w.Kernel.WireGuard["wg0"] = kerneltypes.WireGuard{Peers: all} }
	}
	shook := func(d time.Duration) kerneltypes.WireGuardPeer {
		return kerneltypes.WireGuardPeer{PublicKey: "AAAAAAAAAAAA", LastHandshake: ago(d), TxBytes: 100, RxBytes: 100}
	}
	kept := func(p kerneltypes.WireGuardPeer) kerneltypes.WireGuardPeer {
		p.KeepaliveSec = 25
		return p
	}
	never, idle := kerneltypes.WireGuardPeer{PublicKey: "B", TxBytes: 148}, kerneltypes.WireGuardPeer{PublicKey: "C"}
	return []verdict{
		{
			name: "somebody's own tunnel", in: snapshot(tun("tun0", unmanaged, addr("10.9.0.1/24"))), of: "tun0",
			want: "up link-up | absent | up addressed | up tunnel-foreign",
		},
		{
			name: "somebody's own tunnel while a VPN connects", in: snapshot(tun("tun0", unmanaged, addr("10.9.0.1/24")), ethernet("eth0", static("192.0.2.2/24")), vpn("office", "eth0", nmtypes.VPNConnect)), of: "tun0",
			want: "up link-up | absent | up addressed | up tunnel-foreign",
		},
		{
			name: "a new tunnel while a VPN connects", in: snapshot(tun("tun0", unmanaged, adminDown), ethernet("eth0", static("192.0.2.2/24")), vpn("office", "eth0", nmtypes.VPNConnect)), of: "tun0",
			want: "down admin-down | absent | down no-address | blocked", says: []string{"VPN starting vpn-working (guess): The VPN office is being connected"},
		},
		{
			name: "somebody's own tunnel without NetworkManager", in: snapshot(tun("tun0", unknownToNM, addr("10.9.0.1/24")), withoutNM), of: "tun0",
			want: "up link-up | absent | up addressed | up tunnel-foreign",
		},
		{
			name: "a tun of a profile of NetworkManager is no VPN", in: snapshot(tun("tun0", static("10.9.0.1/24"))), of: "tun0",
			want: "up link-up | absent | up addressed | absent",
		},
		{
			name: "a recent handshake", in: snapshot(tunnel("wg0"), peers(shook(time.Minute))), of: "wg0",
			want: wg + "up handshake-fresh", says: []string{"handshake 1m0s"},
		},
		{
			name: "a handshake of the future, after the clock was set", in: snapshot(tunnel("wg0"), peers(shook(-time.Hour))), of: "wg0",
			want: wg + "up handshake-fresh", says: []string{"handshake 0s"},
		},
		{
			name: "an old handshake with keepalives", in: snapshot(tunnel("wg0"), peers(kept(shook(5*time.Minute)))), of: "wg0",
			want: wg + "failed handshake-old", cause: "wg0 VPN handshake-old",
		},
		{
			name: "an old handshake may be one that nobody needed", in: snapshot(tunnel("wg0"), peers(shook(5*time.Minute))), of: "wg0",
			want: wg + "unknown handshake-old", whole: inspect.Up, says: []string{"(guess)"},
		},
		{
			name: "the peer never answered", in: snapshot(tunnel("wg0"), peers(never)), of: "wg0",
			want: wg + "failed handshake-never", cause: "wg0 VPN handshake-never", says: []string{"wg show wg0"},
		},
		{
			name: "nothing was ever sent", in: snapshot(tunnel("wg0"), peers(idle)), of: "wg0",
			want: wg + "unknown handshake-idle",
		},
		{
			name: "one of several peers is lost", in: snapshot(tunnel("wg0"), peers(shook(time.Minute), never, idle)), of: "wg0",
			want: wg + "degraded handshake-never", says: []string{"1 of 3 peers"},
		},
		{
			name: "some of several peers are idle", in: snapshot(tunnel("wg0"), peers(idle, shook(time.Minute), shook(time.Hour))), of: "wg0",
			want: wg + "up handshake-idle", says: []string{"1 of 3 peers"},
		},
		{
			name: "no peers", in: snapshot(tunnel("wg0"), peers()), of: "wg0",
			want: wg + "down no-peers", whole: inspect.Down,
		},
		{
			name: "the handshakes may not be read", in: snapshot(tunnel("wg0"), source(inspect.SourceWireGuard, inspect.SourceDenied, "CAP_NET_ADMIN")), of: "wg0",
			want: wg + "unknown handshake-unseen", says: []string{"CAP_NET_ADMIN"},
		},
	}
}
