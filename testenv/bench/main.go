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
	if len(args) != 1 {
		return fmt.Errorf("usage: bench PATH-OF-NMDEBUG")
	}
	if err := testenv.Possible(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println("cold: nmdebug status with NetworkManager, wpa_supplicant and the kernel, against nmcli -t dev show")
	fmt.Printf("%9s %12s %12s %7s %12s %12s %7s %8s %8s %7s\n",
		"profiles", "nmdebug ms", "nmcli ms", "ratio", "CPU ms", "CPU ms", "ratio", "MB", "MB", "calls")
	for _, profiles := range []int{25, 225, 1025} {
		if err := cold(ctx, args[0], profiles); err != nil {
			return err
		}
	}
	return idle(ctx, args[0])
}
