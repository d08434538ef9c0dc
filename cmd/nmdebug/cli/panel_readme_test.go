package cli_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"nmdebug/ui/tui"
)

// readme is what the README shows of the panel, seen from here.
const readme = "../../../README.md"

// TestPanelInREADME holds what the README shows of the panel to what it is.
func TestPanelInREADME(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	was, text := string(content), string(content)
	for _, shot := range []struct {
		name string
		look
		args, keys []string
	}{
		{name: "wrong password", look: look{width: 80, height: 24}, args: []string{"--at", "+38s"}},
		{name: "no DHCP server", look: look{width: 100, height: 24}, args: []string{"--at", "+66s"}, keys: []string{"F2", "z"}},
		{name: "graph", look: look{width: 80, height: 24}, keys: []string{"F5"}},
	} {
		s := open(t, shot.look, shot.args...)
		s.press(shot.keys...)
		text = insert(t, text, "panel: "+shot.name, "```text\n"+s.picture().text+"```\n")
	}
	text = insert(t, text, "panel: keys", keyTable())
	switch {
	case *update:
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	case text != was:
		t.Errorf("the README shows another panel than there is: run make docs")
	}
}

// insert puts something between the two marks of a name.
func insert(t *testing.T, text, name, between string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	before, rest, begins := strings.Cut(text, begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("the README lacks the marks %s…%s", begin, end)
	}
	return before + begin + between + end + after
}

// keyTable is the keys of the panel as a table of the README.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | what it does | on |\n|---|---|---|\n")
	for _, k := range tui.Keys() {
		text := k.Text
		if k.Asks {
			text += " (asks before)"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.Join(k.Names, "` `"), text, strings.Join(k.Screens, ", "))
	}
	return b.String()
}
