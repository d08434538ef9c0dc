package testenv

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// privateBusConfig lets everybody own and call everything, save what is added, and knows no service that could be started.
const privateBusConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="error"/><allow receive_type="signal"/>
  </policy>
  %s
</busconfig>
`

// PrivateBus is a dbus-daemon of a test, without a sandbox and without root.
type PrivateBus struct {
	Address string

	tb     testing.TB
	config string // path
	cmd    *exec.Cmd
}

// StartPrivateBus starts one, with elements added to its configuration, such as limits and further policies. It ends with the
// test. Where there is no dbus-daemon the test is skipped; with CI=true in the environment it fails.
func StartPrivateBus(tb testing.TB, elements ...string) *PrivateBus {
	tb.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	dir, err := os.MkdirTemp("", "nmdebug-bus-") //nolint:usetesting // its paths are too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := &PrivateBus{Address: "unix:path=" + filepath.Join(dir, "bus"), tb: tb, config: filepath.Join(dir, "bus.conf")}
	config := fmt.Appendf(nil, privateBusConfig, b.Address, strings.Join(elements, ""))
	if err := os.WriteFile(b.config, config, 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Kill)
	b.Start()
	return b
}

// Start starts the daemon again after a Kill, and returns when it listens.
func (b *PrivateBus) Start() {
	b.tb.Helper()
	c := exec.Command("dbus-daemon", "--config-file="+b.config, "--nofork", "--nopidfile", "--nosyslog", "--print-address=1") //nolint:noctx // Kill ends it
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.StdoutPipe()
	if err != nil {
		b.tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.tb.Fatal(err)
	}
	b.cmd = c
	// It prints its address when it listens.
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.Kill()
		b.tb.Fatalf("dbus-daemon: %v: %s", err, complaint.String())
	}
}

// Kill ends the one process that was started.
func (b *PrivateBus) Kill() {
	if b.cmd == nil {
		return
	}
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait() // says that it was killed
	b.cmd = nil
}
