package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"nmdebug/cmd/nmdebug/cli"
	"nmdebug/inspect/lexicon"
)

// folder is where the schemas are.
const folder = "../../../schema"

// load reads a schema as JSON.
func load(tb testing.TB, name string) map[string]any {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return doc
}

// closed makes all objects of a schema say that they have no other fields. The published schemas leave that open, because
// new fields may come; a test wants to know them.
func closed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			closed(inner)
		}
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			v["additionalProperties"] = false
		}
	case []any:
		for _, inner := range v {
			closed(inner)
		}
	}
	return v
}

// strict compiles the schema of an answer, closed.
func strict(tb testing.TB, name string) *jsonschema.Schema {
	tb.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, file := range []string{"common", name} {
		if err := c.AddResource("file:///"+file+".json", closed(load(tb, file))); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := c.Compile("file:///" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// valid holds what a script got against schemas: the first value against the first, all others against the last.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: valid NAME[,NAME] FILE")
	}
	first, last, several := strings.Cut(args[0], ",")
	if !several {
		last = first
	}
	schema := strict(on(ts).tb, first)
	values, err := valuesOf([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	if len(values) == 0 {
		ts.Fatalf("there is no JSON")
	}
	for i, v := range values {
		if i == 1 {
			schema = strict(on(ts).tb, last)
		}
		if err := schema.Validate(v); err != nil {
			ts.Fatalf("value %d: %v", i+1, err)
		}
	}
}

// valuesOf decodes JSON values that follow each other.
func valuesOf(raw []byte) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var values []any
	for {
		var v any
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", len(values)+1, err)
		}
		values = append(values, v)
	}
}

func TestEveryAnswerHasASchemaAndEverySchemaAnAnswer(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	answers := cli.Answers()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if _, ok := answers[name]; !ok && name != "common" {
			t.Errorf("%s: there is no such answer", file)
		}
		delete(answers, name)
	}
	for name := range answers {
		t.Errorf("the answer %s has no schema", name)
	}
}

// A Go type says more than the answers that a test happens to get: which fields may be missing, and which come rarely.
func TestSchemasAreLikeTheTypes(t *testing.T) {
	t.Parallel()
	for name, answer := range cli.Answers() {
		m := newMatcher(t, name)
		m.match(name, reflect.TypeOf(answer), load(t, name))
	}
}

// All entries of the lexicon, because they are written by a method of their own.
func TestSchemaKnowsAllEntries(t *testing.T) {
	t.Parallel()
	schema := strict(t, "explain")
	for _, kind := range lexicon.Kinds() {
		raw, err := json.Marshal(map[string]any{
			"schema_version": 1, "query": kind, "findings": []any{}, "entries": lexicon.Entries(kind),
		})
		if err != nil {
			t.Fatal(err)
		}
		values, err := valuesOf(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(values[0]); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// The test of the tests: an unknown field, a missing one, a wrong word and a time in another form are found.
func TestStrictSchemasFindFaults(t *testing.T) {
	t.Parallel()
	const good = `{"at":"2026-01-02T03:04:05.6Z","kind":"floor","interface":"eth0","level":"l1","from":"up","to":"failed","code":"no-carrier","text":"No carrier."}`
	schema := strict(t, "change")
	for name, edit := range map[string][2]string{
		"unknown field": {`"from"`, `"news":1,"from"`},
		"missing field": {`"text":"No carrier."`, `"code":"no-carrier"`},
		"wrong word":    {`"l1"`, `"L1"`},
		"time":          {"2026-01-02T03:04:05.6Z", "2026-01-02 03:04:05"},
		"type":          {`"up"`, `1`},
		"":              {"", ""},
	} {
		values, err := valuesOf([]byte(strings.Replace(good, edit[0], edit[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(values[0]); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
