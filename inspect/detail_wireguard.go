package inspect

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// peers lists what the kernel tells of the other ends of a WireGuard interface, those of each behind its public key.
func (f *facts) peers(s *subject) {
	const section = "WireGuard"
	wg, ok := s.snap.Kernel.WireGuard[s.name]
	if !ok {
		return
	}
	f.add(section, "listens on port", strconv.Itoa(wg.ListenPort), SourceWireGuard)
	for _, p := range wg.Peers {
		f.add(section, "peer", p.PublicKey, SourceWireGuard)
		f.add(section, "endpoint", p.Endpoint, SourceWireGuard)
		f.add(section, "routes", strings.Join(p.AllowedIPs, ", "), SourceWireGuard)
		handshake := "never"
		if !p.LastHandshake.IsZero() {
			handshake = p.LastHandshake.Format(time.RFC3339)
		}
		f.add(section, "last handshake", handshake, SourceWireGuard)
		f.add(section, "received", fmt.Sprintf("%d bytes", p.RxBytes), SourceWireGuard)
		f.add(section, "sent", fmt.Sprintf("%d bytes", p.TxBytes), SourceWireGuard)
		if p.KeepaliveSec > 0 {
			f.add(section, "keepalive", fmt.Sprintf("every %d s", p.KeepaliveSec), SourceWireGuard)
		}
	}
}
