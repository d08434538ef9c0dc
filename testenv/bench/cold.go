package main

import (
	"context"
	"fmt"
	"slices"

	"nmdebug/testenv"
)

// rounds is how often each command runs; the median counts.
const rounds = 21

// cold compares the two commands with so many profiles, and counts the calls on the bus.
func cold(ctx context.Context, nmdebug string, profiles int) error {
	lab, err := populated(ctx, profiles)
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	ours := []string{nmdebug, "status"}
	theirs := []string{"nmcli", "-t", "dev", "show"}
	var a, b []cost
	for range rounds {
		for _, turn := range []struct {
			command []string
			costs   *[]cost
		}{{ours, &a}, {theirs, &b}} {
			c, err := measure(ctx, lab, turn.command)
			if err != nil {
				return err
			}
			*turn.costs = append(*turn.costs, c)
		}
	}
	calls, err := callsOf(ctx, lab, ours)
	if err != nil {
		return err
	}
	report(profiles, a, b, calls)
	return nil
}

func report(profiles int, a, b []cost, calls int) {
	wall := func(c cost) float64 { return float64(c.Wall.Microseconds()) / 1000 }
	cpu := func(c cost) float64 { return float64(c.CPU.Microseconds()) / 1000 }
	rss := func(c cost) float64 { return float64(c.RSS) / 1024 }
	fmt.Printf("%9d %12.1f %12.1f %7.2f %12.1f %12.1f %7.2f %8.1f %8.1f %7d\n", profiles,
		median(a, wall), median(b, wall), median(a, wall)/median(b, wall),
		median(a, cpu), median(b, cpu), median(a, cpu)/median(b, cpu),
		median(a, rss), median(b, rss), calls)
}

func median(costs []cost, of func(cost) float64) float64 {
	values := make([]float64, 0, len(costs))
	for _, c := range costs {
		values = append(values, of(c))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// populated is a lab with an authenticated link, so that a supplicant runs, and profiles that nobody uses.
func populated(ctx context.Context, profiles int) (*testenv.Lab, error) {
	scenario, err := testenv.ScenarioNamed("8021x-peap")
	if err != nil {
		return nil, err
	}
	lab, err := testenv.New(ctx, testenv.NMConfig(scenario.Config))
	if err != nil {
		return nil, err
	}
	if err := scenario.Up(ctx, lab); err != nil {
		return nil, err
	}
	const script = `umask 077; for i in $(seq $1); do
		printf '[connection]\nid=spare%d\ntype=ethernet\nautoconnect=false\ninterface-name=none%d\n' $i $i \
			> /etc/NetworkManager/system-connections/spare$i.nmconnection; done; nmcli connection reload`
	if _, err := lab.Run(ctx, "bash", "-c", script, "bash", fmt.Sprint(profiles-1)); err != nil {
		return nil, err
	}
	return lab, nil
}
