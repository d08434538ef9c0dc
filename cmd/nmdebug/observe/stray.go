package observe

import (
	"fmt"
	"slices"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/proc/proctypes"
)

// stray finds a NetworkManager that runs and is not on the bus: it does not join a bus that was started after it. It can
// be one only where nobody has owned the name so far; the processes are read then, once.
type stray struct {
	possible bool
	read     bool
}

// heard follows the conversation.
func (s *stray) heard(e mirror.Event) {
	switch {
	case e.Kind == mirror.BusUp:
		*s = stray{possible: true}
	case e.Kind == mirror.BusDown, e.Kind == mirror.OwnerGained && e.From(nmwatch.Service):
		*s = stray{}
	}
}

// wants says, once, that the processes should be read.
func (s *stray) wants(nm mirror.ServiceStatus) bool {
	wanted := s.possible && !s.read && nm == mirror.Absent
	s.read = s.read || wanted
	return wanted
}

// about says what is known of a NetworkManager that is not on the bus; "" when nothing is.
func (s *stray) about(processes []proctypes.Process) string {
	i := slices.IndexFunc(processes, func(p proctypes.Process) bool { return p.Name == "NetworkManager" })
	if !s.possible || !s.read || i < 0 {
		return ""
	}
	return fmt.Sprintf("it runs as process %d and must be restarted: it does not join a bus that was started after it", processes[i].PID)
}
