package derive

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a version of NetworkManager.
type Version struct{ Major, Minor, Micro int }

// Newest is the newest version whose rules are known.
func Newest() Version { return Version{1, 58, 0} }

// ParseVersion reads 1.42, 1.42.4 or what a distribution makes of it, such as 1.42.4-1+deb12u1.
func ParseVersion(text string) (Version, error) {
	release, _, _ := strings.Cut(text, "-")
	parts := strings.Split(release, ".")
	var n [3]int
	for i, part := range parts {
		number, err := strconv.Atoi(part)
		if i >= len(n) || err != nil || number < 0 {
			return Version{}, fmt.Errorf("%q is no version of NetworkManager: 1.42 or 1.42.4 is one", text)
		}
		n[i] = number
	}
	if len(parts) < 2 {
		return Version{}, fmt.Errorf("%q is no version of NetworkManager: 1.42 or 1.42.4 is one", text)
	}
	return Version{n[0], n[1], n[2]}, nil
}

// String writes it as NetworkManager does.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Micro) }

func (v Version) since(minor int) bool { return v.compare(Version{1, minor, 0}) >= 0 }

func (v Version) compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Micro, w.Micro))
}

// What differs from version to version.

// macsec.offload came with 1.46.
func (v Version) offloads() bool { return v.since(46) }

// 802-1x.openssl-ciphers came with 1.48.
func (v Version) choosesCiphers() bool { return v.since(48) }

// 802-11-wireless.channel-width came with 1.50.
func (v Version) widens() bool { return v.since(50) }

// Until 1.54 the centre of an 80 MHz channel was computed, wrongly for the highest channels.
func (v Version) knowsCentres() bool { return v.since(56) }

// Until 1.54 a station offered SAE although the profile forbids PMF.
func (v Version) heedsPMF() bool { return v.since(56) }

// Until 1.54 a blob's content had to keep to the limit of its key.
func (v Version) largeBlobs() bool { return v.since(56) }

// The files of the profile of one user alone are sent as blobs, read with the user's rights, since 1.52.2 and 1.54.3.
func (v Version) readsForUser() bool {
	return v.since(56) || v.Major == 1 && (v.Minor == 54 && v.Micro >= 3 || v.Minor == 52 && v.Micro >= 2)
}

// Since 1.58 it may name no directory of certificates of its own, and its PAC file is sent as a blob, too.
func (v Version) guardsDirectories() bool { return v.since(58) }

// The 6 GHz band, and another table of the 5 GHz band, came with 1.58.
func (v Version) knows6GHz() bool { return v.since(58) }
