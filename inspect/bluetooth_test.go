package inspect_test

import (
	"testing"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/bluez/bluetypes"
	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
)

const (
	phoneMAC  = "00:AA:01:01:00:24"
	phonePath = "/org/bluez/hci0/dev_00_AA_01_01_00_24"
	nap       = "00001116-0000-1000-8000-00805f9b34fb"
	dun       = "00001103-0000-1000-8000-00805f9b34fb"
)

// pan is a network link over Bluetooth that NetworkManager has.
func pan(opts ...opt) part {
	return link("bnep0", "", nmtypes.TypeBluetooth, append([]opt{func(i *iface) {
		i.link.Hardware = "hci0:42"
		i.dev.Interface, i.dev.HwAddress = phoneMAC, phoneMAC
		i.dev.BluetoothCaps = nmtypes.BluetoothNAP
	}}, opts...)...)
}

// paired is a phone that NetworkManager has, without a network link.
func paired(opts ...opt) part {
	return pan(append([]opt{withoutLink, func(i *iface) { i.dev.IPInterface = "" }}, opts...)...)
}

// adapter is a Bluetooth adapter with its connections.
func adapter(up bool, peers ...kerneltypes.Peer) part {
	return func(w *world) {
		w.Kernel.Adapters = append(w.Kernel.Adapters, kerneltypes.Adapter{Name: "hci0", Address: "00:AA:01:00:00:23", Up: up, Peers: peers})
		source(inspect.SourceHCI, inspect.SourceOK)(w)
	}
}

// reached is a connection to the phone; its RSSI may be measured.
func reached(rssi ...int) kerneltypes.Peer {
	p := kerneltypes.Peer{Address: phoneMAC, Handle: 42, Connected: true}
	if len(rssi) > 0 {
		power := 4
		p.Signal = &kerneltypes.PeerSignal{RSSI: &rssi[0], TxPower: &power}
	}
	return p
}

// bluez is what BlueZ says of the phone.
func bluez(change ...func(*bluetypes.Device)) part {
	return func(w *world) {
		d := bluetypes.Device{
			Path: phonePath, Adapter: "/org/bluez/hci0", Address: phoneMAC, Alias: "Pixel", Paired: true, UUIDs: []string{nap}, Network: &bluetypes.Network{},
		}
		for _, c := range change {
			c(&d)
		}
		w.BlueZ = bluetypes.State{
			Synced: true, Devices: map[string]bluetypes.Device{phonePath: d},
			Adapters: map[string]bluetypes.Adapter{"/org/bluez/hci0": {Path: "/org/bluez/hci0", Powered: true}},
		}
		source(inspect.SourceBlueZ, inspect.SourceOK)(w)
	}
}

func joined(d *bluetypes.Device) {
	d.Connected, d.Network = true, &bluetypes.Network{Connected: true, Interface: "bnep0", UUID: nap}
}

func met(d *bluetypes.Device) { d.Connected = true }

// happened is an event of a connection to the phone, so long ago.
func happened(what kerneltypes.PeerEventKind, code uint8, since time.Duration) part {
	return func(w *world) {
		e := kerneltypes.PeerEvent{At: ago(since), What: what, Address: phoneMAC, Code: code}
		if w.Kernel.Peers == nil {
			w.Kernel.Peers = map[string]kerneltypes.PeerLog{}
		}
		log := w.Kernel.Peers[phoneMAC]
		switch what {
		case kerneltypes.PeerConnected:
			log.Connected = e
		case kerneltypes.PeerDisconnected:
			log.Disconnected = e
		case kerneltypes.PeerConnectFailed:
			log.Failed = e
		}
		w.Kernel.Peers[phoneMAC] = log
	}
}

func bluetoothSwitch(soft, hard bool) part {
	return func(w *world) {
		w.Kernel.Rfkill[9] = kerneltypes.Radio{Index: 9, Name: "hci0", Type: 2, Soft: soft, Hard: hard}
	}
}

