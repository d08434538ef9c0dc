// Package wifilab is a laboratory of real radios: a virtual machine with Debian's kernel and mac80211_hwsim, in which NetworkManager,
// wpa_supplicant and access points run as on any Debian.
//
// A [Lab] goes on from a snapshot in which everything has started and no access point is there: two cards, wlan0 and wlan1, and two radios
// for access points, with a network behind each. What is done in it is done by commands that run inside. The host is left as it is, and the
// virtual machine has no network of its own. A lab ends with the process that started it, however that ends.
//
// [Lab.Bluetooth] puts a phone beside them that is paired and shares its network, [Lab.WireGuard] a VPN server behind the access points.
//
// Tests need root and the packages that the script setup installs: without them they are skipped, or fail where CI=true. The first lab on a
// checkout makes the image (under a minute); later ones are there within a second.
//
//	func TestLease(t *testing.T) {
//		lab := wifilab.Start(t)
//		ap, err := lab.AccessPoint(t.Context(), wifilab.AP{SSID: "home", Security: wifilab.WPA2, Passphrase: "correct horse"})
//		…
//		err = lab.Connect(t.Context(), wifilab.Profile{Name: "home", SSID: "home", Security: wifilab.WPA2, Passphrase: "correct horse"})
//		err = ap.SetSignal(t.Context(), -85)
//		out, err := lab.Run(t.Context(), "nmdebug", "status", "-o", "json")
//	}
package wifilab
