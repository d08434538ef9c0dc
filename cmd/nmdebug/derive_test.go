package main_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"testing"
	"time"

	"nmdebug/testenv"
	"nmdebug/testenv/sent"
)

// desk is a lab in which profiles are derived and activated.
type desk struct {
	*testenv.Lab
	spy *sent.Spy
}

func newDesk(t *testing.T, opts ...testenv.Option) desk {
	t.Helper()
	t.Parallel()
	lab := testenv.Start(t, opts...)
	conn, err := lab.Dial(context.WithoutCancel(t.Context()))
	must(t, err)
	return desk{lab, sent.Watch(deadline(t, patience), t, conn)}
}

// derive runs derive-wpa-config as a user.
func (d desk) derive(t *testing.T, user string, args ...string) sent.Derived {
	t.Helper()
	out, err := d.CommandAs(deadline(t, patience), user, program, append([]string{"derive-wpa-config", "-o", "json"}, args...)...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("derive-wpa-config %v: %v: %s", args, err, exit.Stderr)
	}
	must(t, err)
	return sent.Read(t, out)
}

func file(profile string) string {
	return "/etc/NetworkManager/system-connections/" + profile + ".nmconnection"
}

// TestDerivedIsSent has every method log in for real: what is derived from NetworkManager's profile and from its file is
// what was sent on the bus, and what NetworkManager logged. Nobody gets the same, without the secrets.
func TestDerivedIsSent(t *testing.T) {
	for _, method := range []string{"peap", "ttls", "tls", "md5"} {
		t.Run(method, func(t *testing.T) {
			scenario, err := testenv.ScenarioNamed("8021x-" + method)
			must(t, err)
			d := newDesk(t, testenv.NMConfig(scenario.Config))
			must(t, scenario.Up(deadline(t, time.Minute), d.Lab))
			network := d.spy.Network(deadline(t, patience))
			for _, of := range []string{"lan", "eth0", file("lan")} {
				derived := d.derive(t, "root", of, "--show-secrets")
				derived.Equal(t, network, d.NetworkManager.Log())
				if !slices.Equal(derived.Properties(), network.Set) {
					t.Errorf("derived %q, NetworkManager set %q", derived.Properties(), network.Set)
				}
			}
			d.withoutSecrets(t, network)
		})
	}
}

// withoutSecrets derives as a user without rights.
func (d desk) withoutSecrets(t *testing.T, network sent.Network) {
	t.Helper()
	told := map[string]bool{}
	for _, e := range d.derive(t, "nobody", "lan").Network {
		told[e.Key] = true
		if e.Secret != (e.Value == "" && e.Hex == "") {
			t.Errorf("%s: secret %t, value %q", e.Key, e.Secret, e.Value)
		}
	}
	for key := range network.Dict {
		if !told[key] {
			t.Errorf("nobody is not told of %s", key)
		}
	}
	if len(told) != len(network.Dict) {
		t.Errorf("nobody is told of %v, sent was %d", told, len(network.Dict))
	}
}

// TestDerivedOfManyProfiles activates profiles of all kinds, one after the other; nobody has to let them in.
func TestDerivedOfManyProfiles(t *testing.T) {
	d := newDesk(t)
	must(t, d.Veth(t.Context(), "eth0", "p0"))
	for _, c := range manyProfiles(t, d.Lab) {
		must(t, d.AddProfile(t.Context(), c.name, "type=ethernet\ninterface-name=eth0\nautoconnect=false\n[802-1x]\nidentity=alice\n"+c.settings+"\n[ipv4]\nmethod=disabled\n[ipv6]\nmethod=disabled\n"))
		t.Run(c.name, func(t *testing.T) {
			must(t, d.Activate(t.Context(), c.name))
			network := d.spy.Network(deadline(t, patience))
			blobs := d.spy.Blobs(deadline(t, patience))
			ofFile := d.derive(t, "root", file(c.name), "--show-secrets")
			ofFile.Equal(t, network, d.NetworkManager.Log())
			if !reflect.DeepEqual(ofFile.Contents(), blobs) {
				t.Errorf("derived the blobs %q, NetworkManager sent %q", ofFile.Contents(), blobs)
			}
			if ofBus := d.derive(t, "root", c.name, "--show-secrets"); !reflect.DeepEqual(ofBus.Network, ofFile.Network) {
				t.Errorf("of NetworkManager's profile\n%+v\nof its file\n%+v", ofBus.Network, ofFile.Network)
			}
		})
	}
}

type wiredProfile struct{ name, settings string }

func manyProfiles(t *testing.T, lab *testenv.Lab) []wiredProfile {
	t.Helper()
	certs, err := lab.Certificates()
	must(t, err)
	authority, err := os.ReadFile(certs.Authority)
	must(t, err)
	const login = "password=secret\nphase2-auth=mschapv2\n"
	return []wiredProfile{
		{"pwd", "eap=pwd\npassword=secret"},
		{"leap", "eap=leap\npassword=secret"},
		{"two-methods", "eap=md5;pwd;\npassword=secret"},
		{"fast", "eap=fast\nphase1-fast-provisioning=2\n" + login},
		{"fast-file", "eap=fast\npac-file=/etc/a.pac\npassword=secret\nphase2-auth=gtc"},
		{"peap-versions", "eap=peap\nanonymous-identity=anon\nphase1-peapver=0\nphase1-peaplabel=1\nphase1-auth-flags=0x48\n" + login},
		{"ttls-autheap", "eap=ttls\nidentity=Älice\npassword=s\\\\e\"c#ret\nphase2-autheap=gtc\nsystem-ca-certs=true"},
		{"raw", "eap=ttls\npassword-raw=0;255;34;\nphase2-auth=chap"},
		{"matches", "eap=peap\naltsubject-matches=DNS:a;DNS:b;\nsubject-match=x\ndomain-suffix-match=lab\nphase2-domain-match=in.lab\n" + login},
		{"paths", "eap=tls\nca-cert=" + certs.Authority + "\nclient-cert=" + certs.ClientCert + "\nprivate-key=" + certs.ClientKey + "\nprivate-key-password-flags=4"},
		{"content", "eap=peap\nca-cert=data:;base64," + base64.StdEncoding.EncodeToString(authority) + "\n" + login},
		{"token", "eap=tls\nclient-cert=pkcs11:object=cert\nclient-cert-password-flags=4\nprivate-key=pkcs11:object=key\nprivate-key-password=12 34\nca-cert-password-flags=4"},
		{"small", "eap=md5\npassword=secret\n[ethernet]\nmtu=600"},
	}
}
