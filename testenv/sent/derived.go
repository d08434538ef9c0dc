package sent

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Derived is what derive-wpa-config -o json prints.
type Derived struct {
	Set, Network []Entry
	Blobs        []struct {
		Name   string
		Base64 []byte
	}
}

// Entry is one value of it.
type Entry struct {
	Key, Type, Property string
	Value, Hex          string
	Secret, Missing     bool
}

// Read reads it.
func Read(tb testing.TB, out []byte) Derived {
	tb.Helper()
	var d Derived
	if err := json.Unmarshal(out, &d); err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	return d
}

// Equal holds it to a network block that was sent, and to what NetworkManager logged of it, which is also in order.
func (d Derived) Equal(tb testing.TB, n Network, log string) {
	tb.Helper()
	if got := d.dict(); !reflect.DeepEqual(got, n.Dict) {
		tb.Errorf("derived\n%q\nNetworkManager sent\n%q", got, n.Dict)
	}
	got, all := d.logged(), Logged(log)
	if len(all) < len(got) || !slices.Equal(all[len(all)-len(got):], got) {
		tb.Errorf("derived\n%s\nNetworkManager's log has\n%s", strings.Join(got, "\n"), strings.Join(all, "\n"))
	}
}

// Properties are those of the interface that are set, "NAME=VALUE".
func (d Derived) Properties() []string {
	var set []string
	for _, e := range d.Set {
		set = append(set, fmt.Sprintf("%s=%v", e.Key, e.Value))
	}
	return set
}

// Contents are the blobs by their names.
func (d Derived) Contents() map[string]string {
	all := map[string]string{}
	for _, b := range d.Blobs {
		all[b.Name] = string(b.Base64)
	}
	return all
}

// dict is the dictionary in the types of D-Bus.
func (d Derived) dict() map[string]any {
	dict := map[string]any{}
	for _, e := range d.Network {
		dict[e.Key] = e.native()
	}
	return dict
}

func (e Entry) native() any {
	switch e.Type {
	case "i":
		if n, err := strconv.ParseInt(e.Value, 10, 32); err == nil {
			return int32(n)
		}
	case "ay":
		if value, err := hex.DecodeString(e.Hex); err == nil {
			return value
		}
	}
	return e.Value
}

// logged is what NetworkManager's log should say, secrets hidden.
func (d Derived) logged() []string {
	var lines []string
	for _, e := range d.Network {
		value := fmt.Sprint(e.native())
		if b, ok := e.native().([]byte); ok {
			value, _, _ = strings.Cut(string(b), "\x00") // the log takes it for the end
		}
		if uri, _, token := strings.Cut(value, "pin-value="); token {
			value = uri + "pin-value=<hidden>"
		} else if e.Secret {
			value = "<hidden>"
		}
		lines = append(lines, e.Key+"="+value)
	}
	return lines
}
