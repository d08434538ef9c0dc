package wpatypes

import (
	"fmt"
	"slices"
)

// Status is the answer to an authentication or association request: a status code of IEEE 802.11-2020 Table 9-50. Zero means
// success, or that none was refused yet.
type Status int32

// The answers to authentication and association requests, and to a few others that share the table.
const (
	StatusSuccess                      Status = 0
	StatusUnspecifiedFailure           Status = 1 // no better word; with SAE mostly a wrong password
	StatusTDLSWakeupAlternate          Status = 2
	StatusTDLSWakeupReject             Status = 3
	StatusSecurityDisabled             Status = 5
	StatusUnacceptableLifetime         Status = 6
	StatusNotInSameBSS                 Status = 7
	StatusCapsUnsupported              Status = 10 // a capability that we ask for is not there
	StatusReassocNoAssoc               Status = 11 // reassociation without an association that the access point knows
	StatusAssocDeniedUnspec            Status = 12 // refused for a reason outside the standard: a filter, a steering policy
	StatusAuthAlgNotSupported          Status = 13 // the access point does not do this authentication
	StatusUnknownAuthTransaction       Status = 14 // authentication frames out of order
	StatusChallengeFail                Status = 15 // a wrong WEP key, or an SAE confirm that does not verify
	StatusAuthTimeout                  Status = 16 // the next authentication frame did not come in time
	StatusAPUnableToHandleNewSTA       Status = 17 // the access point is full
	StatusAssocDeniedRates             Status = 18 // a basic rate is not supported here
	StatusAssocDeniedNoShortPreamble   Status = 19
	StatusSpectrumMgmtRequired         Status = 22
	StatusPowerCapabilityNotValid      Status = 23
	StatusSupportedChannelsNotValid    Status = 24
	StatusAssocDeniedNoShortSlotTime   Status = 25
	StatusAssocDeniedNoHT              Status = 27 // wants 802.11n
	StatusR0KHUnreachable              Status = 28 // fast transition: the holder of the key does not answer
	StatusAssocDeniedNoPCO             Status = 29
	StatusAssocRejectedTemporarily     Status = 30 // come back later: the old association is being checked (SA Query)
	StatusRobustMgmtPolicyViolation    Status = 31 // protected management frames: one side requires what the other lacks
	StatusUnspecifiedQoSFailure        Status = 32
	StatusInsufficientBandwidth        Status = 33
	StatusPoorChannelConditions        Status = 34
	StatusQoSNotSupported              Status = 35
	StatusRequestDeclined              Status = 37
	StatusInvalidParameters            Status = 38
	StatusRejectedWithSuggestedChanges Status = 39
	StatusInvalidElement               Status = 40
	StatusInvalidGroupCipher           Status = 41
	StatusInvalidPairwiseCipher        Status = 42
	StatusInvalidAKMP                  Status = 43 // the key management is not accepted
	StatusUnsupportedRSNEVersion       Status = 44
	StatusInvalidRSNECapabilities      Status = 45
	StatusCipherOutOfPolicy            Status = 46
	StatusTSNotCreated                 Status = 47
	StatusDirectLinkNotAllowed         Status = 48
	StatusDestSTANotPresent            Status = 49
	StatusDestSTANotQoS                Status = 50
	StatusListenIntervalTooLarge       Status = 51
	StatusInvalidFTActionFrameCount    Status = 52
	StatusInvalidPMKID                 Status = 53 // the cached key is not known to the access point: a full login follows
	StatusInvalidMDE                   Status = 54
	StatusInvalidFTE                   Status = 55
	StatusTCLASNotSupported            Status = 56
	StatusTCLASInsufficientResources   Status = 57
	StatusTryAnotherBSS                Status = 58
	StatusGASProtocolNotSupported      Status = 59
	StatusNoOutstandingGASRequest      Status = 60
	StatusGASResponseNotReceived       Status = 61
	StatusGASTimedOut                  Status = 62
	StatusGASResponseTooLarge          Status = 63
	StatusRefusedHome                  Status = 64
	StatusAdvertisementUnreachable     Status = 65
	StatusRefusedSSPN                  Status = 67
	StatusRefusedUnauthAccess          Status = 68
	StatusInvalidRSNE                  Status = 72
	StatusUAPSDCoexNotSupported        Status = 73
	StatusUAPSDCoexModeNotSupported    Status = 74
	StatusBadIntervalWithUAPSDCoex     Status = 75
	StatusAntiCloggingTokenRequired    Status = 76 // SAE: a busy access point first wants its token back; not a failure
	StatusFiniteCyclicGroup            Status = 77 // SAE, OWE, FILS: another group is tried
	StatusCannotFindAlternativeTBTT    Status = 78
	StatusTransmissionFailure          Status = 79
	StatusRequestedTCLASNotSupported   Status = 80
	StatusTCLASResourcesExhausted      Status = 81
	StatusSuggestedBSSTransition       Status = 82 // refused with a better access point named
	StatusRejectWithSchedule           Status = 83
	StatusRejectNoWakeupSpecified      Status = 84
	StatusSuccessPowerSaveMode         Status = 85
	StatusPendingAdmittingFST          Status = 86
	StatusPerformingFSTNow             Status = 87
	StatusPendingGapInBAWindow         Status = 88
	StatusRejectUPIDSetting            Status = 89
	StatusRefusedExternalReason        Status = 92
	StatusRefusedAPOutOfMemory         Status = 93
	StatusEmergencyNotSupported        Status = 94
	StatusQueryResponseOutstanding     Status = 95
	StatusRejectDSEBand                Status = 96
	StatusTCLASProcessingTerminated    Status = 97
	StatusTSScheduleConflict           Status = 98
	StatusSuggestedBandAndChannel      Status = 99
	StatusMCCAOPConflict               Status = 100
	StatusMAFLimitExceeded             Status = 101
	StatusMCCATrackLimitExceeded       Status = 102
	StatusDeniedSpectrumManagement     Status = 103
	StatusAssocDeniedNoVHT             Status = 104 // wants 802.11ac
	StatusEnablementDenied             Status = 105
	StatusRestrictionFromGDB           Status = 106
	StatusAuthorizationDeenabled       Status = 107
	StatusFILSAuthFailure              Status = 112
	StatusUnknownAuthServer            Status = 113
	StatusUnknownPasswordIdentifier    Status = 123 // SAE: the password identifier is not known
	StatusDeniedHENotSupported         Status = 124 // wants 802.11ax
	StatusSAEHashToElement             Status = 126 // SAE with hash-to-element: part of a commit, not a failure
	StatusSAEPK                        Status = 127 // SAE with a public key: part of a commit, not a failure
	StatusMLDExistingAssociation       Status = 130
	StatusTIDToLinkMappingDenied       Status = 133
	StatusTIDToLinkMappingSuggested    Status = 134
	StatusDeniedEHTNotSupported        Status = 135 // wants 802.11be
	StatusInvalidPublicKey             Status = 136
	StatusPASNBaseAKMPFailed           Status = 137
	StatusOCIMismatch                  Status = 138 // the channel in the handshake is not that of the frame: a relayed attack, or a bug
)

