// Package demo holds a recording to look at where there is nothing else: a laptop with two Wi-Fi cards and a VPN, on which
// nearly everything goes wrong once and is mended again. `make demo-recording` makes it.
package demo

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the recording
	"io"
)

// Name is what the recording is called where a file could be named.
const Name = "demo"

//go:embed demo.pcapng.gz
var recording []byte

// Open gives the recording from its beginning, as the pcapng file that nmdebug record wrote.
func Open() (io.ReadCloser, error) { return gzip.NewReader(bytes.NewReader(recording)) }
