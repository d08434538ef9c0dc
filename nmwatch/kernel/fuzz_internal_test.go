package kernel

import (
	"encoding/binary"
	"testing"

	"nmdebug/nmwatch/record"
)

// FuzzApply feeds a fold with records of arbitrary kinds and bytes: it never panics, and never keeps more than it was given.
//
// Run it with -fuzzminimizetime=20x: to make a row of records smaller takes the fuzzer longer than to find another.
//
// The input is a row of records: kind, length (two bytes), bytes. Lengths beyond the end are cut.
func FuzzApply(f *testing.F) {
	kinds := []record.Kind{record.Netlink, record.Rfkill, record.Measurement, record.Note, record.Wireless, record.DBusSeen}
	pack := func(records ...record.Record) []byte {
		var b []byte
		for _, r := range records {
			for i, k := range kinds {
				if k == r.Kind {
					b = append(b, byte(i))
				}
			}
			b = append(binary.LittleEndian.AppendUint16(b, uint16(len(r.Raw))), r.Raw...)
		}
		return b
	}
	for _, s := range scenarios() {
		records, _ := s.load(f)
		f.Add(pack(records[:min(len(records), 20)]...))
		for _, r := range records {
			f.Add(pack(r))
		}
	}
	f.Add(pack(up("rtnetlink"), up("rfkill"), synced("rfkill"), measured(whatStation, "wlan0", nil)))
	f.Fuzz(func(t *testing.T, b []byte) {
		fold := NewFold()
		for n := 1; len(b) >= 3; n++ {
			kind := kinds[int(b[0])%len(kinds)]
			size := min(int(binary.LittleEndian.Uint16(b[1:])), len(b)-3)
			changed := fold.Apply(record.Record{Kind: kind, Raw: b[3 : 3+size]})
			b = b[3+size:]
			s := fold.State()
			known := len(s.Links) + len(s.Addrs) + len(s.Neighs) + len(s.Rfkill) + len(s.Speeds) + len(s.Stations) + len(s.WireGuard)
			if known > n || len(s.Problems) > maxProblems {
				t.Fatalf("%d records made %d objects and %d problems", n, known, len(s.Problems))
			}
			if len(s.Problems) > 0 && n == 1 && !changed {
				t.Fatal("a problem is no change")
			}
		}
	})
}
