// Command demotape makes the recording that nmdebug shows as --replay demo: it lets the story of this package happen in the laboratory of
// real radios while nmdebug records, and writes what was recorded into package demo.
//
// It must be started in the checkout, as root. What it writes has none of the laboratory's secrets in it, or it writes nothing.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"nmdebug/testenv/tape"
	"nmdebug/testenv/wifilab"
	"nmdebug/testenv/wifilab/image"
)

// patience is enough for the story on a busy machine.
const patience = 5 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demotape:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, told io.Writer) error {
	checkout, err := image.Checkout()
	if err != nil {
		return err
	}
	if err := wifilab.Possible(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := wifilab.New(ctx, told)
	if err != nil {
		return err
	}
	recording, err := record(ctx, l, filepath.Join(checkout, "bin", "nmdebug"), told)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	path := filepath.Join(checkout, "cmd", "nmdebug", "demo", "demo.pcapng.gz")
	packed, err := pack(recording)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, packed, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(told, "%s: %s, %d kB, packed %d kB\n", path, length, len(recording)>>10, len(packed)>>10)
	return nil
}

// record lets the story happen, and gives its recording, in which no secret is.
func record(ctx context.Context, l *wifilab.Lab, nmdebug string, told io.Writer) (recording []byte, err error) {
	if err := l.Install(ctx, nmdebug, "nmdebug"); err != nil {
		return nil, fmt.Errorf("%w: make build", err)
	}
	s := &story{lab: l, told: told}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	if s.tape, err = tape.Start(ctx, l); err != nil {
		return nil, err
	}
	if s.began, err = s.tape.AwaitBegin(ctx); err != nil {
		return nil, err
	}
	if err := s.tell(ctx); err != nil {
		return nil, err
	}
	if err := s.tape.End(ctx); err != nil {
		return nil, err
	}
	secrets, err := s.secrets()
	if err != nil {
		return nil, err
	}
	recording = s.tape.Bytes()
	return recording, clean(recording, secrets)
}

func pack(recording []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(recording); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}
