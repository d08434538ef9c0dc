package redact

import (
	"strings"

	"nmdebug/nmwatch/secret"
)

// nameKind says what a name tells of its value.
type nameKind uint8

const (
	nameHarmless    nameKind = iota
	nameSecret               // a secret
	nameKeyFile              // a private key, or where it is
	nameLike                 // it sounds like a secret
	nameLikeKeyFile          // it sounds like a key, or where it is
)

// names remembers what names tell: there are few, and each comes with every message of its kind.
type names struct{ known map[string]nameKind }

// mostNames and longestName bound what is remembered.
const (
	mostNames   = 4096
	longestName = 64
)

func (n *names) of(name string) nameKind {
	if kind, ok := n.known[name]; ok {
		return kind
	}
	if n.known == nil || len(n.known) >= mostNames {
		n.known = make(map[string]nameKind)
	}
	kind := kindOf(name)
	if len(name) <= longestName {
		n.known[strings.Clone(name)] = kind
	}
	return kind
}

func kindOf(name string) nameKind {
	switch {
	case strings.ContainsAny(name, "./"): // an interface, an object
		return nameHarmless
	case name == "secrets", name == "Blobs": // of a VPN; of wpa_supplicant: certificates, and private keys
		return nameSecret
	case secret.Key(name):
		return nameSecret
	case secret.PrivateKey(name):
		return nameKeyFile
	case !secret.Like(name):
		return nameHarmless
	case strings.HasSuffix(strings.ToLower(name), "key"):
		return nameLikeKeyFile
	default:
		return nameLike
	}
}

// mayName says whether some bytes can hold the name of a secret. Most messages cannot, and need not be looked at further:
// every name that [kindOf] calls secret without [editor.like], and the PIN of a URI, has one of these in it, whatever its
// capitals.
func mayName(body []byte) bool {
	last := uint32(0) // three bytes
	for _, c := range body {
		last = (last<<8 | uint32(c|' ')) & 0xffffff
		switch last {
		case 'p'<<16 | 'a'<<8 | 's', 'p'<<16 | 's'<<8 | 'k', 'p'<<16 | 'i'<<8 | 'n', 'p'<<16 | 'u'<<8 | 'k', 'c'<<16 | 'a'<<8 | 'k',
			'c'<<16 | 'k'<<8 | 'n', 'k'<<16 | 'e'<<8 | 'y', 'm'<<16 | 'a'<<8 | 'c', 'o'<<16 | 'o'<<8 | 'k', 'i'<<16 | 'g'<<8 | 'n',
			'e'<<16 | 'c'<<8 | 'r', 'l'<<16 | 'o'<<8 | 'b':
			return true
		}
	}
	return false
}
