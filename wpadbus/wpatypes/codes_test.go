package wpatypes_test

import (
	"math"
	"strings"
	"testing"

	"nmdebug/wpadbus/wpatypes"
)

func TestReason(t *testing.T) {
	for _, tt := range []struct {
		reason wpatypes.Reason
		word   string
		code   uint32
		local  bool
	}{
		{wpatypes.ReasonNone, "none", 0, false},
		{wpatypes.ReasonFourWayHandshakeTimeout, "4way-handshake-timeout", 15, false},
		{-wpatypes.ReasonDeauthLeaving, "local deauth-leaving", 3, true},
		{-4, "local disassoc-due-to-inactivity", 4, true},
		{wpatypes.ReasonPoorRSSI, "poor-rssi-conditions", 71, false},
		{40, "unknown(40)", 40, false},
		{-40, "local unknown(40)", 40, true},
		{500, "unknown(500)", 500, false},
		{math.MinInt32, "local unknown(2147483648)", 1 << 31, true},
		{math.MaxInt32, "unknown(2147483647)", math.MaxInt32, false},
	} {
		if got := tt.reason.String(); got != tt.word {
			t.Errorf("%d: got %q, want %q", tt.reason, got, tt.word)
		}
		if got := tt.reason.Code(); got != tt.code {
			t.Errorf("%d: got code %d, want %d", tt.reason, got, tt.code)
		}
		if got := tt.reason.Local(); got != tt.local {
			t.Errorf("%d: got local %t, want %t", tt.reason, got, tt.local)
		}
	}
}

func TestStatus(t *testing.T) {
	for status, want := range map[wpatypes.Status]string{
		wpatypes.StatusSuccess: "success", wpatypes.StatusChallengeFail: "challenge-fail",
		wpatypes.StatusAPUnableToHandleNewSTA: "ap-unable-to-handle-new-sta", wpatypes.StatusInvalidFTE: "invalid-fte",
		wpatypes.StatusTCLASNotSupported: "requested-tclas-not-supported", wpatypes.StatusOCIMismatch: "oci-mismatch",
		4: "unknown(4)", 66: "unknown(66)", 128: "unknown(128)", 139: "unknown(139)", -1: "unknown(-1)",
		math.MinInt32: "unknown(-2147483648)", math.MaxInt32: "unknown(2147483647)",
	} {
		if got := status.String(); got != want {
			t.Errorf("%d: got %q, want %q", int32(status), got, want)
		}
	}
}

// TestWordsDiffer holds that no two codes have the same word.
func TestWordsDiffer(t *testing.T) {
	reasons, statuses := map[string]bool{}, map[string]bool{}
	for n := range int32(300) {
		for _, tt := range []struct {
			word string
			seen map[string]bool
		}{{wpatypes.Reason(n).String(), reasons}, {wpatypes.Status(n).String(), statuses}} {
			if tt.seen[tt.word] || tt.word == "" || strings.ContainsAny(tt.word, "_ ") {
				t.Errorf("%d: word %q", n, tt.word)
			}
			tt.seen[tt.word] = true
		}
	}
}

func TestRank(t *testing.T) {
	way := []wpatypes.InterfaceState{
		wpatypes.StateScanning, wpatypes.StateAuthenticating, wpatypes.StateAssociating, wpatypes.StateAssociated,
		wpatypes.StateFourWayHandshake, wpatypes.StateGroupHandshake, wpatypes.StateCompleted,
	}
	for i, state := range way {
		if got := state.Rank(); got != i {
			t.Errorf("%s: got %d, want %d", state, got, i)
		}
	}
	for _, state := range []wpatypes.InterfaceState{wpatypes.StateDisconnected, wpatypes.StateInactive, wpatypes.StateInterfaceDisabled} {
		if got := state.Rank(); got != 0 {
			t.Errorf("%s: got %d, want 0", state, got)
		}
	}
	if got := wpatypes.InterfaceState("COMPLETED").Rank(); got != -1 {
		t.Errorf("got %d for a word that is not wpa_supplicant's, want -1", got)
	}
}

func TestRefusal(t *testing.T) {
	for status, want := range map[wpatypes.Status]bool{
		wpatypes.StatusSuccess: false, wpatypes.StatusSAEHashToElement: false, wpatypes.StatusAssocRejectedTemporarily: false,
		wpatypes.StatusUnspecifiedFailure: true, wpatypes.StatusAPUnableToHandleNewSTA: true, 999: true,
	} {
		if got := status.Refusal(); got != want {
			t.Errorf("%s is a refusal: %t, want %t", status, got, want)
		}
	}
}
