package wpadbus

import (
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/secret"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// config reads how an interface is configured, without secrets.
func config(in *mirror.Reading, r *mirror.Reader, globals []wpaconf.Key) wpatypes.Config {
	c := wpatypes.Config{File: r.String("ConfigFile"), Bridge: r.String("BridgeIfname")}
	for _, k := range globals {
		v, ok := r.Props[k.Property]
		if !ok || v == "" || v == secret.Mark && !k.Secret { // not there, unset, or taken out of a recording by mistake
			continue
		}
		value, err := k.FromDBus(v)
		switch {
		case err != nil:
			r.Problems = append(r.Problems, mirror.Problem{Path: r.Object, Text: r.Iface + "." + k.Property + ": " + err.Error()})
			continue
		case k.Secret && value != "":
			value = secret.Mark
		}
		if c.Globals == nil {
			c.Globals = map[string]string{}
		}
		c.Globals[k.Name] = secret.URI(value)
	}
	c.Blobs = blobSizes(r)
	capabilities := mirror.Props(r.Dict("Capabilities"))
	c.Can.KeyMgmt, _ = capabilities.Strings("KeyMgmt")
	c.Can.GroupMgmt, _ = capabilities.Strings("GroupMgmt")
	paths := r.Paths("Networks")
	for _, path := range paths {
		if n := network(in, path); n != nil {
			c.All = append(c.All, *n)
		}
	}
	c.Unread = len(paths) - len(c.All)
	return c
}

// blobSizes keeps of the blobs what is not secret.
func blobSizes(r *mirror.Reader) map[string]int {
	blobs := r.Dict("Blobs")
	if len(blobs) == 0 {
		return nil
	}
	sizes := make(map[string]int, len(blobs))
	for name, content := range blobs {
		if b, ok := content.([]byte); ok {
			sizes[name] = len(b)
		}
	}
	return sizes
}
