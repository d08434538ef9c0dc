package inspect

import (
	"fmt"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// handshakeLife is how long a WireGuard session lives without a new handshake (WireGuard paper §6.1, Reject-After-Time).
const handshakeLife = 180 * time.Second

// handshakes judges a WireGuard interface by the age of its peers' last handshakes. A peer that is lost fails the floor
// when no other answers.
func (s *subject) handshakes() Finding {
	wg, ok := s.snap.Kernel.WireGuard[s.name]
	if !ok {
		src := s.snap.source(SourceWireGuard)
		return s.finding(VPN, Unknown, HandshakeUnseen).lacks(src).saw(src.says())
	}
	worst := s.finding(VPN, Down, NoPeers)
	fresh := 0
	for i, peer := range wg.Peers {
		f := s.handshake(peer)
		if f.Status == Up {
			fresh++
		}
		if i == 0 || f.Status.weight() > worst.Status.weight() {
			worst = f
		}
	}
	if fresh > 0 && worst.Status != Up {
		if worst.Status == Failed {
			worst.Status = Degraded
		} else {
			worst.Status = Up // a peer that is idle is no fault beside one that is not
		}
		worst.Brief = fmt.Sprintf("%d of %d peers", fresh, len(wg.Peers))
		worst = worst.adds("%d of %d peers had a handshake lately.", fresh, len(wg.Peers))
	}
	return worst
}

// handshake judges one peer. One that is sent nothing needs no handshake: only a keepalive makes silence a fault.
func (s *subject) handshake(p kerneltypes.WireGuardPeer) Finding {
	age := max(0, s.since(p.LastHandshake).Round(time.Second))
	seen := Evidence{
		Source: SourceWireGuard, At: p.LastHandshake,
		Text: fmt.Sprintf("%s: peer %.8s… at %s, %d bytes in, %d out", s.name, p.PublicKey, p.Endpoint, p.RxBytes, p.TxBytes),
	}
	switch {
	case p.LastHandshake.IsZero() && p.TxBytes > 0:
		return s.finding(VPN, Failed, HandshakeNever).saw(seen).next("wg show " + shellWord(s.name))
	case p.LastHandshake.IsZero():
		return s.finding(VPN, Unknown, HandshakeIdle).saw(seen)
	case age > handshakeLife && p.KeepaliveSec > 0:
		return s.finding(VPN, Failed, HandshakeOld).expected("a handshake within 180s", age.String()+" ago").
			adds("Keepalives are sent, so the peer does not answer.").saw(seen).next("wg show " + shellWord(s.name))
	case age > handshakeLife:
		f := s.finding(VPN, Unknown, HandshakeOld).sure(Guess).
			adds("Nothing was sent since, or the peer does not answer: without keepalives that looks the same.")
		f.Brief = "handshake " + age.String()
		return f.saw(seen)
	default:
		f := s.finding(VPN, Up, HandshakeFresh).saw(seen)
		f.Brief = "handshake " + age.String()
		return f
	}
}
