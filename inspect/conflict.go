package inspect

import (
	"fmt"

	"nmdebug/wpadbus/wpatypes"
)

// conflicts finds where sources disagree: NetworkManager's "connected" is held against the sources that own the facts.
func (s *subject) conflicts() []Finding {
	found := []Finding{}
	if !s.activated() || s.external() || !s.snap.Kernel.Synced {
		return found
	}
	for _, check := range []func() []Finding{s.connectedWithoutLink, s.connectedUnauthenticated, s.connectedWithoutGateway, s.connectedWithoutAddress} {
		found = append(found, check()...)
	}
	return found
}

// conflict begins a conflict: NetworkManager says activated and another source says that a floor is missing.
func (s *subject) conflict(level Level, code Code, other Evidence) Finding {
	f := s.finding(level, Failed, code).expected(s.nmSays().Text, other.Text)
	f.Text = fmt.Sprintf("NetworkManager says %s is connected; %s.", s.name, code.Meaning())
	return f.saw(s.nmSays(), other)
}

func (s *subject) connectedWithoutLink() []Finding {
	switch {
	case s.link == nil && hasLink(s.dev.Type):
		return []Finding{s.conflict(L1, ConnectedWithoutLink, s.kernel("no such link"))}
	case s.link == nil:
		return nil
	case !s.link.Up():
		return []Finding{s.conflict(L1, ConnectedWithoutLink, s.kernel("administratively down"))}
	case s.link.HasCarrier && !s.link.Carrier:
		seen := s.kernel("carrier 0")
		seen.At = s.link.CarrierAt
		return []Finding{s.conflict(L1, ConnectedWithoutCarrier, seen)}
	}
	return nil
}

func (s *subject) connectedUnauthenticated() []Finding {
	switch {
	case s.wpa == nil && s.dot1xWanted() && s.snap.source(SourceSupplicant).Status != SourceDenied:
		return []Finding{s.conflict(L2, ConnectedUnserved, s.supplicantSays())}
	case s.wpa == nil:
		return nil
	case s.wpa.EAP.Outcome == wpatypes.EAPFailure:
		return []Finding{s.conflict(L2, ConnectedRejected, Evidence{
			Source: SourceSupplicant, Text: s.name + ": EAP completion failure", At: s.wpa.EAP.OutcomeAt,
		})}
	case s.pae("HELD") || s.paeRefused():
		return []Finding{s.conflict(L2, ConnectedRejected, Evidence{
			Source: SourceSupplicant, Text: s.name + ": PAE state " + s.wpa.PAE.State, At: s.wpa.PAE.At,
		})}
	}
	return nil
}

func (s *subject) connectedWithoutGateway() []Finding {
	for _, f := range s.gateway() {
		if f.Code == GatewaySilent {
			return []Finding{s.conflict(L3, ConnectedWithoutGateway, f.Evidence[0])}
		}
	}
	return nil
}

func (s *subject) connectedWithoutAddress() []Finding {
	if s.withoutConfigured() {
		return []Finding{s.conflict(L3, ConnectedWithoutAddress, s.kernel("no address of global scope"))}
	}
	return nil
}

// withoutConfigured says whether the kernel has no address although NetworkManager was asked for one.
func (s *subject) withoutConfigured() bool {
	if s.link == nil || s.controller() != nil || len(s.usable()) > 0 {
		return false
	}
	configured := s.dev.IP4 != nil && len(s.dev.IP4.Addresses) > 0
	return configured || s.waitsForDHCP() && !s.ipDisabled() && s.kind != kindLoopback
}
