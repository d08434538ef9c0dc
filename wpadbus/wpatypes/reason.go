package wpatypes

import "fmt"

// Reason says why an association ended: a reason code of IEEE 802.11-2020 Table 9-49. wpa_supplicant turns the sign of one
// that was made on this side. Zero means that no association has ended yet.
type Reason int32

// The reasons for the end of an association. Those that the standard does not list are reserved.
const (
	ReasonNone                         Reason = 0
	ReasonUnspecified                  Reason = 1  // no better word; many access points say only this
	ReasonPrevAuthNotValid             Reason = 2  // the authentication is no longer valid; also a failed 4-way handshake
	ReasonDeauthLeaving                Reason = 3  // the sender leaves; as -3 our own side did
	ReasonDisassocInactivity           Reason = 4  // nothing was heard for too long
	ReasonDisassocAPBusy               Reason = 5  // the access point has too many stations
	ReasonClass2FromNonauthSTA         Reason = 6  // a frame that needs authentication came without it
	ReasonClass3FromNonassocSTA        Reason = 7  // a frame that needs association came without it: the other side forgot us
	ReasonDisassocSTAHasLeft           Reason = 8  // the sender leaves this access point
	ReasonSTAReqAssocWithoutAuth       Reason = 9  // association was asked for without authentication
	ReasonPowerCapabilityNotValid      Reason = 10 // the transmit power does not suit
	ReasonSupportedChannelsNotValid    Reason = 11 // the list of channels does not suit
	ReasonBSSTransition                Reason = 12 // the network moves us to another access point
	ReasonInvalidElement               Reason = 13 // an element in a frame was malformed
	ReasonMICFailure                   Reason = 14 // TKIP: frames were forged or damaged
	ReasonFourWayHandshakeTimeout      Reason = 15 // the 4-way handshake got no right answer: mostly a wrong password
	ReasonGroupKeyTimeout              Reason = 16 // the group key's renewal got no answer
	ReasonElementInHandshakeDiffers    Reason = 17 // security parameters in the handshake differ from those announced
	ReasonGroupCipherNotValid          Reason = 18
	ReasonPairwiseCipherNotValid       Reason = 19
	ReasonAKMPNotValid                 Reason = 20 // the key management is not accepted
	ReasonUnsupportedRSNEVersion       Reason = 21
	ReasonInvalidRSNECapabilities      Reason = 22 // mostly about protected management frames
	ReasonIEEE8021XAuthFailed          Reason = 23 // 802.1X failed
	ReasonCipherSuiteRejected          Reason = 24 // the cipher is against the access point's policy
	ReasonTDLSUnreachable              Reason = 25 // direct link: the peer is out of reach
	ReasonTDLSUnspecified              Reason = 26 // direct link: no better word
	ReasonSSPRequestedDisassoc         Reason = 27 // the subscription's provider asked for it
	ReasonNoSSPRoamingAgreement        Reason = 28 // no roaming agreement with the provider
	ReasonBadCipherOrAKM               Reason = 29 // the provider does not accept cipher or key management
	ReasonNotAuthorizedLocation        Reason = 30 // not allowed at this place
	ReasonServiceChangePrecludesTS     Reason = 31 // a traffic stream no longer fits
	ReasonUnspecifiedQoS               Reason = 32
	ReasonNotEnoughBandwidth           Reason = 33
	ReasonDisassocLowAck               Reason = 34 // too many frames got lost: weak signal or interference
	ReasonExceededTXOP                 Reason = 35 // sent for longer than allowed
	ReasonSTALeaving                   Reason = 36
	ReasonEndTSBADLS                   Reason = 37 // a stream, block agreement or direct link is no longer wanted
	ReasonUnknownTSBA                  Reason = 38 // a stream or block agreement is not known
	ReasonTimeout                      Reason = 39
	ReasonPeerKeyMismatch              Reason = 45
	ReasonAuthorizedAccessLimit        Reason = 46 // the account's limit of access is reached
	ReasonExternalServiceRequirements  Reason = 47 // another service demands it
	ReasonInvalidFTActionFrameCount    Reason = 48 // fast transition went wrong
	ReasonInvalidPMKID                 Reason = 49 // the cached key is not known to the access point
	ReasonInvalidMDE                   Reason = 50 // fast transition: another mobility domain
	ReasonInvalidFTE                   Reason = 51 // fast transition: the element does not verify
	ReasonMeshPeeringCancelled         Reason = 52
	ReasonMeshMaxPeers                 Reason = 53
	ReasonMeshConfigPolicyViolation    Reason = 54
	ReasonMeshCloseReceived            Reason = 55
	ReasonMeshMaxRetries               Reason = 56
	ReasonMeshConfirmTimeout           Reason = 57
	ReasonMeshInvalidGTK               Reason = 58
	ReasonMeshInconsistentParams       Reason = 59
	ReasonMeshInvalidSecurityCap       Reason = 60
	ReasonMeshNoProxyInfo              Reason = 61
	ReasonMeshNoForwardingInfo         Reason = 62
	ReasonMeshDestUnreachable          Reason = 63
	ReasonMACAddressExistsInMBSS       Reason = 64
	ReasonMeshChannelSwitchRegulatory  Reason = 65
	ReasonMeshChannelSwitchUnspecified Reason = 66
	ReasonTransmissionLinkFailed       Reason = 67 // no link on the alternative channel
	ReasonAlternativeChannelOccupied   Reason = 68
	ReasonPoorRSSI                     Reason = 71 // the signal is too weak for the access point's taste
)

