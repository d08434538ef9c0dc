package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

func TestDot1X(t *testing.T) { judge(t, dot1xCases()) }

// dot1xCases are wires that have to be authenticated, from the outside in: who can be asked, how far it came, why not.
func dot1xCases() []verdict {
	wire := func(opts ...opt) part { return ethernet("eth0", append([]opt{static("192.0.2.2/24")}, opts...)...) }
	wanted := device(func(d *nmtypes.Device) {
		d.Applied = &nmtypes.Applied{Dot1X: true, IP4Method: "manual", IP6Method: "disabled"}
	})
	optional := device(func(d *nmtypes.Device) { d.Applied.Dot1XOptional = true })
	busy := func(opts ...opt) part {
		return ethernet("eth0", append([]opt{activating(nmtypes.DeviceConfig), wanted}, opts...)...)
	}
	done := authenticator(wpatypes.StateCompleted, func(w *wpatypes.Interface) { w.AuthMode = "EAP-PEAP" })
	quietSince := func(d time.Duration) func(*wpatypes.Interface) {
		return func(w *wpatypes.Interface) { w.StateAt = ago(d) }
	}
	pae := func(p wpatypes.PAE) func(*wpatypes.Interface) {
		return func(w *wpatypes.Interface) { w.PAE = &p }
	}
	rejected := []inspect.Code{inspect.ConnectedRejected}
	return []verdict{
		{
			name: "authenticated", in: snapshot(wire(done)), of: "eth0",
			want: "up link-up | up 8021x-done | up addressed | absent", says: []string{"802.1X PEAP"},
		},
		{
			name: "under way", in: snapshot(busy(authenticator(wpatypes.StateAssociated, func(w *wpatypes.Interface) {
				w.EAP = wpatypes.EAP{Started: ago(time.Second), Method: "PEAP"}
			}))), of: "eth0",
			want: "up link-up | starting 8021x-working | blocked | absent", says: []string{"802.1X PEAP"},
		},
		{
			name: "no EAP request so far", in: snapshot(busy(authenticator(wpatypes.StateAssociated, func(w *wpatypes.Interface) { w.StateAt = time.Time{} }, pae(wpatypes.PAE{State: "CONNECTING", EAP: "IDLE"})))), of: "eth0",
			want: "up link-up | starting 8021x-working | blocked | absent", says: []string{"No EAP request has come so far", "tcpdump -eni eth0 ether proto 0x888e"},
		},
		{
			name: "the supplicant is not there yet", in: snapshot(busy(), withoutSupplicant(inspect.SourceAbsent)), of: "eth0",
			want: "up link-up | starting 8021x-working | blocked | absent",
		},
		{
			name: "a password is asked for", in: snapshot(busy(state(nmtypes.DeviceNeedAuth), authenticator(wpatypes.StateDisconnected))), of: "eth0",
			want: "up link-up | starting secrets-asked | blocked | absent",
		},
		{
			name: "the password is refused before NetworkManager notices", in: snapshot(busy(authenticator(wpatypes.StateAssociated, eapFailed()))), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected", says: []string{"The method was PEAP"},
		},
		{
			name: "the server's certificate is not accepted",
			in: snapshot(busy(authenticator(wpatypes.StateAssociated, eapFailed(func(e *wpatypes.EAP) {
				e.CertError, e.TLSAlert = "self-signed certificate", "sent: unknown CA"
			})))), of: "eth0",
			want: "up link-up | failed 8021x-certificate | blocked | absent", cause: "eth0 L2 8021x-certificate", says: []string{"self-signed certificate"},
		},
		{
			name: "the server sends a TLS alert",
			in: snapshot(busy(authenticator(wpatypes.StateAssociated, eapFailed(func(e *wpatypes.EAP) {
				e.TLSAlert = "received: certificate expired"
			})))), of: "eth0",
			want: "up link-up | failed 8021x-tls | blocked | absent", cause: "eth0 L2 8021x-tls", says: []string{"TLS alert received: certificate expired."},
		},
		{
			name: "the server proposes what the profile does not allow",
			in: snapshot(busy(authenticator(wpatypes.StateAssociated, eapFailed(func(e *wpatypes.EAP) {
				e.Method, e.Refused = "", "MD5"
			})))), of: "eth0",
			want: "up link-up | failed 8021x-method | blocked | absent", cause: "eth0 L2 8021x-method", says: []string{"refused the method MD5"},
		},
		{
			name: "nobody answers", in: snapshot(busy(authenticator(wpatypes.StateAssociated, quietSince(20*time.Second)))), of: "eth0",
			want: "up link-up | failed 8021x-silent | blocked | absent", cause: "eth0 L2 8021x-silent", says: []string{"tcpdump -eni eth0 ether proto 0x888e"},
		},
		{
			name: "nobody has answered yet", in: snapshot(busy(authenticator(wpatypes.StateAssociated, quietSince(2*time.Second)))), of: "eth0",
			want: "up link-up | starting 8021x-working | blocked | absent",
		},
		{
			name: "a switch that has asked for the identity is not silent",
			in: snapshot(busy(authenticator(wpatypes.StateAssociated, quietSince(20*time.Second), func(w *wpatypes.Interface) {
				w.EAP.Started = ago(18 * time.Second)
			}))), of: "eth0",
			want: "up link-up | starting 8021x-working | blocked | absent",
		},
		{
			name: "refused again while NetworkManager says connected, as the signals tell",
			in:   snapshot(wire(authenticator(wpatypes.StateCompleted, eapFailed()))), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected", conflicts: rejected,
		},
		{
			name: "refused again while NetworkManager says connected, as the port tells",
			in:   snapshot(wire(authenticator(wpatypes.StateCompleted, pae(wpatypes.PAE{State: "HELD", EAP: "FAILURE", Method: "25 (EAP-PEAP)"})))), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected", conflicts: rejected,
			says: []string{"PAE state HELD", "The method was PEAP.", "$ nmcli -f 802-1x connection show id 'eth0 profile'"},
		},
		{
			name: "the port is closed after a failure",
			in:   snapshot(wire(authenticator(wpatypes.StateCompleted, pae(wpatypes.PAE{State: "CONNECTING", EAP: "FAILURE"})))), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected", conflicts: rejected,
		},
		{
			name: "refused where it is optional",
			in:   snapshot(wire(authenticator(wpatypes.StateAssociated, eapFailed()), optional)), of: "eth0",
			want: "up link-up | degraded 8021x-rejected | up addressed | absent", whole: inspect.Degraded, says: []string{"optional"},
		},
		{
			name: "the supplicant died", in: snapshot(wire(wanted), withoutSupplicant(inspect.SourceAbsent)), of: "eth0",
			want: "up link-up | failed supplicant-gone | blocked | absent", cause: "eth0 L2 supplicant-gone", conflicts: []inspect.Code{inspect.ConnectedUnserved},
		},
		{
			name: "the supplicant does not serve the port", in: snapshot(wire(wanted)), of: "eth0",
			want: "up link-up | failed supplicant-gone | blocked | absent", cause: "eth0 L2 supplicant-gone", conflicts: []inspect.Code{inspect.ConnectedUnserved},
		},
		{
			name: "the supplicant may not be asked", in: snapshot(wire(wanted), withoutSupplicant(inspect.SourceDenied, "group netdev")), of: "eth0",
			want: "up link-up | unknown supplicant-denied | up addressed | absent", whole: inspect.Up, says: []string{"group netdev"},
		},
		{
			name: "the supplicant has not answered yet", in: snapshot(wire(wanted), withoutSupplicant(inspect.SourceReading)), of: "eth0",
			want: "up link-up | unknown supplicant-unread | up addressed | absent",
		},
		{
			name: "the supplicant hangs: what it said last is old", in: snapshot(wire(done), withoutSupplicant(inspect.SourceSilent)), of: "eth0",
			want: "up link-up | unknown supplicant-silent | up addressed | absent", says: []string{"state completed"},
		},
		{
			name: "the supplicant lost the port", in: snapshot(wire(authenticator(wpatypes.StateDisconnected))), of: "eth0",
			want: "up link-up | failed 8021x-off | blocked | absent", cause: "eth0 L2 8021x-off",
		},
		{
			name: "nothing is asked for any more", in: snapshot(ethernet("eth0", authenticator(wpatypes.StateDisconnected, eapFailed()))), of: "eth0",
			want: "up link-up | down 8021x-off | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "NetworkManager was restarted, and has not taken the connection over yet", in: snapshot(ethernet("eth0", authenticator(wpatypes.StateCompleted), addr("192.0.2.2/24"))), of: "eth0",
			want: "up link-up | up 8021x-done | up addressed | absent",
		},
		{
			name: "taken down before the supplicant appeared",
			in:   snapshot(ethernet("eth0", wanted), withoutSupplicant(inspect.SourceAbsent)), of: "eth0",
			want: "up link-up | down 8021x-off | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "somebody's own supplicant on a port that NetworkManager does not manage",
			in:   snapshot(ethernet("eth0", unmanaged, authenticator(wpatypes.StateAssociated))), of: "eth0",
			want: "up link-up | starting 8021x-working | down no-address | absent",
		},
	}
}

