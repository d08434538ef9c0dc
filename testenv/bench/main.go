// Command bench measures nmdebug in a lab against the tools that a user would run instead, and prints ratios.
//
// All figures of a line come from one run, turn by turn, so that a busy machine hits both alike. Nothing is asserted:
// the ratios are for people.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"

	"nmdebug/testenv"
)

func main() {
	testenv.BecomeInit()
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: bench PATH-OF-NMDEBUG [PROFILES… | record | panel | wifi]")
	}
	if args[0] == meterArg {
		return meter(args[1:])
	}
	parts := map[string]func(context.Context, string) error{"wifi": wifi, "record": recording, "panel": panel}
	part, alone := parts[strings.Join(args[1:], " ")]
	if alone {
		args = args[:1]
	}
	profiles, err := numbers(args[1:])
	if err != nil {
		return err
	}
	if err := testenv.Possible(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println(busy())
	if alone {
		return part(ctx, args[0])
	}
	fmt.Println("cold: nmdebug status with NetworkManager, wpa_supplicant and the kernel, against nmcli -t dev show")
	fmt.Printf("%9s %12s %12s %7s %12s %12s %7s %8s %8s %7s\n",
		"profiles", "nmdebug ms", "nmcli ms", "ratio", "CPU ms", "CPU ms", "ratio", "MB", "MB", "calls")
	for _, n := range profiles {
		if err := cold(ctx, args[0], n); err != nil {
			return err
		}
	}
	if err := idle(ctx, args[0]); err != nil {
		return err
	}
	if err := recording(ctx, args[0]); err != nil {
		return err
	}
	if err := panel(ctx, args[0]); err != nil {
		return err
	}
	return wifi(ctx, args[0])
}

// numbers reads how many profiles there are to be, or gives what is measured by default.
func numbers(args []string) ([]int, error) {
	if len(args) == 0 {
		return []int{25, 225, 1025}, nil
	}
	var all []int
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, fmt.Errorf("%q is no number of profiles", arg)
		}
		all = append(all, n)
	}
	return all, nil
}

// busy says how busy the machine is, and with how many processors: figures in milliseconds depend on it, ratios hardly.
func busy() string {
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d processors, load %s", runtime.NumCPU(), strings.Fields(string(load))[0])
}
