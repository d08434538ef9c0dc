package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/testenv/wifilab/image"
	"nmdebug/testenv/wifilab/session"
)

// serve carries out what is asked for on the port until it breaks; systemd then starts the program again.
func serve() error {
	path, err := port()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return session.Server{SetClock: setClock}.Serve(f)
}

// port finds the device of the virtual serial port that is the agent's.
func port() (string, error) {
	names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		return "", err
	}
	for _, path := range names {
		if name, err := os.ReadFile(path); err == nil && string(bytes.TrimSpace(name)) == image.Port {
			return filepath.Join("/dev", filepath.Base(filepath.Dir(path))), nil
		}
	}
	return "", errors.New("there is no port named " + image.Port)
}

func setClock(now time.Time) error {
	tv := unix.NsecToTimeval(now.UnixNano())
	if err := unix.Settimeofday(&tv); err != nil {
		return fmt.Errorf("cannot set the clock: %w", err)
	}
	return nil
}
