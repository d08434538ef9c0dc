package cli_test

import (
	"encoding/json"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"nmdebug/cmd/nmdebug/cli"
)

// hostileTexts are what strangers call their networks, and what must come back as it was.
func hostileTexts() []string {
	return []string{
		"\x1b[31m[red]<b>&amp;\r\n\u202e%s", "\x7f\u0085\u009b31m", "\n- a: b\n", "'\"\\", ": #", "\u2028\u2029\ufeff", "\x00", "\ufffe\uffff\U0001ffff\ue000", "~", "1e3", "0x1f", "yes", "2026-01-01", "1:20", "<<", "? a", " a ", "plain", "ünïcode 😀", "",
	}
}

type hostileAnswer struct {
	Texts  []string `json:"texts"`
	Nested struct {
		Text string `json:"text"`
	} `json:"nested"`
}

// FuzzOutput holds both forms to printing nothing that could move a cursor or turn a line, and to losing nothing.
func FuzzOutput(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text)
	}
	forms := map[string]struct {
		write func(any) ([]byte, error)
		read  func([]byte, any) error
	}{
		"json": {cli.AsJSON, json.Unmarshal},
		"yaml": {cli.AsYAML, func(b []byte, v any) error { return yaml.Unmarshal(b, v) }},
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := hostileAnswer{Texts: []string{text, "x"}}
		a.Nested.Text = text
		valid := string([]rune(text)) // bytes that are no text become U+FFFD
		for name, form := range forms {
			out, err := form.write(a)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range string(out) {
				if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
					t.Fatalf("%s has %U: %q", name, r, out)
				}
			}
			var back hostileAnswer
			if err := form.read(out, &back); err != nil {
				t.Fatalf("%s cannot be read: %v: %s", name, err, out)
			}
			if back.Texts[0] != valid || back.Texts[1] != "x" || back.Nested.Text != valid {
				t.Errorf("%s: %q came back as %q", name, valid, back)
			}
		}
	})
}

// TestYAMLOfAnyAge holds the words that older readers take for a truth to quotes: Norway is a country.
func TestYAMLOfAnyAge(t *testing.T) {
	t.Parallel()
	out, err := cli.AsYAML(map[string]any{"country": "NO", "on": true, "what": "normal"})
	if want := "country: \"NO\"\n\"on\": true\nwhat: normal\n"; err != nil || string(out) != want {
		t.Errorf("%v: got\n%swant\n%s", err, out, want)
	}
}
