package derive

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"nmdebug/nmwatch/profile"
)

// certificates derives whom to trust: the system's authorities, or the profile's.
func (d *deriver) certificates() error {
	system, _ := d.profile.Switch(dot1x, "system-ca-certs")
	return each(
		func() error { return d.authorityDir("ca_path", "ca-path", system) },
		func() error { return d.authorityDir("ca_path2", "phase2-ca-path", system) },
		func() error { return d.authority("ca_cert", "ca-cert", system) },
		func() error { return d.authority("ca_cert2", "phase2-ca-cert", system) },
	)
}

func (d *deriver) authorityDir(key, property string, system bool) error {
	if system && !d.given.Defaults.SystemCAFile {
		return d.add(key, d.given.Defaults.SystemCA, from{dot1x, "system-ca-certs", "where NetworkManager was built to look"})
	}
	_, ok := d.profile.Text(dot1x, property)
	if ok && d.user() != "" && d.given.Version.guardsDirectories() {
		return fail(dot1x, property, "a profile of the user %s alone may not name a directory", d.user())
	}
	return d.addText(key, dot1x, property)
}

func (d *deriver) authority(key, property string, system bool) error {
	if system && d.given.Defaults.SystemCAFile {
		return d.add(key, d.given.Defaults.SystemCA, from{dot1x, "system-ca-certs", "where NetworkManager was built to look"})
	}
	return d.cert(key, property)
}

// keys derives who the station itself is, outside and inside of the tunnel.
func (d *deriver) keys() error {
	return each(
		func() error { return d.key("private_key", "private-key", "client_cert", "client-cert") },
		func() error { return d.key("private_key2", "phase2-private-key", "client_cert2", "phase2-client-cert") },
	)
}

// key derives a private key and its certificate. PKCS#12 has both in one.
func (d *deriver) key(key, property, certKey, certProperty string) error {
	k, _ := d.place(property)
	if k.Scheme == profile.NoCert {
		return nil
	}
	if err := d.cert(key, property); err != nil {
		return err
	}
	both := d.pkcs12(k)
	if k.Scheme == profile.Path || both {
		if err := d.secretText(key+"_passwd", dot1x, property+"-password", true); err != nil {
			return err
		}
	}
	if both {
		return nil
	}
	return d.cert(certKey, certProperty)
}

// cert derives what names a certificate or a key.
func (d *deriver) cert(key, property string) error {
	c, rule := d.place(property)
	origin := from{dot1x, property, rule}
	switch c.Scheme {
	case profile.Blob:
		return d.blob(key, c.Data, origin)
	case profile.Path:
		if d.user() != "" && d.given.Version.readsForUser() {
			return d.addFileAsBlob(key, c.Place, origin)
		}
		return d.add(key, c.Place, origin)
	case profile.PKCS11:
		return d.token(key, c.Place, origin)
	case profile.NoCert:
	}
	return nil
}

// place is where a certificate or a key will be when the profile is activated.
func (d *deriver) place(property string) (c profile.Cert, rule string) {
	c = d.profile.Cert(dot1x, property)
	if c.Scheme != profile.Blob || d.given.BlobDir == "" {
		return c, ""
	}
	extension := ".pem"
	if isPKCS12(c.Data) {
		extension = ".p12"
	}
	place := path.Join(d.given.BlobDir, d.profile.UUID()+"-"+property+extension)
	return profile.Cert{Scheme: profile.Path, Place: place, Data: c.Data}, "NetworkManager writes the content of the profile into this file"
}

// blob sends a content that is in the profile itself.
func (d *deriver) blob(key string, data []byte, origin from) error {
	const largest = 32 << 20
	limit := largest
	if !d.given.Version.largeBlobs() {
		o, _ := optionOf(key, d.given.Version)
		limit = o.high
	}
	if len(data) > limit {
		return fail(dot1x, origin.property, "has %d bytes, more than the %d that NetworkManager lets through", len(data), limit)
	}
	return d.addBlob(key, hide(data), origin)
}

