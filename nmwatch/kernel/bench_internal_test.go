package kernel

import (
	"fmt"
	"testing"

	"nmdebug/nmwatch/record"
)

// BenchmarkOneShot is what a single look at the kernel costs: sockets, dumps, probes, records; without the fold.
func BenchmarkOneShot(b *testing.B) {
	live(b)
	for b.Loop() {
		oneShot(b)
	}
}

// BenchmarkOneShotOfManyLinks has a hundred links, an address and a route on each.
func BenchmarkOneShotOfManyLinks(b *testing.B) {
	live(b)
	var lines []string
	for i := range 50 {
		lines = append(lines,
			fmt.Sprintf("link add a%d type veth peer name b%d", i, i), fmt.Sprintf("link set a%d up", i), fmt.Sprintf("link set b%d up", i),
			fmt.Sprintf("addr add 10.0.%d.1/24 dev a%d", i, i), fmt.Sprintf("route add 10.1.%d.0/24 via 10.0.%d.2", i, i))
	}
	ip(b, lines...)
	for b.Loop() {
		oneShot(b)
	}
}

// BenchmarkApply folds the recordings.
func BenchmarkApply(b *testing.B) {
	var all []record.Record
	for _, s := range scenarios() {
		records, _ := s.load(b)
		all = append(all, records...)
	}
	b.ReportAllocs()
	for b.Loop() {
		f := NewFold()
		for _, r := range all {
			f.Apply(r)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/record")
}

// BenchmarkState publishes after each of ten thousand routes' changes.
func BenchmarkState(b *testing.B) {
	f := NewFold()
	for i := range 10000 {
		f.Apply(routeVia(24, create, fmt.Sprintf("10.%d.%d.0/24", i/250, i%250), 0, "10.0.0.1%2"))
	}
	r := newLink(0, 2, "v0")
	b.ReportAllocs()
	for b.Loop() {
		f.routes.dirty = true
		f.Apply(r)
		f.State()
	}
}
