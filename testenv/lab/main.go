// Command lab brings a scenario of package testenv or wifilab up and gives it to a shell or a command.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"nmdebug/testenv"
)

const usage = `usage:
  lab list                         the scenarios
  lab shell [SCENARIO]             a shell in a lab (dhcp, if not said)
  lab run SCENARIO -- CMD ARGS...  a command in a lab; its exit status is the command's
  lab wifi list|shell|run ...      the same with real radios, in a virtual machine
`

func main() {
	testenv.BecomeInit()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) > 0 && args[0] == "wifi":
		return runWifi(args[1:], stdout, stderr)
	case len(args) == 1 && args[0] == "list":
		for _, s := range testenv.Scenarios() {
			fmt.Fprintf(stdout, "%-22s %s\n", s.Name, s.About)
		}
		return 0
	case len(args) == 1 && args[0] == "shell":
		return shell("dhcp", stderr)
	case len(args) == 2 && args[0] == "shell":
		return shell(args[1], stderr)
	case len(args) > 3 && args[0] == "run" && args[2] == "--":
		return in(args[1], stderr, func(ctx context.Context, l *testenv.Lab) *testenv.Cmd {
			return l.Command(ctx, args[3], args[4:]...)
		})
	}
	fmt.Fprint(stderr, usage)
	return 2
}

func shell(scenario string, stderr io.Writer) int {
	return in(scenario, stderr, func(ctx context.Context, l *testenv.Lab) *testenv.Cmd {
		fmt.Fprintf(stderr, "lab %s: NetworkManager runs in here, \"ip netns exec peer\" leads to the far end, logs are in %s\n", scenario, l.Dir())
		c := l.Command(ctx, "bash", "--norc", "-i")
		c.Env = append(c.Env, `PS1=[lab `+scenario+`] \w# `, "HISTFILE=")
		return c
	})
}

// in brings the scenario up, runs the command on the caller's terminal and returns its exit status.
func in(scenario string, stderr io.Writer, command func(context.Context, *testenv.Lab) *testenv.Cmd) int {
	status, err := runIn(scenario, command)
	if err != nil {
		fmt.Fprintln(stderr, "lab:", err)
	}
	return status
}

func runIn(scenario string, command func(context.Context, *testenv.Lab) *testenv.Cmd) (status int, err error) {
	if err := testenv.Possible(); err != nil {
		return 1, err
	}
	// A terminal's interrupt is the command's affair; being asked to end is ours. Caught and not ignored, for the command would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT, syscall.SIGQUIT)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	l, err := testenv.NewScenario(ctx, scenario)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	c := command(ctx, l)
	c.Env = append(c.Env, "LAB="+l.Dir(), "PATH="+checkoutBin()+os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin")
	return exitStatus(onTerminal(c))
}

// onTerminal runs the command with the caller's input and output. On a terminal it becomes the foreground job, as under a shell.
func onTerminal(c *testenv.Cmd) error {
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	tty := int(os.Stdin.Fd())
	foreground, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	if err != nil {
		return c.Run()
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: tty}
	err = c.Run()
	// Taking the terminal back from the background would stop this process.
	signal.Ignore(syscall.SIGTTOU)
	return errors.Join(err, unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, foreground))
}

// checkoutBin is the directory bin of the checkout that the caller stands in, followed by a colon, or nothing.
func checkoutBin() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "bin") + ":"
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// exitStatus is the status of a command that ran, as a shell reports it, or an error of one that did not.
func exitStatus(err error) (int, error) {
	var exit *exec.ExitError
	if err == nil || !errors.As(err, &exit) {
		if err != nil {
			return 1, err
		}
		return 0, nil
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
