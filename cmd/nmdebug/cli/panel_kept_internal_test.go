package cli

import "testing"

// However long something goes on, or a recording is, a panel keeps no more than so much. In a recording no time is worth more than
// another.
func TestWhatAPanelKeepsIsBounded(t *testing.T) {
	for _, recording := range []bool{false, true} {
		if l := keptOf(recording); l.Bytes == 0 || l.Stacks == 0 || l.Even != recording {
			t.Errorf("of a recording (%t) it keeps %+v", recording, l)
		}
	}
}
