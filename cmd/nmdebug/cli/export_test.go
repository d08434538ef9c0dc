package cli

import (
	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/plan"
)

// Answers are the answers of all commands, by the names of their schemas.
func Answers() map[string]any {
	return map[string]any{
		"status": inspect.Pyramid{}, "change": inspect.Change{}, "why": inspect.Explained{}, "detail": inspect.Detail{},
		"check": checkAnswer{}, "quality": qualityAnswer{}, "explain": explanation{}, "kinds": kindsAnswer{},
		"doctor": inspect.Checkup{}, "version": versionInfo{}, "log": lineAnswer{}, "blame": blameAnswer{},
		"show-wpa-config": shown{}, "derive-wpa-config": derived{},
		"graph": graph.Graph{}, "graph-check": checked{}, "graph-grammar": grammarAnswer{}, "wait": waited{},
		"reconnect-plan": plan.Plan{}, "reconnect": ran{}, "reconnect-event": reconnect.Event{}, "heal": audit{},
		"panel-stats": panelStats{},
	}
}

// AsYAML writes a value as `-o yaml` does.
func AsYAML(v any) ([]byte, error) { return asYAML(v) }

// AsJSON writes a value as `-o json` does.
func AsJSON(v any) ([]byte, error) { return asJSON(v, "  ") }
