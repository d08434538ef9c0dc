package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/inspect/graph"
	"nmdebug/inspect/inspecttest"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/ui/render"
)

func TestTree(t *testing.T) {
	w := inspecttest.New()
	eth0, eth1 := w.Link("eth0", "", nmtypes.TypeEthernet), w.Link("eth1", "", nmtypes.TypeEthernet)
	br0 := w.Link("br0", "bridge", nmtypes.TypeBridge).Connected("bridge").Static("192.0.2.9/24")
	eth0.PortOf(br0)
	eth1.PortOf(br0)
	var lines []string
	for _, row := range render.Tree(graph.Build(w.Snapshot, w.Pyramid()), render.ASCII, render.BranchesFor(false)) {
		var words []string
		for _, c := range row {
			words = append(words, c.Text)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	want := []string{
		"+ eth0 ethernet", "`- + br0 bridge", "   `- + bridge connection, activated", "      `- + 192.0.2.9/24 on br0",
		"+ eth1 ethernet", "`- + br0 (above)",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
