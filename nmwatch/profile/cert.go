package profile

import (
	"bytes"
	"strings"
)

// Scheme says where a certificate or a key is.
type Scheme uint8

// The schemes (NMSetting8021xCKScheme).
const (
	NoCert Scheme = iota // there is none
	Blob                 // in the profile
	Path                 // in a file
	PKCS11               // in a token, named by a URI
)

// Cert is a certificate or a key of a profile.
type Cert struct {
	Scheme Scheme
	Place  string // Path: the file; PKCS11: the URI, which may hold a PIN
	Data   []byte // the content, which the profile owns; nil when it is elsewhere
}

// Cert reads a property that names or holds a certificate or a key: bytes with file:// and pkcs11: as their schemes, a
// text being ended by a zero byte.
func (p Profile) Cert(setting, property string) Cert {
	value, ok := p.Bytes(setting, property)
	if !ok || len(value) == 0 {
		return Cert{}
	}
	text, zero := bytes.CutSuffix(value, []byte{0})
	if path, ok := strings.CutPrefix(string(text), "file://"); ok && zero {
		return Cert{Scheme: Path, Place: path}
	}
	if strings.HasPrefix(string(text), "pkcs11:") && zero {
		return Cert{Scheme: PKCS11, Place: string(text)}
	}
	return Cert{Scheme: Blob, Data: value}
}
