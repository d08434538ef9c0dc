package observe

import (
	"strings"
	"testing"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/proc/proctypes"
)

func TestStray(t *testing.T) {
	up, down := mirror.Event{Kind: mirror.BusUp}, mirror.Event{Kind: mirror.BusDown}
	came := mirror.Event{Kind: mirror.OwnerGained, Service: nmwatch.Service}
	left := mirror.Event{Kind: mirror.OwnerLost, Service: nmwatch.Service}
	other := mirror.Event{Kind: mirror.OwnerGained, Service: "org.example.Other"}
	manager := []proctypes.Process{{PID: 7, Name: "dhclient"}, {PID: 9, Name: "NetworkManager"}}
	for _, tt := range []struct {
		name      string
		heard     []mirror.Event
		status    mirror.ServiceStatus
		processes []proctypes.Process
		reads     bool
		says      string
	}{
		{"it runs and is not on the bus", []mirror.Event{up, other}, mirror.Absent, manager, true, "process 9"},
		{"it does not run", []mirror.Event{up}, mirror.Absent, manager[:1], true, ""},
		{"it is there", []mirror.Event{up, came}, mirror.Present, manager, false, ""},
		{"it was there and has ended", []mirror.Event{up, came, left}, mirror.Absent, manager, false, ""},
		{"nothing is known of it yet", []mirror.Event{up}, mirror.Unknown, manager, false, ""},
		{"there is no bus", []mirror.Event{up, down}, mirror.Absent, manager, false, ""},
		{"another bus came, without it", []mirror.Event{up, came, down, up}, mirror.Absent, manager, true, "process 9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s stray
			for _, e := range tt.heard {
				s.heard(e)
			}
			if got := s.wants(tt.status); got != tt.reads {
				t.Errorf("reads the processes: %t, want %t", got, tt.reads)
			}
			if s.wants(tt.status) {
				t.Error("reads the processes twice")
			}
			if got := s.about(tt.processes); !strings.Contains(got, tt.says) || (got == "") != (tt.says == "") {
				t.Errorf("says %q, want %q", got, tt.says)
			}
		})
	}
}
