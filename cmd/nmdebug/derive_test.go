package main_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/testenv"
)

const wpaInterface = "fi.w1.wpa_supplicant1.Interface"

// spy sees the calls that NetworkManager makes to wpa_supplicant, as root may who makes its connection a monitor.
type spy struct {
	mu    sync.Mutex
	calls []*dbus.Message
}

func newSpy(t *testing.T, lab *testenv.Lab) *spy {
	t.Helper()
	conn, err := lab.Dial(context.WithoutCancel(t.Context())) // the end of a context closes it as the cleanup must not
	must(t, err)
	must(t, conn.BusObject().CallWithContext(deadline(t, patience), "org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{}, uint32(0)).Err)
	seen := make(chan *dbus.Message, 1<<14)
	conn.Eavesdrop(seen)
	s, stop, ended := &spy{}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case m := <-seen:
				s.note(m)
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() {
		conn.Eavesdrop(nil) // or closing would close the channel, into which more may come
		_ = conn.Close()
		close(stop)
		<-ended
	})
	return s
}

func (s *spy) note(m *dbus.Message) {
	if m.Type != dbus.TypeMethodCall {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, m)
}

// await waits for the next call of a method and gives its arguments and all calls before it; they are forgotten then.
func (s *spy) await(t *testing.T, member string) (args []any, before []*dbus.Message) {
	t.Helper()
	must(t, testenv.Await(deadline(t, patience), "NetworkManager never calls "+member, func(context.Context) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, m := range s.calls {
			if header(m, dbus.FieldMember) == member {
				args, before, s.calls = m.Body, s.calls[:i], s.calls[i+1:]
				return nil
			}
		}
		return fmt.Errorf("%d other calls", len(s.calls))
	}))
	return args, before
}

func header(m *dbus.Message, field dbus.HeaderField) string {
	text, _ := m.Headers[field].Value().(string)
	return text
}

// sent is the network block that NetworkManager sends next, and the properties that it sets before.
func (s *spy) sent(t *testing.T) (network map[string]any, set []string) {
	t.Helper()
	args, before := s.await(t, "AddNetwork")
	dict, ok := args[0].(map[string]dbus.Variant)
	if !ok {
		t.Fatalf("AddNetwork has a %T", args[0])
	}
	network = map[string]any{}
	for key, value := range dict {
		network[key] = value.Value()
	}
	for _, m := range before {
		if header(m, dbus.FieldMember) == "Set" && m.Body[0] == wpaInterface {
			set = append(set, fmt.Sprintf("%v=%v", m.Body[1], m.Body[2].(dbus.Variant).Value()))
		}
	}
	return network, set
}

// derivation is what derive-wpa-config -o json prints.
type derivation struct {
	Set, Network []struct {
		Key, Type, Property string
		Value               any
		Hex                 *string
		Secret, Missing     bool
	}
	Blobs []struct {
		Name   string
		Base64 []byte
	}
}

func (s *desk) derive(t *testing.T, as string, args ...string) derivation {
	t.Helper()
	c := s.lab.CommandAs(deadline(t, patience), as, program, append([]string{"derive-wpa-config", "-o", "json"}, args...)...)
	out, err := c.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("derive-wpa-config %v: %v: %s", args, err, exit.Stderr)
	}
	must(t, err)
	var d derivation
	must(t, json.Unmarshal(out, &d))
	return d
}

// network is the dictionary in the types of D-Bus.
func (d derivation) network(t *testing.T) map[string]any {
	t.Helper()
	dict := map[string]any{}
	for _, e := range d.Network {
		switch e.Type {
		case "i":
			dict[e.Key] = int32(e.Value.(float64))
		case "ay":
			value, err := hex.DecodeString(*e.Hex)
			must(t, err)
			dict[e.Key] = value
		default:
			dict[e.Key] = e.Value
		}
	}
	return dict
}

