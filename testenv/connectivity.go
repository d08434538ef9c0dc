package testenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// connectivity makes NetworkManager ask the first link's peer whether it is online, every 2 s.
const connectivity = `[connectivity]
enabled=true
uri=http://10.99.0.1/online
response=NetworkManager is online
interval=2
`

// ServeConnectivity answers NetworkManager's connectivity checks at an address of the peer.
func (l *Lab) ServeConnectivity(ctx context.Context, address netip.Addr) error {
	var listener net.Listener
	err := l.Peer.Do(func() (err error) {
		var c net.ListenConfig
		listener, err = c.Listen(ctx, "tcp", netip.AddrPortFrom(address, 80).String())
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot serve connectivity checks: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-NetworkManager-Status", "online")
		_, _ = io.WriteString(w, "NetworkManager is online\n")
	})}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	l.onClose(func() error {
		err := server.Close()
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	})
	return nil
}
