package wifi_test

import (
	"strings"
	"testing"
)

// TestWireGuard shows a WireGuard interface whose peer has answered: its peers are a source of their own, which must not be
// waited for in vain.
func TestWireGuard(t *testing.T) {
	t.Parallel()
	s := play(t, "wireguard")
	s.awaits("wg0", "l1 up link-up, l3 up addressed, vpn up handshake-fresh")
	s.awaits("wlan0", stands)
	s.awaitsLine("source wireguard ok", "")
	got := s.status().Stack("wg0")
	if !strings.Contains(got.Text(), "The last handshake is recent.") {
		t.Errorf("nobody tells of the handshake:\n%s", got.Text())
	}
	if out := string(s.nmdebug("detail", "wg0")); !strings.Contains(out, "10.77.0.1:51820") {
		t.Errorf("the detail does not name the peer:\n%s", out)
	}
}
