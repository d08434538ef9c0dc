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
		n.known[name] = kind
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