func TestDot1XGaveUp(t *testing.T) { judge(t, dot1xGaveUpCases()) }

// dot1xGaveUpCases are wires on which NetworkManager gave up: it removes the supplicant's interface, and its own reason
// says little.
func dot1xGaveUpCases() []verdict {
	gone := func(change ...func(*wpatypes.Interface)) part {
		return func(w *world) {
			i := wpatypes.Interface{Name: "eth0", Driver: "wired", State: wpatypes.StateDisconnected}
			for _, c := range change {
				c(&i)
			}
			w.WPA.Gone = map[string]wpatypes.Interface{"eth0": i}
		}
	}
	waited := trail(wpatypes.StateAssociated, wpatypes.StateDisconnected)
	failed := func(r nmtypes.DeviceReason) opt { return gaveUp(r, nmtypes.DeviceConfig) }
	return []verdict{
		{
			name: "a refused password, which NetworkManager calls a missing one",
			in:   snapshot(ethernet("eth0", failed(nmtypes.ReasonNoSecrets)), gone(waited, eapFailed())), of: "eth0",
			want: "up link-up | failed 8021x-rejected | blocked | absent", cause: "eth0 L2 8021x-rejected", says: []string{"reason no-secrets (7)"},
		},
		{
			name: "nobody answered, which NetworkManager calls a timeout",
			in:   snapshot(ethernet("eth0", failed(nmtypes.ReasonSupplicantTimeout)), gone(waited)), of: "eth0",
			want: "up link-up | failed 8021x-silent | blocked | absent", cause: "eth0 L2 8021x-silent",
		},
		{
			name: "the conversation began and did not end",
			in: snapshot(ethernet("eth0", failed(nmtypes.ReasonSupplicantTimeout)), gone(waited, func(w *wpatypes.Interface) {
				w.EAP = wpatypes.EAP{Started: ago(time.Minute), Method: "PEAP"}
			})), of: "eth0",
			want: "up link-up | failed 8021x-failed | blocked | absent", cause: "eth0 L2 8021x-failed",
		},
		{
			name: "the next attempt is under way",
			in:   snapshot(ethernet("eth0", failed(nmtypes.ReasonNoSecrets), activating(nmtypes.DevicePrepare)), gone(waited, eapFailed())), of: "eth0",
			want: "up link-up | starting link-working | blocked | absent",
		},
		{
			name: "NetworkManager gave up on the floor above",
			in:   snapshot(ethernet("eth0", failed(nmtypes.ReasonIPConfigUnavailable)), gone(waited)), of: "eth0",
			want: "up link-up | up link-plain | failed ip-failed | absent", cause: "eth0 L3 ip-failed",
		},
	}
}
