package mirror

import "nmdebug/nmwatch/mirror/wire"

// Props are the properties of one interface of one object, in the Go types of package wire. They are immutable.
//
// The methods give the value and whether it is there in the type of the method. A Reader also tells the absent from
// the wrong.
type Props map[string]any

// Bool reads a property of type b.
func (p Props) Bool(name string) (bool, bool) { return as[bool](p, name) }

// Byte reads a property of type y.
func (p Props) Byte(name string) (byte, bool) { return as[byte](p, name) }

// Int16 reads a property of type n.
func (p Props) Int16(name string) (int16, bool) { return as[int16](p, name) }

// Uint16 reads a property of type q.
func (p Props) Uint16(name string) (uint16, bool) { return as[uint16](p, name) }

// Int32 reads a property of type i.
func (p Props) Int32(name string) (int32, bool) { return as[int32](p, name) }

// Uint32 reads a property of type u.
func (p Props) Uint32(name string) (uint32, bool) { return as[uint32](p, name) }

// Int64 reads a property of type x.
func (p Props) Int64(name string) (int64, bool) { return as[int64](p, name) }

// String reads a property of type s.
func (p Props) String(name string) (string, bool) { return as[string](p, name) }

// Path reads a property of type o.
func (p Props) Path(name string) (wire.Path, bool) { return as[wire.Path](p, name) }

// Bytes reads a property of type ay.
func (p Props) Bytes(name string) ([]byte, bool) { return as[[]byte](p, name) }

// Strings reads a property of type as.
func (p Props) Strings(name string) ([]string, bool) { return as[[]string](p, name) }

// Paths reads a property of type ao.
func (p Props) Paths(name string) ([]wire.Path, bool) { return as[[]wire.Path](p, name) }

// Dict reads a property of type a{sv} or a{s?}.
func (p Props) Dict(name string) (map[string]any, bool) { return as[map[string]any](p, name) }

// Dicts reads a property of type aa{sv}.
func (p Props) Dicts(name string) ([]map[string]any, bool) { return asList[map[string]any](p, name) }

// ByteArrays reads a property of type aay.
func (p Props) ByteArrays(name string) ([][]byte, bool) { return asList[[]byte](p, name) }

func as[T any](p Props, name string) (T, bool) {
	v, ok := p[name].(T)
	return v, ok
}

// asList reads an array whose elements all have one type; wire gives it as []any.
func asList[T any](p Props, name string) ([]T, bool) {
	elements, ok := p[name].([]any)
	if !ok {
		return nil, false
	}
	list := make([]T, 0, len(elements))
	for _, element := range elements {
		v, ok := element.(T)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}
