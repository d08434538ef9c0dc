package nmtypes_test

import (
	"fmt"
	"strings"
	"testing"

	"nmdebug/nmwatch/nmtypes"
)

// TestWords holds that every constant has a word of its own, and a number that we do not know its number.
func TestWords(t *testing.T) {
	word := func(e fmt.Stringer) string { return e.String() }
	tests := []struct {
		name    string
		of      func(n uint32) string
		known   []uint32
		unknown uint32
	}{
		{"DeviceType", func(n uint32) string { return word(nmtypes.DeviceType(n)) }, upTo(35), 36},
		{"DeviceReason", func(n uint32) string { return word(nmtypes.DeviceReason(n)) }, upTo(79), 80},
		{"DeviceState", func(n uint32) string { return word(nmtypes.DeviceState(n)) }, tens(12), 130},
		{"ActiveState", func(n uint32) string { return word(nmtypes.ActiveState(n)) }, upTo(4), 5},
		{"ActiveReason", func(n uint32) string { return word(nmtypes.ActiveReason(n)) }, upTo(14), 15},
		{"VPNState", func(n uint32) string { return word(nmtypes.VPNState(n)) }, upTo(7), 8},
		{"VPNPluginFailure", func(n uint32) string { return word(nmtypes.VPNPluginFailure(n)) }, upTo(2), 3},
		{"GlobalState", func(n uint32) string { return word(nmtypes.GlobalState(n)) }, tens(7), 15},
		{"Connectivity", func(n uint32) string { return word(nmtypes.Connectivity(n)) }, upTo(4), 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[string]uint32{}
			for _, n := range tt.known {
				w := tt.of(n)
				if w == "" || strings.Contains(w, "(") || w != strings.ToLower(w) || strings.ContainsAny(w, "_ ") {
					t.Errorf("%d: word %q", n, w)
				}
				if other, ok := seen[w]; ok {
					t.Errorf("%d and %d are both %q", other, n, w)
				}
				seen[w] = n
			}
			for _, n := range []uint32{tt.unknown, 1<<32 - 1} {
				if got, want := tt.of(n), fmt.Sprintf("unknown(%d)", n); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// TestLogWords holds the words to those of NetworkManager's log where they differ from its constants
// (src/core/devices/nm-device-utils.c, nm_device_state_reason_to_string).
func TestLogWords(t *testing.T) {
	for reason, want := range map[nmtypes.DeviceReason]string{
		nmtypes.ReasonNowManaged: "managed", nmtypes.ReasonNowUnmanaged: "unmanaged", nmtypes.ReasonNoSecrets: "no-secrets",
		nmtypes.ReasonSharedStartFailed: "sharing-start-failed", nmtypes.ReasonSharedFailed: "sharing-failed",
		nmtypes.ReasonModemNoDialTone: "modem-no-dialtone", nmtypes.ReasonGSMRegistrationIdle: "gsm-registration-idle",
		nmtypes.ReasonCarrier: "carrier-changed", nmtypes.ReasonBTFailed: "bluetooth-failed",
		nmtypes.ReasonGSMSIMNotInserted: "gsm-sim-not-inserted", nmtypes.ReasonBR2684Failed: "br2684-bridge-failed",
		nmtypes.ReasonSSIDNotFound: "ssid-not-found", nmtypes.ReasonSIMPINIncorrect: "sim-pin-incorrect",
		nmtypes.ReasonUnmanagedManagerDisabled: "unmanaged-nm-disabled", nmtypes.ReasonModemNoOperatorCode: "modem-no-operator-code",
	} {
		if got := reason.String(); got != want {
			t.Errorf("%d: got %q, want %q", reason, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct{ got, want uint32 }{
		{uint32(nmtypes.TypeVRF), 31},
		{uint32(nmtypes.DeviceActivated), 100},
		{uint32(nmtypes.ReasonIPAddressDuplicate), 64},
		{uint32(nmtypes.ReasonUnmanagedByDefault), 69},
		{uint32(nmtypes.ActiveReasonLoginFailed), 10},
		{uint32(nmtypes.GlobalConnectedSite), 60},
	} {
		if tt.got != tt.want {
			t.Errorf("got %d, want %d", tt.got, tt.want)
		}
	}
}

func TestFlags(t *testing.T) {
	flags := nmtypes.FlagLayer2Ready | nmtypes.FlagIP4Ready
	if !flags.Has(nmtypes.FlagIP4Ready) || !flags.Has(flags) || flags.Has(nmtypes.FlagIP6Ready) || flags.Has(flags|nmtypes.FlagIP6Ready) {
		t.Error("Has tells other flags than were set")
	}
	link := nmtypes.InterfaceUp | nmtypes.InterfaceCarrier
	if !link.Has(nmtypes.InterfaceCarrier) || link.Has(nmtypes.InterfaceLowerUp) {
		t.Error("Has tells other link flags than were set")
	}
	for _, tt := range []struct {
		got  fmt.Stringer
		want string
	}{
		{flags, "layer2-ready,ip4-ready"},
		{nmtypes.ActivationFlags(0), "none"},
		{nmtypes.ActivationFlags(0xff), "is-controller,is-port,layer2-ready,ip4-ready,ip6-ready,controller-has-ports,lifetime-bound-to-profile-visibility,external"},
		{nmtypes.FlagExternal | 0x300, "external,0x300"},
		{link, "up,carrier"},
		{nmtypes.InterfaceFlags(0x30007), "up,lower-up,promisc,carrier,lldp-client-enabled"},
		{nmtypes.InterfaceFlags(0), "none"},
	} {
		if got := tt.got.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// upTo lists the numbers from 0 to last.
func upTo(last uint32) []uint32 {
	var list []uint32
	for n := range last + 1 {
		list = append(list, n)
	}
	return list
}

// tens lists 0, 10 and so on, as far as ten times last.
func tens(last uint32) []uint32 {
	list := upTo(last)
	for i := range list {
		list[i] *= 10
	}
	return list
}
