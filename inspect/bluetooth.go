package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/kernel/kerneltypes"
)

// phone is the other end of a Bluetooth link, with what each source says of it, and the adapter that reaches it. What is
// nil, the source does not know.
type phone struct {
	address string // "" when nobody tells
	hci     string // the adapter's name, "" when nobody tells
	device  *bluetypes.Device
	adapter *kerneltypes.Adapter
	peer    *kerneltypes.Peer
	log     kerneltypes.PeerLog
}

// phone joins the sources: by the network link, else by the address.
func (s *subject) phone() phone {
	p := phone{device: s.bluezDevice()}
	if p.device != nil {
		p.address = p.device.Address
		p.hci = s.snap.BlueZ.Adapters[p.device.Adapter].HCI()
	} else if s.dev != nil {
		p.address = s.dev.HwAddress
	}
	if s.overBluetooth() {
		p.hci, _, _ = s.link.OverBluetooth()
	}
	adapters := s.snap.Kernel.Adapters
	i := slices.IndexFunc(adapters, func(a kerneltypes.Adapter) bool { return a.Name == p.hci })
	if i < 0 && p.hci == "" && len(adapters) == 1 {
		i = 0
	}
	if i >= 0 {
		p.adapter = &adapters[i]
		p.hci = p.adapter.Name
		p.peer = s.peerOn(*p.adapter, p.address)
	}
	if p.peer != nil {
		p.address = p.peer.Address
	}
	p.log = s.snap.Kernel.Peers[p.address]
	return p
}

// overBluetooth says whether the subject has a network link over Bluetooth.
func (s *subject) overBluetooth() bool { return s.link != nil && overBluetooth(s.link) }

func overBluetooth(l *kerneltypes.Link) bool {
	_, _, ok := l.OverBluetooth()
	return ok
}

// bluezDevice finds what BlueZ says of the phone behind the subject: by its network link, else by its address. Of several
// adapters that are paired with it, the one that is connected is meant, or else the first.
func (s *subject) bluezDevice() *bluetypes.Device {
	address := s.name
	if s.dev != nil {
		address = s.dev.HwAddress
	}
	var best *bluetypes.Device
	for _, path := range slices.Sorted(maps.Keys(s.snap.BlueZ.Devices)) {
		d := s.snap.BlueZ.Devices[path]
		if s.link != nil && d.Network != nil && d.Network.Interface == s.name {
			return &d
		}
		if strings.EqualFold(d.Address, address) && (best == nil || d.Connected && !best.Connected) {
			best = &d
		}
	}
	return best
}

// peerOn finds the connection below the subject's link, or else the one to an address.
func (s *subject) peerOn(a kerneltypes.Adapter, address string) *kerneltypes.Peer {
	i := slices.IndexFunc(a.Peers, func(p kerneltypes.Peer) bool {
		if s.overBluetooth() {
			_, handle, _ := s.link.OverBluetooth()
			return p.Handle == handle
		}
		return !p.LE && strings.EqualFold(p.Address, address)
	})
	if i < 0 {
		return nil
	}
	return &a.Peers[i]
}

// connected says whether there is a connection: the kernel knows first.
func (p phone) connected() bool {
	switch {
	case p.peer != nil:
		return p.peer.Connected
	case p.adapter != nil:
		return false
	default:
		return p.device != nil && p.device.Connected
	}
}

// since is when the connection was made, where we saw it; zero otherwise.
func (p phone) since() time.Time {
	if at := p.log.Connected.At; !at.IsZero() || p.device == nil {
		return at
	}
	return p.device.ConnectedAt
}

// name is what to call the phone in a sentence.
func (p phone) name() string {
	switch {
	case p.device != nil && p.device.Alias != "":
		return p.device.Alias
	case p.address != "":
		return p.address
	default:
		return "the other end"
	}
}

