package testenv_test

import (
	"testing"

	"nmdebug/testenv"
)

func TestScenariosComeUp(t *testing.T) {
	t.Parallel()
	for _, s := range testenv.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			testenv.StartScenario(t, s.Name)
		})
	}
}
