package lexicon_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"nmdebug/inspect/lexicon"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// TestEntries holds that every entry says all that it has to.
func TestEntries(t *testing.T) {
	for _, kind := range lexicon.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			if kind.Title() == "" {
				t.Error("no title")
			}
			entries := lexicon.Entries(kind)
			if len(entries) == 0 {
				t.Error("no entries")
			}
			words, names, codes := map[string]bool{}, map[string]bool{}, map[int]bool{}
			for _, e := range entries {
				for _, problem := range problems(e) {
					t.Errorf("%d %s: %s", e.Code, e.Word, problem)
				}
				if e.Kind != kind {
					t.Errorf("%s: kind %q", e.Word, e.Kind)
				}
				if words[e.Word] || e.Name != "" && names[e.Name] || e.Coded && codes[e.Code] {
					t.Errorf("%d %s %s: there are two of it", e.Code, e.Word, e.Name)
				}
				words[e.Word], names[e.Name] = true, true
				if e.Coded {
					codes[e.Code] = true
				}
			}
			if !slices.IsSortedFunc(entries, func(a, b lexicon.Entry) int { return a.Code - b.Code }) {
				t.Error("not in the order of the numbers")
			}
		})
	}
}

// problems lists what an entry lacks.
func problems(e lexicon.Entry) []string {
	var found []string
	if e.Source == "" {
		found = append(found, "no source")
	}
	if e.Word == "" || strings.ToLower(e.Word) != e.Word || strings.ContainsAny(e.Word, "_ ") {
		found = append(found, "no word with dashes")
	}
	if !slices.Contains([]string{"", "L1", "L2", "L3", "VPN"}, e.Floor) {
		found = append(found, "floor "+e.Floor)
	}
	for _, text := range append([]string{e.Meaning}, e.Traps...) {
		if len(text) < 10 || !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
			found = append(found, "not a sentence: "+text)
		}
	}
	for _, text := range e.Next {
		if strings.TrimSpace(text) == "" {
			found = append(found, "an empty hint")
		}
	}
	return found
}

// TestFiles holds that every data file is read.
func TestFiles(t *testing.T) {
	files, err := os.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(lexicon.Kinds(), lexicon.Kind(strings.TrimSuffix(f.Name(), ".txt"))) {
			t.Errorf("%s belongs to no kind", f.Name())
		}
	}
	if len(files) != len(lexicon.Kinds()) {
		t.Errorf("%d files for %d kinds", len(files), len(lexicon.Kinds()))
	}
}

// TestEnums holds the words to those of the enumerations: each value has an entry with its word, and no entry is of another.
func TestEnums(t *testing.T) {
	for _, tt := range []struct {
		kind lexicon.Kind
		word func(n int) string
	}{
		{lexicon.DeviceState, func(n int) string { return nmtypes.DeviceState(n).String() }},
		{lexicon.DeviceReason, func(n int) string { return nmtypes.DeviceReason(n).String() }},
		{lexicon.ActiveState, func(n int) string { return nmtypes.ActiveState(n).String() }},
		{lexicon.ActiveReason, func(n int) string { return nmtypes.ActiveReason(n).String() }},
		{lexicon.VPNState, func(n int) string { return nmtypes.VPNState(n).String() }},
		{lexicon.VPNFailure, func(n int) string { return nmtypes.VPNPluginFailure(n).String() }},
		{lexicon.GlobalState, func(n int) string { return nmtypes.GlobalState(n).String() }},
		{lexicon.Connectivity, func(n int) string { return nmtypes.Connectivity(n).String() }},
		{lexicon.Reason80211, func(n int) string { return wpatypes.Reason(n).String() }},
		{lexicon.Status80211, func(n int) string { return wpatypes.Status(n).String() }},
	} {
		for n := range 300 {
			want := tt.word(n)
			if tt.kind == lexicon.Reason80211 && n == 0 {
				want = "unknown(0)" // the standard has no reason 0
			}
			e, ok := lexicon.Find(tt.kind, n)
			switch {
			case strings.HasPrefix(want, "unknown(") && ok:
				t.Errorf("%s %d: %q, of which the enumeration knows nothing", tt.kind, n, e.Word)
			case !strings.HasPrefix(want, "unknown(") && e.Word != want:
				t.Errorf("%s %d: got %q, want %q", tt.kind, n, e.Word, want)
			}
		}
	}
}

// TestSupplicantStates holds the words of the states to those on D-Bus.
func TestSupplicantStates(t *testing.T) {
	for n, state := range []wpatypes.InterfaceState{
		wpatypes.StateDisconnected, wpatypes.StateInterfaceDisabled, wpatypes.StateInactive, wpatypes.StateScanning,
		wpatypes.StateAuthenticating, wpatypes.StateAssociating, wpatypes.StateAssociated, wpatypes.StateFourWayHandshake,
		wpatypes.StateGroupHandshake, wpatypes.StateCompleted,
	} {
		e, ok := lexicon.Find(lexicon.SupplicantState, n)
		if want := strings.ReplaceAll(string(state), "_", "-"); !ok || e.Word != want {
			t.Errorf("%d: got %q, want %q", n, e.Word, want)
		}
	}
}

// TestContinuous holds that the numbers of closed sets have no holes.
func TestContinuous(t *testing.T) {
	for kind, last := range map[lexicon.Kind]int{
		lexicon.DeviceReason: 79, lexicon.ActiveState: 4, lexicon.ActiveReason: 14, lexicon.VPNState: 7, lexicon.VPNFailure: 2,
		lexicon.Connectivity: 4, lexicon.SupplicantState: 9, lexicon.TLSCertError: 12, lexicon.BridgePortState: 4,
		lexicon.OperState: 6, lexicon.DHCPv6Status: 6,
	} {
		entries := lexicon.Entries(kind)
		for n, e := range entries {
			if e.Code != n {
				t.Fatalf("%s: %d (%s) stands where %d should", kind, e.Code, e.Word, n)
			}
		}
		if len(entries) != last+1 {
			t.Errorf("%s: %d entries, want %d", kind, len(entries), last+1)
		}
	}
}

func TestFindLocal(t *testing.T) {
	far, _ := lexicon.Find(lexicon.Reason80211, 3)
	near, ok := lexicon.Find(lexicon.Reason80211, -3)
	if !ok || near.Code != -3 || near.Word != far.Word || near.Meaning == far.Meaning {
		t.Errorf("got %+v", near)
	}
	if e, ok := lexicon.Find(lexicon.Reason80211, -5); !ok || !strings.HasPrefix(e.Meaning, "This side") {
		t.Errorf("a reason without a local meaning of its own: got %q", e.Meaning)
	}
	if _, ok := lexicon.Find(lexicon.DeviceReason, -7); ok {
		t.Error("NetworkManager's reasons have no sign")
	}
	if _, ok := lexicon.Find("no-kind", 1); ok {
		t.Error("found an entry of no kind")
	}
}

func TestJSON(t *testing.T) {
	for query, want := range map[string]string{
		"-3":                   `"code":-3,`,
		"ctrl-event-connected": `"code":null,`,
		"activating":           `"traps":[],"floor":"","next":[],`,
	} {
		text, err := json.Marshal(lexicon.Lookup(query)[0])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s: %s lacks %s", query, text, want)
		}
	}
}
