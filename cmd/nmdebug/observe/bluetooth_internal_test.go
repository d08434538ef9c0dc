package observe

import (
	"testing"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

func TestBlueZIsAskedWhereItIsOfUse(t *testing.T) {
	on, off := kerneltypes.Adapter{Name: "hci0", Up: true}, kerneltypes.Adapter{Name: "hci0"}
	for _, tt := range []struct {
		name     string
		adapters []kerneltypes.Adapter
		phones   bool // in NetworkManager
		curious  bool
		want     bool
	}{
		{name: "no Bluetooth"},
		{name: "no Bluetooth, thoroughly", curious: true},
		{name: "an adapter that is on, and no phone", adapters: []kerneltypes.Adapter{on}},
		{name: "an adapter that is on, thoroughly", adapters: []kerneltypes.Adapter{on}, curious: true, want: true},
		{name: "an adapter that is off", adapters: []kerneltypes.Adapter{off}, want: true},
		{name: "a phone", adapters: []kerneltypes.Adapter{on}, phones: true, want: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(1, nil)
			r, err := record.Measure("bluetooth", "", tt.adapters, time.Time{}, 0)
			if err != nil {
				t.Fatal(err)
			}
			w.apply(r)
			w.blue.phones, w.blue.curious = tt.phones, tt.curious
			if got := w.worthBlueZ(); got != tt.want {
				t.Errorf("it is asked: %t", got)
			}
			if _, shown := w.sourceBlueZ(); shown {
				t.Error("it is shown as a source before it was asked")
			}
		})
	}
}