// bluetooth checks L1 of a Bluetooth link: adapter, pairing, connection, signal.
func (s *subject) bluetooth() []Finding {
	p := s.phone()
	if found := s.bluetoothAdapter(p); len(found) > 0 {
		return found
	}
	switch {
	case p.connected() && s.link != nil && !s.link.Up():
		return s.admin()
	case p.connected():
		return []Finding{s.bluetoothHeard(p)}
	case p.device != nil && !p.device.Paired:
		return []Finding{s.missing(L1, BTUnpaired).saw(p.bluezSays()).next("bluetoothctl pair " + shellWord(p.address))}
	case p.device != nil && p.device.Blocked:
		return []Finding{s.missing(L1, BTBlocked).saw(p.bluezSays()).next("bluetoothctl unblock " + shellWord(p.address))}
	case s.activating():
		return []Finding{s.finding(L1, Starting, BTConnecting).saw(p.kernelSays(), s.nmSays())}
	default:
		return []Finding{s.bluetoothApart(p)}
	}
}

// bluetoothAdapter finds what keeps the adapter from working.
func (s *subject) bluetoothAdapter(p phone) []Finding {
	const bluetooth = 2 // RFKILL_TYPE_BLUETOOTH
	for _, r := range s.rfkill(bluetooth, p.hci) {
		if found := s.blockedRadio(r, "bluetooth"); len(found) > 0 {
			return found
		}
	}
	hci := s.snap.source(SourceHCI).Status
	switch {
	case p.adapter != nil && !p.adapter.Up:
		return []Finding{s.finding(L1, Down, BTAdapterOff).saw(p.adapterSays()).next("bluetoothctl power on")}
	case len(s.snap.Kernel.Adapters) == 0 && (hci == SourceOK || hci == SourceDenied):
		return []Finding{s.missing(L1, BTNoAdapter).saw(Evidence{Source: SourceHCI, Text: "no adapter"}, s.nmSays()).next("rfkill list", "lsusb")}
	case p.adapter == nil && p.device != nil && !s.snap.BlueZ.Adapters[p.device.Adapter].Powered:
		return []Finding{s.finding(L1, Down, BTAdapterOff).saw(p.bluezSays()).next("bluetoothctl power on")}
	}
	return nil
}

// weakBluetooth is the level in dBm near the end of what receivers for BR/EDR hear. The Core Specification (Vol 2 Part A,
// 4) wants -70, good ones reach -90.
const weakBluetooth = -85

// bluetoothHeard judges a connection.
func (s *subject) bluetoothHeard(p phone) Finding {
	f := s.finding(L1, Up, BTConnected).saw(p.kernelSays())
	f.Text = p.name() + " is connected"
	h := p.hearing()
	switch {
	case h.dBm != nil:
		f.Brief = fmt.Sprintf("%d dBm", *h.dBm)
		f.Text += " and heard at " + f.Brief + "."
		if *h.dBm < weakBluetooth {
			f.Status, f.Code, f.Text = Degraded, BTWeak, BTWeak.Meaning()
		}
	case h.golden != nil:
		f.Brief = fmt.Sprintf("%+d dB", *h.golden)
		f.Text += fmt.Sprintf(" and heard at %s from the best range of the receiver.", f.Brief)
	case s.snap.source(SourceHCI).Status == SourceDenied:
		f = f.lacks(s.snap.source(SourceHCI))
		f.Text += ". How strongly it is heard is not told."
	default:
		f.Text += "."
	}
	return f
}

// bluetoothApart says why there is no connection.
func (s *subject) bluetoothApart(p phone) Finding {
	ended := p.log.Disconnected
	switch {
	case s.connectedWhenItFailed(p):
		return s.finding(L1, Unknown, BTReleased).saw(s.nmGaveUp(), p.kernelSays())
	case p.log.Failed.At.After(p.log.Connected.At):
		return s.bluetoothFailed(p)
	case !ended.At.IsZero() && kerneltypes.DisconnectReason(ended.Code) == kerneltypes.DisconnectTimeout:
		return s.missing(L1, BTLost).saw(p.ended(), s.nmSays())
	case !ended.At.IsZero() && kerneltypes.DisconnectReason(ended.Code) == kerneltypes.DisconnectRemote:
		return s.missing(L1, BTLeft).saw(p.ended(), s.nmSays())
	case s.gaveUpAt(L2):
		return s.finding(L1, Failed, BTOutOfReach).sure(Likely).saw(s.nmGaveUp(), p.kernelSays(), p.bluezSays()).next(p.try())
	default:
		return s.missing(L1, BTApart).saw(p.kernelSays(), p.bluezSays(), s.nmSays())
	}
}

