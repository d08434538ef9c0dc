package nmwatch

import (
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// reading is one pass over the tree that collects what the daemon said in a form that its interfaces do not have.
type reading struct {
	tree    *mirror.Tree
	readers []*mirror.Reader
}

func (f *Fold) read() *reading { return &reading{tree: f.tree} }

func (in *reading) reader(path wire.Path, iface string) *mirror.Reader {
	r := in.tree.Reader(path, iface)
	in.readers = append(in.readers, r)
	return r
}

// problems lists what the readers stumbled over, and the tree before them.
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
	return found
}
