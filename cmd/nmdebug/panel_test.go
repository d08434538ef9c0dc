package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nmdebug/testenv"
	"nmdebug/testenv/terminal"
)

// opens opens the panel in a terminal of a lab, and waits until it shows the lease on eth0. What it saves goes into the folder.
func opens(t *testing.T, lab *testenv.Lab, user, folder string) *terminal.Terminal {
	t.Helper()
	// It ends in a cleanup, where the test's own context is over.
	c := lab.CommandAs(context.WithoutCancel(t.Context()), user, program, "panel")
	c.Dir = folder
	panel := terminal.Open(t, terminal.Kind{Columns: 120, Rows: 40}, c.Cmd, c.Start)
	panel.Await("eth0", "● 10.99.", "LIVE")
	return panel
}

// leaves leaves the panel.
func leaves(t *testing.T, panel *terminal.Terminal) {
	t.Helper()
	panel.Press("q")
	if code := panel.ExitCode(); code != 0 || !panel.Usable() {
		t.Errorf("the panel ends with %d, and the terminal is usable: %t", code, panel.Usable())
	}
}

// R mends what is broken, after a yes; then the panel goes back to when it was, looks for it, and keeps it.
func TestPanelMends(t *testing.T) {
	t.Parallel()
	lab, folder := testenv.StartScenario(t, "dhcp"), t.TempDir()
	panel := opens(t, lab, "root", folder)
	lab.MustRun(t, "ip", "link", "set", "eth0", "down")
	panel.Await("✖ set down", "eth0 L1 has failed", "┆ needs L1")
	panel.Press("R")
	panel.Await("Connect lan on eth0", "Carry this out now?")
	panel.Press("n")
	panel.Await("Nothing was done.")
	if flags := string(lab.MustRun(t, "ip", "link", "show", "eth0")); strings.Contains(flags, ",UP") {
		t.Errorf("it was done all the same: %s", flags)
	}
	panel.Press("R")
	panel.Await("Carry this out now?")
	panel.Press("y")
	panel.Await("--yes: done", "● done", "eth0 stands", "● 10.99.")
	lab.MustRun(t, "ping", "-c", "1", "-W", "5", gateway)
	panel.Press("Esc")
	panel.AwaitGone("nmdebug reconnect")
	travels(panel)
	panel.Press(":", "why eth0", "Enter")
	panel.Await("nmdebug why eth0: done", "● eth0 stands")
	panel.Press("s")
	panel.Await("without secrets")
	saved, err := filepath.Glob(filepath.Join(folder, "nmdebug-*.pcapng"))
	if err != nil || len(saved) != 1 {
		t.Fatalf("it saved %q, %v", saved, err)
	}
	leaves(t, panel)
	live := lab.MustRun(t, program, "check", "eth0")
	if replayed := lab.MustRun(t, program, "check", "eth0", "--replay", saved[0]); string(replayed) != string(live) {
		t.Errorf("the verdict of the recording is\n%snot\n%s", replayed, live)
	}
}

// travels goes back to when eth0 was down, and to now; then it looks for it.
func travels(panel *terminal.Terminal) {
	past := regexp.MustCompile(`PAST (\S+)`)
	for screen := panel.Screen(); !strings.Contains(screen, "eth0 L1 has failed"); {
		before := past.FindString(screen)
		panel.Press("[") // the mending is some changes, too
		screen = panel.Until("an earlier moment", func(s string) bool { return past.MatchString(s) && past.FindString(s) != before })
	}
	panel.Await("✖ set down")
	panel.Press("G")
	panel.Await("LIVE", "● eth0 stands")
	panel.Press("2", "/", "switched off")
	panel.Await("/switched off · 1 line", "the link is switched off")
	panel.Press("Enter", "Esc")
	panel.Until("more lines", func(screen string) bool { return !strings.Contains(screen, "· 1 line") })
	panel.Press("1")
}

