package nmwatch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
)

// dot1x are the settings of an applied connection.
func dot1x() map[string]props {
	return map[string]props{
		"connection": variants(map[string]any{"id": "lan"}),
		"802-1x":     variants(map[string]any{"eap": []string{"peap"}, "optional": true}),
		"ipv4":       variants(map[string]any{"method": "auto"}),
		"ipv6":       variants(map[string]any{"method": "ignore"}),
	}
}

func TestApplied(t *testing.T) {
	const dev = nmPath + "/Devices/1"
	applied := func(c *conversation) *nmtypes.Applied { return c.fold.State().Devices[dev].Applied }
	activation := func(n int) string { return string(path("ActiveConnection", n)) }
	activate := func(c *conversation, n int) {
		c.Changes(dev, devIface, map[string]any{"ActiveConnection": path("ActiveConnection", n)})
	}
	c := converse(t, 8, objects{path("Devices", 1): wired(50, activation(1))})
	if c.fold.Synced() {
		t.Error("synced while an answer is awaited that decides which floors there are")
	}
	call := c.Wanted("GetAppliedConnection")
	c.Answers(call, dot1x(), uint64(1))
	want := &nmtypes.Applied{Dot1X: true, Dot1XOptional: true, EAP: []string{"peap"}, IP4Method: "auto", IP6Method: "ignore"}
	if diff := cmp.Diff(want, applied(c)); diff != "" || !c.fold.Synced() {
		t.Errorf("synced: %t, applied (-want +got):\n%s", c.fold.Synced(), diff)
	}

	activate(c, 2)
	if applied(c) != nil {
		t.Error("what one connection asked for counts for the next")
	}
	first := c.Wanted("GetAppliedConnection")
	activate(c, 3)
	if len(c.Waiting) > 0 {
		t.Errorf("asked for again while an answer is awaited: %v", c.Waiting)
	}
	c.Answers(first, dot1x(), uint64(1))
	if applied(c) != nil {
		t.Error("an answer counts for a connection that came after the question")
	}
	c.Refuses(c.Wanted("GetAppliedConnection"), "org.freedesktop.NetworkManager.Device.NotActive")
	if !c.fold.Synced() || applied(c) != nil || len(c.Waiting) > 0 {
		t.Errorf("after a refusal: synced %t, applied %v, asked for again %v", c.fold.Synced(), applied(c), c.Waiting)
	}

	activate(c, 4)
	c.Answers(c.Wanted("GetAppliedConnection"), "settings of another form")
	if !c.fold.Synced() || applied(c) != nil {
		t.Errorf("after nonsense: synced %t, applied %v", c.fold.Synced(), applied(c))
	}
	for n := 5; n < 50; n++ { // a link that comes and goes all day
		activate(c, n)
		c.Answers(c.Wanted("GetAppliedConnection"), dot1x(), uint64(1))
	}
	if applied(c) == nil {
		t.Error("after many activations it is not asked for any more")
	}
}

// TestAppliedIsAskedForWhereItDecides has more devices than may be asked of.
func TestAppliedIsAskedForWhereItDecides(t *testing.T) {
	all := objects{
		path("IP4Config", 1): {nmIface + ".IP4Config": variants(map[string]any{
			"AddressData": []props{variants(map[string]any{"address": "192.0.2.2", "prefix": uint32(24)})},
		})},
		path("IP6Config", 1): {nmIface + ".IP6Config": variants(map[string]any{
			"AddressData": []props{variants(map[string]any{"address": "fe80::1", "prefix": uint32(64)})},
		})},
	}
	for n := range 10 {
		d := wired(100, string(path("ActiveConnection", n)))
		d[devIface]["DeviceType"] = v(uint32(2)) // Wi-Fi
		d[devIface]["Ip6Config"] = v(path("IP6Config", 1))
		if n != 7 {
			d[devIface]["Ip4Config"] = v(path("IP4Config", 1))
		}
		all[path("Devices", n)] = d
	}
	all[path("Devices", 3)][devIface]["DeviceType"] = v(uint32(1))
	all[path("Devices", 4)][devIface]["DeviceType"] = v(uint32(1))
	all[path("Devices", 5)] = wired(30, "/")
	c := converse(t, 2, all)
	var asked []wire.Path
	for _, call := range c.Waiting {
		asked = append(asked, call.Path)
	}
	want := []wire.Path{nmPath + "/Devices/7", nmPath + "/Devices/3"} // without an address, then wires
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked of (-want +got):\n%s", diff)
	}
	for len(c.Waiting) > 0 {
		c.Answers(c.Wanted("GetAppliedConnection"), dot1x(), uint64(1))
	}
	c.removed(nmPath+"/Devices/3", devIface, devIface+".Wired")
	if len(c.Waiting) != 1 || c.Waiting[0].Path != nmPath+"/Devices/4" {
		t.Errorf("after a device went, its place is not free: %v", c.Waiting)
	}
}
