package wire

import "encoding/binary"

// Leaf is one value of a message's body that holds no others, and where it stands. An array of bytes counts as one.
type Leaf struct {
	Arg  int      // the argument that it is in, from 0
	Keys []string // the keys of the dictionaries around it, outermost first; valid until edit returns
	Code byte     // its type; 'y' is an array of bytes, not a single one
	Text string   // of a string or an array of bytes
}

// Rewriter copies messages and changes values in them. All types stay as they are, as does the byte order; the header is
// not touched. It keeps buffers between messages: one goroutine owns it.
type Rewriter struct {
	signatures map[Signature][]*typ
	variants   map[string]*typ // of all messages

	decoder
	order order
	body  []byte // the new body
	keys  []string
	arg   int
	edit  func(Leaf) (replacement string, replace bool)
	edits int
}

// order is a byte order that also appends.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// knownTypes bounds the signatures that are remembered: daemons use a few dozen.
const knownTypes = 1024

// Rewrite gives edit each value of a message and puts in its place what it gives back: the text for a string or an array
// of bytes, zero for a number. Raw is what m was parsed from: it is given back when nothing was replaced, else a new
// message, and how many values were replaced.
func (w *Rewriter) Rewrite(raw []byte, m Message, edit func(Leaf) (replacement string, replace bool)) (out []byte, edits int, err error) {
	if m.body == nil {
		return raw, 0, nil
	}
	types, err := w.compiled(m.Signature)
	if err != nil {
		return nil, 0, &FormatError{m.body.offset, err.Error()}
	}
	w.begin(m, edit)
	for i, t := range types {
		w.arg = i
		w.copy(t, 0)
	}
	w.failIf(w.pos != len(w.text), "the body goes on after its signature %q", m.Signature)
	switch {
	case w.err != nil:
		return nil, 0, w.err
	case w.edits == 0:
		return raw, 0, nil
	}
	out = append(raw[:m.body.offset:m.body.offset], w.body...)
	w.order.PutUint32(out[4:], uint32(len(w.body)))
	if _, err := Length(out); err != nil {
		return nil, 0, err
	}
	return out, w.edits, nil
}

func (w *Rewriter) begin(m Message, edit func(Leaf) (string, bool)) {
	if w.variants == nil || len(w.variants) > knownTypes {
		w.variants = make(map[string]*typ)
	}
	w.decoder = newDecoder(string(m.body.raw), m.body.offset, m.body.big)
	w.types = w.variants
	w.order = binary.LittleEndian
	if m.body.big {
		w.order = binary.BigEndian
	}
	w.body, w.keys, w.edit, w.edits = w.body[:0], w.keys[:0], edit, 0
}

func (w *Rewriter) compiled(sig Signature) ([]*typ, error) {
	if types, ok := w.signatures[sig]; ok {
		return types, nil
	}
	types, err := compile(string(sig))
	if err != nil {
		return nil, err
	}
	if w.signatures == nil || len(w.signatures) > knownTypes {
		w.signatures = make(map[Signature][]*typ)
	}
	w.signatures[sig] = types
	return types, nil
}

// copy copies one value of a type, inside so many containers.
func (w *Rewriter) copy(t *typ, depth int) {
	switch t.code {
	case 'a':
		w.copyArray(t, depth+1)
	case '{':
		w.copyDictionary(t, depth+1)
	case '(':
		w.copyStructure(t, depth+1)
	case 'v':
		w.copyVariant(depth + 1)
	default:
		w.copyLeaf(t)
	}
}

func (w *Rewriter) copyArray(t *typ, depth int) {
	if t.shape == shapeBytes {
		end := w.extent(1, depth)
		text := w.edited('y', w.text[w.pos:end])
		w.pos = end
		w.body = w.order.AppendUint32(pad(w.body, 4), uint32(len(text)))
		w.body = append(w.body, text...)
		return
	}
	end := w.extent(t.elem.align, depth)
	at, start := w.open(t.elem.align)
	for w.more(end) {
		w.copy(t.elem, depth)
	}
	w.close(at, start)
}

