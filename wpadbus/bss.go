package wpadbus

import (
	"encoding/binary"
	"net"
	"time"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/wpadbus/wpatypes"
)

func bss(in *mirror.Reading, path wire.Path) *wpatypes.BSS {
	if _, ok := in.Props(path, bssIface); !ok {
		return nil
	}
	r := in.Reader(path, bssIface)
	return &wpatypes.BSS{
		Path:      string(path),
		SSID:      r.Bytes("SSID"),
		BSSID:     net.HardwareAddr(r.Bytes("BSSID")).String(),
		Frequency: r.Uint16("Frequency"),
		SignalDBm: r.Int16("Signal"),
		Age:       time.Duration(r.Uint32("Age")) * time.Second,
		Privacy:   r.Bool("Privacy"),
		WPA:       suites(r.Dict("WPA")),
		RSN:       suites(r.Dict("RSN")),
		PMF:       protection(r.Bytes("IEs")),
	}
}

// seen reads the access points that were asked for, save the one in use.
func seen(in *mirror.Reading, r *mirror.Reader) []wpatypes.BSS {
	current := r.Path("CurrentBSS")
	var points []wpatypes.BSS
	for _, path := range r.Paths("BSSs") {
		if path == current {
			continue
		}
		if b := bss(in, path); b != nil {
			points = append(points, *b)
		}
	}
	return points
}

// suites reads the property WPA or RSN; an access point without such an element has none of its suites.
func suites(dict map[string]any) *wpatypes.Suites {
	props := mirror.Props(dict)
	var s wpatypes.Suites
	s.KeyMgmt, _ = props.Strings("KeyMgmt")
	s.Pairwise, _ = props.Strings("Pairwise")
	s.Group, _ = props.String("Group")
	if len(s.KeyMgmt) == 0 && len(s.Pairwise) == 0 && s.Group == "" {
		return nil
	}
	return &s
}

// Of IEEE 802.11, 9.4.2: elements, and the RSN element's capabilities.
const (
	elementRSN = 48
	mfpr       = 1 << 6
	mfpc       = 1 << 7
)

// protection finds in the elements of an access point how it stands to protected management frames: the property RSN does
// not tell. Without an RSN element there are none.
func protection(elements []byte) wpatypes.Protection {
	if len(elements) == 0 {
		return wpatypes.ProtectionUnknown
	}
	for len(elements) >= 2 {
		id, size := elements[0], int(elements[1])
		if len(elements) < 2+size {
			break
		}
		if id == elementRSN {
			return protectionOf(elements[2 : 2+size])
		}
		elements = elements[2+size:]
	}
	return wpatypes.ProtectionNone
}

// protectionOf reads the capabilities of an RSN element: behind its version and group cipher, and its lists of pairwise
// ciphers and key managements. What is left out at its end is zero.
func protectionOf(rsn []byte) wpatypes.Protection {
	const versionAndGroup, suite = 2 + 4, 4
	at := versionAndGroup
	for range 2 {
		if len(rsn) < at+2 {
			return wpatypes.ProtectionNone
		}
		at += 2 + suite*int(binary.LittleEndian.Uint16(rsn[at:]))
	}
	if len(rsn) < at+2 {
		return wpatypes.ProtectionNone
	}
	switch capabilities := binary.LittleEndian.Uint16(rsn[at:]); {
	case capabilities&mfpr != 0:
		return wpatypes.ProtectionRequired
	case capabilities&mfpc != 0:
		return wpatypes.ProtectionCapable
	default:
		return wpatypes.ProtectionNone
	}
}
