package wpadbus

import (
	"maps"
	"strings"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/secret"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// Captures follows the calls between others that configure wpa_supplicant's interfaces, as a monitor sees them. It is a
// pure fold; one goroutine owns it. Secrets are left out as they enter.
type Captures struct {
	byPath map[wire.Path]wpatypes.Captured
}

// Of gives what was seen of an interface's object.
func (c *Captures) Of(path string) (wpatypes.Captured, bool) {
	captured, ok := c.byPath[wire.Path(path)]
	return captured, ok
}

// Apply takes the next event and tells whether something was captured. A call counts when it was answered well, or wants no
// answer, as what NetworkManager sets at first.
func (c *Captures) Apply(e mirror.Event) bool {
	// NetworkManager calls a unique name, whose owner a monitor need not know: the object tells whom it means.
	path := e.Call.Path
	counts := e.Kind == mirror.Reply || e.Kind == mirror.OneWay
	if !counts || path != rootPath && !strings.HasPrefix(string(path), string(rootPath)+"/") {
		return false
	}
	args, err := e.Call.Args()
	if err != nil || len(args) == 0 {
		return false
	}
	switch call := e.Call.Interface + "." + e.Call.Member; call {
	case rootIface + ".CreateInterface":
		return c.created(e.Message, args)
	case propsIface + ".Set":
		return c.change(path, func(to *wpatypes.Captured) bool { return set(to, args) })
	case ifaceIface + ".AddNetwork":
		return c.change(path, func(to *wpatypes.Captured) bool {
			dict, ok := args[0].(map[string]any)
			if ok {
				to.At, to.Network = e.Record.Time, texts(dict)
			}
			return ok
		})
	case ifaceIface + ".AddBlob":
		return c.change(path, func(to *wpatypes.Captured) bool { return blobAdded(to, args) })
	}
	return false
}

// change applies a change to a copy, for what was given away is immutable.
func (c *Captures) change(path wire.Path, f func(*wpatypes.Captured) bool) bool {
	captured := c.byPath[path]
	captured.Globals, captured.Blobs = maps.Clone(captured.Globals), maps.Clone(captured.Blobs)
	if !f(&captured) {
		return false
	}
	if c.byPath == nil {
		c.byPath = map[wire.Path]wpatypes.Captured{}
	}
	c.byPath[path] = captured
	return true
}

// created takes CreateInterface(a{sv}) → o: all that was captured of that object before was of another.
func (c *Captures) created(reply wire.Message, args []any) bool {
	options, _ := args[0].(map[string]any)
	answer, err := reply.Args()
	if err != nil || len(answer) == 0 {
		return false
	}
	path, ok := answer[0].(wire.Path)
	if !ok {
		return false
	}
	delete(c.byPath, path)
	return c.change(path, func(to *wpatypes.Captured) bool {
		to.Driver, _ = mirror.Props(options).String("Driver")
		to.Bridge, _ = mirror.Props(options).String("BridgeIfname")
		return true
	})
}

// set takes Properties.Set(interface, name, value).
func set(to *wpatypes.Captured, args []any) bool {
	if len(args) < 3 || args[0] != ifaceIface {
		return false
	}
	name, _ := args[1].(string)
	if name == "BridgeIfname" {
		to.Bridge, _ = args[2].(string)
		return true
	}
	k, known := wpaconf.OfProperty(name)
	value, err := wpaconf.FromDBus(wpaconf.Global, k.Name, args[2])
	if !known || err != nil {
		return false
	}
	if k.Secret && value != "" {
		value = secret.Mark
	}
	if to.Globals == nil {
		to.Globals = map[string]string{}
	}
	to.Globals[k.Name] = value
	return true
}

// blobAdded takes AddBlob(name, content).
func blobAdded(to *wpatypes.Captured, args []any) bool {
	if len(args) < 2 {
		return false
	}
	name, ok := args[0].(string)
	if !ok {
		return false
	}
	if to.Blobs == nil {
		to.Blobs = map[string]int{}
	}
	content, _ := args[1].([]byte) // a recording may have it cleaned away
	to.Blobs[name] = len(content)
	return true
}

// texts makes of a dictionary what a file would have, less the secrets. Where secrets were cleaned away before, as in a
// recording, the mark in their place is kept.
func texts(dict map[string]any) map[string]string {
	known, texts := map[string]any{}, map[string]string{}
	for key, v := range dict {
		if wpaconf.IsSecret(wpaconf.Network, key) || marked(v) {
			texts[key] = secret.Mark
			continue
		}
		known[key] = v
	}
	block, _ := wpaconf.FromDict(known) // what has no text form is not told
	for _, l := range block.Lines {
		texts[l.Key] = clean(l.Key, l.Value)
	}
	return texts
}

// marked says whether a value is a mark in the place of a secret.
func marked(v any) bool {
	switch v := v.(type) {
	case string:
		return v == secret.Mark
	case []byte:
		return strings.HasPrefix(string(v), secret.Mark)
	default:
		return false
	}
}
