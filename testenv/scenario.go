package testenv

import (
	"context"
	"fmt"
	"time"
)

// Scenario is a network in a known state, healthy or failing in one way. Tests, the shell and the demonstration share it.
type Scenario struct {
	Name   string
	About  string // one sentence
	Config string // what it adds to NetworkManager's configuration; see [NMConfig]
	Up     func(context.Context, *Lab) error
}

// UpTime is enough for any scenario to come up, on a busy machine too.
const UpTime = 60 * time.Second

// Scenarios lists them all.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "dhcp", About: "eth0 has a lease, a gateway and a name server", Up: upDHCP},
	}
}

// ScenarioNamed finds a scenario.
func ScenarioNamed(name string) (Scenario, error) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("no such scenario: %s", name)
}
