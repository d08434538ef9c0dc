package wire

import "fmt"

// The limits of "Valid Signatures".
const (
	maxSignature = 255
	maxNesting   = 32 // of arrays, and of structs
	maxDepth     = 64 // of all containers, variants included ("Message Format")
)

// typ is one complete type of a signature.
type typ struct {
	code   byte // as in the signature; '(' for a struct, '{' for a dictionary, which is an array in the signature
	align  int
	elem   *typ // array: of an element; dictionary: of a value
	key    *typ // dictionary
	shape  shape
	fields []*typ // struct
}

// shape is the Go type that an array or a dictionary becomes.
type shape uint8

const (
	shapeAny      shape = iota // []any, map[any]any
	shapeBytes                 // []byte
	shapeStrings               // []string
	shapePaths                 // []Path
	shapeProps                 // map[string]any
	shapeObject                // map[string]map[string]any
	shapeObjects               // map[Path]map[string]map[string]any
	shapeTextKeys              // map[string]any, the values not being variants
)

// compile reads a signature of any number of complete types.
func compile(sig string) ([]*typ, error) {
	if len(sig) > maxSignature {
		return nil, fmt.Errorf("a signature of %d bytes, allowed are %d", len(sig), maxSignature)
	}
	c := compiler{sig: sig}
	var types []*typ
	for c.pos < len(sig) {
		t, err := c.next(0, 0)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	return types, nil
}

type compiler struct {
	sig string
	pos int
}

// next reads one complete type inside so many arrays and structs.
func (c *compiler) next(arrays, structs int) (*typ, error) {
	if c.pos >= len(c.sig) {
		return nil, c.errorf("ends too early")
	}
	code := c.sig[c.pos]
	c.pos++
	switch code {
	case 'a':
		if arrays == maxNesting {
			return nil, c.errorf("has arrays deeper than %d", maxNesting)
		}
		if c.pos < len(c.sig) && c.sig[c.pos] == '{' {
			return c.dictionary(arrays+1, structs)
		}
		elem, err := c.next(arrays+1, structs)
		if err != nil {
			return nil, err
		}
		return &typ{code: 'a', align: 4, elem: elem, shape: arrayShape(elem)}, nil
	case '(':
		if structs == maxNesting {
			return nil, c.errorf("has structs deeper than %d", maxNesting)
		}
		return c.structure(arrays, structs+1)
	default:
		if alignment(code) == 0 {
			return nil, c.errorf("has the unknown type %q", code)
		}
		return &typ{code: code, align: alignment(code)}, nil
	}
}

// structure reads the fields up to the closing parenthesis; an empty struct is not allowed.
func (c *compiler) structure(arrays, structs int) (*typ, error) {
	t := &typ{code: '(', align: 8}
	for c.pos < len(c.sig) && c.sig[c.pos] != ')' {
		field, err := c.next(arrays, structs)
		if err != nil {
			return nil, err
		}
		t.fields = append(t.fields, field)
	}
	if c.pos >= len(c.sig) || len(t.fields) == 0 {
		return nil, c.errorf("has an empty or unfinished struct")
	}
	c.pos++
	return t, nil
}

// dictionary reads "{kv}"; the key must be a basic type.
func (c *compiler) dictionary(arrays, structs int) (*typ, error) {
	if structs == maxNesting { // a dictionary entry counts as a struct
		return nil, c.errorf("has structs deeper than %d", maxNesting)
	}
	c.pos++
	key, err := c.next(arrays, structs+1)
	if err != nil {
		return nil, err
	}
	if key.code == 'v' || key.code == 'a' || key.code == '{' || key.code == '(' {
		return nil, c.errorf("has a dictionary with a key that is not of a basic type")
	}
	value, err := c.next(arrays, structs+1)
	if err != nil {
		return nil, err
	}
	if c.pos >= len(c.sig) || c.sig[c.pos] != '}' {
		return nil, c.errorf("has an unfinished dictionary")
	}
	c.pos++
	return &typ{code: '{', align: 4, key: key, elem: value, shape: dictShape(key, value)}, nil
}

func (c *compiler) errorf(format string, args ...any) error {
	return fmt.Errorf("signature %q "+format, append([]any{c.sig}, args...)...)
}

func arrayShape(elem *typ) shape {
	switch elem.code {
	case 'y':
		return shapeBytes
	case 's':
		return shapeStrings
	case 'o':
		return shapePaths
	default:
		return shapeAny
	}
}

func dictShape(key, value *typ) shape {
	switch {
	case key.code == 's' && value.code == 'v':
		return shapeProps
	case key.code == 's' && value.shape == shapeProps:
		return shapeObject
	case key.code == 's':
		return shapeTextKeys
	case key.code == 'o' && value.shape == shapeObject:
		return shapeObjects
	default:
		return shapeAny
	}
}

// alignment of a type that is written as one code; 0 for what is not such a type ("Summary of types").
func alignment(code byte) int {
	switch code {
	case 'y', 'g', 'v':
		return 1
	case 'n', 'q':
		return 2
	case 'b', 'i', 'u', 's', 'o', 'h':
		return 4
	case 'x', 't', 'd':
		return 8
	default:
		return 0
	}
}
