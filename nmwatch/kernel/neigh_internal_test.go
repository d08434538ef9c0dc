package kernel

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// A neighbour is known to be silent when it is asked again after it failed, until it answers.
func TestNeighbourIsAskedAgain(t *testing.T) {
	f := NewFold()
	for i, step := range []struct {
		state uint16
		again bool
	}{
		{unix.NUD_INCOMPLETE, false},
		{unix.NUD_FAILED, false},
		{unix.NUD_INCOMPLETE, true},
		{unix.NUD_INCOMPLETE, true},
		{unix.NUD_REACHABLE, false},
		{unix.NUD_INCOMPLETE, false},
	} {
		f.Apply(neigh4(unix.RTM_NEWNEIGH, 0, 1, "10.0.0.1", step.state))
		if n := f.State().Neighs[0]; n.Again != step.again || n.State != kerneltypes.NeighState(step.state) {
			t.Errorf("step %d: it is %+v", i, n)
		}
	}
	f.Apply(neigh4(unix.RTM_NEWNEIGH, 0, 1, "10.0.0.1", unix.NUD_FAILED))
	f.Apply(neigh4(unix.RTM_DELNEIGH, 0, 1, "10.0.0.1", unix.NUD_FAILED))
	f.Apply(neigh4(unix.RTM_NEWNEIGH, 0, 1, "10.0.0.1", unix.NUD_INCOMPLETE))
	if n := f.State().Neighs[0]; n.Again {
		t.Errorf("another entry has the history of the one before: %+v", n)
	}
}

// The kernel says how long ago an entry took its state, in hundredths of a second.
func TestNeighbourSince(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		cache []byte
		want  time.Duration
	}{
		{"confirmed, used, updated, references", cacheInfo(700, 300, 250, 1), 2500 * time.Millisecond},
		{"cut off", cacheInfo(700, 300), 0},
		{"none", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := NewFold()
			attrs := [][]byte{raw(unix.NDA_DST, netip.MustParseAddr("10.0.0.1").AsSlice())}
			if tt.cache != nil {
				attrs = append(attrs, raw(unix.NDA_CACHEINFO, tt.cache))
			}
			m := message(unix.RTM_NEWNEIGH, 0, ndmsg(unix.AF_INET, 1, unix.NUD_INCOMPLETE), attrs...)
			f.Apply(record.Record{Time: now, Kind: m.Kind, Raw: m.Raw})
			if n := f.State().Neighs[0]; now.Sub(n.Since) != tt.want || n.At != now {
				t.Errorf("it is so since %v, as said at %v", n.Since, n.At)
			}
		})
	}
}

func cacheInfo(figures ...uint32) []byte {
	var b []byte
	for _, f := range figures {
		b = binary.NativeEndian.AppendUint32(b, f)
	}
	return b
}
