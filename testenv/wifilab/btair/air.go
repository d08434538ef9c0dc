package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// air is what is between the adapters.
type air struct {
	adapters []*adapter
	daemon   daemon        // to be used when ready is closed
	ready    chan struct{} // closed when the adapters are paired

	mu     sync.Mutex
	signal int8 // guarded by mu: how strongly each hears the other, in dBm
	power  int8 // guarded by mu: what each sends with, in dBm
	apart  bool // guarded by mu: they do not hear each other
}

func newAir() *air { return &air{ready: make(chan struct{}), signal: -42, power: 4} }

func (a *air) reachable() bool {
	_, _, reachable := a.now()
	return reachable
}

func (a *air) now() (signal, power int8, reachable bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.signal, a.power, !a.apart
}

// listen takes orders on a socket: a line each, answered with a line that begins with "ok" when it was carried out, and else says why not.
func (a *air) listen(ctx context.Context, path string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = c.Close() }()
			for lines := bufio.NewScanner(c); lines.Scan(); {
				answer, err := a.order(lines.Text())
				if err != nil {
					fmt.Fprintln(c, err)
					continue
				}
				fmt.Fprintln(c, "ok", answer)
			}
		}()
	}
}

// order carries out an order: "ready", which waits and gives the phone's address, "signal -80", "power 4", "reach no", "share no".
func (a *air) order(line string) (answer string, err error) {
	verb, value, _ := strings.Cut(line, " ")
	switch verb {
	case "ready":
		<-a.ready
		return a.daemon.phone, nil
	case "reach":
		a.reach(value == "yes")
		return "", nil
	case "share":
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if value == "yes" {
			return "", a.daemon.share(ctx)
		}
		return "", a.daemon.stopSharing(ctx)
	case "signal", "power":
		v, err := strconv.ParseInt(value, 10, 8)
		if err != nil {
			return "", err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if verb == "signal" {
			a.signal = int8(v)
		} else {
			a.power = int8(v)
		}
		return "", nil
	}
	return "", fmt.Errorf("unknown order %q", line)
}

// reach says whether the adapters hear each other. When they do not any more, their connections break after a while.
func (a *air) reach(yes bool) {
	a.mu.Lock()
	a.apart = !yes
	a.mu.Unlock()
	if !yes {
		time.AfterFunc(supervisionTimeout, func() {
			if a.reachable() {
				return
			}
			if err := a.adapters[0].part(); err != nil {
				fmt.Fprintln(os.Stderr, "btair: cannot end the connections:", err)
			}
		})
	}
}
