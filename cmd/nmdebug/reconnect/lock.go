package reconnect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// ErrLocked says that another nmdebug is at work on an interface.
var ErrLocked = errors.New("another nmdebug is at work on it")

// Lock takes some interfaces for one reconnect. The locks are sockets in the abstract namespace, which belongs to the
// network namespace as the interfaces do: the kernel gives them back whatever becomes of us.
func Lock(ctx context.Context, names []string) (unlock func(), err error) {
	var held []net.Listener
	unlock = func() {
		for _, l := range held {
			_ = l.Close() // nobody connects to it
		}
	}
	for _, name := range names {
		l, err := new(net.ListenConfig).Listen(ctx, "unix", "@nmdebug/reconnect/"+name)
		if err != nil {
			unlock()
			if errors.Is(err, syscall.EADDRINUSE) {
				return nil, fmt.Errorf("%s: %w", name, ErrLocked)
			}
			return nil, fmt.Errorf("cannot lock %s: %w", name, err)
		}
		held = append(held, l)
	}
	return unlock, nil
}
