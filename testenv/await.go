package testenv

import (
	"context"
	"fmt"
	"time"
)

// The pause between two looks grows: most things are there at once, and what is not should not cost the daemons their processor.
const (
	firstPause = time.Millisecond
	lastPause  = 20 * time.Millisecond
)

// Await calls check until it returns nil or ctx ends; the error then names what was awaited and what check said last.
func Await(ctx context.Context, what string, check func(context.Context) error) error {
	pause := firstPause
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w (last: %w)", what, context.Cause(ctx), err)
		case <-time.After(pause):
		}
		pause = min(lastPause, pause*3/2)
	}
}
