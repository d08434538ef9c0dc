package plan

import (
	"fmt"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
)

// UUID is that of the profile that a step connects, as the snapshot knows it; "" where it connects none or it is not known.
func (s Step) UUID(now *inspect.Snapshot) string {
	if s.Goal.VPN != "" {
		return s.Goal.VPN
	}
	for _, ac := range now.NM.Active {
		if s.Action.Profile != "" && ac.Connection == s.Action.Profile {
			return ac.UUID
		}
	}
	return ""
}

// Moved gives a step for another NetworkManager than that of before, which has the same things under other paths. Profile is the
// path of the step's profile there; "" where it connects none that was named.
func (s Step) Moved(before, now *inspect.Snapshot, profile string) (Step, error) {
	if s.Goal.Gone != "" {
		s = s.endedIn(before, now)
	}
	a := &s.Action
	if d, ok := before.NM.Devices[a.Device]; ok {
		if a.Device = deviceNamed(now, d.Interface); a.Device == "" {
			return s, fmt.Errorf("%s is not there any more", d.Interface)
		}
	}
	if w, ok := before.WPA.Interfaces[a.Supplicant]; ok {
		if a.Supplicant = (&maker{snap: now}).supplicant(w.Name); a.Supplicant == "" {
			return s, fmt.Errorf("wpa_supplicant does not serve %s any more", w.Name)
		}
	}
	if a.Verb == Activate && a.Profile != "/" {
		if a.Profile = profile; profile == "" {
			return s, fmt.Errorf("it is not known which profile %s had", s.Interface)
		}
	}
	s.Calls = a.Busctl()
	return s, nil
}

// endedIn gives a step that ends a connection: where that has ended with NetworkManager, nothing is left to do.
func (s Step) endedIn(before, now *inspect.Snapshot) Step {
	uuid := before.NM.Active[s.Goal.Gone].UUID
	for path, ac := range now.NM.Active {
		if ac.UUID == uuid && ac.State != nmtypes.ActiveDeactivated {
			s.Action.Active, s.Goal.Gone = path, path
			return s
		}
	}
	s.Action, s.Goal = Action{}, Goal{}
	return s
}

// deviceNamed is the path of the device of an interface; "" when there is none.
func deviceNamed(s *inspect.Snapshot, iface string) string {
	for path, d := range s.NM.Devices {
		if d.Interface == iface {
			return path
		}
	}
	return ""
}
