package wpadbus_test

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpatypes"
)

// TestSupplicantDies loses the supplicant with all that it said.
func TestSupplicantDies(t *testing.T) {
	for _, c := range []struct {
		name string
		die  func(*supplicant)
	}{
		{"its name is free", func(s *supplicant) { s.Moves(owner, "") }},
		{"the bus is gone", func(s *supplicant) { s.Hear(s.Note(record.Down, 0, "")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wireless(t)
			s.Says(wlan, iface, "EAP", "completion", "failure")
			asked := len(s.Asked)
			c.die(s)
			if state := s.fold.State(); state.Synced || len(state.Interfaces) > 0 {
				t.Errorf("without a supplicant the state is %+v", state)
			}
			if len(s.Asked) != asked {
				t.Errorf("asked for %v of nobody", s.Asked[asked:])
			}
		})
	}
	s := wireless(t)
	s.Says(wlan, iface, "EAP", "completion", "failure")
	s.Moves(owner, "")
	s.Moves("", owner)
	if i := s.at(wlan); i.EAP != (wpatypes.EAP{}) || !s.fold.Synced() {
		t.Errorf("the next supplicant has the history of the one before: %+v", i.EAP)
	}
	s.Says(wlan, iface, "EAP", "completion", "failure")
	s.Moves(owner, owner+"7")
	if state := s.fold.State(); state.Interfaces[wlan].EAP.Failures != 0 {
		t.Errorf("a supplicant that took the name over has the history of the one before: %+v", state)
	}
}

// TestSupplicantComesLater is how a wire begins: NetworkManager has the supplicant started for the first 802.1X.
func TestSupplicantComesLater(t *testing.T) {
	s := connect(t, nil)
	if s.fold.Synced() || len(s.Asked) != 1 {
		t.Errorf("synced %t with nobody there, asked for %v", s.fold.Synced(), s.Asked)
	}
	s.Hear(s.Record(record.Note, record.Noted{Source: "other"}.Record(s.Now, 0).Raw)) // whatever comes: nobody is asked again
	if len(s.Asked) != 1 {
		t.Errorf("asked nobody again: %v", s.Asked)
	}
	s.objects = map[string]props{rootPath: variants(map[string]any{"Interfaces": paths()})}
	s.Moves("", owner)
	if !s.fold.Synced() {
		t.Errorf("what came later is not read, asked for %v", s.Asked)
	}
}

// TestSilence asks once, however long the answer takes.
func TestSilence(t *testing.T) {
	s := wireless(t)
	s.Serve = nil
	s.Says(wlan, iface, "NetworkRemoved", dbus.ObjectPath(network))
	asked := len(s.Asked)
	s.states(wlan, "scanning", "authenticating")
	if s.fold.Synced() || len(s.Asked) != asked {
		t.Errorf("synced %t while an answer is awaited, asked again for %v", s.fold.Synced(), s.Asked[asked:])
	}
	s.Hear(s.Note(record.NoAnswer, s.Serial, ""))
	if !s.fold.Synced() {
		t.Error("a question that will not be answered is awaited for ever")
	}
}
