package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"nmdebug/cmd/nmdebug/demo"
	"nmdebug/testenv/wifilab"
)

// TestClean finds every secret of the story in every form in which it could be recorded.
func TestClean(t *testing.T) {
	s := &story{vpn: new(wifilab.WireGuard)}
	secrets, err := s.secrets()
	if err != nil {
		t.Fatal(err)
	}
	const innocent = "home cafe office two espressi please "
	if err := clean([]byte(innocent), secrets); err != nil {
		t.Errorf("%q: %v", innocent, err)
	}
	for _, secret := range secrets {
		recording := slices.Concat([]byte(innocent), secret.raw, []byte(innocent))
		if err := clean(recording, secrets); err == nil {
			t.Errorf("%s is not found", secret.name)
		}
	}
	if err := clean([]byte(strings.ToUpper(cafePassphrase)), secrets); err == nil {
		t.Error("a passphrase in capitals is not found")
	}
	if err := clean(nil, []secret{{"a PIN", []byte("1234")}}); err == nil {
		t.Error("what would be found by chance is looked for")
	}
}

// TestDemoIsClean looks for the networks' secrets in the recording that comes with nmdebug. The keys of its VPN are known to
// nobody any more.
func TestDemoIsClean(t *testing.T) {
	in, err := demo.Open()
	if err != nil {
		t.Fatal(err)
	}
	recording, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := networkSecrets()
	if err != nil {
		t.Fatal(err)
	}
	if err := clean(recording, secrets); err != nil {
		t.Error(err)
	}
}
