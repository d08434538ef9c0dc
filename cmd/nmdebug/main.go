// Command nmdebug shows which layer of a NetworkManager connection is broken, and why.
package main

import (
	"os"

	"nmdebug/cmd/nmdebug/cli"
	"nmdebug/nmwatch/roomy"
)

func main() {
	roomy.Stack()
	os.Exit(cli.Main())
}
