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

// Await calls check until it returns nil or ctx ends; the error then names what was awaited and what check last had against it.
func Await(ctx context.Context, what string, check func(context.Context) error) error {
	var last error
	for pause := firstPause; ; pause = min(lastPause, pause*3/2) {
		err := check(ctx)
		if err == nil {
			return nil
		}
		// What is cut short by the end says nothing about what was awaited.
		if last == nil || ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w (last: %w)", what, context.Cause(ctx), last)
		case <-time.After(pause):
		}
	}
}
