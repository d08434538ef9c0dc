package cli

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/goccy/go-yaml"

	"nmdebug/ui/text"
)

// structured writes a value in the machine-readable form that was asked for; done is false when text was asked for.
func (a *app) structured(v any) (done bool, err error) {
	var out []byte
	switch a.output {
	case "json":
		out, err = asJSON(v, "  ")
	case "jsonl":
		out, err = asJSON(v, "")
	case "yaml":
		out, err = asYAML(v)
		if a.stream {
			out = append([]byte("---\n"), out...)
		}
	default:
		return false, nil
	}
	if err == nil {
		_, err = a.out.Write(out)
	}
	return true, err
}

// streams makes ready for several answers: JSON takes one line each, YAML becomes a document each.
func (a *app) streams() {
	a.stream = true
	if a.output == "json" {
		a.output = "jsonl"
	}
}

// asJSON writes a value in one line, or indented.
func asJSON(v any, indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return text.EscapeJSON(out.Bytes()), nil
}

// asYAML goes through JSON, so that both have the same names.
func asYAML(v any) ([]byte, error) {
	names, err := asJSON(v, "")
	if err != nil {
		return nil, err
	}
	var tree any
	if err := yaml.UnmarshalWithOptions(names, &tree, yaml.UseOrderedMap()); err != nil {
		return nil, err
	}
	return yaml.Marshal(quoteHostile(tree))
}

// quoteHostile marks the strings that the library would write as they are, control characters and all.
func quoteHostile(v any) any {
	switch v := v.(type) {
	case string:
		if text.Escape(v) != v {
			return quoted(v)
		}
	case []any:
		for i := range v {
			v[i] = quoteHostile(v[i])
		}
	case yaml.MapSlice:
		for i := range v {
			v[i].Value = quoteHostile(v[i].Value)
		}
	}
	return v
}

// quoted is a string that is written in double quotes with escapes: those of Go are YAML's, too (YAML 1.2.2 §5.7).
type quoted string

// MarshalYAML writes the string.
func (q quoted) MarshalYAML() ([]byte, error) { return []byte(strconv.Quote(string(q))), nil }
