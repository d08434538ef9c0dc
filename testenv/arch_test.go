package testenv_test

import (
	"bytes"
	"encoding/json"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	Doc        string
}

// rule holds what the packages below a path must not import, as prefixes of import paths, save the exceptions.
type rule struct {
	of     string
	never  []string
	except []string
	why    string
}

func rules() []rule {
	screen := []string{"github.com/rivo/tview", "github.com/gdamore/tcell"}
	const bus, changes, commands = "github.com/godbus/", "github.com/Wifx/", "github.com/spf13/"
	system := []string{"github.com/mdlayher/", "golang.zx2c4.com/", "golang.org/x/sys", "golang.org/x/net"}
	return []rule{
		{of: "nmdebug/nmwatch", never: append(screen, "nmdebug/inspect", "nmdebug/ui", "nmdebug/cmd", commands), why: "sources feed the model, they know neither it nor its views"},
		{of: "nmdebug/wpadbus", never: append(screen, "nmdebug/inspect", "nmdebug/ui", "nmdebug/cmd", commands), why: "sources feed the model, they know neither it nor its views"},
		{of: "nmdebug/inspect", never: append(slices.Concat(screen, system), bus, changes, commands, "os", "os/exec", "net", "net/http", "syscall", "nmdebug/ui", "nmdebug/cmd", "nmdebug/nmwatch/mirror"), why: "the model is pure"},
		{of: "nmdebug/ui", never: append(system, bus, changes, commands, "os/exec", "nmdebug/cmd", "nmdebug/nmwatch/mirror"), why: "views read the model and speak to no daemon"},
		{of: "nmdebug/nmwatch/keyfile", never: impure(system), why: "a reader of a file format reads what it is handed"},
		{of: "nmdebug/nmwatch/profile", never: impure(system), why: "a profile is a value"},
		{of: "nmdebug", never: []string{commands}, except: []string{"nmdebug/cmd"}, why: "only cmd takes flags"},
		{of: "nmdebug", never: screen, except: []string{"nmdebug/ui/tui"}, why: "only the panel draws screens"},
		{of: "nmdebug", never: []string{changes}, except: []string{"nmdebug/nmwatch/act"}, why: "only act changes NetworkManager"},
	}
}

// impure are the packages that reach the system.
func impure(system []string) []string {
	return append(slices.Clone(system), "os", "os/exec", "net", "net/http", "syscall", "github.com/godbus/", "nmdebug/nmwatch/mirror")
}

func TestLayers(t *testing.T) {
	for _, p := range packages(t) {
		for _, r := range rules() {
			if !below(p.ImportPath, r.of) || slices.ContainsFunc(r.except, func(e string) bool { return below(p.ImportPath, e) }) {
				continue
			}
			for _, imported := range p.Imports {
				if slices.ContainsFunc(r.never, func(never string) bool { return reaches(imported, never) }) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, r.why)
				}
			}
		}
	}
}

func TestLeavesReachTheStandardLibraryOnly(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.ContainsFunc([]string{"types", "/wpaconf", "/record", "/secret"}, func(end string) bool { return strings.HasSuffix(p.ImportPath, end) }) {
			continue
		}
		for _, imported := range p.Imports {
			if strings.Contains(imported, ".") || strings.HasPrefix(imported, "nmdebug/") || slices.Contains([]string{"os", "os/exec", "net", "net/http"}, imported) {
				t.Errorf("%s imports %s: a leaf holds values and reaches the standard library's pure part alone", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		first := new(doc.Package).Synopsis(p.Doc)
		if first == "" || !strings.HasSuffix(first, ".") {
			t.Errorf("%s: its package comment does not begin with a sentence: %q", p.ImportPath, first)
		}
		if docs := packageComments(t, p.Dir); len(docs) != 1 {
			t.Errorf("%s has %d package comments (%v), want one", p.ImportPath, len(docs), docs)
		}
	}
}

// TestLinkerDropsMethods holds the program small: where a function that is used finds methods by names that only it knows, as
// templates do, the linker keeps all methods of all types. That was a fifth of the program, and most of it is in memory.
func TestLinkerDropsMethods(t *testing.T) {
	t.Parallel()
	c := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-dumpdep", "-o", filepath.Join(t.TempDir(), "nmdebug"), "../cmd/nmdebug")
	c.Env = append(c.Environ(), "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !bytes.Contains(out, []byte("main.main -> ")) {
		t.Fatalf("the linker did not say what uses what: %s", out)
	}
	for use := range bytes.Lines(out) {
		if user, used, _ := strings.Cut(string(use), " -> "); strings.Contains(used, "<ReflectMethod>") {
			t.Errorf("%s uses %s", user, used)
		}
	}
}

// TestTheMapIsWhole: who looks for something finds it in CONTRIBUTING.
func TestTheMapIsWhole(t *testing.T) {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, "nmdebug/")
		name := path[strings.LastIndex(path, "/")+1:]
		if below(path, "testenv") || path == "cmd/nmdebug" {
			continue // the laboratory has a row as a whole
		}
		if !strings.Contains(string(text), "`"+path+"`") && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the table of folders in CONTRIBUTING.md has no %s", path)
		}
	}
}

// reaches says whether an import is the forbidden one. Of the standard library exactly that package is meant (net, not
// net/netip), of modules and of ours all below.
func reaches(imported, never string) bool {
	ours := strings.Contains(never, ".") || strings.HasPrefix(never, "nmdebug/")
	return imported == never || ours && strings.HasPrefix(imported, strings.TrimSuffix(never, "/")+"/")
}

func below(path, of string) bool { return path == of || strings.HasPrefix(path, of+"/") }

// packageComments lists the files of a folder that hold a package comment.
func packageComments(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir:
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		if f.Doc != nil {
			found = append(found, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,Doc", "nmdebug/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}