// Refusal says whether the status ends an attempt: the others are steps of one, or ask to come back.
func (s Status) Refusal() bool {
	return !slices.Contains([]Status{
		StatusSuccess, StatusAntiCloggingTokenRequired, StatusFiniteCyclicGroup, StatusSAEHashToElement, StatusSAEPK, StatusAssocRejectedTemporarily,
	}, s)
}

// String is hostap's name of the status with dashes.
func (s Status) String() string {
	words := statusWords()
	if s >= StatusTCLASNotSupported {
		words = laterStatusWords()
	}
	if s >= 0 && int(s) < len(words) && words[s] != "" {
		return words[s]
	}
	return fmt.Sprintf("unknown(%d)", int32(s))
}

// statusWords are the words by number, as far as 802.11 itself, its security and its fast transition go.
func statusWords() []string {
	return []string{
		StatusSuccess: "success", StatusUnspecifiedFailure: "unspecified-failure",
		StatusTDLSWakeupAlternate: "tdls-wakeup-alternate", StatusTDLSWakeupReject: "tdls-wakeup-reject",
		StatusSecurityDisabled: "security-disabled", StatusUnacceptableLifetime: "unacceptable-lifetime",
		StatusNotInSameBSS: "not-in-same-bss", StatusCapsUnsupported: "caps-unsupported",
		StatusReassocNoAssoc: "reassoc-no-assoc", StatusAssocDeniedUnspec: "assoc-denied-unspec",
		StatusAuthAlgNotSupported: "not-supported-auth-alg", StatusUnknownAuthTransaction: "unknown-auth-transaction",
		StatusChallengeFail: "challenge-fail", StatusAuthTimeout: "auth-timeout",
		StatusAPUnableToHandleNewSTA: "ap-unable-to-handle-new-sta", StatusAssocDeniedRates: "assoc-denied-rates",
		StatusAssocDeniedNoShortPreamble: "assoc-denied-noshort", StatusSpectrumMgmtRequired: "spec-mgmt-required",
		StatusPowerCapabilityNotValid:    "pwr-capability-not-valid",
		StatusSupportedChannelsNotValid:  "supported-channel-not-valid",
		StatusAssocDeniedNoShortSlotTime: "assoc-denied-no-short-slot-time", StatusAssocDeniedNoHT: "assoc-denied-no-ht",
		StatusR0KHUnreachable: "r0kh-unreachable", StatusAssocDeniedNoPCO: "assoc-denied-no-pco",
		StatusAssocRejectedTemporarily:  "assoc-rejected-temporarily",
		StatusRobustMgmtPolicyViolation: "robust-mgmt-frame-policy-violation",
		StatusUnspecifiedQoSFailure:     "unspecified-qos-failure", StatusInsufficientBandwidth: "denied-insufficient-bandwidth",
		StatusPoorChannelConditions: "denied-poor-channel-conditions", StatusQoSNotSupported: "denied-qos-not-supported",
		StatusRequestDeclined: "request-declined", StatusInvalidParameters: "invalid-parameters",
		StatusRejectedWithSuggestedChanges: "rejected-with-suggested-changes", StatusInvalidElement: "invalid-element",
		StatusInvalidGroupCipher: "invalid-group-cipher", StatusInvalidPairwiseCipher: "invalid-pairwise-cipher",
		StatusInvalidAKMP: "invalid-akmp", StatusUnsupportedRSNEVersion: "unsupported-rsne-version",
		StatusInvalidRSNECapabilities: "invalid-rsne-capabilities", StatusCipherOutOfPolicy: "cipher-out-of-policy",
		StatusTSNotCreated: "ts-not-created", StatusDirectLinkNotAllowed: "direct-link-not-allowed",
		StatusDestSTANotPresent: "dest-sta-not-present", StatusDestSTANotQoS: "dest-sta-not-qos-sta",
		StatusListenIntervalTooLarge:    "assoc-denied-listen-int-too-large",
		StatusInvalidFTActionFrameCount: "invalid-ft-action-frame-count", StatusInvalidPMKID: "invalid-pmkid",
		StatusInvalidMDE: "invalid-mde", StatusInvalidFTE: "invalid-fte",
	}
}

