package mirror

import (
	"fmt"

	"nmdebug/nmwatch/mirror/wire"
)

// Reader reads the properties of one interface and notes those that have another type than the one they are read as:
// "the daemon sent a string where a uint32 was expected" is a finding, while an absent property is just not there.
// A Reader gives only the value, the zero one when there is none; Props tells whether there is.
type Reader struct {
	Props    Props
	Object   wire.Path
	Iface    string
	Problems []Problem
}

// Reader makes a reader of an interface of an object; of one that is not there, all properties are absent.
func (t *Tree) Reader(path wire.Path, iface string) *Reader {
	props, _ := t.Props(path, iface)
	return &Reader{Props: props, Object: path, Iface: iface}
}

// Has tells whether the property is there, of whatever type.
func (r *Reader) Has(name string) bool {
	_, ok := r.Props[name]
	return ok
}

// read gives what a method of Props found, or notes that it is there in another type.
func read[T any](r *Reader, name string, v T, ok bool) T {
	if found, there := r.Props[name]; there && !ok {
		r.Problems = append(r.Problems, Problem{
			Path: r.Object,
			Text: fmt.Sprintf("%s.%s is %s instead of %s", r.Iface, name, typeName(found), typeName(v)),
		})
	}
	return v
}

// Bool reads a property of type b.
func (r *Reader) Bool(name string) bool {
	v, ok := r.Props.Bool(name)
	return read(r, name, v, ok)
}

// Byte reads a property of type y.
func (r *Reader) Byte(name string) byte {
	v, ok := r.Props.Byte(name)
	return read(r, name, v, ok)
}

// Int16 reads a property of type n.
func (r *Reader) Int16(name string) int16 {
	v, ok := r.Props.Int16(name)
	return read(r, name, v, ok)
}

// Uint16 reads a property of type q.
func (r *Reader) Uint16(name string) uint16 {
	v, ok := r.Props.Uint16(name)
	return read(r, name, v, ok)
}

// Int32 reads a property of type i.
func (r *Reader) Int32(name string) int32 {
	v, ok := r.Props.Int32(name)
	return read(r, name, v, ok)
}

// Uint32 reads a property of type u.
func (r *Reader) Uint32(name string) uint32 {
	v, ok := r.Props.Uint32(name)
	return read(r, name, v, ok)
}

// Int64 reads a property of type x.
func (r *Reader) Int64(name string) int64 {
	v, ok := r.Props.Int64(name)
	return read(r, name, v, ok)
}

// Uint64 reads a property of type t.
func (r *Reader) Uint64(name string) uint64 {
	v, ok := r.Props.Uint64(name)
	return read(r, name, v, ok)
}

// Float64 reads a property of type d.
func (r *Reader) Float64(name string) float64 {
	v, ok := r.Props.Float64(name)
	return read(r, name, v, ok)
}

// String reads a property of type s.
func (r *Reader) String(name string) string {
	v, ok := r.Props.String(name)
	return read(r, name, v, ok)
}

// Path reads a property of type o.
func (r *Reader) Path(name string) wire.Path {
	v, ok := r.Props.Path(name)
	return read(r, name, v, ok)
}

// Bytes reads a property of type ay.
func (r *Reader) Bytes(name string) []byte {
	v, ok := r.Props.Bytes(name)
	return read(r, name, v, ok)
}

// Strings reads a property of type as.
func (r *Reader) Strings(name string) []string {
	v, ok := r.Props.Strings(name)
	return read(r, name, v, ok)
}

// Paths reads a property of type ao.
func (r *Reader) Paths(name string) []wire.Path {
	v, ok := r.Props.Paths(name)
	return read(r, name, v, ok)
}

// Dict reads a property of type a{sv} or a{s?}.
func (r *Reader) Dict(name string) map[string]any {
	v, ok := r.Props.Dict(name)
	return read(r, name, v, ok)
}

// Dicts reads a property of type aa{sv}.
func (r *Reader) Dicts(name string) []map[string]any {
	v, ok := r.Props.Dicts(name)
	return read(r, name, v, ok)
}

// Uint32s reads a property of type au.
func (r *Reader) Uint32s(name string) []uint32 {
	v, ok := r.Props.Uint32s(name)
	return read(r, name, v, ok)
}

// ByteArrays reads a property of type aay.
func (r *Reader) ByteArrays(name string) [][]byte {
	v, ok := r.Props.ByteArrays(name)
	return read(r, name, v, ok)
}

// Structs reads a property that is an array of structs or of arrays, such as aau.
func (r *Reader) Structs(name string) [][]any {
	v, ok := r.Props.Structs(name)
	return read(r, name, v, ok)
}

// typeName names a type in the words of D-Bus.
func typeName(v any) string {
	switch v := v.(type) {
	case bool:
		return "a boolean"
	case byte:
		return "a byte"
	case int16, uint16, int32, uint32, int64, uint64:
		return fmt.Sprintf("an %T", v)
	case float64:
		return "a double"
	case string:
		return "a string"
	case wire.Path:
		return "an object path"
	case wire.Signature:
		return "a signature"
	case wire.FD:
		return "a file descriptor"
	case []byte:
		return "an array of bytes"
	case []string:
		return "an array of strings"
	case []wire.Path:
		return "an array of object paths"
	case map[string]any, map[any]any:
		return "a dictionary"
	case map[string]map[string]any, map[wire.Path]map[string]map[string]any:
		return "a dictionary of dictionaries"
	case []map[string]any:
		return "an array of dictionaries"
	case []uint32:
		return "an array of uint32"
	case [][]byte:
		return "an array of arrays of bytes"
	case []any, [][]any:
		return "an array or a struct"
	default:
		return fmt.Sprintf("%T", v)
	}
}
