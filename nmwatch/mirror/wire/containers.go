package wire

import "slices"

// extent reads the length of an array, moves to its first element and tells where it ends. The padding before the
// first element is there even when there is none, and does not count ("Marshalling Containers").
func (d *decoder) extent(elementAlign, depth int) int {
	n := d.uint32()
	d.skipTo(elementAlign)
	if d.err != nil || d.tooDeep(depth) {
		return d.pos
	}
	if n > maxArray || int(n) > len(d.text)-d.pos {
		d.fail("an array of %d bytes where %d are left", n, len(d.text)-d.pos)
		return d.pos
	}
	return d.pos + int(n)
}

// more tells whether an array has another element. An element that reached over the end is an error.
func (d *decoder) more(end int) bool {
	if d.pos > end {
		d.fail("an element reaches over the end of its array")
	}
	return d.pos < end && d.err == nil
}

func (d *decoder) array(t *typ, depth int) any {
	end := d.extent(t.elem.align, depth)
	switch t.shape {
	case shapeBytes:
		return d.bytes(end)
	case shapeStrings:
		return list(d, end, d.string)
	case shapePaths:
		return list(d, end, d.path)
	default:
		return d.anys(t.elem, end, depth)
	}
}

func (d *decoder) bytes(end int) []byte {
	b := []byte(d.text[d.pos:end])
	d.pos = end
	return b
}

func list[T any](d *decoder, end int, next func() T) []T {
	values := []T{}
	for d.more(end) {
		values = append(values, next())
		d.spend(costValue)
	}
	return slices.Clip(values)
}

// anys collects the elements on the decoder's stack, so that the result has just the size it needs although the
// number of elements is not known before.
func (d *decoder) anys(elem *typ, end, depth int) []any {
	base := len(d.values)
	for d.more(end) {
		v := d.value(elem, depth)
		d.values = append(d.values, v)
		d.spend(costValue)
	}
	d.spend(costSlice)
	values := make([]any, len(d.values)-base)
	copy(values, d.values[base:])
	d.values = d.values[:base]
	return values
}

func (d *decoder) dictionary(t *typ, depth int) any {
	switch t.shape {
	case shapeProps:
		return d.props(depth)
	case shapeTextKeys:
		return dict(d, depth, d.string, func() any { return d.value(t.elem, depth+1) })
	case shapeObject:
		return d.object(depth)
	case shapeObjects:
		return dict(d, depth, d.path, func() map[string]map[string]any { return d.object(depth + 2) })
	default:
		key := func() any { return d.value(t.key, depth+1) }
		return dict(d, depth, key, func() any { return d.value(t.elem, depth+1) })
	}
}

func (d *decoder) object(depth int) map[string]map[string]any {
	return dict(d, depth, d.string, func() map[string]any { return d.props(depth + 2) })
}

// dict reads a dictionary at a depth; its entries are one deeper.
func dict[K comparable, V any](d *decoder, depth int, key func() K, value func() V) map[K]V {
	end := d.extent(8, depth+1)
	m := make(map[K]V)
	d.spend(costMap)
	for d.more(end) {
		d.skipTo(8)
		k := key()
		m[k] = value()
		d.spend(2 * costValue)
	}
	return m
}

// props reads an a{sv}, which is nearly everything that services send. The entries wait on the decoder's stack, so that
// the map is made in its final size and never grows.
func (d *decoder) props(depth int) map[string]any {
	end := d.extent(8, depth+1)
	base := len(d.entries)
	for d.more(end) {
		d.skipTo(8)
		key := d.string()
		value := d.variant(d.signature(), depth+2)
		d.entries = append(d.entries, entry{key, value})
		d.spend(2 * costValue)
	}
	d.spend(costMap)
	m := make(map[string]any, len(d.entries)-base)
	for _, e := range d.entries[base:] {
		m[e.key] = e.value
	}
	d.entries = d.entries[:base]
	return m
}
