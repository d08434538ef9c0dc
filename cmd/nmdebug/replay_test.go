package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/shown"
	"nmdebug/testenv/tape"
)

// TestReplay records every scenario, from before it begins, while status --watch runs beside the recorder. What is replayed
// must be what was shown live: to the recorder itself at each of its looks, to the watch at every moment.
func TestReplay(t *testing.T) {
	for _, scenario := range testenv.Scenarios() {
		t.Run(scenario.Name, func(t *testing.T) {
			s := newScene(t, testenv.NMConfig(scenario.Config))
			r := s.record()
			s.bring(scenario.Name)
			must(t, s.watch.quiet(deadline(t, patience)))
			r.end()
			if handsOutPasswords(scenario.Name) && strings.Contains(r.summary.String(), " 0 secrets") {
				t.Errorf("no password was seen: %s", &r.summary)
			}
			r.replaysItsOwnVerdicts()
			r.replaysWhatTheWatchShowed()
			r.hasNoSecrets()
			r.isDissected()
		})
	}
}

// TestReplayOfOthers replays what busctl and dbus-monitor recorded while nmcli read NetworkManager's objects.
func TestReplayOfOthers(t *testing.T) {
	s := play(t, "dhcp")
	for name, command := range map[string]string{
		"busctl":       "exec busctl --size=10000000 capture > $0",
		"dbus-monitor": "exec dbus-monitor --system --pcap > $0",
	} {
		file := filepath.Join(t.TempDir(), name)
		c := s.Command(t.Context(), "sh", "-c", command, file)
		must(t, c.Start())
		must(t, testenv.Await(deadline(t, patience), "there is no NetworkManager in what "+name+" records", func(ctx context.Context) error {
			if _, err := s.Run(ctx, "nmcli", "device"); err != nil {
				return err
			}
			out, complaint, _ := s.nmdebug("--replay", file)
			if !strings.Contains(out, "NetworkManager 1.") || !strings.Contains(out, "eth0") {
				return errors.New(out + complaint)
			}
			return nil
		}))
		must(t, c.Process.Signal(os.Interrupt))
		_ = c.Wait() // interrupted by us
	}
}

// handsOutPasswords says whether NetworkManager hands somebody a password in a scenario.
func handsOutPasswords(scenario string) bool {
	return slices.Contains([]string{"8021x-peap", "8021x-wrong-password", "openvpn-password", "vpnc"}, scenario)
}

// recording is a running nmdebug record.
type recording struct {
	*scene
	path    string
	stop    io.Closer // ends the command that is recorded, and with it the recording
	cmd     *testenv.Cmd
	summary bytes.Buffer
	began   time.Time
	ended   time.Time
}

// record begins a recording, and returns when the full state is in the file.
func (s *scene) record(args ...string) *recording {
	s.t.Helper()
	r := &recording{scene: s, path: filepath.Join(s.t.TempDir(), "recording")}
	command := []string{"record", "-w", r.path, "--log-file", s.Dir() + "/syslog"}
	command = append(append(command, args...), "--", "sh", "-c", "echo begun; cat")
	r.cmd = s.Command(s.t.Context(), program, command...)
	r.cmd.Stderr = &r.summary
	stdin, err := r.cmd.StdinPipe()
	must(s.t, err)
	r.stop = stdin
	stdout, err := r.cmd.StdoutPipe()
	must(s.t, err)
	must(s.t, r.cmd.Start())
	_, err = io.ReadFull(stdout, make([]byte, len("begun\n")))
	must(s.t, err)
	r.began = time.Now()
	return r
}

func (r *recording) end() {
	r.t.Helper()
	r.ended = time.Now()
	must(r.t, r.stop.Close())
	if err := r.cmd.Wait(); err != nil {
		r.t.Fatalf("%v: %s", err, &r.summary)
	}
	if !strings.Contains(r.summary.String(), "nothing lost") {
		r.t.Errorf("it says %s", &r.summary)
	}
}

func (r *recording) open() (io.ReadCloser, error) { return os.Open(r.path) }

// replaysItsOwnVerdicts compares each pyramid that the recorder saw with the one that is replayed, in every word.
func (r *recording) replaysItsOwnVerdicts() {
	r.t.Helper()
	compared, err := tape.Verdicts(r.t.Context(), r.open)
	if err != nil {
		r.t.Error(err)
	}
	r.t.Logf("%d pyramids compared", compared)
	if compared < 2 {
		r.t.Errorf("only %d pyramids were recorded", compared)
	}
}

// replaysWhatTheWatchShowed asks for the status four times in every second of the recording and compares its floors with
// those that the watch, another process, showed then. Floors that changed just then are left out: the two do not look at
// the same millisecond.
func (r *recording) replaysWhatTheWatchShowed() {
	r.t.Helper()
	const slack = 450 * time.Millisecond
	compared := 0
	for at := r.began.Add(slack); at.Before(r.ended); at = at.Add(250 * time.Millisecond) {
		out, complaint, _ := r.nmdebug("--replay", r.path, "--at", at.Format(time.RFC3339Nano), "status", "-o", "json")
		var p shown.Pyramid
		if err := json.Unmarshal([]byte(out), &p); err != nil {
			r.t.Fatalf("%v: %s%s", err, out, complaint)
		}
		replayed := p.Floors()
		before, after := r.watch.floorsAt(at.Add(-slack)), r.watch.floorsAt(at.Add(slack))
		for floor, status := range before {
			if after[floor] != status || r.watch.changed(floor, at.Add(-slack), at.Add(slack)) {
				continue
			}
			compared++
			if replayed[floor] != status {
				r.t.Errorf("at %s %s was %s, replayed it is %q", at.Format("15:04:05.000"), floor, status, replayed[floor])
			}
		}
	}
	r.t.Logf("%d floors compared in %s", compared, r.ended.Sub(r.began).Round(time.Millisecond))
	if compared == 0 {
		r.t.Error("nothing was compared")
	}
}

// isDissected lets TShark read every frame: all are of a protocol that it knows, and none is malformed.
func (r *recording) isDissected() {
	r.t.Helper()
	out, err := exec.CommandContext(r.t.Context(), "tshark", "-r", r.path, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed").Output()
	must(r.t, err)
	for frame, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		known := []string{"dbus", "netlink:netlink-route", "systemd_journal", "sll:ethertype:ip:udp:dhcp", "sll:ethertype:ipv6:udp:dhcpv6"}
		protocols, malformed, _ := strings.Cut(line, "\t")
		eapol := strings.HasPrefix(protocols, "sll:ethertype:eapol") // and EAP and TLS in it
		if eapol && strings.HasPrefix(malformed, "[Dissector bug") { // TShark 4.0 says of itself that it failed, in packet-tls.c
			r.t.Logf("frame %d makes TShark stumble: %s", frame+1, line)
			continue
		}
		if malformed != "" || !eapol && !slices.Contains(known, protocols) {
			r.t.Errorf("frame %d is dissected as %q", frame+1, line)
		}
	}
}

// hasNoSecrets looks for the lab's passwords in all bytes of the file.
func (r *recording) hasNoSecrets() {
	r.t.Helper()
	raw, err := os.ReadFile(r.path)
	must(r.t, err)
	for _, password := range testenv.Passwords() {
		if at := bytes.Index(raw, []byte(password)); at >= 0 {
			r.t.Errorf("%q is at byte %d: %q", password, at, raw[max(0, at-200):at+len(password)])
		}
	}
}
