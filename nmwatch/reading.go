package nmwatch

import (
	"slices"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// reading is one pass over the tree that collects what the daemon said in a form that its interfaces do not have.
type reading struct {
	tree    *mirror.Tree
	readers []*mirror.Reader
	found   []nmtypes.Problem
}

func (f *Fold) read() *reading { return &reading{tree: f.tree} }

func (in *reading) reader(path wire.Path, iface string) *mirror.Reader {
	r := in.tree.Reader(path, iface)
	in.readers = append(in.readers, r)
	return r
}

// problem notes what no reader can see by itself.
func (in *reading) problem(path wire.Path, text string) {
	in.found = append(in.found, nmtypes.Problem{Object: string(path), Text: text})
}

// problems lists what the readers stumbled over, and the tree before them, each once.
func (in *reading) problems() []nmtypes.Problem {
	var found []nmtypes.Problem
	for _, p := range in.tree.Problems() {
		found = append(found, nmtypes.Problem{Object: string(p.Path), Text: p.Text})
	}
	for _, r := range in.readers {
		for _, p := range r.Problems {
			found = append(found, nmtypes.Problem{Object: string(p.Path), Text: p.Text})
		}
	}
	seen := map[nmtypes.Problem]bool{}
	return slices.DeleteFunc(append(found, in.found...), func(p nmtypes.Problem) bool {
		told := seen[p]
		seen[p] = true
		return told
	})
}
