package cli

import (
	"bytes"
	"encoding/json"

	"github.com/goccy/go-yaml"
)

// structured writes a value in the machine-readable form that was asked for; done is false when text was asked for.
func (a *app) structured(v any) (done bool, err error) {
	switch a.output {
	case "json":
		enc := json.NewEncoder(a.out)
		enc.SetIndent("", "  ")
		return true, enc.Encode(v)
	case "jsonl":
		return true, json.NewEncoder(a.out).Encode(v)
	case "yaml":
		return true, a.yaml(v)
	}
	return false, nil
}

// yaml goes through JSON, so that both have the same names.
func (a *app) yaml(v any) error {
	var asJSON bytes.Buffer
	if err := json.NewEncoder(&asJSON).Encode(v); err != nil {
		return err
	}
	asYAML, err := yaml.JSONToYAML(asJSON.Bytes())
	if err != nil {
		return err
	}
	_, err = a.out.Write(asYAML)
	return err
}