func TestBluetooth(t *testing.T) { judge(t, bluetoothCases()) }

func bluetoothCases() []verdict {
	online := pan(static("192.0.2.2/24"))
	failedIn := gaveUp(nmtypes.ReasonBTFailed, nmtypes.DeviceConfig)
	return []verdict{
		{
			name: "joined", in: snapshot(online, adapter(true, reached(-42)), bluez(joined)), of: "bnep0",
			want: "up bt-connected | up pan-up | up addressed | absent", says: []string{"Pixel is connected and heard at -42 dBm.", "It has joined the network of Pixel (PAN NAP)."},
		},
		{
			name: "a controller that gives a distance", in: snapshot(online, adapter(true, reached(-4)), bluez(joined)), of: "bnep0",
			want: "up bt-connected | up pan-up | up addressed | absent", says: []string{"heard at -4 dB from the best range"},
		},
		{
			name: "weakly heard", in: snapshot(online, adapter(true, reached(-88)), bluez(joined)), of: "bnep0",
			want: "degraded bt-weak | up pan-up | up addressed | absent", whole: inspect.Degraded,
		},
		{
			name: "without the right to measure", of: "bnep0",
			in:   snapshot(online, adapter(true, reached()), source(inspect.SourceHCI, inspect.SourceDenied, "CAP_NET_ADMIN"), bluez(joined)),
			want: "up bt-connected | up pan-up | up addressed | absent", says: []string{"How strongly it is heard is not told.", "CAP_NET_ADMIN"},
		},
		{
			name: "without the right to ask BlueZ", of: "bnep0",
			in:   snapshot(online, adapter(true, reached(-42)), source(inspect.SourceBlueZ, inspect.SourceDenied, "root or group bluetooth")),
			want: "up bt-connected | up pan-kernel | up addressed | absent", says: []string{"group bluetooth"},
		},
		{
			name: "bluetoothd died and the link is left over", of: "bnep0",
			in:   snapshot(pan(unknownToNM), adapter(true, reached(-42)), source(inspect.SourceBlueZ, inspect.SourceAbsent)),
			want: "up bt-connected | failed bluetoothd-gone | blocked | absent", cause: "bnep0 L2 bluetoothd-gone", says: []string{"left over", "systemctl start bluetooth"},
		},
		{
			name: "idle", in: snapshot(paired(), adapter(true), bluez()), of: phoneMAC,
			want: "down bt-apart | down pan-off | down no-address | absent", whole: inspect.Down,
		},
		{
			name: "being called", in: snapshot(paired(activating(nmtypes.DeviceConfig)), adapter(true), bluez()), of: phoneMAC,
			want: "starting bt-connecting | blocked | blocked | absent",
		},
		{
			name: "being joined", in: snapshot(paired(activating(nmtypes.DeviceConfig)), adapter(true, reached()), bluez(met)), of: phoneMAC,
			want: "up bt-connected | starting pan-working | blocked | absent",
		},
		{
			name: "the page timed out", of: phoneMAC,
			in:   snapshot(paired(failedIn), adapter(true), bluez(), happened(kerneltypes.PeerConnectFailed, 4, time.Second)),
			want: "failed bt-out-of-reach | blocked | blocked | absent", cause: phoneMAC + " L1 bt-out-of-reach",
			says: []string{"connecting to 00:AA:01:01:00:24 failed: connect-failed (4)", "bluetoothctl connect 00:AA:01:01:00:24"},
		},
		{
			name: "no answer, and the kernel's word is not to be had", in: snapshot(paired(failedIn), adapter(true), bluez()), of: phoneMAC,
			want: "failed bt-out-of-reach | blocked | blocked | absent", cause: phoneMAC + " L1 bt-out-of-reach", says: []string{"(likely)"},
		},
		{
			name: "the pairing was removed on the phone", of: phoneMAC,
			in:   snapshot(paired(failedIn), adapter(true), bluez(), happened(kerneltypes.PeerConnectFailed, 5, time.Second)),
			want: "failed bt-key | blocked | blocked | absent", cause: phoneMAC + " L1 bt-key",
		},
		{
			name: "reached, and refused", in: snapshot(paired(failedIn), adapter(true, reached()), bluez(met)), of: phoneMAC,
			want: "up bt-connected | failed pan-refused | blocked | absent", cause: phoneMAC + " L2 pan-refused",
		},
		{
			name: "reached, refused, and let go", of: phoneMAC,
			in: snapshot(paired(failedIn), adapter(true),
				bluez(func(d *bluetypes.Device) {
					d.ConnectedAt, d.UnconnectedAt = ago(5*time.Second), ago(time.Millisecond)
				})),
			want: "unknown bt-released | failed pan-refused | blocked | absent", cause: phoneMAC + " L2 pan-refused",
		},
		{
			name: "lost while joined", of: phoneMAC,
			in: snapshot(paired(state(nmtypes.DeviceDisconnected, nmtypes.ReasonCarrier)), adapter(true), bluez(),
				happened(kerneltypes.PeerConnected, 0, time.Minute), happened(kerneltypes.PeerDisconnected, 1, time.Second)),
			want: "failed bt-lost | blocked | blocked | absent", cause: phoneMAC + " L1 bt-lost", says: []string{"ended: timeout (1)"},
		},
		{
			name: "ended by the phone", of: phoneMAC,
			in: snapshot(paired(state(nmtypes.DeviceDisconnected, nmtypes.ReasonCarrier)), adapter(true), bluez(),
				happened(kerneltypes.PeerConnected, 0, time.Minute), happened(kerneltypes.PeerDisconnected, 3, time.Second)),
			want: "failed bt-left | blocked | blocked | absent", cause: phoneMAC + " L1 bt-left",
		},
		{
			name: "lost before we came", in: snapshot(paired(state(nmtypes.DeviceDisconnected, nmtypes.ReasonCarrier)), adapter(true), bluez()), of: phoneMAC,
			want: "failed bt-apart | blocked | blocked | absent", cause: phoneMAC + " L1 bt-apart",
		},
		{
			name: "the adapter is off, and NetworkManager hides the phone", in: snapshot(adapter(false), bluez()), of: phoneMAC,
			want: "down bt-adapter-off | down pan-off | down no-address | absent", says: []string{"bluetoothctl power on"},
		},
		{
			name: "blocked by rfkill", in: snapshot(adapter(false), bluez(), bluetoothSwitch(true, false)), of: phoneMAC,
			want: "down rfkill-soft | down pan-off | down no-address | absent", says: []string{"rfkill unblock bluetooth"},
		},
		{
			name: "blocked by a switch", in: snapshot(paired(), adapter(false), bluez(), bluetoothSwitch(false, true)), of: phoneMAC,
			want: "down rfkill-hard | down pan-off | down no-address | absent",
		},
		{
			name: "no adapter", in: snapshot(paired(), source(inspect.SourceHCI, inspect.SourceOK)), of: phoneMAC,
			want: "down bt-no-adapter | down pan-off | down no-address | absent",
		},
		{
			name: "two adapters, and nobody tells which", of: phoneMAC,
			in: snapshot(paired(), adapter(true), func(w *world) {
				w.Kernel.Adapters = append(w.Kernel.Adapters, kerneltypes.Adapter{Index: 1, Name: "hci1", Up: true})
			}),
			want: "down bt-apart | down pan-off | down no-address | absent",
		},
		{
			name: "not paired any more", of: phoneMAC,
			in:   snapshot(paired(failedIn), adapter(true), bluez(func(d *bluetypes.Device) { d.Paired = false })),
			want: "failed bt-unpaired | blocked | blocked | absent", cause: phoneMAC + " L1 bt-unpaired",
		},
		{
			name: "blocked in BlueZ", of: phoneMAC,
			in:   snapshot(paired(), adapter(true), bluez(func(d *bluetypes.Device) { d.Blocked = true })),
			want: "down bt-blocked | down pan-off | down no-address | absent",
		},
		{
			name: "the phone shares nothing", of: phoneMAC,
			in: snapshot(paired(), adapter(true, reached()),
				bluez(met, func(d *bluetypes.Device) { d.UUIDs, d.Network = nil, nil })),
			want: "up bt-connected | down pan-not-offered | down no-address | absent",
		},
		{
			name: "connected for NetworkManager alone", in: snapshot(online, adapter(true), bluez()), of: "bnep0",
			want: "failed bt-apart | blocked | blocked | absent", cause: "bnep0 L1 bt-apart", conflicts: []inspect.Code{inspect.ConnectedWithoutPhone},
		},
		{
			name: "the network ended, and the connection stands", in: snapshot(online, adapter(true, reached(-42)), bluez(met)), of: "bnep0",
			want: "up bt-connected | failed pan-ended | blocked | absent", cause: "bnep0 L2 pan-ended", conflicts: []inspect.Code{inspect.ConnectedWithoutPAN},
		},
		{
			name: "dialled in", of: phoneMAC,
			in: snapshot(paired(activated, device(func(d *nmtypes.Device) { d.BluetoothCaps = nmtypes.BluetoothDUN })), adapter(true, reached()),
				bluez(met, func(d *bluetypes.Device) { d.UUIDs, d.Network = []string{dun}, nil })),
			want: "up bt-connected | up layer-by-nm | unknown no-address | absent",
		},
		{
			name: "serving a phone", in: snapshot(pan(unknownToNM), adapter(true, reached(-42)), bluez(met, func(d *bluetypes.Device) { d.UUIDs, d.Network = nil, nil })), of: "bnep0",
			want: "up bt-connected | up pan-serving | down no-address | absent",
		},
	}
}

