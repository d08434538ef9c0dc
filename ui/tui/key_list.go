package tui

// Key is what a key does, for those who write about the panel.
type Key struct {
	Names   []string // each of them does it
	Text    string
	Asks    bool     // it changes something, and asks before
	Screens []string // where it does it; none for everywhere
}

// Keys are all keys, in the order of the panel's own help.
func Keys() []Key {
	var all []Key
	for _, b := range bindings() {
		key := Key{Names: b.keys, Text: b.text, Asks: b.dangerous}
		for _, id := range b.on {
			key.Screens = append(key.Screens, id.name())
		}
		all = append(all, key)
	}
	return all
}