// addFileAsBlob sends the content of a file that the supplicant may not read, for the file is a user's own.
func (d *deriver) addFileAsBlob(key, path string, origin from) error {
	origin.rule = "the profile is of the user " + d.user() + " alone: NetworkManager reads the file " + path + " with the user's rights"
	content, read := d.given.Files[path]
	if !read {
		d.note("%s was not read; NetworkManager sends its content as a blob", path)
		return d.addBlob(key, Secret{}, origin)
	}
	return d.addBlob(key, hide(content), origin)
}

// addBlob names a blob in the network block, and sends it.
func (d *deriver) addBlob(key string, content Secret, origin from) error {
	name := strings.ReplaceAll(d.profile.UUID()+"-"+key, "/", "-")
	d.out.Blobs = append(d.out.Blobs, BlobEntry{Name: name, Content: content, Key: key, Property: origin.String()})
	return d.add(key, "blob://"+name, origin)
}

// token names a certificate or a key in a token. Of the URI's attributes NetworkManager keeps none but the PIN, which it
// adds itself: an empty one where one is needed and not known.
func (d *deriver) token(key, uri string, origin from) error {
	uri, ignored, cut := strings.Cut(uri, "&")
	if cut {
		d.note("of %s NetworkManager leaves out %q and what follows", origin, name(ignored))
	}
	pin, known := d.profile.Secret(dot1x, origin.property+"-password")
	switch {
	case known:
		uri += "?pin-value=" + escape(pin.Reveal())
	case !d.profile.Flags(dot1x, origin.property+"-password").Has(profile.NotRequired):
		uri += "?pin-value="
		d.missing(key, dot1x, origin.property+"-password")
	}
	typed, err := d.typed(key, uri, from{dot1x, origin.property + "-password", ""})
	if err != nil {
		return err
	}
	if known || strings.Contains(uri, "pin-value=") {
		hidden := hide(typed)
		hidden.Public = withoutPIN(uri)
		d.put(key, hidden, origin)
		return nil
	}
	d.put(key, typed, origin)
	return nil
}

// name is that of an attribute, whose value may be a PIN.
func name(attribute string) string {
	name, _, _ := strings.Cut(attribute, "=")
	return name
}

// withoutPIN empties the PINs of a URI, also one that the profile had put there.
func withoutPIN(uri string) string {
	const attribute = "pin-value="
	before, after, found := strings.Cut(uri, attribute)
	if !found {
		return uri
	}
	rest := ""
	if i := strings.IndexAny(after, "?&;"); i >= 0 {
		rest = withoutPIN(after[i:])
	}
	return before + attribute + rest
}

// escape is g_uri_escape_string: nothing but unreserved characters, and those beyond ASCII, stays as it is.
func escape(pin string) string {
	var escaped strings.Builder
	for _, r := range pin {
		if r >= 0x80 {
			escaped.WriteRune(r)
			continue
		}
		escaped.WriteString(strings.ReplaceAll(url.QueryEscape(string(r)), "+", "%20"))
	}
	return escaped.String()
}

// pkcs12 tells whether a key is in a PKCS#12 container. NetworkManager reads the file.
func (d *deriver) pkcs12(c profile.Cert) bool {
	switch c.Scheme {
	case profile.Blob:
		return isPKCS12(c.Data)
	case profile.Path:
		if c.Data != nil {
			return isPKCS12(c.Data)
		}
		if content, read := d.given.Files[c.Place]; read {
			return isPKCS12(content)
		}
		extension := strings.ToLower(path.Ext(c.Place))
		guess := extension == ".p12" || extension == ".pfx"
		d.note("%s was not read; by its name it is taken for %s", c.Place, map[bool]string{true: "PKCS#12", false: "a key in PEM or DER"}[guess])
		return guess
	case profile.PKCS11, profile.NoCert:
	}
	return false
}

// isPKCS12 recognises the outermost structure of RFC 7292: version 3 and a content.
func isPKCS12(data []byte) bool {
	whole := cryptobyte.String(data)
	var pfx, version, content cryptobyte.String
	return whole.ReadASN1(&pfx, asn1.SEQUENCE) && whole.Empty() &&
		pfx.ReadASN1(&version, asn1.INTEGER) && bytes.Equal(version, []byte{3}) &&
		pfx.ReadASN1(&content, asn1.SEQUENCE)
}
