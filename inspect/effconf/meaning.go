package effconf

import "nmdebug/wpadbus/wpaconf"

// meaning says what a difference does, and the nmcli setting that takes it away; "" where there is none.
func meaning(c wpaconf.Change) (text, do string) {
	for _, m := range meanings() {
		if m.key == c.Key && (m.global == (c.Section == wpaconf.Global)) {
			return m.text, m.do
		}
	}
	switch {
	case !c.Left.Set:
		return "Only the file has it.", ""
	case !c.Right.Set:
		return "Only what is in force has it.", ""
	default:
		return "They differ.", ""
	}
}

// keyMeaning is what is known of a key that makes connections work in one way and not in the other.
type keyMeaning struct {
	key    string
	global bool
	text   string
	do     string
}

func meanings() []keyMeaning {
	const wifi, sec, dot1x = "nmcli connection modify ID 802-11-wireless.", "nmcli connection modify ID 802-11-wireless-security.", "nmcli connection modify ID 802-1x."
	return []keyMeaning{
		{"pmf", true, "NetworkManager offers protected management frames (1) to every network; some access points and drivers fail with them.", sec + "pmf 1 (disable) or 3 (required)"},
		{"sae_pwe", true, "How the password of WPA3 becomes a point: 0 hunting and pecking, 1 hash to element, 2 both. Some access points fail with 2.", ""},
		{"ap_scan", true, "Who looks for access points: 0 on a wire, 1 wpa_supplicant, 2 the driver alone.", ""},
		{"fast_reauth", true, "Whether a TLS session is resumed at the next login; some servers fail at it. NetworkManager leaves it on.", ""},
		{"dot11RSNAConfigPMKLifetime", true, "How long a key is good without a new login, in seconds: NetworkManager takes a week.", ""},
		{"country", true, "The regulatory domain. NetworkManager does not set it.", "iw reg set XX, or the driver's own setting"},
		{"ieee80211w", false, "Protected management frames of this network: 0 off, 1 optional, 2 required.", sec + "pmf 1 (disable), 2 (optional) or 3 (required)"},
		{"key_mgmt", false, "Which key managements are tried. NetworkManager adds all that fit the profile's one; an access point or driver may fail with one of them.", sec + "key-mgmt wpa-psk, sae or wpa-eap; " + sec + "pmf 1 leaves out SAE (since 1.56)"},
		{"proto", false, "WPA (the old) or RSN (WPA2 and WPA3).", sec + "proto rsn"},
		{"pairwise", false, "The ciphers that are allowed for this station.", sec + "pairwise ccmp"},
		{"group", false, "The ciphers that are allowed for broadcasts.", sec + "group ccmp"},
		{"scan_ssid", false, "Whether the network is asked for by name, as a hidden one must be. NetworkManager always does.", ""},
		{"bgscan", false, "How often a better access point is looked for while connected; each search is a gap of some 100 ms. A profile that is bound to a bssid has none.", wifi + "bssid XX:XX:XX:XX:XX:XX"},
		{"bssid", false, "The only access point that is taken.", wifi + "bssid XX:XX:XX:XX:XX:XX, or \"\""},
		{"freq_list", false, "The only channels that are searched.", wifi + "band a or bg, or \"\""},
		{"fragment_size", false, "How large a piece of EAP may be. NetworkManager computes it from the MTU; a server or a switch may drop larger ones.", "a smaller 802-11-wireless.mtu or 802-3-ethernet.mtu"},
		{"eap", false, "The EAP methods that are allowed.", dot1x + "eap METHOD"},
		{"phase1", false, "The outer method: PEAP version, TLS versions.", dot1x + "phase1-peapver 0, " + dot1x + "phase1-auth-flags"},
		{"phase2", false, "What authenticates inside of the tunnel. auth= and autheap= are not the same: with TTLS the first is not EAP.", dot1x + "phase2-auth or " + dot1x + "phase2-autheap"},
		{"identity", false, "Who logs in.", dot1x + "identity NAME"},
		{"anonymous_identity", false, "The name that is told before the tunnel stands; servers choose by the part behind @.", dot1x + "anonymous-identity NAME"},
		{"ca_cert", false, "By whom the server must be certified. Without one any server is taken.", dot1x + "ca-cert FILE"},
		{"ca_path", false, "The directory of those by whom the server may be certified.", dot1x + "ca-path DIR or " + dot1x + "system-ca-certs yes"},
		{"client_cert", false, "The certificate that logs in.", dot1x + "client-cert FILE"},
		{"private_key", false, "The key of the certificate that logs in.", dot1x + "private-key FILE"},
		{"subject_match", false, "What the server's certificate must name.", dot1x + "subject-match TEXT"},
		{"altsubject_match", false, "What the server's certificate must name.", dot1x + "altsubject-matches TEXT"},
		{"domain_suffix_match", false, "The domain that the server's certificate must be for.", dot1x + "domain-suffix-match DOMAIN"},
		{"domain_match", false, "The name that the server's certificate must be for.", dot1x + "domain-match NAME"},
		{"openssl_ciphers", false, "Which TLS ciphers are allowed; old servers need DEFAULT@SECLEVEL=0 or =1.", dot1x + "openssl-ciphers LIST (since 1.48)"},
		{"eapol_flags", false, "Whether the login must give keys: 0 on a wire, where nothing is encrypted.", ""},
		{"proactive_key_caching", false, "Whether a key is good at the other access points of a network. NetworkManager has it on for WPA-EAP.", ""},
		{"mode", false, "Station (0), ad hoc (1), access point (2), mesh (5).", wifi + "mode infrastructure, adhoc, ap or mesh"},
		{"mac_addr", false, "Whether wpa_supplicant changes the address. NetworkManager does that itself, which no such file shows.", wifi + "cloned-mac-address preserve"},
		{"ssid", false, "They are different networks: an SSID is bytes, and each blank counts.", wifi + "ssid NAME"},
	}
}
