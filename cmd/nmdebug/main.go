// Command nmdebug shows which layer of a NetworkManager connection is broken, and why.
//
// It mostly is short-lived, and waits more than it computes: how much of a processor its cgroup may have is not worth looking up.
//
//go:debug containermaxprocs=0
package main

import (
	"os"

	"nmdebug/cmd/nmdebug/cli"
)

func main() { os.Exit(cli.Main()) }