// laterStatusWords are the words of the later amendments by number: services before association, mesh, Wi-Fi 5 to 7.
func laterStatusWords() []string {
	return []string{
		StatusTCLASNotSupported:          "requested-tclas-not-supported",
		StatusTCLASInsufficientResources: "insufficient-tclas-processing-resources", StatusTryAnotherBSS: "try-another-bss",
		StatusGASProtocolNotSupported: "gas-adv-proto-not-supported", StatusNoOutstandingGASRequest: "no-outstanding-gas-req",
		StatusGASResponseNotReceived: "gas-resp-not-received", StatusGASTimedOut: "sta-timed-out-waiting-for-gas-resp",
		StatusGASResponseTooLarge: "gas-resp-larger-than-limit", StatusRefusedHome: "req-refused-home",
		StatusAdvertisementUnreachable: "adv-srv-unreachable", StatusRefusedSSPN: "req-refused-sspn",
		StatusRefusedUnauthAccess: "req-refused-unauth-access", StatusInvalidRSNE: "invalid-rsne",
		StatusUAPSDCoexNotSupported:     "u-apsd-coex-not-supported",
		StatusUAPSDCoexModeNotSupported: "u-apsd-coex-mode-not-supported",
		StatusBadIntervalWithUAPSDCoex:  "bad-interval-with-u-apsd-coex",
		StatusAntiCloggingTokenRequired: "anti-clogging-token-req",
		StatusFiniteCyclicGroup:         "finite-cyclic-group-not-supported", StatusCannotFindAlternativeTBTT: "cannot-find-alt-tbtt",
		StatusTransmissionFailure: "transmission-failure", StatusRequestedTCLASNotSupported: "req-tclas-not-supported",
		StatusTCLASResourcesExhausted: "tclas-resources-exhausted",
		StatusSuggestedBSSTransition:  "rejected-with-suggested-bss-transition",
		StatusRejectWithSchedule:      "reject-with-schedule", StatusRejectNoWakeupSpecified: "reject-no-wakeup-specified",
		StatusSuccessPowerSaveMode: "success-power-save-mode", StatusPendingAdmittingFST: "pending-admitting-fst-session",
		StatusPerformingFSTNow: "performing-fst-now", StatusPendingGapInBAWindow: "pending-gap-in-ba-window",
		StatusRejectUPIDSetting: "reject-u-pid-setting", StatusRefusedExternalReason: "refused-external-reason",
		StatusRefusedAPOutOfMemory:     "refused-ap-out-of-memory",
		StatusEmergencyNotSupported:    "rejected-emergency-service-not-supported",
		StatusQueryResponseOutstanding: "query-resp-outstanding", StatusRejectDSEBand: "reject-dse-band",
		StatusTCLASProcessingTerminated: "tclas-processing-terminated", StatusTSScheduleConflict: "ts-schedule-conflict",
		StatusSuggestedBandAndChannel: "denied-with-suggested-band-and-channel",
		StatusMCCAOPConflict:          "mccaop-reservation-conflict", StatusMAFLimitExceeded: "maf-limit-exceeded",
		StatusMCCATrackLimitExceeded:   "mcca-track-limit-exceeded",
		StatusDeniedSpectrumManagement: "denied-due-to-spectrum-management", StatusAssocDeniedNoVHT: "assoc-denied-no-vht",
		StatusEnablementDenied: "enablement-denied", StatusRestrictionFromGDB: "restriction-from-authorized-gdb",
		StatusAuthorizationDeenabled: "authorization-deenabled", StatusFILSAuthFailure: "fils-authentication-failure",
		StatusUnknownAuthServer:         "unknown-authentication-server",
		StatusUnknownPasswordIdentifier: "unknown-password-identifier", StatusDeniedHENotSupported: "denied-he-not-supported",
		StatusSAEHashToElement: "sae-hash-to-element", StatusSAEPK: "sae-pk",
		StatusMLDExistingAssociation:    "denied-sta-aff-with-mld-with-existing-assoc",
		StatusTIDToLinkMappingDenied:    "denied-tid-to-link-mapping",
		StatusTIDToLinkMappingSuggested: "preferred-tid-to-link-mapping-suggested",
		StatusDeniedEHTNotSupported:     "denied-eht-not-supported", StatusInvalidPublicKey: "invalid-public-key",
		StatusPASNBaseAKMPFailed: "pasn-base-akmp-failed", StatusOCIMismatch: "oci-mismatch",
	}
}