func (d derivation) blobs() map[string]string {
	all := map[string]string{}
	for _, b := range d.Blobs {
		all[b.Name] = string(b.Base64)
	}
	return all
}

// blobs are those that calls gave to wpa_supplicant.
func blobs(calls []*dbus.Message) map[string]string {
	all := map[string]string{}
	for _, m := range calls {
		if header(m, dbus.FieldMember) == "AddBlob" {
			all[m.Body[0].(string)] = string(m.Body[1].([]byte))
		}
	}
	return all
}

func (d derivation) set() []string {
	var set []string
	for _, e := range d.Set {
		set = append(set, fmt.Sprintf("%s=%v", e.Key, e.Value))
	}
	return set
}

// logged is what NetworkManager's log should say of the network block, in its order, secrets hidden.
func (d derivation) logged(t *testing.T) []string {
	t.Helper()
	network := d.network(t)
	var lines []string
	for _, e := range d.Network {
		value := fmt.Sprint(network[e.Key])
		if b, ok := network[e.Key].([]byte); ok {
			value = string(b)
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

// desk is a lab in which profiles are derived and activated.
type desk struct {
	lab *testenv.Lab
	spy *spy
}

// equal holds what is derived for a profile to what NetworkManager sent and logged.
func (s *desk) equal(t *testing.T, d derivation, network map[string]any) {
	t.Helper()
	if got := d.network(t); !reflect.DeepEqual(got, network) {
		t.Errorf("derived\n%q\nNetworkManager sent\n%q", got, network)
	}
	if want := s.logged(); !endsWith(want, d.logged(t)) {
		t.Errorf("derived\n%s\nNetworkManager's log has\n%s", strings.Join(d.logged(t), "\n"), strings.Join(want, "\n"))
	}
}

// logged is what NetworkManager's log says of all network blocks up to now.
func (s *desk) logged() []string {
	var lines []string
	for _, m := range regexp.MustCompile(`Config: added '([^']+)' value '(.*)'`).FindAllStringSubmatch(s.lab.NetworkManager.Log(), -1) {
		lines = append(lines, m[1]+"="+m[2])
	}
	return lines
}

func endsWith(all, end []string) bool {
	return len(all) >= len(end) && slices.Equal(all[len(all)-len(end):], end)
}

// TestDerivedIsSent has every method log in for real: what is derived from NetworkManager's profile and from its file is
// what was sent on the bus, and what NetworkManager logged. Nobody gets the same, without the secrets.
func TestDerivedIsSent(t *testing.T) {
	for _, method := range []string{"peap", "ttls", "tls", "md5"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			sc, err := testenv.ScenarioNamed("8021x-" + method)
			must(t, err)
			s := &desk{lab: testenv.Start(t, testenv.NMConfig(sc.Config))}
			s.spy = newSpy(t, s.lab)
			must(t, sc.Up(deadline(t, time.Minute), s.lab))
			network, set := s.spy.sent(t)
			for _, of := range []string{"lan", "eth0", "/etc/NetworkManager/system-connections/lan.nmconnection"} {
				d := s.derive(t, "root", of, "--show-secrets")
				s.equal(t, d, network)
				if !slices.Equal(d.set(), set) {
					t.Errorf("derived %q, NetworkManager set %q", d.set(), set)
				}
			}
			s.withoutSecrets(t, network)
		})
	}
}

// withoutSecrets derives as a user without rights.
func (s *desk) withoutSecrets(t *testing.T, network map[string]any) {
	t.Helper()
	var keys []string
	for _, e := range s.derive(t, "nobody", "lan").Network {
		keys = append(keys, e.Key)
		if e.Secret != (e.Value == nil && e.Hex == nil) {
			t.Errorf("%s: secret %t, value %v", e.Key, e.Secret, e.Value)
		}
	}
	for key := range network {
		if !slices.Contains(keys, key) {
			t.Errorf("nobody is not told of %s", key)
		}
	}
	if len(keys) != len(network) {
		t.Errorf("nobody is told of %q, sent was %d", keys, len(network))
	}
}

// TestDerivedOfManyProfiles activates profiles of all kinds, one after the other; nobody has to let them in.
func TestDerivedOfManyProfiles(t *testing.T) {
	t.Parallel()
	s := &desk{lab: testenv.Start(t)}
	must(t, s.lab.Veth(t.Context(), "eth0", "p0"))
	certs, err := s.lab.Certificates()
	must(t, err)
	authority, err := os.ReadFile(certs.Authority)
	must(t, err)
	s.spy = newSpy(t, s.lab)
	for _, c := range []struct{ name, settings string }{
		{"pwd", "eap=pwd\nidentity=alice\npassword=secret\n"},
		{"leap", "eap=leap\nidentity=alice\npassword=secret\n"},
		{"two-methods", "eap=md5;pwd;\nidentity=alice\npassword=secret\n"},
		{"fast", "eap=fast\nidentity=alice\npassword=secret\nphase1-fast-provisioning=2\nphase2-auth=mschapv2\n"},
		{"fast-file", "eap=fast\nidentity=alice\npassword=secret\npac-file=/etc/a.pac\nphase2-auth=gtc\n"},
		{"peap-versions", "eap=peap\nidentity=alice\nanonymous-identity=anon\npassword=secret\nphase1-peapver=0\nphase1-peaplabel=1\nphase1-auth-flags=0x48\nphase2-auth=md5\n"},
		{"ttls-autheap", "eap=ttls\nidentity=Älice\npassword=s\\\\e\"c#ret\nphase2-autheap=gtc\nsystem-ca-certs=true\n"},
		{"raw", "eap=ttls\nidentity=alice\npassword-raw=0;255;34;\nphase2-auth=chap\n"},
		{"matches", "eap=peap\nidentity=alice\npassword=secret\nphase2-auth=mschapv2\naltsubject-matches=DNS:a;DNS:b;\nsubject-match=x\ndomain-suffix-match=lab\nphase2-domain-match=in.lab\n"},
		{"paths", "eap=tls\nidentity=alice\nca-cert=" + certs.Authority + "\nclient-cert=" + certs.ClientCert + "\nprivate-key=" + certs.ClientKey + "\nprivate-key-password-flags=4\n"},
		{"content", "eap=peap\nidentity=alice\npassword=secret\nphase2-auth=mschapv2\nca-cert=data:;base64," + base64.StdEncoding.EncodeToString(authority) + "\n"},
		{"token", "eap=tls\nidentity=alice\nclient-cert=pkcs11:object=cert\nclient-cert-password-flags=4\nprivate-key=pkcs11:object=key\nprivate-key-password=12 34\nca-cert-password-flags=4\n"},
		{"small", "eap=md5\nidentity=alice\npassword=secret\n[ethernet]\nmtu=600\n"},
	} {
		must(t, s.lab.AddProfile(t.Context(), c.name, "type=ethernet\ninterface-name=eth0\nautoconnect=false\n[802-1x]\n"+c.settings+"[ipv4]\nmethod=disabled\n[ipv6]\nmethod=disabled\n"))
		t.Run(c.name, func(t *testing.T) {
			must(t, s.lab.Activate(t.Context(), c.name))
			network, _ := s.spy.sent(t)
			_, before := s.spy.await(t, "SelectNetwork")
			d := s.derive(t, "root", "/etc/NetworkManager/system-connections/"+c.name+".nmconnection", "--show-secrets")
			s.equal(t, d, network)
			if want := blobs(before); !reflect.DeepEqual(d.blobs(), want) {
				t.Errorf("derived the blobs %q, NetworkManager sent %q", d.blobs(), want)
			}
			if bus := s.derive(t, "root", c.name, "--show-secrets"); !reflect.DeepEqual(bus.Network, d.Network) {
				t.Errorf("of NetworkManager's profile\n%+v\nof its file\n%+v", bus.Network, d.Network)
			}
		})
	}
}
