package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/kernel/kerneltypes"
)

func TestCheckOfFigures(t *testing.T) {
	at := func(v int) *int { return &v }
	for _, tt := range []struct {
		name    string
		station kerneltypes.Station
		signal  *int
		score   *int
		ok      bool
		code    inspect.Code
	}{
		{"strong enough", kerneltypes.Station{Associated: true, SignalDBm: -60}, at(-70), nil, true, inspect.LinkUp},
		{"too weak", kerneltypes.Station{Associated: true, SignalDBm: -71}, at(-70), nil, false, inspect.SignalLow},
		{"just enough", kerneltypes.Station{Associated: true, SignalDBm: -70}, at(-70), nil, true, inspect.LinkUp},
		{"not associated", kerneltypes.Station{}, at(-70), nil, false, inspect.SignalLow},
		{"good enough", kerneltypes.Station{Associated: true, SignalDBm: -60}, nil, at(75), true, inspect.LinkUp},
		{"too bad", kerneltypes.Station{Associated: true, SignalDBm: -60}, nil, at(76), false, inspect.ScoreLow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := radioWorld(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), tt.station)
			p := inspect.Build(s)
			v := inspect.Check(p, new(inspect.Meter).Measure(s, p), inspect.Requirement{
				Names: []string{"wlan0"}, MinSignal: tt.signal, MinScore: tt.score,
			})
			if v.OK != tt.ok || len(v.Results) != 1 || v.Results[0].Code != tt.code {
				t.Errorf("got %+v, want ok %t with %s", v, tt.ok, tt.code)
			}
			if !tt.ok && v.Lowest != inspect.L1 {
				t.Errorf("the lowest broken floor is %s, want L1", v.Lowest)
			}
		})
	}
}
