package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"nmdebug/testenv"
)

// levels are how much NetworkManager and wpa_supplicant log, as they say themselves.
func levels(ctx context.Context, lab *testenv.Lab) (string, error) {
	nm, err := lab.Run(ctx, "nmcli", "-t", "general", "logging")
	if err != nil {
		return "", err
	}
	wpa, err := lab.Run(ctx, "busctl", "get-property", "fi.w1.wpa_supplicant1", "/fi/w1/wpa_supplicant1", "fi.w1.wpa_supplicant1", "DebugLevel")
	return strings.TrimSpace(string(nm)) + " " + strings.TrimSpace(string(wpa)), err
}

// awaitLevels waits until the levels begin and end so.
func awaitLevels(t *testing.T, lab *testenv.Lab, nm, wpa string) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "the levels", func(ctx context.Context) error {
		got, err := levels(ctx, lab)
		if err == nil && (!strings.HasPrefix(got, nm) || !strings.HasSuffix(got, wpa)) {
			err = fmt.Errorf("they are %s", got)
		}
		return err
	}))
}

// raise starts a timeline with raised levels and waits until they are.
func raise(t *testing.T, lab *testenv.Lab) (*testenv.Cmd, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	c := lab.Command(context.WithoutCancel(t.Context()), program, "log", "--level", "trace")
	c.Stderr = &said
	must(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill() })
	awaitLevels(t, lab, "TRACE:", `s "msgdump"`)
	return c, &said
}

// What was there is set back to the letter, however the run ends; a daemon that comes back is raised again.
func TestLevelsAreSetBack(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-md5")
	// Something else than the default, with a level of its own for a domain.
	lab.MustRun(t, "nmcli", "general", "logging", "level", "WARN", "domains", "CORE,DEVICE:INFO,WIFI")
	same := keepsLevels(t, lab)

	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		c, said := raise(t, lab)
		must(t, c.Process.Signal(signal))
		if err := c.Wait(); err != nil || !strings.Contains(said.String(), "the log levels are set back") {
			t.Errorf("after %s: %v, %s", signal, err, said)
		}
		same("after " + signal.String())
	}

	c, _ := raise(t, lab)
	must(t, c.Process.Kill())
	_ = c.Wait()
	awaitLevels(t, lab, "TRACE:", `s "msgdump"`)
	next := lab.Command(t.Context(), program, "status")
	var said bytes.Buffer
	next.Stderr = &said
	must(t, next.Run())
	if want := "NetworkManager and wpa_supplicant; they are set back"; !strings.Contains(said.String(), want) {
		t.Errorf("the next run says %q", &said)
	}
	same("after a crash and the next run")
}

func TestLevelsOfDaemonThatComesBack(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-md5")
	c, said := raise(t, lab)
	must(t, lab.NetworkManager.Restart(deadline(t, patience)))
	awaitLevels(t, lab, "TRACE:", `s "msgdump"`)
	must(t, c.Process.Signal(os.Interrupt))
	if err := c.Wait(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	awaitLevels(t, lab, "INFO:", `s "info"`)
}

// A second run would take the raised levels for those that were there.
func TestLevelsAreRaisedOnce(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-md5")
	c, _ := raise(t, lab)
	var said bytes.Buffer
	second := lab.Command(deadline(t, time.Minute), program, "log", "--level", "debug")
	second.Stderr = &said
	if err := second.Run(); err == nil || !strings.Contains(said.String(), "another nmdebug has raised the log levels and still runs") {
		t.Errorf("%v: %s", err, &said)
	}
	must(t, errors.Join(c.Process.Signal(os.Interrupt), c.Wait()))
	awaitLevels(t, lab, "INFO:", `s "info"`)

	nobody := lab.CommandAs(deadline(t, time.Minute), "nobody", program, "log", "--level", "debug")
	said.Reset()
	nobody.Stderr = &said
	if err := nobody.Run(); err == nil || nobody.ProcessState.ExitCode() != 9 || !strings.Contains(said.String(), "raising log levels needs root") {
		t.Errorf("nobody: %v: %s", err, &said)
	}
}

// NetworkManager starts ModemManager, which can be told how much to log, and does not tell.
func TestLevelOfModemManager(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-md5")
	logs := func(text string) {
		t.Helper()
		must(t, testenv.Await(deadline(t, patience), "ModemManager's log", func(context.Context) error {
			said, err := lab.ReadFile(lab.Dir() + "/syslog")
			if err == nil && !strings.Contains(string(said), text) {
				err = errors.New(string(said))
			}
			return err
		}))
	}
	logs("ModemManager")
	c, _ := raise(t, lab)
	logs("[base-manager] logging: level 'DEBUG'")
	must(t, errors.Join(c.Process.Signal(os.Interrupt), c.Wait()))
	logs("[base-manager] logging: level 'INFO'")
}

// keepsLevels gives the check that the levels of all daemons are as they are now.
func keepsLevels(t *testing.T, lab *testenv.Lab) (same func(when string)) {
	t.Helper()
	before, err := levels(t.Context(), lab)
	must(t, err)
	return func(when string) {
		t.Helper()
		if after, err := levels(t.Context(), lab); err != nil || after != before {
			t.Errorf("%s the levels are\n%s, %v; before they were\n%s", when, after, err, before)
		}
	}
}
