package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/inspect/effconf"
	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/profile"
	"nmdebug/wpadbus/wpatypes"
)

// gathering collects what every source tells of the configuration of interfaces.
type gathering struct {
	snapshot *inspect.Snapshot
	options  showOptions
	talk     *observe.Conversation // nil without a bus
	log      []effconf.LogLine
	logWhy   string // why there is no log
	refused  error  // the first thing that was not permitted
}

func (a *app) gather(ctx context.Context, s *inspect.Snapshot, o showOptions) *gathering {
	g := &gathering{snapshot: s, options: o}
	if a.recording != nil {
		g.logWhy = "not read for a recording; --log names a file"
		if o.log != "" {
			g.log, g.logWhy = readLog(ctx, o.log)
		}
		return g
	}
	if talk, err := observe.Converse(ctx, a.address, a.timeout/2); err == nil {
		g.talk = talk
	}
	g.log, g.logWhy = readLog(ctx, o.log)
	return g
}

func (g *gathering) close() {
	if g.talk != nil {
		g.talk.Close()
	}
}

// show joins what is told of one interface.
func (g *gathering) show(ctx context.Context, name string) shownOne {
	var one shownOne
	iface, served := g.served(name)
	mine := g.supplicant(ctx, name, iface, served)
	asked := g.derived(ctx, name, iface)
	told := effconf.OfJournal(g.log, name)
	if g.logWhy != "" {
		told.Silent = g.logWhy
	}
	seen := effconf.OfCaptured(iface.Captured)
	if g.options.capture && iface.Captured == nil {
		seen.Silent = "no call was seen while the bus was listened to"
	}
	accounts := []effconf.Account{mine, seen, told, asked}
	one.Config = effconf.Join(name, accounts, g.options.showSecrets)
	if device, managed := g.device(name); managed {
		one.Connection = g.snapshot.NM.Active[device.Active].ID
	}
	if served {
		one.Check(effconf.VersionOf(iface))
		one.Settled(effconf.FactsOf(iface))
		one.Others = g.others(iface)
	}
	if g.options.diff {
		one.Differences = effconf.Compare(iface, effconf.RequestedBy(accounts), mine)
	}
	return one
}

// served finds the supplicant's interface of a name.
func (g *gathering) served(name string) (wpatypes.Interface, bool) {
	for _, i := range g.snapshot.WPA.Interfaces {
		if i.Name == name {
			return i, true
		}
	}
	return wpatypes.Interface{Name: name}, false
}

// others are the further network blocks of an interface, which NetworkManager never makes.
func (g *gathering) others(i wpatypes.Interface) [][]effconf.Setting {
	inForce := effconf.InForce(i)
	var others [][]effconf.Setting
	for n := range i.Config.All {
		other := &i.Config.All[n]
		if other.Path == inForce.Path {
			continue
		}
		account := effconf.OfSupplicant(i, other, g.options.all)
		if !other.Enabled {
			account.Network["disabled"] = effconf.Value{Text: "1"}
		}
		others = append(others, effconf.Join(i.Name, []effconf.Account{account}, false).Network)
	}
	return others
}

// supplicant is what wpa_supplicant tells.
func (g *gathering) supplicant(ctx context.Context, name string, i wpatypes.Interface, served bool) effconf.Account {
	if !served {
		return effconf.Account{Source: effconf.Supplicant, Silent: g.unserved(name)}
	}
	account := effconf.OfSupplicant(i, effconf.InForce(i), g.options.all)
	if account.Network == nil {
		account.Notes = append(account.Notes, name+" has no network block: wpa_supplicant was given none, or it was taken away; a block below is what the others tell")
	}
	if !g.options.showSecrets || len(account.Blobs) == 0 || g.talk == nil {
		return account
	}
	blobs, err := g.talk.Blobs(ctx, wire.Path(i.Path))
	g.note(err)
	for blob, data := range blobs {
		account.Blobs[blob] = effconf.Blob{Size: len(data), Data: data}
	}
	return account
}

// unserved says why wpa_supplicant tells nothing of an interface.
func (g *gathering) unserved(name string) string {
	if device, _ := g.device(name); device.Wireless != nil && g.iwd() {
		return "iwd serves Wi-Fi here, and not wpa_supplicant"
	}
	for _, src := range g.snapshot.Sources {
		switch {
		case src.Name != inspect.SourceSupplicant:
		case src.Status == inspect.SourceDenied:
			g.note(errors.New(src.Condition()))
			return src.Condition()
		case src.Status != inspect.SourceOK:
			return src.Condition()
		}
	}
	return "wpa_supplicant does not serve " + name
}