func (w *Rewriter) copyDictionary(t *typ, depth int) {
	end := w.extent(8, depth+1)
	at, start := w.open(8)
	for w.more(end) {
		w.skipTo(8)
		w.body = pad(w.body, 8)
		w.keys = append(w.keys, w.copyKey(t.key))
		w.copy(t.elem, depth+1)
		w.keys = w.keys[:len(w.keys)-1]
	}
	w.close(at, start)
}

// copyKey copies the key of a dictionary, which is never replaced, and gives its text.
func (w *Rewriter) copyKey(t *typ) string {
	if t.code == 's' || t.code == 'o' {
		text := w.string()
		w.appendText(text)
		return text
	}
	edit := w.edit
	w.edit = nil
	w.copyLeaf(t)
	w.edit = edit
	return ""
}

func (w *Rewriter) appendText(text string) {
	w.body = w.order.AppendUint32(pad(w.body, 4), uint32(len(text)))
	w.body = append(append(w.body, text...), 0)
}

// open begins an array: its length is not known yet.
func (w *Rewriter) open(elementAlign int) (at, start int) {
	w.body = pad(w.body, 4)
	at = len(w.body)
	w.body = pad(append(w.body, 0, 0, 0, 0), elementAlign)
	return at, len(w.body)
}

// close writes the length, in which the padding before the first element does not count.
func (w *Rewriter) close(at, start int) {
	w.order.PutUint32(w.body[at:], uint32(len(w.body)-start))
}

func (w *Rewriter) copyStructure(t *typ, depth int) {
	w.skipTo(8)
	w.body = pad(w.body, 8)
	if w.tooDeep(depth) {
		return
	}
	for _, f := range t.fields {
		w.copy(f, depth)
	}
}

func (w *Rewriter) copyVariant(depth int) {
	sig := w.signature()
	if w.err != nil || w.tooDeep(depth) {
		return
	}
	w.body = append(append(append(w.body, byte(len(sig))), sig...), 0)
	t, ok := w.types[sig]
	if !ok {
		types, err := compile(sig)
		if err != nil || len(types) != 1 {
			w.fail("a variant of type %q", sig)
			return
		}
		t = types[0]
		w.types[sig] = t
		w.spend(len(sig) * costSlice)
	}
	w.copy(t, depth)
}

// copyLeaf copies a value that holds no others.
func (w *Rewriter) copyLeaf(t *typ) {
	switch t.code {
	case 's', 'o':
		text := w.string()
		if t.code == 's' {
			text = w.edited('s', text)
		}
		w.appendText(text)
	case 'g':
		sig := w.signature()
		w.body = append(append(append(w.body, byte(len(sig))), sig...), 0)
	default:
		w.copyNumber(t)
	}
}

// edited gives the text, or what edit puts in its place.
func (w *Rewriter) edited(code byte, text string) string {
	if replacement, replace := w.ask(code, text); replace {
		return replacement
	}
	return text
}

func (w *Rewriter) copyNumber(t *typ) {
	pos := align(w.pos, t.align)
	if pos+t.align > len(w.text) {
		w.failShort()
		return
	}
	w.pos = pos + t.align
	w.body = append(pad(w.body, t.align), w.text[pos:w.pos]...)
	if _, replace := w.ask(t.code, ""); replace {
		clear(w.body[len(w.body)-t.align:])
	}
}

// ask lets edit look at a value.
func (w *Rewriter) ask(code byte, text string) (replacement string, replace bool) {
	if w.edit == nil || w.err != nil {
		return "", false
	}
	replacement, replace = w.edit(Leaf{Arg: w.arg, Keys: w.keys, Code: code, Text: text})
	if replace {
		w.edits++
	}
	return replacement, replace
}
