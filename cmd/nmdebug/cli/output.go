package cli

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

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

// streams makes ready for several answers: JSON takes one line each, as an array would be complete only at the end, and YAML
// a document each.
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
	var tree yaml.Node
	if err := yaml.Unmarshal(names, &tree); err != nil {
		return nil, err
	}
	inBlocks(&tree)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(&tree); err != nil {
		return nil, err
	}
	return text.EscapeJSON(out.Bytes()), nil
}

// inBlocks takes the braces and quotes of JSON away. A text that hides something keeps its quotes: inside of them it is
// escaped as in JSON (YAML 1.2.2 §5.7). So does a word that YAML 1.1 takes for a truth: many still read that.
func inBlocks(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && (text.Escape(n.Value) != n.Value || isOldTruth(n.Value)) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range n.Content {
		inBlocks(child)
	}
}

func isOldTruth(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}