func TestQualityOfBluetooth(t *testing.T) {
	var m inspect.Meter
	at := func(rssi int) inspect.Quality {
		return measure(t, &m, snapshot(pan(static("192.0.2.2/24")), adapter(true, reached(rssi)), bluez(joined), happened(kerneltypes.PeerConnected, 0, time.Minute)))
	}
	at(-45)
	q := at(-75)
	b := q.Bluetooth
	if q.Medium != inspect.MediumBluetooth || *q.Score != 50 || *b.SignalDBm != -75 || *b.SignalMinDBm != -75 || *b.SignalMaxDBm != -45 || *b.SignalAverageDBm != -60 {
		t.Errorf("score %d, signal %d, %d to %d, average %d", *q.Score, *b.SignalDBm, *b.SignalMinDBm, *b.SignalMaxDBm, *b.SignalAverageDBm)
	}
	if *b.TxPowerDBm != 4 || b.Alias != "Pixel" || b.Adapter != "hci0" || *b.ConnectedSeconds != 60 {
		t.Errorf("sends at %d dBm to %s by %s for %g s", *b.TxPowerDBm, b.Alias, b.Adapter, *b.ConnectedSeconds)
	}
	if q := at(-4); q.Bluetooth.SignalDBm != nil || *q.Bluetooth.GoldenDB != -4 || *q.Score != 80 {
		t.Errorf("a distance from the golden range: score %d, %+v", *q.Score, q.Bluetooth)
	}
	q = measure(t, &m, snapshot(pan(static("192.0.2.2/24")), adapter(true, reached()), source(inspect.SourceHCI, inspect.SourceDenied, "CAP_NET_ADMIN")))
	if q.Score != nil || q.Bluetooth.Right != "CAP_NET_ADMIN" {
		t.Errorf("without the right: score %v, right %q", q.Score, q.Bluetooth.Right)
	}
	q = measure(t, &m, snapshot(pan(static("192.0.2.2/24")), adapter(true)))
	if q.Bluetooth != nil || q.Connected {
		t.Errorf("a broken connection has figures: %+v", q)
	}
}
