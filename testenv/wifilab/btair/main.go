// Command btair is the air between two Bluetooth adapters inside the lab's virtual machine: hci0, a laptop's, and hci1, a phone's that
// shares its network.
//
// The controllers are btvirt's, of BlueZ; it has neither distance nor loss. So this program sits between each of them and the kernel, and
// puts into what they measure how strongly the adapters hear each other, and into what they tell that they do so no more.
//
// It pairs the two, and serves the phone's network by the bridge br-bt. Then it takes orders on a socket.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

const (
	// btvirt is where a new controller for BR/EDR is at the other end of each connection (BlueZ's emulator/main.c).
	btvirt = "/tmp/bt-server-bredr"

	// patience is how long a step may take under emulation.
	patience = 30 * time.Second
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: btair SOCKET")
		os.Exit(2)
	}
	if err := serve(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "btair:", err)
		os.Exit(1)
	}
}

// serve runs until a part of it fails.
func serve(ctx context.Context, socket string) error {
	a := newAir()
	ended := make(chan error, 5)
	controllers := exec.CommandContext(ctx, "btvirt", "-s")
	controllers.Stdout, controllers.Stderr = os.Stdout, os.Stderr
	if err := controllers.Start(); err != nil {
		return err
	}
	go func() { ended <- fmt.Errorf("btvirt ended: %w", controllers.Wait()) }()
	for range 2 {
		adapter, err := newAdapter(ctx, a, btvirt)
		if err != nil {
			return err
		}
		a.adapters = append(a.adapters, adapter)
	}
	for _, adapter := range a.adapters {
		go func() { ended <- adapter.run() }()
	}
	go func() { ended <- a.listen(ctx, socket) }()
	go func() {
		if err := a.daemon.pair(ctx); err != nil {
			ended <- err
			return
		}
		close(a.ready)
	}()
	return <-ended
}

// dial connects to btvirt as soon as it listens.
func dial(ctx context.Context, path string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
