package cli_test

import (
	"encoding"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/cmd/nmdebug/reconnect"
	"nmdebug/inspect"
	"nmdebug/inspect/blame"
	"nmdebug/inspect/effconf"
	"nmdebug/inspect/graph"
	"nmdebug/inspect/heal"
	"nmdebug/inspect/lexicon"
	"nmdebug/inspect/plan"
)

// vocabularies are the words of the types that have fixed ones, as JSON has them.
func vocabularies() map[reflect.Type][]string {
	return map[reflect.Type][]string{
		reflect.TypeFor[inspect.Level]():         texts(inspect.Levels()),
		reflect.TypeFor[inspect.Status]():        texts(inspect.Statuses()),
		reflect.TypeFor[inspect.Sureness]():      words(inspect.Certain, inspect.Likely, inspect.Guess),
		reflect.TypeFor[inspect.AbilityStatus](): words(inspect.Able, inspect.Unable, inspect.Useless),
		reflect.TypeFor[inspect.ChangeKind]():    words(inspect.FloorChanged, inspect.StackChanged, inspect.ConflictChanged, inspect.SourceChanged),
		reflect.TypeFor[inspect.Medium]():        words(inspect.MediumWifi, inspect.MediumWire, inspect.MediumBluetooth),
		reflect.TypeFor[inspect.SourceStatus]():  words(inspect.SourceOK, inspect.SourceReading, inspect.SourceAbsent, inspect.SourceSilent, inspect.SourceUnreadable, inspect.SourceDenied, inspect.SourceLost),
		reflect.TypeFor[blame.Outcome]():         words(blame.Activated, blame.Failed, blame.UnderWay, blame.Abandoned),
		reflect.TypeFor[graph.Sort]():            words(graph.Link, graph.Process, graph.Connection, graph.VPN, graph.Address, graph.Route, graph.DNS),
		reflect.TypeFor[graph.Relation]():        words(graph.Joins, graph.RidesOn, graph.HeldBy, graph.RunsOn, graph.RunsFor, graph.Needs, graph.GivenBy, graph.BelongsTo, graph.Peer),
		reflect.TypeFor[plan.Phase]():            words(plan.Down, plan.Up),
		reflect.TypeFor[plan.Verb]():             words(plan.Wait, plan.Activate, plan.Deactivate, plan.Renew, plan.Reapply, plan.Retake, plan.RadioOn, plan.Reassociate, plan.Relogin),
		reflect.TypeFor[plan.Freshness]():        words(plan.FreshLink, plan.FreshLease, plan.FreshActive, plan.FreshTaken),
		reflect.TypeFor[plan.RefusalCode]():      words(plan.CutsSession, plan.CutsDefault, plan.OnItsWay, plan.NotManaged, plan.Nothing),
		reflect.TypeFor[reconnect.EventKind]():   words(reconnect.StepBegun, reconnect.StepDone, reconnect.StepFailed, reconnect.Waiting, reconnect.Resumed, reconnect.RolledBack, reconnect.NotBack, reconnect.Finished),
		reflect.TypeFor[heal.Kind]():             words(heal.Watching, heal.Noticed, heal.Reconnect, heal.Signal, heal.Hopeless, heal.GaveUp, heal.Recovered),
		reflect.TypeFor[lexicon.Kind]():          words(lexicon.Kinds()...),
		reflect.TypeFor[effconf.Source]():        words(append(effconf.Sources(), effconf.Negotiated)...),
	}
}

