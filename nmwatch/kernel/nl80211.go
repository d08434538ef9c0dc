package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"github.com/mdlayher/wifi"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// stationInterval is how often signal and rates are read while there is a Wi-Fi interface.
const stationInterval = 2 * time.Second

// stationProbe asks nl80211 for the Wi-Fi interfaces and their access points.
//
// It asks itself instead of through wifi.Client, because that one turns the bytes of an SSID into text and reads all
// scan results for it; NL80211_CMD_GET_INTERFACE has the bytes.
type stationProbe struct {
	*reporter
	sys    string
	conn   *genetlink.Conn
	family genetlink.Family

	told   bool // that nl80211 is absent
	known  map[int]sight
	radios map[int]bool // the interfaces that nl80211 knows
	due    time.Time
	noises map[int]measuredNoise // by interface index
}

func (p *stationProbe) blind() bool { return true }

func (p *stationProbe) close() {
	if p.conn != nil {
		_ = p.conn.Close()
	}
}

func (p *stationProbe) look(ctx context.Context, links map[int]sight) (time.Duration, error) {
	was := p.known
	p.known = links
	if !p.wanted(was, links) {
		return p.rest(), nil
	}
	if p.conn == nil {
		if err := p.open(ctx); err != nil || p.conn == nil {
			return 0, err
		}
	}
	interfaces, err := p.interfaces()
	if err != nil {
		return stationInterval, p.note(ctx, absence(record.SourceNL80211, err))
	}
	p.radios = make(map[int]bool, len(interfaces))
	for _, w := range interfaces {
		p.radios[w.index] = true
		if err := p.measured(ctx, whatStation, w.name, p.station(w)); err != nil {
			return 0, err
		}
	}
	p.due = time.Now().Add(stationInterval)
	return p.rest(), nil
}

// rest is how long there is nothing to do: for ever when there is no Wi-Fi interface.
func (p *stationProbe) rest() time.Duration {
	if len(p.radios) == 0 {
		return 0
	}
	return max(time.Until(p.due), time.Millisecond)
}

// wanted says whether it is time to ask: the first time, when a link is new or a Wi-Fi one changed, and when the interval is over.
func (p *stationProbe) wanted(was, links map[int]sight) bool {
	if links == nil || was == nil {
		return true
	}
	for i, l := range links {
		before, existed := was[i]
		if !existed || before != l && (p.radios[i] || before.name != l.name) {
			return true
		}
	}
	return len(p.radios) > 0 && !time.Now().Before(p.due)
}

// open dials and looks for the family. Its absence is told once; a radio that is plugged in later brings the family with it.
func (p *stationProbe) open(ctx context.Context) error {
	conn, family, err := dialWireless(p.sys)
	if err != nil {
		if p.told {
			return nil
		}
		p.told = true
		return p.note(ctx, absence(record.SourceNL80211, err))
	}
	p.conn, p.family = conn, family
	if err := p.note(ctx, record.Noted{Source: record.SourceNL80211, Event: record.Up}); err != nil {
		return err
	}
	return p.note(ctx, record.Noted{Source: record.SourceNL80211, Event: record.Synced})
}

func dialWireless(sys string) (*genetlink.Conn, genetlink.Family, error) {
	// To ask for a family that is not there makes the kernel load its module (net/netlink/genetlink.c, ctrl_getfamily).
	// A watcher must not do that; and cfg80211 makes this directory when it is loaded.
	if _, err := os.Stat(filepath.Join(sys, "class")); err == nil {
		if _, err := os.Stat(filepath.Join(sys, "class/ieee80211")); errors.Is(err, fs.ErrNotExist) {
			return nil, genetlink.Family{}, fmt.Errorf("cannot find cfg80211: %w", err)
		}
	}
	conn, err := genetlink.Dial(nil)
	if err != nil {
		return nil, genetlink.Family{}, fmt.Errorf("cannot open generic netlink socket: %w", err)
	}
	family, err := conn.GetFamily(unix.NL80211_GENL_NAME)
	if err != nil {
		_ = conn.Close()
		return nil, family, fmt.Errorf("cannot find nl80211: %w", err)
	}
	return conn, family, nil
}

