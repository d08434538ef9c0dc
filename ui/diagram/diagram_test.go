package diagram_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"nmdebug/inspect/graph"
	"nmdebug/inspect/inspecttest"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/ui/diagram"
)

// hostile are names that would break out of one of the forms.
func hostile() []string {
	return []string{
		`"];evil[label="x`, `\`, `\"`, `</text><script>alert(1)</script>`, "a\nb\x1b[31m", `]] --> n1[["`, "#quot;`code`", "click n1 callback", "\u202egnp\xff\ufffe",
	}
}

// world is a healthy network whose connections have these names.
func world(connection, vpn string) graph.Graph {
	w := inspecttest.New()
	eth0 := w.Link("eth0", "", nmtypes.TypeEthernet).Connected(connection).Leased("192.0.2.7/24", "192.0.2.1")
	tun0 := w.Tun("tun0", proctypes.Process{PID: 41, Name: "openvpn", Role: proctypes.RoleVPN})
	w.VPN(vpn, eth0, tun0, "10.8.0.2/24")
	return graph.Build(w.Snapshot, w.Pyramid())
}

func TestSVG(t *testing.T) {
	for _, name := range append(hostile(), "lan") {
		var out bytes.Buffer
		if err := diagram.SVG(&out, world(name, name)); err != nil {
			t.Fatal(err)
		}
		elements := map[string]int{}
		for dec := xml.NewDecoder(&out); ; {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q makes it no XML: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				elements[start.Name.Local]++
			}
		}
		for element := range elements {
			if !strings.Contains(" svg title rect path g text ", " "+element+" ") {
				t.Errorf("%q smuggles in the element %s", name, element)
			}
		}
		rects := elements["rect"]
		if nodes := len(world(name, name).Nodes); rects != nodes+1 {
			t.Errorf("%d boxes for %d nodes", rects-1, nodes)
		}
	}
}

// TestDOT holds every line to be a statement of the form that we write, and, where there is Graphviz, to be read by it.
func TestDOT(t *testing.T) {
	statement := regexp.MustCompile(`^  (n\d+ \[label="(\\.|[^"\\])*" color="#[0-9a-f]{6}" fillcolor="#[0-9a-f]{6}"\]|n\d+ -> n\d+ \[label="[a-z-]+"( [a-z=]+)*\])$`)
	for _, name := range append(hostile(), "lan") {
		var out bytes.Buffer
		if err := diagram.DOT(&out, world(name, name)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		for _, line := range lines[4 : len(lines)-1] {
			if !statement.MatchString(line) {
				t.Errorf("%q makes the line %s", name, line)
			}
		}
		if _, err := exec.LookPath("dot"); err != nil {
			continue
		}
		parse := exec.CommandContext(t.Context(), "dot", "-Tplain")
		parse.Stdin = &out
		if said, err := parse.CombinedOutput(); err != nil || strings.Contains(string(said), "evil") && !strings.Contains(string(said), `\"];evil`) {
			t.Errorf("dot on %q: %v: %s", name, err, said)
		}
	}
}

func TestMermaid(t *testing.T) {
	statement := regexp.MustCompile(`^  (n\d+\["([^"\]\[{}|<>]|<br/>)*"\]|style n\d+ stroke:#[0-9a-f]{6},fill:#[0-9a-f]{6},color:#212121|n\d+ (-->|-\.-)\|[a-z-]+\| n\d+)$`)
	for _, name := range append(hostile(), "lan") {
		var out bytes.Buffer
		if err := diagram.Mermaid(&out, world(name, name)); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
			if !statement.MatchString(line) {
				t.Errorf("%q makes the line %s", name, line)
			}
		}
	}
}
