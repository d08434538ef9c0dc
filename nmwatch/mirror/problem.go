package mirror

import (
	"slices"

	"nmdebug/nmwatch/mirror/wire"
)

// Problem is something a daemon said in another form than its interface has.
type Problem struct {
	Path wire.Path // the object, "" when it is not known
	Text string
}

// maxProblems bounds what a daemon can make us remember.
const maxProblems = 128

// problems keeps the last distinct ones, oldest first.
type problems struct{ all []Problem }

func (p *problems) add(path wire.Path, text string) {
	problem := Problem{path, text}
	if slices.Contains(p.all, problem) {
		return
	}
	if len(p.all) == maxProblems {
		p.all = slices.Delete(p.all, 0, 1)
	}
	p.all = append(p.all, problem)
}

func (p *problems) list() []Problem { return slices.Clone(p.all) }
