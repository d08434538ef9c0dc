package cli

import "nmdebug/inspect"

// Answers are the answers of all commands, by the names of their schemas.
func Answers() map[string]any {
	return map[string]any{
		"status": inspect.Pyramid{}, "change": inspect.Change{}, "why": inspect.Explained{}, "detail": inspect.Detail{},
		"check": checkAnswer{}, "quality": qualityAnswer{}, "explain": explanation{}, "kinds": kindsAnswer{},
		"doctor": inspect.Checkup{}, "version": versionInfo{},
	}
}
