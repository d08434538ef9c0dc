// Command nmdebug shows which layer of a NetworkManager connection is broken, and why.
package main

import (
	"os"

	"nmdebug/cmd/nmdebug/cli"
)

func main() { os.Exit(cli.Main()) }
