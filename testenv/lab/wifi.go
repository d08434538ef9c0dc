package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/term"

	"nmdebug/testenv/wifilab"
	"nmdebug/testenv/wifilab/image"
	"nmdebug/testenv/wifilab/session"
)

// bareRadios is the scenario in which nothing happens.
const bareRadios = "bare"

// runWifi does for the laboratory of real radios what run does for that of namespaces.
func runWifi(args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 1 && args[0] == "list":
		fmt.Fprintf(stdout, "%-22s %s\n", bareRadios, "the radios alone, and no access point")
		for _, s := range wifilab.Scenarios() {
			fmt.Fprintf(stdout, "%-22s %s\n", s.Name, s.About)
		}
		return 0
	case len(args) == 1 && args[0] == "shell":
		return inWifi(bareRadios, stderr, wifiShell(bareRadios, stderr))
	case len(args) == 2 && args[0] == "shell":
		return inWifi(args[1], stderr, wifiShell(args[1], stderr))
	case len(args) > 3 && args[0] == "run" && args[2] == "--":
		return inWifi(args[1], stderr, func(ctx context.Context, l *wifilab.Lab) error {
			c := l.Command(ctx, args[3], args[4:]...)
			c.Stdout, c.Stderr = stdout, stderr
			return c.Run()
		})
	}
	fmt.Fprint(stderr, usage)
	return 2
}

// inWifi lets a scenario happen in a lab and does something there. The status is that of the command that was run.
func inWifi(scenario string, stderr io.Writer, do func(context.Context, *wifilab.Lab) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := playWifi(ctx, scenario, stderr, do)
	if exit, ok := errors.AsType[*wifilab.ExitError](err); ok {
		return exit.Code
	}
	if err != nil {
		fmt.Fprintln(stderr, "lab:", err)
		return 1
	}
	return 0
}

// wifiUpTime is enough for any scenario, on a busy machine too.
const wifiUpTime = 3 * time.Minute

func playWifi(ctx context.Context, name string, stderr io.Writer, do func(context.Context, *wifilab.Lab) error) (err error) {
	scenario := wifilab.Scenario{Name: name}
	if name != bareRadios {
		if scenario, err = wifilab.ScenarioNamed(name); err != nil {
			return err
		}
	}
	if err := wifilab.Possible(); err != nil {
		return err
	}
	l, err := wifilab.New(ctx, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	up, cancel := context.WithTimeout(ctx, wifiUpTime)
	defer cancel()
	if err := installNmdebug(up, l); err != nil {
		return err
	}
	if err := scenario.Play(up, l); err != nil {
		return err
	}
	return do(ctx, l)
}

// installNmdebug brings the checkout's program into the machine, where it was built.
func installNmdebug(ctx context.Context, l *wifilab.Lab) error {
	checkout, err := image.Checkout()
	if err != nil {
		return err
	}
	if err := l.Install(ctx, filepath.Join(checkout, "bin", "nmdebug"), "nmdebug"); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

const wifiWelcome = `lab %s: a virtual machine under emulation, with NetworkManager, real radios and nmdebug in it.
  wlan0, wlan1                  the cards
  ip netns exec air             the network of the access points, wlan2 and wlan3
  hostapd_cli -p /run/hostapd   speaks to them; /run/lab has their configurations and logs
  journalctl -f                 what the daemons say
Leave it by exit; nothing is kept.
`

// wifiShell is a shell on the caller's terminal.
func wifiShell(scenario string, stderr io.Writer) func(context.Context, *wifilab.Lab) error {
	return func(ctx context.Context, l *wifilab.Lab) (err error) {
		fmt.Fprintf(stderr, wifiWelcome, scenario)
		c := l.Command(ctx, "bash", "--norc", "-i")
		c.Env = []string{`PS1=[wifi-lab ` + scenario + `] \w# `, "HISTFILE=", "TERM=" + os.Getenv("TERM")}
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		tty := int(os.Stdin.Fd())
		if !term.IsTerminal(tty) {
			return c.Run()
		}
		columns, rows, err := term.GetSize(tty)
		if err != nil {
			return err
		}
		c.Terminal = &session.Size{Rows: uint16(rows), Columns: uint16(columns)}
		before, err := term.MakeRaw(tty)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, term.Restore(tty, before)) }()
		return c.Run()
	}
}
