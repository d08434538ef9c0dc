package wpadbus_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus"
	"nmdebug/wpadbus/wpatypes"
)

// accepted and held are what wpa_supplicant 2.10 says of a wire.
const (
	accepted = `bssid=01:80:c2:00:00:03
freq=0
ssid=
id=0
mode=station
pairwise_cipher=NONE
group_cipher=NONE
key_mgmt=IEEE 802.1X (no WPA)
wpa_state=COMPLETED
ip_address=10.99.0.64
address=da:3b:ae:f6:5b:8c
Supplicant PAE state=AUTHENTICATED
suppPortStatus=Authorized
EAP state=SUCCESS
selectedMethod=25 (EAP-PEAP)
eap_tls_version=TLSv1.2
EAP TLS cipher=ECDHE-RSA-AES256-GCM-SHA384
tls_session_reused=0
EAP-PEAPv0 Phase2 method=MSCHAPV2
uuid=eb5e2a3c-1b8e-5d51-b9ac-16f5e04a7d63
`
	held = `bssid=01:80:c2:00:00:03
wpa_state=COMPLETED
Supplicant PAE state=HELD
suppPortStatus=Unauthorized
EAP state=FAILURE
selectedMethod=25 (EAP-PEAP)
`
)

// control is the control socket of an interface; it answers STATUS.
func control(t *testing.T, iface, status string) (dir string) {
	t.Helper()
	return controlAnswering(t, iface, func(command string) string {
		if command == "STATUS" {
			return status
		}
		return ""
	})
}

// controlAnswering is the control socket of an interface; it says nothing where the answer is "".
func controlAnswering(t *testing.T, iface string, answer func(command string) string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, iface), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	t.Cleanup(func() {
		conn.Close()
		if err := <-done; err != nil {
			t.Errorf("the control socket: %v", err)
		}
	})
	go func() {
		buffer := make([]byte, 100)
		for {
			n, from, err := conn.ReadFromUnix(buffer)
			if err == nil {
				if text := answer(string(buffer[:n])); text != "" {
					_, err = conn.WriteToUnix([]byte(text), from)
				}
			}
			if err != nil {
				if errors.Is(err, net.ErrClosed) {
					err = nil
				}
				done <- err
				return
			}
		}
	}()
	return dir
}

func TestPort(t *testing.T) {
	for _, c := range []struct {
		name, status string
		want         wpatypes.PAE
	}{
		{"accepted", accepted, wpatypes.PAE{State: "AUTHENTICATED", Authorized: true, EAP: "SUCCESS", Method: "25 (EAP-PEAP)"}},
		{"held", held, wpatypes.PAE{State: "HELD", EAP: "FAILURE", Method: "25 (EAP-PEAP)"}},
		{"something else", "FAIL\n", wpatypes.PAE{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s := wired(t)
			r := wpadbus.ReadPAE(ctx, control(t, "eth0", c.status), "eth0", epoch())
			if !s.fold.Measured(r) {
				t.Fatalf("no measurement: %s", r.Raw)
			}
			c.want.At = epoch()
			if diff := cmp.Diff(&c.want, s.at(ifacePath(1)).PAE); diff != "" {
				t.Errorf("port (-want +got):\n%s", diff)
			}
		})
	}
}

func wired(t *testing.T) *supplicant {
	t.Helper()
	return converse(t, map[string]props{
		rootPath:     variants(map[string]any{"Interfaces": paths(ifacePath(1))}),
		ifacePath(1): variants(map[string]any{"Ifname": "eth0", "Driver": "wired", "State": "completed"}),
	})
}

// TestPortIsOld drops what a control socket said when a signal tells that it is old.
func TestPortIsOld(t *testing.T) {
	measured := func(s *supplicant) {
		r, err := record.Measure("wpa-pae", "eth0", map[string]string{"state": "AUTHENTICATED"}, epoch(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !s.fold.Measured(r) {
			t.Fatal("no measurement")
		}
	}
	for name, signal := range map[string]func(*supplicant){
		"a state": func(s *supplicant) { s.states(ifacePath(1), "associated") },
		"EAP":     func(s *supplicant) { s.Says(ifacePath(1), iface, "EAP", "started", "") },
	} {
		s := wired(t)
		measured(s)
		if s.at(ifacePath(1)).PAE == nil {
			t.Error("nothing is known of the port")
		}
		signal(s)
		if pae := s.at(ifacePath(1)).PAE; pae != nil {
			t.Errorf("after a signal of %s the port still is %+v", name, pae)
		}
	}
}

func TestPortUnread(t *testing.T) {
	silent := control(t, "eth0", "")
	over, cancel := context.WithDeadline(t.Context(), epoch())
	defer cancel()
	forbidden := t.TempDir()
	if err := os.Chmod(forbidden, 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		ctx   context.Context
		dir   string
		iface string
		want  record.NoteEvent
	}{
		{"no socket", t.Context(), t.TempDir(), "eth0", record.Absent},
		{"no answer", over, silent, "eth0", record.Down},
		{"no name of an interface", t.Context(), silent, "../eth0", record.Down},
		{"no permission", t.Context(), forbidden, "eth0", record.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == record.Denied && os.Geteuid() == 0 {
				t.Skip("root may do everything")
			}
			r := wpadbus.ReadPAE(c.ctx, c.dir, c.iface, epoch())
			n, err := record.NoteOf(r)
			if err != nil || n.Event != c.want || n.Detail == "" {
				t.Errorf("got %s %s, want a note that says %s: %v", r.Kind, r.Raw, c.want, err)
			}
			if wpadbus.NewFold().Measured(r) {
				t.Error("it counts as a measurement")
			}
		})
	}
}

// FuzzMeasured takes any bytes for the record of a reading.
func FuzzMeasured(f *testing.F) {
	f.Add([]byte(`{"what":"wpa-pae","about":"eth0","value":{"state":"HELD","authorized":false,"eap":"FAILURE","at":"2026-03-01T12:00:00Z"}}`))
	f.Add([]byte(`{"what":"wpa-pae","value":null}`))
	f.Add([]byte(`{"what":"ethtool"}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		fold := wpadbus.NewFold()
		fold.Measured(record.Record{Kind: record.Measurement, Raw: raw})
		fold.State()
	})
}