// iwd says whether iwd serves Wi-Fi here.
func (g *gathering) iwd() bool {
	return slices.ContainsFunc(g.snapshot.Sources, func(s inspect.Source) bool {
		return s.Name == inspect.SourceIWD && s.Status == inspect.SourceOK
	})
}

// note keeps the first refusal.
func (g *gathering) note(err error) {
	if g.refused == nil && err != nil {
		g.refused = err
	}
}

// derived is what NetworkManager's rules make of the profile that is applied to the interface.
func (g *gathering) derived(ctx context.Context, name string, i wpatypes.Interface) effconf.Account {
	silent := func(why string) effconf.Account { return effconf.Account{Source: effconf.Derived, Silent: why} }
	device, managed := g.device(name)
	switch {
	case g.talk == nil && g.snapshot.NM.Synced:
		return silent("the profile is not in a recording")
	case !g.snapshot.NM.Synced || g.talk == nil:
		return silent("NetworkManager cannot be asked")
	case !managed:
		return silent("NetworkManager does not manage " + name)
	case device.Active == "":
		return silent("NetworkManager has no connection on " + name)
	case device.Wireless != nil && g.iwd():
		return silent("NetworkManager tells iwd, and not wpa_supplicant, what it wants")
	}
	of := g.snapshot.NM.Active[device.Active].Connection
	applied, err := g.talk.Applied(ctx, wire.Path(device.Path), wire.Path(of), g.options.showSecrets)
	if len(applied.Settings()) == 0 {
		return silent(fmt.Sprintf("NetworkManager does not tell what it applied: %v", err))
	}
	if err != nil {
		g.note(fmt.Errorf("NetworkManager does not tell the secrets: %w", err))
	}
	given, guessed := g.given(name, device, i, applied)
	result, err := derive.Network(applied, given)
	if err != nil {
		return silent(err.Error())
	}
	if guessed {
		result.Notes = append(result.Notes, "what wpa_supplicant can do is not known; taken to be as in Debian 12")
	}
	return effconf.OfCalls(effconf.Derived, effconf.OfRules(result))
}

func (g *gathering) device(name string) (nmtypes.Device, bool) {
	for _, d := range g.snapshot.NM.Devices {
		if d.Interface == name {
			return d, d.Managed
		}
	}
	return nmtypes.Device{}, false
}

// given is what decides besides the profile, and whether a part of it was guessed because the supplicant may not be asked.
func (g *gathering) given(name string, d nmtypes.Device, i wpatypes.Interface, applied profile.Profile) (given derive.Given, guessed bool) {
	version, err := derive.ParseVersion(g.snapshot.NM.Manager.Version)
	if err != nil {
		version = fallbackVersion()
	}
	_, isolates := i.Config.Globals["ap_isolate"]
	given = derive.Given{
		Version: version, Files: readCertificates(applied),
		Interface: derive.Interface{Name: name, MTU: d.MTU, Bridge: i.Config.Bridge},
		Capabilities: derive.Supplicant{
			Capabilities: g.snapshot.WPA.Capabilities, EAPMethods: g.snapshot.WPA.EAPMethods,
			KeyMgmt: i.Config.Can.KeyMgmt, GroupMgmt: i.Config.Can.GroupMgmt, HasApIsolate: isolates, Busy: true,
		}.Seen(),
	}
	if w := d.Wireless; w != nil && w.AccessPoint != nil {
		given.Interface.Frequency = w.AccessPoint.Frequency
	}
	for c, able := range derive.Debian12().Can {
		if _, known := given.Capabilities.Can[c]; !known {
			given.Capabilities.Can[c], guessed = able, true
		}
	}
	return given, guessed
}

// verdict ends with the code for what was not permitted or not there, after what could be told.
func (g *gathering) verdict(p inspect.Pyramid, names []string) error {
	switch {
	case g.refused != nil && (errors.Is(g.refused, mirror.ErrDenied) || p.Source(inspect.SourceSupplicant).Status == inspect.SourceDenied):
		return &exitError{exitNoRight, g.refused}
	case g.refused != nil:
		return g.refused
	case p.Network.Running:
		return nil
	case g.options.showSecrets:
		return &exitError{exitNoNM, fmt.Errorf("%s; only it tells secrets", missing(p))}
	}
	for _, name := range names {
		if _, served := g.served(name); !served || g.options.diff && g.options.file == "" {
			return &exitError{exitNoNM, errors.New(missing(p))}
		}
	}
	return nil
}
