package mirror_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"nmdebug/nmwatch/mirror"
)

func TestDial(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b,c")
	abstract := "nmdebug-test-" + strings.ReplaceAll(t.TempDir(), "/", "-")
	escaped := strings.NewReplacer(" ", "%20", ",", "%2c").Replace(dir)
	if err := listen(t, filepath.Dir(dir)+"/a b,c"); err != nil {
		t.Fatal(err)
	}
	if err := listen(t, "@"+abstract); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, address, want string }{
		{"path", "unix:path=" + escaped, ""},
		{"abstract", "unix:abstract=" + abstract, ""},
		{"with a guid", "unix:guid=0123,path=" + escaped, ""},
		{"the second", "unix:path=/nonexistent;unix:path=" + escaped + ";", ""},
		{"the second transport", "tcp:host=localhost,port=1;unix:path=" + escaped, ""},
		{"empty", "", "cannot dial : the address is empty"},
		{"nobody", "unix:path=/nonexistent", "cannot dial unix:path=/nonexistent: connect: no such file or directory"},
		{"all fail", "tcp:port=1;unix:path=/nonexistent", `the transport "tcp" is not supported, only unix` + "\nconnect: no such file"},
		{"tmpdir", "unix:tmpdir=/tmp", "names neither path nor abstract"},
		{"no transport", "/run/dbus/socket", "has no transport"},
		{"bad escape", "unix:path=%zz", "invalid URL escape"},
		{"autolaunch", "autolaunch:", `the transport "autolaunch" is not supported`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nc, err := mirror.Dial(t.Context(), tt.address)
			if err == nil {
				nc.Close()
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func listen(t *testing.T, socket string) error {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", socket)
	if err != nil {
		return err
	}
	t.Cleanup(func() { l.Close() })
	return nil
}
