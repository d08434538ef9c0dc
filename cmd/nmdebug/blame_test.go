package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
)

// delay is what is added to one step.
const delay = 1500 * time.Millisecond

// slowed holds a daemon back that has its part in an activation, and holds nmdebug to blaming its step.
type slowed struct {
	scenario   string
	daemon     string
	connection string
	state      testenv.DeviceState // in which the daemon is waited for
	step       string
}

// A second is added to a step by a daemon that sleeps, and blame must find it there.
func TestBlame(t *testing.T) {
	t.Parallel()
	for _, tt := range []slowed{
		{"dhcp", "dnsmasq-p0", "lan", testenv.DeviceIPConfig, "DHCP"},
		{"8021x-md5", "hostapd-p0", "lan", testenv.DeviceConfig, "wait for the other side"},
	} {
		t.Run(tt.step, func(t *testing.T) {
			t.Parallel()
			lab := testenv.StartScenario(t, tt.scenario)
			began := time.Now()
			d := lab.Daemon(tt.daemon)
			must(t, d.Freeze())
			must(t, lab.Activate(deadline(t, patience), tt.connection))
			must(t, lab.AwaitDevice(deadline(t, patience), "eth0", tt.state))
			<-time.After(delay) // is what is added
			must(t, d.Thaw())
			must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
			blamed(t, lab, began, tt.step)
		})
	}
}

// A script that NetworkManager's dispatcher runs before a connection is up holds it back.
func TestBlameScripts(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	const folder = "/etc/NetworkManager/dispatcher.d/pre-up.d"
	lab.MustRun(t, "mkdir", "-p", folder)
	must(t, lab.WriteFile(folder+"/slow", fmt.Appendf(nil, "#!/bin/sh\nsleep %g\n", delay.Seconds()), 0o755))
	began := time.Now()
	must(t, lab.Activate(deadline(t, patience), "lan"))
	must(t, lab.AwaitDevice(deadline(t, patience), "eth0", testenv.DeviceActivated))
	blamed(t, lab, began, "scripts")
}

// blamed waits until the logs tell of an activation since a time, and holds it to its slowest step.
func blamed(t *testing.T, lab *testenv.Lab, since time.Time, step string) {
	t.Helper()
	type activation struct {
		Interface, Outcome string
		Began              time.Time
		Slowest            string  `json:"slowest_step"`
		Took               float64 `json:"took_seconds"`
		Steps              []struct {
			Name string
			Took float64 `json:"took_seconds"`
		}
	}
	var last activation
	must(t, testenv.Await(deadline(t, patience), "no such activation is logged", func(ctx context.Context) error {
		out, err := lab.Command(ctx, program, "blame", "eth0", "-o", "json", "--file", filepath.Join(lab.Dir(), "NetworkManager.log"), "--file", filepath.Join(lab.Dir(), "syslog")).Output()
		if err != nil {
			return err
		}
		var answer struct{ Activations []activation }
		if err := json.Unmarshal(out, &answer); err != nil || len(answer.Activations) == 0 {
			return errors.Join(err, errors.New(strings.TrimSpace(string(out))))
		}
		last = answer.Activations[len(answer.Activations)-1]
		if last.Outcome != "activated" || last.Began.Before(since.Add(-time.Second)) {
			return errors.New(strings.TrimSpace(string(out)))
		}
		return nil
	}))
	took := 0.0
	for _, s := range last.Steps {
		if s.Name == step {
			took += s.Took
		}
	}
	if last.Slowest != step || took < delay.Seconds()-0.2 || took > last.Took {
		t.Errorf("%s took %.2f s of %.2f s, with %.1f s added; the slowest is %s of %+v", step, took, last.Took, delay.Seconds(), last.Slowest, last.Steps)
	}
}
