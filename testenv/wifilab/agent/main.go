// Command agent is the lab's part inside the virtual machine: the first program that its kernel starts, and then the one that carries out
// what the host asks for.
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	if os.Getpid() == 1 {
		err = boot()
	} else {
		err = serve()
	}
	fmt.Fprintln(os.Stderr, "agent:", err)
	os.Exit(1)
}