// Local says whether this side ended the association: the driver or wpa_supplicant itself, often on NetworkManager's order.
func (r Reason) Local() bool { return r < 0 }

// Code is the reason's number without the sign of a local one.
func (r Reason) Code() uint32 {
	if r < 0 {
		return uint32(-int64(r))
	}
	return uint32(r)
}

// String is hostap's name of the reason with dashes, after "local" when this side gave it.
func (r Reason) String() string {
	word := r.word()
	if word == "" {
		word = fmt.Sprintf("unknown(%d)", r.Code())
	}
	if r.Local() {
		return "local " + word
	}
	return word
}

// word is the name of the reason without its side, "" for a number that the standard does not list.
func (r Reason) word() string {
	words := [...]string{
		ReasonNone: "none", ReasonUnspecified: "unspecified", ReasonPrevAuthNotValid: "prev-auth-not-valid",
		ReasonDeauthLeaving: "deauth-leaving", ReasonDisassocInactivity: "disassoc-due-to-inactivity",
		ReasonDisassocAPBusy: "disassoc-ap-busy", ReasonClass2FromNonauthSTA: "class2-frame-from-nonauth-sta",
		ReasonClass3FromNonassocSTA: "class3-frame-from-nonassoc-sta", ReasonDisassocSTAHasLeft: "disassoc-sta-has-left",
		ReasonSTAReqAssocWithoutAuth: "sta-req-assoc-without-auth", ReasonPowerCapabilityNotValid: "pwr-capability-not-valid",
		ReasonSupportedChannelsNotValid: "supported-channel-not-valid", ReasonBSSTransition: "bss-transition-disassoc",
		ReasonInvalidElement: "invalid-ie", ReasonMICFailure: "michael-mic-failure",
		ReasonFourWayHandshakeTimeout: "4way-handshake-timeout", ReasonGroupKeyTimeout: "group-key-update-timeout",
		ReasonElementInHandshakeDiffers: "ie-in-4way-differs", ReasonGroupCipherNotValid: "group-cipher-not-valid",
		ReasonPairwiseCipherNotValid: "pairwise-cipher-not-valid", ReasonAKMPNotValid: "akmp-not-valid",
		ReasonUnsupportedRSNEVersion: "unsupported-rsn-ie-version", ReasonInvalidRSNECapabilities: "invalid-rsn-ie-capab",
		ReasonIEEE8021XAuthFailed: "ieee-802-1x-auth-failed", ReasonCipherSuiteRejected: "cipher-suite-rejected",
		ReasonTDLSUnreachable: "tdls-teardown-unreachable", ReasonTDLSUnspecified: "tdls-teardown-unspecified",
		ReasonSSPRequestedDisassoc: "ssp-requested-disassoc", ReasonNoSSPRoamingAgreement: "no-ssp-roaming-agreement",
		ReasonBadCipherOrAKM: "bad-cipher-or-akm", ReasonNotAuthorizedLocation: "not-authorized-this-location",
		ReasonServiceChangePrecludesTS: "service-change-precludes-ts", ReasonUnspecifiedQoS: "unspecified-qos-reason",
		ReasonNotEnoughBandwidth: "not-enough-bandwidth", ReasonDisassocLowAck: "disassoc-low-ack",
		ReasonExceededTXOP: "exceeded-txop", ReasonSTALeaving: "sta-leaving", ReasonEndTSBADLS: "end-ts-ba-dls",
		ReasonUnknownTSBA: "unknown-ts-ba", ReasonTimeout: "timeout", ReasonPeerKeyMismatch: "peerkey-mismatch",
		ReasonAuthorizedAccessLimit:       "authorized-access-limit-reached",
		ReasonExternalServiceRequirements: "external-service-requirements",
		ReasonInvalidFTActionFrameCount:   "invalid-ft-action-frame-count", ReasonInvalidPMKID: "invalid-pmkid",
		ReasonInvalidMDE: "invalid-mde", ReasonInvalidFTE: "invalid-fte", ReasonMeshPeeringCancelled: "mesh-peering-cancelled",
		ReasonMeshMaxPeers: "mesh-max-peers", ReasonMeshConfigPolicyViolation: "mesh-config-policy-violation",
		ReasonMeshCloseReceived: "mesh-close-rcvd", ReasonMeshMaxRetries: "mesh-max-retries",
		ReasonMeshConfirmTimeout: "mesh-confirm-timeout", ReasonMeshInvalidGTK: "mesh-invalid-gtk",
		ReasonMeshInconsistentParams: "mesh-inconsistent-params", ReasonMeshInvalidSecurityCap: "mesh-invalid-security-cap",
		ReasonMeshNoProxyInfo:              "mesh-path-error-no-proxy-info",
		ReasonMeshNoForwardingInfo:         "mesh-path-error-no-forwarding-info",
		ReasonMeshDestUnreachable:          "mesh-path-error-dest-unreachable",
		ReasonMACAddressExistsInMBSS:       "mac-address-already-exists-in-mbss",
		ReasonMeshChannelSwitchRegulatory:  "mesh-channel-switch-regulatory-req",
		ReasonMeshChannelSwitchUnspecified: "mesh-channel-switch-unspecified",
		ReasonTransmissionLinkFailed:       "transmission-link-establishment-failed",
		ReasonAlternativeChannelOccupied:   "alternative-channel-occupied", ReasonPoorRSSI: "poor-rssi-conditions",
	}
	if r.Code() < uint32(len(words)) {
		return words[r.Code()]
	}
	return ""
}