// radio is what NL80211_CMD_GET_INTERFACE says of one interface.
type radio struct {
	index     int
	name      string
	kind      wifi.InterfaceType // the numbers are those of enum nl80211_iftype
	ssid      []byte
	frequency int
	width     int // MHz
}

// interfaces asks for all interfaces that have a network device.
func (p *stationProbe) interfaces() ([]radio, error) {
	msgs, err := p.ask(unix.NL80211_CMD_GET_INTERFACE, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot list Wi-Fi interfaces: %w", err)
	}
	var out []radio
	for _, m := range msgs {
		w, err := parseRadio(m.Data)
		if err != nil {
			return nil, err
		}
		if w.index != 0 && w.name != "" { // a P2P device is no interface
			out = append(out, w)
		}
	}
	return out, nil
}

func (p *stationProbe) ask(command uint8, body []byte) ([]genetlink.Message, error) {
	m := genetlink.Message{Header: genetlink.Header{Command: command, Version: p.family.Version}, Data: body}
	return p.conn.Execute(m, p.family.ID, netlink.Request|netlink.Dump)
}

// parseRadio reads the attributes of an interface (linux/nl80211.h).
func parseRadio(b []byte) (radio, error) {
	var w radio
	err := attributes(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case unix.NL80211_ATTR_IFINDEX:
			w.index = int(ad.Uint32())
		case unix.NL80211_ATTR_IFNAME:
			w.name = ad.String()
		case unix.NL80211_ATTR_IFTYPE:
			w.kind = wifi.InterfaceType(ad.Uint32())
		case unix.NL80211_ATTR_SSID:
			w.ssid = ad.Bytes()
		case unix.NL80211_ATTR_WIPHY_FREQ:
			w.frequency = int(ad.Uint32())
		case unix.NL80211_ATTR_CHANNEL_WIDTH:
			w.width = widthMHz(wifi.ChannelWidth(ad.Uint32()))
		}
	})
	return w, err
}

// station tells how the interface stands. Its peers are asked for only where it is a client: an access point's are many and are not its link.
func (p *stationProbe) station(w radio) kerneltypes.Station {
	at, _ := p.now()
	s := kerneltypes.Station{SSID: w.ssid, FrequencyMHz: w.frequency, ChannelWidth: w.width, InterfaceType: w.kind.String(), At: at}
	if w.kind != wifi.InterfaceTypeStation && w.kind != wifi.InterfaceTypeP2PClient {
		return s
	}
	body, err := forInterface(w.index)
	if err != nil {
		return s
	}
	msgs, err := p.ask(unix.NL80211_CMD_GET_STATION, body)
	if err != nil || len(msgs) == 0 {
		return s // it went away between the two questions, or it has no access point
	}
	if info, err := wifi.ParseStationInfo(msgs[0].Data); err == nil {
		associated(&s, info)
		s.NoiseDBm = p.noise(w)
	}
	return s
}

// associated adds what is known of the access point. The text of RateInfo is wrong by a factor; the numbers are right.
func associated(s *kerneltypes.Station, info *wifi.StationInfo) {
	s.Associated = true
	s.BSSID = info.HardwareAddr.String()
	s.SignalDBm, s.AverageDBm = info.Signal, info.SignalAverage
	s.RxBitsPerSec, s.TxBitsPerSec = info.ReceiveBitrate, info.TransmitBitrate
	s.TxRetries, s.TxFailed, s.BeaconLoss = info.TransmitRetries, info.TransmitFailed, info.BeaconLoss
	s.Connected, s.Inactive = info.Connected, info.Inactive
	s.RxPackets, s.TxPackets = info.ReceivedPackets, info.TransmittedPackets
	s.RxRate, s.TxRate = rateOf(info.ReceiveRateInfo), rateOf(info.TransmitRateInfo)
}
