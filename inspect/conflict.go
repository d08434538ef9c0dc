package inspect

import (
	"cmp"
	"fmt"
	"slices"

	"nmdebug/wpadbus/wpatypes"
)

// conflicts finds where sources disagree: NetworkManager's "connected" is held against the sources that own the facts.
// Only the lowest floor counts: without a carrier no gateway answers.
func (s *subject) conflicts() []Finding {
	found := []Finding{}
	if !s.activated() || s.external() || s.blind() {
		return found
	}
	for _, check := range []func() []Finding{
		s.connectedWithoutLink, s.connectedUnauthenticated, s.connectedUnassociated, s.connectedWithoutPhone,
		s.connectedWithoutGateway, s.connectedWithoutAddress,
	} {
		found = append(found, check()...)
	}
	if len(found) == 0 {
		return found
	}
	lowest := slices.MinFunc(found, func(a, b Finding) int { return cmp.Compare(a.Level, b.Level) }).Level
	return slices.DeleteFunc(found, func(f Finding) bool { return f.Level > lowest })
}

// conflict begins a conflict: NetworkManager says activated and another source says that a floor is missing.
func (s *subject) conflict(level Level, code Code, other Evidence) Finding {
	f := s.finding(level, Failed, code).expected(s.nmSays().Text, other.Text)
	f.Text = fmt.Sprintf("NetworkManager says %s is connected; %s.", s.name, code.Meaning())
	return f.saw(s.nmSays(), other)
}

func (s *subject) connectedWithoutLink() []Finding {
	switch {
	case s.link == nil && hasLink(*s.dev):
		return []Finding{s.conflict(L1, ConnectedWithoutLink, s.kernel("no such link"))}
	case s.link == nil:
		return nil
	case !s.link.Up():
		return []Finding{s.conflict(L1, ConnectedWithoutLink, s.kernel("administratively down"))}
	case s.link.HasCarrier && !s.link.Carrier && s.kind != kindWifi: // that of a card is its association, which belongs to L2
		seen := s.kernel("carrier 0")
		seen.At = s.link.CarrierAt
		return []Finding{s.conflict(L1, ConnectedWithoutCarrier, seen)}
	}
	return nil
}

// connectedUnauthenticated holds NetworkManager's view against the supplicant's. Where 802.1X is optional there is no
// conflict: NetworkManager goes on without it, as it was told.
func (s *subject) connectedUnauthenticated() []Finding {
	status := s.snap.source(SourceSupplicant).Status
	switch {
	case s.dev.Applied != nil && s.dev.Applied.Dot1XOptional:
		return nil
	case s.wpa == nil && s.dot1xWanted() && (status == SourceOK || status == SourceAbsent):
		return []Finding{s.conflict(L2, ConnectedUnserved, s.supplicantSays())}
	case s.unheard():
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

// connectedUnassociated finds a station that is no longer associated: NetworkManager waits for some 15 s before it says so.
func (s *subject) connectedUnassociated() []Finding {
	if s.kind != kindWifi || s.wifiRole() != wifiStation {
		return nil
	}
	station, told := s.snap.Kernel.Stations[s.name]
	switch {
	case !s.unheard() && s.wpa.State.Rank() == 0:
		return []Finding{s.conflict(L2, ConnectedUnassociated, s.supplicantSays())}
	case s.unheard() && told && !station.Associated:
		return []Finding{s.conflict(L2, ConnectedUnassociated, Evidence{Source: SourceNL80211, Text: s.name + ": not associated", At: station.At})}
	}
	return nil
}

func (s *subject) connectedWithoutGateway() []Finding {
	if s.isPort() || !s.carriesIP() {
		return nil
	}
	for _, f := range s.gateway() {
		if f.Code == GatewaySilent && f.Status == Failed {
			return []Finding{s.conflict(L3, ConnectedWithoutGateway, f.Evidence[0])}
		}
	}
	return nil
}

// connectedWithoutAddress finds a link without any address although one was configured or asked for.
func (s *subject) connectedWithoutAddress() []Finding {
	if s.isPort() || !s.carriesIP() || len(s.usable()) > 0 {
		return nil
	}
	if f := s.withoutAddress(); f.Status == Failed {
		return []Finding{s.conflict(L3, ConnectedWithoutAddress, s.kernel("no address of global scope"))}
	}
	return nil
}
