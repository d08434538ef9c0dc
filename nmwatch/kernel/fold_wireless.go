package kernel

import (
	"encoding/binary"
	"maps"
	"net"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// air follows what nl80211 signals.
type air struct {
	logs    map[int]kerneltypes.WirelessLog
	country string
	dirty   bool
}

// maxAir bounds the interfaces of which events are kept.
const maxAir = 1024

func (a *air) publish(s *kerneltypes.State) {
	if !a.dirty && s.Wireless != nil {
		return
	}
	a.dirty = false
	s.Wireless, s.Country = maps.Clone(a.logs), a.country
}

// event is what the folds need of an nl80211 event.
type event struct {
	command uint8
	index   int
	bssid   string
	reason  uint16
	status  uint16
	byAP    bool
	country string
	auth    uint16 // the algorithm, of an authentication
}

// parseEvent reads a generic netlink message with both headers (linux/genetlink.h, linux/nl80211.h).
func parseEvent(raw []byte) (event, error) {
	_, msg, _, err := cut(raw)
	if err != nil {
		return event{}, err
	}
	const genl = 4 // struct genlmsghdr
	if len(msg) < unix.NLMSG_HDRLEN+genl {
		return event{}, errShort
	}
	e := event{command: msg[unix.NLMSG_HDRLEN]}
	err = attributes(msg[unix.NLMSG_HDRLEN+genl:], func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_IFINDEX:
			e.index = int(ad.Uint32())
		case unix.NL80211_ATTR_MAC:
			e.bssid = net.HardwareAddr(ad.Bytes()).String()
		case unix.NL80211_ATTR_REASON_CODE:
			e.reason = ad.Uint16()
		case unix.NL80211_ATTR_STATUS_CODE:
			e.status = ad.Uint16()
		case unix.NL80211_ATTR_DISCONNECTED_BY_AP:
			e.byAP = true
		case unix.NL80211_ATTR_REG_ALPHA2:
			e.country = ad.String()
		case unix.NL80211_ATTR_FRAME:
			if e.command == unix.NL80211_CMD_AUTHENTICATE {
				e.authentication(ad.Bytes())
			}
		}
	})
	return e, err
}

// authentication reads an authentication frame (IEEE 802.11-2020 §9.3.3.11): after the header the algorithm, the sequence number and the
// status, little endian.
func (e *event) authentication(frame []byte) {
	const bssid, header, status = 16, 24, 28
	if len(frame) < status+2 {
		return
	}
	e.bssid = net.HardwareAddr(frame[bssid : bssid+6]).String()
	e.auth = binary.LittleEndian.Uint16(frame[header:])
	e.status = binary.LittleEndian.Uint16(frame[status:])
}

// wirelessEvent applies one event.
func (f *Fold) wirelessEvent(r record.Record) bool {
	e, err := parseEvent(r.Raw)
	if err != nil {
		return f.problem("nl80211 event: %v", err)
	}
	if e.command == unix.NL80211_CMD_REG_CHANGE || e.command == unix.NL80211_CMD_WIPHY_REG_CHANGE {
		changed := e.country != "" && f.air.country != e.country
		if changed {
			f.air.country, f.air.dirty = e.country, true
		}
		return changed
	}
	log, known := f.air.logs[e.index]
	if !known && len(f.air.logs) >= maxAir {
		return f.problem("events of more than %d interfaces", maxAir)
	}
	if !note80211(&log, e, kerneltypes.WirelessEvent{At: r.Time, BSSID: e.bssid}) {
		return false
	}
	f.air.logs[e.index], f.air.dirty = log, true
	return true
}

// note80211 puts an event into the log of its interface; false for one that says nothing of a connection.
func note80211(log *kerneltypes.WirelessLog, e event, w kerneltypes.WirelessEvent) bool {
	switch e.command {
	case unix.NL80211_CMD_AUTHENTICATE:
		w.Code, w.Algorithm = e.status, e.auth
		log.Auth = w
	case unix.NL80211_CMD_CONNECT:
		w.Code = e.status
		log.Connect = w
	case unix.NL80211_CMD_DISCONNECT:
		w.Code, w.ByAP = e.reason, e.byAP
		log.Disconnect = w
	case unix.NL80211_CMD_ROAM:
		log.Roam = w
		log.Roams++
	case unix.NL80211_CMD_NEW_SCAN_RESULTS:
		log.Scan = w
	case unix.NL80211_CMD_SCAN_ABORTED:
		w.Code = 1
		log.Scan = w
	default:
		return false
	}
	return true
}

// forget removes the log of an interface that is gone.
func (a *air) forget(index int) {
	if _, known := a.logs[index]; known {
		delete(a.logs, index)
		a.dirty = true
	}
}
