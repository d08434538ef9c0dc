package proc

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/nmwatch/record"
)

// process is a process of a made /proc.
type process struct {
	command string // words, each ended by a blank
	netns   string // "" for ours
	cgroup  string
	parent  string
	tunnel  string // an interface that it holds
}

// made makes a /proc of processes by their ids.
func made(processes map[string]process) fs.FS {
	files := fstest.MapFS{"self/ns/net": link("net:[1]")}
	for pid, p := range processes {
		netns := "net:[1]"
		if p.netns != "" {
			netns = p.netns
		}
		files[pid+"/ns/net"] = link(netns)
		files[pid+"/cmdline"] = text(strings.ReplaceAll(p.command, " ", "\x00"))
		files[pid+"/stat"] = text(pid + " (a) b) S " + p.parent + " 1 1")
		files[pid+"/cgroup"] = text(p.cgroup)
		if p.tunnel != "" {
			files[pid+"/fd/3"], files[pid+"/fdinfo/3"] = link("socket:[17]"), text("pos:\t0\n")
			files[pid+"/fd/7"], files[pid+"/fdinfo/7"] = link("/dev/net/tun"), text("pos:\t48\nmnt_id:\t73\niff:\t"+p.tunnel+"\n")
		}
	}
	return files
}

func link(target string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
}

func text(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

func TestTable(t *testing.T) {
	got := tableOf(made(map[string]process{
		"2":  {command: "", parent: "0"},
		"8":  {command: "/usr/sbin/NetworkManager --no-daemon ", parent: "1", cgroup: "0::/system.slice/NetworkManager.service\n"},
		"9":  {command: "/sbin/dhclient -d -q -sf /usr/lib/nm-dhcp-helper -pf /run/dhclient-eth0.pid -cf /x eth0 ", parent: "8"},
		"20": {command: "/usr/sbin/openvpn --remote vpn.example --auth-user-pass secret --dev tun ", parent: "8", tunnel: "tun0"},
		"21": {command: "/usr/sbin/openvpn --dev tun9 ", parent: "1", netns: "net:[2]", tunnel: "tun9"},
		"22": {command: "/opt/corp/tunneld --key secret ", parent: "1", cgroup: "1:name=systemd:/user.slice/corp.service/x\n", tunnel: "corp0"},
		"23": {command: "/usr/bin/vim notes ", parent: "1"},
	}))
	want := proctypes.Table{Processes: []proctypes.Process{
		{PID: 8, Parent: 1, Name: "NetworkManager", Role: proctypes.RoleManager, Unit: "NetworkManager.service"},
		{PID: 9, Parent: 8, Name: "dhclient", Role: proctypes.RoleDHCPClient, Serves: []string{"eth0"}},
		{PID: 20, Parent: 8, Name: "openvpn", Role: proctypes.RoleVPN, Holds: []string{"tun0"}},
		{PID: 22, Parent: 1, Name: "tunneld", Role: proctypes.RoleTunnel, Unit: "corp.service", Holds: []string{"corp0"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	raw, err := json.Marshal(got)
	if err != nil || strings.Contains(string(raw), "secret") {
		t.Errorf("a command line's password is kept: %s (%v)", raw, err)
	}
}

func TestInterfaces(t *testing.T) {
	for _, tt := range []struct {
		command string
		want    []string
	}{
		{"dhclient -4 -v -i -pf /run/dhclient.eth0.pid -lf /var/lib/x -I -df /y eth0 eth1", []string{"eth0", "eth1"}},
		{"dhclient -D LL wlan0", []string{"wlan0"}},
		{"udhcpc -i eth2 -s /script", []string{"eth2"}},
		{"udhcpc -ieth2", []string{"eth2"}},
		{"udhcpc --interface=eth2", []string{"eth2"}},
		{"dhcpcd -h name -q eth3", []string{"eth3"}},
		{"wpa_supplicant -u -s -O /run/wpa_supplicant", nil},
		{"wpa_supplicant -B -i wlan0 -c /etc/x.conf -N -iwlan1", []string{"wlan0", "wlan1"}},
		{"openvpn --dev tun --dev-type tun", nil},
		{"openvpn --dev tun5", []string{"tun5"}},
		{"openvpn --dev", nil},
		{"pppd ttyS0 115200 ifname ppp7", []string{"ppp7"}},
		{"dnsmasq --interface=virbr0 --interface=virbr0", []string{"virbr0"}},
		{"dhclient name/with/slashes averyveryverylongname", nil},
	} {
		name, args := parseCommand([]byte(strings.ReplaceAll(tt.command, " ", "\x00") + "\x00"))
		p, ok := programOf(name)
		if !ok {
			t.Fatalf("%s is not known", name)
		}
		if diff := cmp.Diff(tt.want, p.interfaces(args)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.command, diff)
		}
	}
}

// TestSelf reads the real /proc: it must find nothing wrong with it.
func TestSelf(t *testing.T) {
	f := NewFold()
	if !f.Apply(Read(time.Now())) || !f.State().Read || f.State().Failure != "" {
		t.Errorf("the real /proc: %+v", f.State())
	}
	if f.Apply(record.Record{Kind: record.Note}) {
		t.Error("a note changes the processes")
	}
	if failed := tableOf(os.DirFS("/proc/no/such")); failed.Failure == "" {
		t.Error("a /proc that is not there is no failure")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("dhclient\x00-i\x00eth0\x00"))
	f.Add([]byte("17 (a) b) S 3 1"))
	f.Add([]byte("0::/a.slice/b.service\n"))
	f.Add([]byte("iff:\ttun0\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		name, args := parseCommand(raw)
		if p, ok := programOf(name); ok {
			for _, found := range p.interfaces(args) {
				if !isInterface(found) {
					t.Errorf("%q is no interface", found)
				}
			}
		}
		parseParent(raw)
		parseUnit(raw)
		parseTunnel(raw)
	})
}
