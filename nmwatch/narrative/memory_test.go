package narrative_test

import (
	"fmt"
	"runtime"
	"testing"

	"nmdebug/nmwatch/mirror/wire"
)

// Who listens for days hears of calls that nobody answers, of clients and of objects that are long gone: no more of them is
// remembered than there is room for.
func TestMemoryIsBounded(t *testing.T) {
	s := begin(t)
	hear := func(from, to int) int {
		for i := from; i < to; i++ {
			s.seen(wire.Message{
				Type: wire.MethodCall, Serial: uint32(i + 1), Sender: fmt.Sprintf(":1.%d", i), Destination: nm, Path: nmPath, Interface: nm, Member: "GetDevices",
			})
			s.changed(":1.5", fmt.Sprintf("%s/AccessPoint/%d", nmPath, i), nm+".AccessPoint", map[string]any{"Ssid": []byte(fmt.Sprint("network ", i))})
			s.lines = nil
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	const full = 20_000
	before := hear(0, full)
	if grown, most := hear(full, 3*full)-before, 4<<20; grown > most {
		t.Errorf("after three times as much there are %d bytes more, which are more than %d", grown, most)
	}
	runtime.KeepAlive(s)
}
