package reconnect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"

	"nmdebug/inspect/plan"
)

// ErrLocked says that another nmdebug is at work on an interface.
var ErrLocked = errors.New("another nmdebug is at work on it")

// Lock takes the interfaces and VPNs of a plan for one reconnect. The locks are sockets in the abstract namespace, which belongs to the
// network namespace as the interfaces do: the kernel gives them back whatever becomes of us.
func Lock(ctx context.Context, p plan.Plan) (unlock func(), err error) {
	var held []net.Listener
	unlock = func() {
		for _, l := range held {
			_ = l.Close() // nobody connects to it
		}
	}
	for _, name := range lockNames(p) {
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

// lockNames are the interfaces that a plan changes, and the VPNs, by their UUIDs.
func lockNames(p plan.Plan) []string {
	names := slices.Clone(p.Names)
	for _, s := range p.Steps {
		if s.Goal.VPN != "" && !slices.Contains(names, s.Goal.VPN) {
			names = append(names, s.Goal.VPN)
		}
	}
	return names
}
