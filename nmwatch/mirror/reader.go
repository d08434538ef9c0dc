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

// read gives what a method of Props finds, or notes that it is there in another type.
func read[T any](r *Reader, name string, find func(Props, string) (T, bool)) T {
	v, ok := find(r.Props, name)
	if found, there := r.Props[name]; there && !ok {
		r.Problems = append(r.Problems, Problem{
			Path: r.Object,
			Text: fmt.Sprintf("%s.%s is %s instead of %s", r.Iface, name, typeName(found), typeName(v)),
		})
	}
	return v
}

// Bool reads a property of type b.
func (r *Reader) Bool(name string) bool { return read(r, name, Props.Bool) }

// Byte reads a property of type y.
func (r *Reader) Byte(name string) byte { return read(r, name, Props.Byte) }

// Int16 reads a property of type n.
func (r *Reader) Int16(name string) int16 { return read(r, name, Props.Int16) }

// Uint16 reads a property of type q.
func (r *Reader) Uint16(name string) uint16 { return read(r, name, Props.Uint16) }

// Int32 reads a property of type i.
func (r *Reader) Int32(name string) int32 { return read(r, name, Props.Int32) }

// Uint32 reads a property of type u.
func (r *Reader) Uint32(name string) uint32 { return read(r, name, Props.Uint32) }

// Int64 reads a property of type x.
func (r *Reader) Int64(name string) int64 { return read(r, name, Props.Int64) }

// String reads a property of type s.
func (r *Reader) String(name string) string { return read(r, name, Props.String) }

// Path reads a property of type o.
func (r *Reader) Path(name string) wire.Path { return read(r, name, Props.Path) }

// Bytes reads a property of type ay.
func (r *Reader) Bytes(name string) []byte { return read(r, name, Props.Bytes) }

// Strings reads a property of type as.
func (r *Reader) Strings(name string) []string { return read(r, name, Props.Strings) }

// Paths reads a property of type ao.
func (r *Reader) Paths(name string) []wire.Path { return read(r, name, Props.Paths) }

// Dict reads a property of type a{sv} or a{s?}.
func (r *Reader) Dict(name string) map[string]any { return read(r, name, Props.Dict) }

// Dicts reads a property of type aa{sv}.
func (r *Reader) Dicts(name string) []map[string]any { return read(r, name, Props.Dicts) }

// ByteArrays reads a property of type aay.
func (r *Reader) ByteArrays(name string) [][]byte { return read(r, name, Props.ByteArrays) }

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
	case [][]byte:
		return "an array of arrays of bytes"
	case []any:
		return "an array or a struct"
	default:
		return fmt.Sprintf("%T", v)
	}
}