// The debug console sets back what it has raised: by its button, when the panel is left, and by the next run where it was killed.
func TestPanelRaisesLevels(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-md5")
	same := keepsLevels(t, lab)
	raises := func(panel *terminal.Terminal, key, nm, wpa string) {
		panel.Press("8", key)
		panel.Await("yes")
		panel.Press("y")
		panel.Await("raised until you set it back or leave")
		awaitLevels(t, lab, nm, wpa)
	}

	panel := opens(t, lab, "root", "/")
	raises(panel, "d", "DEBUG:", `s "debug"`)
	must(t, lab.NetworkManager.Restart(deadline(t, patience)))
	panel.Await("NetworkManager has come at", "logs at debug, too")
	awaitLevels(t, lab, "DEBUG:", `s "debug"`)
	must(t, lab.NetworkManager.Freeze()) // it keeps its level, which is not what was there before
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	panel.Await("NetworkManager does not answer")
	must(t, lab.SetCarrier(t.Context(), "p0", true))
	must(t, lab.NetworkManager.Thaw())
	panel.Await("NetworkManager 1.")
	panel.Press("b")
	panel.Await("as the system has them")
	panel.AwaitGone("logs at debug")
	same("after b")
	raises(panel, "t", "TRACE:", `s "msgdump"`)
	leaves(t, panel)
	same("after the panel was left")

	panel = opens(t, lab, "root", "/")
	raises(panel, "t", "TRACE:", `s "msgdump"`)
	panel.Signal(os.Kill)
	if code := panel.ExitCode(); code != -1 {
		t.Errorf("the panel ended with %d before it was killed", code)
	}
	awaitLevels(t, lab, "TRACE:", `s "msgdump"`)
	panel = opens(t, lab, "root", "/")
	awaitLevels(t, lab, "INFO:", `s "info"`)
	same("after a crash and the next panel")
	leaves(t, panel)
}

// NetworkManager dies, hangs and is restarted: the panel stays, says it, and is whole again by itself.
func TestPanelWithoutNetworkManager(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	panel := opens(t, lab, "root", "/")
	const whole = "NetworkManager 1."

	must(t, lab.NetworkManager.Kill())
	panel.Await("NetworkManager is not on the bus", "● eth0 stands", "● 10.99.")
	must(t, lab.NetworkManager.Start(t.Context()))
	panel.Await(whole, "● 10.99.")

	must(t, lab.NetworkManager.Freeze())
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	panel.Await("NetworkManager does not answer", "eth0 L1 has failed")
	panel.Press("R")
	panel.Await("There is no such plan.")
	panel.Press("Esc")
	must(t, lab.SetCarrier(t.Context(), "p0", true))
	must(t, lab.NetworkManager.Thaw())
	panel.Await(whole, "● eth0 stands", "● 10.99.")

	must(t, lab.NetworkManager.Restart(t.Context()))
	panel.Await(whole, "● eth0 stands", "● 10.99.")
	panel.Press("2", "/", "was silent", "Enter")
	panel.Await("NetworkManager was silent and is ok", "· 1 line")
	leaves(t, panel)
}

// The bus dies and comes back, which NetworkManager does not notice.
func TestPanelWithoutABus(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	panel := opens(t, lab, "root", "/")
	must(t, lab.Bus.Kill())
	panel.Await("no D-Bus: the kernel's view alone", "● eth0 stands")
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	panel.Await("○ no other end")
	panel.Press("8", "d", "y")
	panel.Await("cannot reach")
	must(t, lab.SetCarrier(t.Context(), "p0", true))
	must(t, lab.Bus.Start(t.Context()))
	panel.Press("1")
	panel.Await("NetworkManager is not on the bus")
	must(t, lab.NetworkManager.Restart(t.Context()))
	panel.Await("NetworkManager 1.", "● eth0 stands", "● 10.99.")
	panel.Press("7", "/", "seen again", "Enter") // much else may have been said since
	panel.Await("what others say on the bus is seen again")
	leaves(t, panel)
}

// Without rights the panel shows what it may see, and says of each screen what it may not.
func TestPanelOfNobody(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	panel := opens(t, lab, "nobody", "/")
	panel.Await("wpa_supplicant may not be read", "? may not ask", "● eth0 stands, as far as can be seen")
	panel.Press("4")
	panel.Await("wpa_supplicant may not be read (needs root or group netdev)", "key_mgmt=IEEE8021X")
	panel.Press("7")
	panel.Await("monitor cannot be read: it needs root")
	panel.Press("8", "d")
	panel.Await("yes")
	panel.Press("y")
	panel.Await("raising log levels needs root")
	panel.Press("s") // / is not a place for it
	saved := regexp.MustCompile(`saved .* in (` + regexp.QuoteMeta(os.TempDir()) + `/nmdebug-\S+\.pcapng), without secrets`)
	if err := os.Remove(saved.FindStringSubmatch(panel.Until("recording", saved.MatchString))[1]); err != nil {
		t.Error(err)
	}
	panel.Press("1", "R")
	panel.Await("Carry this out now?")
	panel.Press("y")
	panel.Await("exit code 9")
	panel.Press("Esc")
	must(t, testenv.Await(deadline(t, patience), "the lease", func(ctx context.Context) error {
		out, err := lab.Run(ctx, "nmcli", "-g", "GENERAL.STATE", "device", "show", "eth0")
		if err == nil && !strings.HasPrefix(string(out), "100") {
			err = errors.New(fmt.Sprint("eth0 is ", string(out)))
		}
		return err
	}))
	leaves(t, panel)
}