// bluetoothFailed judges the last attempt to connect, of which the kernel says how it ended.
func (s *subject) bluetoothFailed(p phone) Finding {
	status := kerneltypes.MgmtStatus(p.log.Failed.Code)
	code := BTConnectFailed
	switch status {
	case kerneltypes.MgmtConnectFailed, kerneltypes.MgmtTimeout:
		code = BTOutOfReach
	case kerneltypes.MgmtAuthFailed, kerneltypes.MgmtNotPaired:
		code = BTKey
	default: // it is named
	}
	f := s.missing(L1, code).next(p.try()).saw(Evidence{
		Source: SourceHCI, At: p.log.Failed.At, Text: fmt.Sprintf("%s: connecting to %s failed: %s (%d)", p.hci, p.address, status, status),
	}, s.nmSays())
	if code == BTConnectFailed {
		f = f.adds("The kernel says: %s.", status)
	}
	return f
}

// connectedWhenItFailed says whether there was a connection when NetworkManager gave up: then the fault was above.
func (s *subject) connectedWhenItFailed(p phone) bool {
	if !s.gaveUpAt(L2) {
		return false
	}
	at := s.dev.LastFailure.At
	came, went := p.log.Connected.At, p.log.Disconnected.At
	if came.IsZero() && p.device != nil {
		came, went = p.device.ConnectedAt, p.device.UnconnectedAt
	}
	return !came.IsZero() && !came.After(at) && (went.Before(came) || !went.Before(at))
}

// hearing is how strongly a phone is heard, and we send to it. What is nil was not told.
type hearing struct {
	dBm      *int
	golden   *int // the distance in dB from the golden receive power range, 0 being inside
	txPower  *int // dBm
	maxPower *int // dBm
}

// loudest is the strongest level in dBm at which a receiver for BR/EDR has to work (Core Specification, Vol 2 Part A, 4.1.5).
const loudest = -20

// hearing tells a level from a distance: controllers give either. Above what a receiver can stand it is no level.
func (p phone) hearing() hearing {
	if p.peer == nil || p.peer.Signal == nil {
		return hearing{}
	}
	sig := p.peer.Signal
	h := hearing{txPower: sig.TxPower, maxPower: sig.MaxTxPower}
	switch {
	case sig.RSSI == nil:
	case !p.peer.LE && *sig.RSSI > loudest:
		h.golden = sig.RSSI
	default:
		h.dBm = sig.RSSI
	}
	return h
}

// kernelSays is evidence: what the kernel says of the connection.
func (p phone) kernelSays() Evidence {
	switch {
	case p.adapter == nil:
		return Evidence{Source: SourceHCI, Text: "no adapter is known"}
	case p.peer == nil:
		return Evidence{Source: SourceHCI, Text: p.adapter.Name + ": no connection to " + p.address}
	case !p.peer.Connected:
		return Evidence{Source: SourceHCI, Text: p.adapter.Name + ": connecting to " + p.address}
	}
	text := p.adapter.Name + ": connected to " + p.address
	if sig := p.peer.Signal; sig != nil && sig.RSSI != nil {
		text += fmt.Sprintf(", RSSI %d", *sig.RSSI)
	}
	return Evidence{Source: SourceHCI, Text: text, At: p.log.Connected.At}
}

func (p phone) adapterSays() Evidence {
	return Evidence{Source: SourceHCI, Text: fmt.Sprintf("%s: up %t", p.adapter.Name, p.adapter.Up)}
}

func (p phone) ended() Evidence {
	reason := kerneltypes.DisconnectReason(p.log.Disconnected.Code)
	return Evidence{Source: SourceHCI, At: p.log.Disconnected.At, Text: fmt.Sprintf("%s: connection to %s ended: %s (%d)", p.hci, p.address, reason, reason)}
}

// bluezSays is evidence: what BlueZ says of the device.
func (p phone) bluezSays() Evidence {
	if p.device == nil {
		return Evidence{Source: SourceBlueZ, Text: "no such device"}
	}
	d := p.device
	return Evidence{Source: SourceBlueZ, At: latest(d.ConnectedAt, d.UnconnectedAt), Text: fmt.Sprintf("%s %s: paired %t, connected %t", d.Address, d.Alias, d.Paired, d.Connected)}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// try is the command that tries the connection alone.
func (p phone) try() string { return "bluetoothctl connect " + shellWord(p.address) }
