package narrative_test

import (
	"encoding/binary"
	"testing"
	"time"

	"nmdebug/nmwatch/narrative"
	"nmdebug/nmwatch/record"
)

// FuzzTell feeds a narrator with records of arbitrary kinds and bytes: it never panics, and every line has its record's time and kind.
// The input is a row of records: kind, length (two bytes), bytes. Lengths beyond the end are cut.
func FuzzTell(f *testing.F) {
	pack := func(kind record.Kind, raw string) []byte {
		return append(binary.LittleEndian.AppendUint16([]byte{byte(kind)}, uint16(len(raw))), raw...)
	}
	f.Add(pack(record.Log, "__REALTIME_TIMESTAMP=1767323045000000\nSYSLOG_IDENTIFIER=wpa_supplicant\nMESSAGE=wlan0: CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:00:00 reason=15\n"))
	f.Add(pack(record.Note, `{"source":"bus","event":"up","detail":"unix:path=/x"}`))
	f.Add(pack(record.Measurement, `{"what":"station","interface":"wlan0"}`))
	for kind := record.DBusSent; kind <= record.Packet; kind++ {
		f.Add(pack(kind, "l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, at := narrative.New(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		for len(b) >= 3 {
			size := min(int(binary.LittleEndian.Uint16(b[1:])), len(b)-3)
			at = at.Add(time.Second)
			for _, l := range n.Tell(record.Record{Time: at, Kind: record.Kind(b[0]), Raw: b[3 : 3+size]}) {
				if l.At.IsZero() || l.Kind != record.Kind(b[0]) {
					t.Errorf("a line without time, or of another record: %+v", l)
				}
			}
			b = b[3+size:]
		}
	})
}
