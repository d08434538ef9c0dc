package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpaconf"
)

// Detail is everything that is known of one interface, each value with the source that said it.
type Detail struct {
	SchemaVersion int       `json:"schema_version"`
	At            time.Time `json:"at"`
	Stack         Stack     `json:"stack"`
	Facts         []Fact    `json:"facts"`
}

// Fact is one value that one source gave.
type Fact struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	Value   string `json:"value"`
	Source  string `json:"source"`
	Default bool   `json:"default"` // it is so without having been set
}

// DetailOf collects everything about an interface; ok is false when nobody knows it.
func DetailOf(s *Snapshot, p Pyramid, name string) (d Detail, ok bool) {
	stack, ok := p.Stack(name)
	if !ok {
		return Detail{}, false
	}
	d = Detail{SchemaVersion: SchemaVersion, At: s.At, Stack: stack}
	for _, sub := range subjectsOf(s) {
		if sub.name == name {
			d.Facts = sub.facts(stack.Quality)
		}
	}
	for _, f := range stack.lacking() {
		d.Facts = append(d.Facts, Fact{Section: "not seen", Name: f.Level.String(), Value: f.needs(), Source: "nmdebug"})
	}
	return d, true
}

// selfSource is the source of what is our own judgement.
const selfSource = "nmdebug"

// facts lists what each source said, in the order of the floors.
func (s *subject) facts(q *Quality) []Fact {
	var f facts
	if s.link != nil {
		f.link(s)
	}
	if s.dev != nil {
		f.device(*s.dev)
	}
	if s.wpa != nil {
		f.supplicant(s)
	}
	if st, ok := s.snap.Kernel.Stations[s.name]; ok {
		f.station(st)
	}
	if q != nil && q.Score != nil {
		f.add("quality", "score", fmt.Sprintf("%d of 100", *q.Score), selfSource)
		f.add("quality", "held back by", strings.Join(q.Drags, ", "), selfSource)
	}
	if s.kind == kindBluetooth {
		f.phone(s)
	}
	f.peers(s)
	if s.link != nil {
		f.addresses(s)
	}
	if s.dev != nil {
		f.configuration(*s.dev)
	}
	if s.ac != nil {
		f.connection(*s.ac)
	}
	for _, t := range s.tunnels() {
		f.add("tunnel", "name", t.Name, SourceNM)
		f.add("tunnel", "interface", t.Interface, SourceKernel)
		f.add("tunnel", "status", t.Finding.Status.String()+": "+t.Finding.Text, SourceNM)
	}
	return f
}

// facts is a list that leaves out what was not said.
type facts []Fact

func (f *facts) add(section, name, value, source string) {
	if value != "" {
		*f = append(*f, Fact{Section: section, Name: name, Value: value, Source: source})
	}
}

func (f *facts) link(s *subject) {
	l := s.link
	const section = "link"
	f.add(section, "index", strconv.Itoa(l.Index), SourceKernel)
	f.add(section, "kind", s.kind, SourceKernel)
	f.add(section, "flags", fmt.Sprintf("%#x, admin %s", l.Flags, upDown(l.Up())), SourceKernel)
	f.add(section, "operstate", l.OperState.String(), SourceKernel)
	if l.HasCarrier {
		f.add(section, "carrier", fmt.Sprintf("%t, changed %d times", l.Carrier, l.CarrierChanges), SourceKernel)
	}
	f.add(section, "mtu", strconv.FormatUint(uint64(l.MTU), 10), SourceKernel)
	f.add(section, "address", l.Address, SourceKernel)
	f.add(section, "permanent address", l.PermAddr, SourceKernel)
	f.add(section, "driver", l.Driver, SourceKernel)
	f.add(section, "hardware", l.Hardware, SourceKernel)
	if c := s.controller(); c != nil {
		f.add(section, "port of", fmt.Sprintf("%s, state %d", c.name, l.PortState), SourceKernel)
	}
	if p := s.parent(); p != nil {
		f.add(section, "stands on", p.name, SourceKernel)
	}
	f.add(section, "received", traffic(l.RxBytes, l.RxErrors, l.RxDropped), SourceKernel)
	f.add(section, "sent", traffic(l.TxBytes, l.TxErrors, l.TxDropped), SourceKernel)
	if speed := s.snap.Kernel.Speeds[s.name]; speed.Mbps > 0 {
		f.add(section, "speed", strings.TrimSpace(bitRate(speed.Mbps)+" "+speed.Duplex), SourceEthtool)
	}
}

func upDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

func traffic(bytes, errors, dropped uint64) string {
	return fmt.Sprintf("%d bytes, %d errors, %d dropped", bytes, errors, dropped)
}

func (f *facts) device(d nmtypes.Device) {
	const section = "device"
	f.add(section, "object", d.Path, SourceNM)
	f.add(section, "type", d.Type.String(), SourceNM)
	f.add(section, "state", fmt.Sprintf("%s (%d)", d.State, d.State), SourceNM)
	f.add(section, "reason", fmt.Sprintf("%s (%d)", d.Reason, d.Reason), SourceNM)
	f.add(section, "managed", strconv.FormatBool(d.Managed), SourceNM)
	f.add(section, "driver", d.Driver, SourceNM)
	f.add(section, "hardware address", d.HwAddress, SourceNM)
	if d.Carrier != nil {
		f.add(section, "carrier", strconv.FormatBool(*d.Carrier), SourceNM)
	}
	if d.SpeedMbps > 0 {
		f.add(section, "speed", bitRate(int(d.SpeedMbps)), SourceNM)
	}
	if d.LastFailure != nil {
		f.add(section, "last failure", fmt.Sprintf("from %s, reason %s (%d), at %s", d.LastFailure.From, d.LastFailure.Reason,
			d.LastFailure.Reason, d.LastFailure.At.Format(time.RFC3339)), SourceNM)
	}
	if w := d.Wireless; w != nil {
		f.add(section, "bit rate", strconv.FormatUint(uint64(w.BitrateKbps), 10)+" kb/s", SourceNM)
		f.add(section, "access points", strconv.Itoa(w.Visible), SourceNM)
		if ap := w.AccessPoint; ap != nil {
			f.add(section, "access point", fmt.Sprintf("%s %s %d MHz %d%%", SSIDText(ap.SSID), ap.BSSID, ap.Frequency, ap.Strength), SourceNM)
		}
	}
}

func (f *facts) supplicant(s *subject) {
	const section = "authentication"
	w := s.wpa
	f.add(section, "object", w.Path, SourceSupplicant)
	f.add(section, "driver", w.Driver, SourceSupplicant)
	f.add(section, "state", string(w.State), SourceSupplicant)
	f.add(section, "mode", w.AuthMode, SourceSupplicant)
	if w.DisconnectReason != 0 {
		f.add(section, "disconnect reason", fmt.Sprintf("%s (%d)", w.DisconnectReason, w.DisconnectReason), SourceSupplicant)
	}
	if w.EAP.Outcome != 0 {
		f.add(section, "EAP", fmt.Sprintf("method %s, %d failures since the last success", w.EAP.Method, w.EAP.Failures), SourceSupplicant)
	}
	if w.PAE != nil {
		f.add(section, "PAE", fmt.Sprintf("%s, authorized %t, EAP %s, method %s", w.PAE.State, w.PAE.Authorized, w.PAE.EAP, w.PAE.Method), SourceSupplicant)
	}
	if w.BSS != nil {
		f.add(section, "BSS", fmt.Sprintf("%s %s %d MHz %d dBm", SSIDText(w.BSS.SSID), w.BSS.BSSID, w.BSS.Frequency, w.BSS.SignalDBm), SourceSupplicant)
	}
	if w.Network != nil {
		for _, key := range slices.Sorted(maps.Keys(w.Network.Properties)) {
			f.networkBlock(key, w.Network.Properties[key])
		}
	}
}

// networkBlock adds a key of a network block. The supplicant tells all of them, set or not.
func (f *facts) networkBlock(key, value string) {
	known, ok := wpaconf.Lookup(wpaconf.Network, key)
	f.add("network block", key, value, SourceSupplicant)
	if ok && value != "" && known.Default == value {
		(*f)[len(*f)-1].Default = true
	}
}