func texts[T encoding.TextMarshaler](values []T) []string {
	var all []string
	for _, v := range values {
		text, err := v.MarshalText()
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return all
}

func words[T ~string](values ...T) []string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// matcher compares types with schemas.
type matcher struct {
	t      *testing.T
	files  map[string]map[string]any
	file   string // that references without a file are about
	vocab  map[reflect.Type][]string
	inside []reflect.Type // what is being compared: types may contain themselves
}

func newMatcher(t *testing.T, file string) *matcher {
	t.Helper()
	return &matcher{t: t, file: file, vocab: vocabularies(), files: map[string]map[string]any{
		file: load(t, file), "common": load(t, "common"),
	}}
}

// match compares a type with its schema; where says where in the answer.
func (m *matcher) match(where string, typ reflect.Type, schema map[string]any) {
	if schema["description"] == nil && m.resolve(schema)["description"] == nil {
		m.t.Errorf("%s: no description", where)
	}
	if ref, ok := schema["$ref"].(string); ok && strings.HasPrefix(ref, "common.json") {
		defer func(file string) { m.file = file }(m.file)
		schema, m.file = m.resolve(schema), "common"
	}
	schema = m.resolve(schema)
	switch {
	case typ == reflect.TypeFor[lexicon.Entry]():
		return // TestSchemaKnowsAllEntries
	case typ == reflect.TypeFor[time.Time]():
		m.is(where, schema, "type", "string")
		m.is(where, schema, "format", "date-time")
	case m.vocab[typ] != nil:
		m.is(where, schema, "type", "string")
		if diff := cmp.Diff(m.vocab[typ], enum(schema)); diff != "" {
			m.t.Errorf("%s (-type +schema):\n%s", where, diff)
		}
	case typ.Kind() == reflect.Pointer:
		m.pointer(where, typ.Elem(), schema)
	case typ.Kind() == reflect.Struct:
		m.is(where, schema, "type", "object")
		m.fields(where, typ, schema)
	case typ == reflect.TypeFor[[]byte]():
		m.is(where, schema, "type", "string")
	case typ.Kind() == reflect.Map:
		m.is(where, schema, "type", "object")
	case typ.Kind() == reflect.Slice:
		m.is(where, schema, "type", "array")
		items, _ := schema["items"].(map[string]any)
		if typ.Elem().Kind() == reflect.Struct {
			m.match(where+"[]", typ.Elem(), items)
		}
	default:
		m.is(where, schema, "type", simple(typ))
	}
}

// pointer compares what may be null.
func (m *matcher) pointer(where string, typ reflect.Type, schema map[string]any) {
	if typ.Kind() == reflect.Struct {
		if some, ok := schema["anyOf"].([]any); ok {
			schema, _ = some[len(some)-1].(map[string]any)
		}
		m.match(where, typ, schema)
		return
	}
	if diff := cmp.Diff([]any{simple(typ), "null"}, schema["type"]); diff != "" {
		m.t.Errorf("%s (-type +schema):\n%s", where, diff)
	}
}

// fields compares the fields of an object: their names, which may be missing, and each by itself.
func (m *matcher) fields(where string, typ reflect.Type, schema map[string]any) {
	if slices.Contains(m.inside, typ) {
		return
	}
	m.inside = append(m.inside, typ)
	defer func() { m.inside = m.inside[:len(m.inside)-1] }()
	properties, _ := schema["properties"].(map[string]any)
	var names, always []string
	for _, f := range reflect.VisibleFields(typ) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		names = append(names, name)
		if !strings.Contains(options, "omit") {
			always = append(always, name)
		}
		property, ok := properties[name].(map[string]any)
		if !ok {
			m.t.Errorf("%s: the schema lacks %q", where, name)
			continue
		}
		m.match(path.Join(where, name), f.Type, property)
	}
	for name := range properties {
		if !slices.Contains(names, name) {
			m.t.Errorf("%s: the schema has %q, which the answer never has", where, name)
		}
	}
	if diff := cmp.Diff(sorted(always), sorted(list(schema["required"]))); diff != "" {
		m.t.Errorf("%s: required (-type +schema):\n%s", where, diff)
	}
}

// resolve follows a reference.
func (m *matcher) resolve(schema map[string]any) map[string]any {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	file, pointer, _ := strings.Cut(ref, "#/$defs/")
	name := strings.TrimSuffix(file, ".json")
	if name == "" {
		name = m.file
	}
	defs, _ := m.files[name]["$defs"].(map[string]any)
	target, ok := defs[pointer].(map[string]any)
	if !ok {
		m.t.Fatalf("nothing is at %s", ref)
	}
	return target
}

func (m *matcher) is(where string, schema map[string]any, key, want string) {
	if schema[key] != want {
		m.t.Errorf("%s: %s is %v, want %s", where, key, schema[key], want)
	}
}

func simple(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	default:
		return "integer"
	}
}

func enum(schema map[string]any) []string { return list(schema["enum"]) }

// list is a list of strings that JSON has.
func list(v any) []string {
	values, _ := v.([]any)
	var all []string
	for _, v := range values {
		s, _ := v.(string)
		all = append(all, s)
	}
	return all
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
