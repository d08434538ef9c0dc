package derive

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form is how NetworkManager writes the value of a key.
type form uint8

const (
	formBytes   form = iota // ay of so many bytes at most
	formUTF8                // ay of so many characters at most
	formInt                 // i within bounds
	formKeyword             // s of certain words, or of any
)

// option is what a key may hold (nm-supplicant-settings-verify.c).
type option struct {
	form      form
	low, high int      // formInt: the bounds; formBytes and formUTF8: the most, 0 for 255
	words     []string // formKeyword: those allowed; nil allows any
}

const usualLimit = 255

// optionOf finds what a key may hold.
func optionOf(key string, v Version) (option, bool) {
	if o, ok := integerOption(key, v); ok {
		return o, true
	}
	if words, ok := keywords(key); ok {
		return option{form: formKeyword, words: words}, true
	}
	switch key {
	case "ssid":
		return option{high: 32}, true
	case "ca_cert", "ca_cert2", "client_cert", "client_cert2", "private_key", "private_key2", "mka_cak", "mka_ckn":
		return option{high: 65536}, true
	case "private_key_passwd", "private_key2_passwd":
		return option{high: 1024}, true
	case "password":
		return option{form: formUTF8}, true
	case "altsubject_match", "altsubject_match2", "anonymous_identity", "bgscan", "ca_path", "ca_path2", "domain_match",
		"domain_match2", "domain_suffix_match", "domain_suffix_match2", "identity", "openssl_ciphers", "pac_file", "pin",
		"psk", "subject_match", "subject_match2", "wep_key0", "wep_key1", "wep_key2", "wep_key3":
		return option{}, true
	}
	return option{}, false
}

func integerOption(key string, v Version) (option, bool) {
	highest := 5825 // MHz
	if v.knows6GHz() {
		highest = 7115
	}
	bounds := map[string][2]int{
		"eapol_flags": {0, 3}, "fragment_size": {1, 2000}, "frequency": {2412, highest}, "ht40": {0, 1},
		"ieee80211w": {0, 2}, "ignore_broadcast_ssid": {0, 2}, "macsec_integ_only": {0, 1}, "macsec_offload": {0, 2},
		"macsec_policy": {0, 1}, "macsec_port": {1, 65534}, "max_oper_chwidth": {0, 9}, "mode": {1, 5}, "owe_only": {0, 1},
		"proactive_key_caching": {0, 1}, "scan_ssid": {0, 1}, "vht_center_freq1": {0, 100000}, "wep_tx_keyidx": {0, 3},
		"wps_disabled": {0, 1},
	}
	b, ok := bounds[key]
	return option{form: formInt, low: b[0], high: b[1]}, ok
}

func keywords(key string) (words []string, ok bool) {
	switch key {
	case "bssid", "freq_list":
		return nil, true
	case "auth_alg":
		return []string{"OPEN", "SHARED", "LEAP"}, true
	case "eap":
		return []string{"LEAP", "MD5", "TLS", "PEAP", "TTLS", "SIM", "PSK", "FAST", "PWD"}, true
	case "group":
		return []string{"CCMP", "TKIP", "WEP104", "WEP40", "GCMP-256"}, true
	case "key_mgmt":
		return []string{
			"WPA-PSK", "WPA-PSK-SHA256", "FT-PSK", "WPA-EAP", "WPA-EAP-SHA256", "FT-EAP", "FT-EAP-SHA384", "FILS-SHA256",
			"FILS-SHA384", "FT-FILS-SHA256", "FT-FILS-SHA384", "IEEE8021X", "SAE", "WPA-EAP-SUITE-B-192", "FT-SAE", "OWE", "NONE",
		}, true
	case "pairwise":
		return []string{"CCMP", "TKIP", "GCMP-256", "NONE"}, true
	case "phase1":
		return []string{
			"peapver=0", "peapver=1", "peaplabel=1", "peap_outer_success=0", "include_tls_length=1", "sim_min_num_chal=3",
			"fast_provisioning=0", "fast_provisioning=1", "fast_provisioning=2", "fast_provisioning=3",
			"tls_disable_tlsv1_0=0", "tls_disable_tlsv1_0=1", "tls_disable_tlsv1_1=0", "tls_disable_tlsv1_1=1",
			"tls_disable_tlsv1_2=0", "tls_disable_tlsv1_2=1", "tls_disable_tlsv1_3=0", "tls_disable_tlsv1_3=1",
			"tls_disable_time_checks=0", "tls_disable_time_checks=1",
		}, true
	case "phase2":
		return []string{
			"auth=PAP", "auth=CHAP", "auth=MSCHAP", "auth=MSCHAPV2", "auth=GTC", "auth=OTP", "auth=MD5", "auth=TLS",
			"autheap=MD5", "autheap=MSCHAPV2", "autheap=OTP", "autheap=GTC", "autheap=TLS",
		}, true
	case "proto":
		return []string{"WPA", "RSN"}, true
	}
	return nil, false
}

// typed gives a value the type that it has on D-Bus; ok is false when NetworkManager does not let it through.
func (o option) typed(value string) (typed any, ok bool) {
	limit := o.high
	if limit == 0 {
		limit = usualLimit
	}
	switch o.form {
	case formInt:
		n, err := strconv.ParseInt(value, 10, 32)
		return int32(n), err == nil && int(n) >= o.low && int(n) <= o.high
	case formKeyword:
		return value, o.words == nil || !slices.ContainsFunc(strings.Fields(value), func(w string) bool { return !slices.Contains(o.words, w) })
	case formUTF8:
		return []byte(value), utf8.RuneCountInString(value) <= limit
	default:
		return []byte(value), len(value) <= limit
	}
}
