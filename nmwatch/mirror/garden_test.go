package mirror_test

import (
	"testing"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
)

// whole is a tree as plain values.
type whole = map[wire.Path]map[string]map[string]any

func wholeOf(t *mirror.Tree) whole {
	all := whole{}
	for path, object := range t.Objects() {
		all[path] = object
	}
	return all
}

// garden is a script with a tree.
type garden struct {
	*script
	tree    *mirror.Tree
	touched []wire.Path // by the last record
}

// newGarden has a tree of a service that is there, with nothing read yet.
func newGarden(tb testing.TB, root wire.Path) *garden {
	tb.Helper()
	g := &garden{script: &script{Stream: newStream(tb), talk: mirror.NewTalk()}, tree: mirror.NewTree(service, root)}
	for _, r := range append(g.Hello(), g.OwnerChanged(service, "", owner)) {
		g.events = g.talk.Apply(r)
		g.grow()
	}
	return g
}

// grow applies the events of the last record to the tree.
func (g *garden) grow() {
	g.touched = nil
	for _, e := range g.events {
		g.touched = append(g.touched, g.tree.Apply(e)...)
	}
}

func (g *garden) says(path wire.Path, member string, args ...any) {
	g.Helper()
	g.events = g.talk.Apply(g.Signal(owner, path, member, args...))
	g.grow()
}

// asks makes the calls that the tree wants.
func (g *garden) asks() (calls []string) {
	for _, c := range g.tree.Wants() {
		calls = append(calls, c.Member+" "+string(c.Path))
		g.talk.Apply(g.Call(c))
	}
	return calls
}

func (g *garden) answers(to uint32, args ...any) {
	g.Helper()
	g.events = g.talk.Apply(g.Reply(owner, to, args...))
	g.grow()
}

func (g *garden) refuses(to uint32, name string) {
	g.Helper()
	g.events = g.talk.Apply(g.Refusal(owner, to, name, "text"))
	g.grow()
}

// planted has two objects.
func planted(tb testing.TB) *garden {
	tb.Helper()
	g := newGarden(tb, root)
	g.asks()
	g.answers(g.Serial, objects{
		"/a": {"i.A": {"Id": mkv("a"), "N": mkv(uint32(1))}, "i.B": {}},
		"/b": {"i.A": {"Id": mkv("b")}},
	})
	return g
}