func (f *facts) station(st kerneltypes.Station) {
	const section = "radio"
	if !st.Associated {
		f.add(section, "association", "none", SourceNL80211)
		return
	}
	f.add(section, "BSSID", st.BSSID, SourceNL80211)
	if len(st.SSID) > 0 {
		f.add(section, "SSID", SSIDText(st.SSID), SourceNL80211)
	}
	f.add(section, "channel", fmt.Sprintf("%d at %d MHz, %d MHz wide", Channel(st.FrequencyMHz), st.FrequencyMHz, st.ChannelWidth), SourceNL80211)
	f.add(section, "signal", fmt.Sprintf("%d dBm, average %d dBm", st.SignalDBm, st.AverageDBm), SourceNL80211)
	if st.NoiseDBm != 0 {
		f.add(section, "noise", fmt.Sprintf("%d dBm, signal to noise %d dB", st.NoiseDBm, st.SignalDBm-st.NoiseDBm), SourceNL80211)
	}
	f.add(section, "receives", rateFact(st.RxBitsPerSec, st.RxRate), SourceNL80211)
	f.add(section, "sends", rateFact(st.TxBitsPerSec, st.TxRate), SourceNL80211)
	f.add(section, "losses", fmt.Sprintf("%d retries, %d failed, %d beacons lost", st.TxRetries, st.TxFailed, st.BeaconLoss), SourceNL80211)
	f.add(section, "connected", fmt.Sprintf("for %s, last heard %s ago", st.Connected, st.Inactive), SourceNL80211)
}

func rateFact(bits int, r kerneltypes.Rate) string {
	return strings.TrimSpace(fmt.Sprintf("%.1f Mb/s %s", float64(bits)/1e6, rateText(r)))
}

func (f *facts) addresses(s *subject) {
	const section = "addresses"
	for _, a := range s.snap.Kernel.Addrs[s.link.Index] {
		f.add(section, "address", a.Prefix.String()+s.remaining(a), SourceKernel)
	}
	for _, r := range s.snap.Kernel.Routes {
		if r.OIF == s.link.Index {
			f.add(section, "route", routeText(r), SourceKernel)
		}
	}
	for _, n := range s.snap.Kernel.Neighs {
		if n.Index == s.link.Index {
			f.add(section, "neighbour", strings.TrimSpace(n.IP.String()+" "+n.Address+" "+n.State.String()), SourceKernel)
		}
	}
}

func routeText(r kerneltypes.Route) string {
	text := r.Dst.String()
	if r.Default() {
		text = "default"
	}
	if r.Gateway.IsValid() {
		text += " via " + r.Gateway.String()
	}
	return fmt.Sprintf("%s metric %d table %d", text, r.Metric, r.Table)
}

func (f *facts) configuration(d nmtypes.Device) {
	for _, family := range []struct {
		name  string
		ip    *nmtypes.IPConfig
		lease map[string]string
		conn  nmtypes.Connectivity
	}{{"IPv4", d.IP4, d.DHCP4, d.IP4Connectivity}, {"IPv6", d.IP6, d.DHCP6, d.IP6Connectivity}} {
		if c := family.ip; c != nil {
			f.add(family.name, "addresses", strings.Join(c.Addresses, " "), SourceNM)
			f.add(family.name, "gateway", c.Gateway, SourceNM)
			f.add(family.name, "name servers", strings.Join(c.Nameservers, " "), SourceNM)
			f.add(family.name, "domains", strings.Join(c.Domains, " "), SourceNM)
			f.add(family.name, "connectivity", family.conn.String(), SourceNM)
		}
		for _, option := range slices.Sorted(maps.Keys(family.lease)) {
			f.lease(family.name+" lease", option, family.lease[option])
		}
	}
}

// lease adds an option of a lease. What NetworkManager asks for, it asks of every server.
func (f *facts) lease(section, option, value string) {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil && option == "expiry" {
		value = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	f.add(section, option, value, SourceNM)
	if strings.HasPrefix(option, "requested_") && value == "1" {
		(*f)[len(*f)-1].Default = true
	}
}

func (f *facts) connection(ac nmtypes.ActiveConnection) {
	const section = "connection"
	f.add(section, "name", ac.ID, SourceNM)
	f.add(section, "UUID", ac.UUID, SourceNM)
	f.add(section, "type", ac.Type, SourceNM)
	f.add(section, "object", ac.Path, SourceNM)
	f.add(section, "profile", ac.Connection, SourceNM)
	f.add(section, "state", ac.State.String(), SourceNM)
	f.add(section, "ready", readiness(ac.Flags), SourceNM)
}

// readiness names the layers that NetworkManager holds ready.
func readiness(flags nmtypes.ActivationFlags) string {
	var ready []string
	for _, layer := range []struct {
		flag nmtypes.ActivationFlags
		name string
	}{{nmtypes.FlagLayer2Ready, "layer 2"}, {nmtypes.FlagIP4Ready, "IPv4"}, {nmtypes.FlagIP6Ready, "IPv6"}} {
		if flags.Has(layer.flag) {
			ready = append(ready, layer.name)
		}
	}
	return strings.Join(ready, ", ")
}
