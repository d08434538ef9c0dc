package mirror

import "nmdebug/nmwatch/mirror/wire"

// Reading is one pass over a tree. It collects what was said in a form that its interfaces do not have.
type Reading struct {
	tree    *Tree
	readers []*Reader
	found   []Problem
}

// Read begins a pass.
func (t *Tree) Read() *Reading { return &Reading{tree: t} }

// Props gives the properties of an interface; ok is false when the object does not have it.
func (in *Reading) Props(path wire.Path, iface string) (props Props, ok bool) {
	return in.tree.Props(path, iface)
}

// Reader makes a reader as [Tree.Reader] does, and keeps it for its problems.
func (in *Reading) Reader(path wire.Path, iface string) *Reader {
	r := in.tree.Reader(path, iface)
	in.readers = append(in.readers, r)
	return r
}

// Problem notes what no reader can see by itself.
func (in *Reading) Problem(path wire.Path, text string) {
	in.found = append(in.found, Problem{path, text})
}

// ProblemsOf lists what the tree stumbled over, then the readers, then who read, each once, in the type of a fold's state.
func ProblemsOf[P ~struct{ Object, Text string }](in *Reading) []P {
	all := in.tree.Problems()
	for _, r := range in.readers {
		all = append(all, r.Problems...)
	}
	var told []P
	seen := map[Problem]bool{}
	for _, p := range append(all, in.found...) {
		if !seen[p] {
			seen[p] = true
			told = append(told, P{Object: string(p.Path), Text: p.Text})
		}
	}
	return told
}
