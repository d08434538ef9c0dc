package observe

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"nmdebug/nmwatch"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/profile"
)

// The interfaces of NetworkManager's objects.
const (
	nmIface         = nmwatch.Service
	settingsIface   = nmwatch.Service + ".Settings"
	connectionIface = nmwatch.Service + ".Settings.Connection"
	activeIface     = nmwatch.Service + ".Connection.Active"
	deviceIface     = nmwatch.Service + ".Device"
	wirelessIface   = nmwatch.Service + ".Device.Wireless"
	apIface         = nmwatch.Service + ".AccessPoint"

	nmPath       = wire.Path("/org/freedesktop/NetworkManager")
	settingsPath = nmPath + "/Settings"
)

// ErrNoProfile says that NetworkManager has no such profile.
var ErrNoProfile = errors.New("no such profile")

// Profiles are what NetworkManager knows, for looking one profile up.
type Profiles struct {
	talk    *Conversation
	objects map[wire.Path]map[string]map[string]any
	active  map[wire.Path]mirror.Props // the active connection by its profile
}

// FoundProfile is a profile of NetworkManager's, and where it is active.
type FoundProfile struct {
	profile.Profile
	Interface string // "" when it is not active
	Frequency uint32 // MHz, of the access point that was chosen; 0 when there is none

	path wire.Path
}

// Profiles asks NetworkManager once for its objects. No settings are read by that.
func (c *Conversation) Profiles(ctx context.Context) (*Profiles, error) {
	args, err := c.Call(ctx, wire.Call{
		Service: nmwatch.Service, Path: "/org/freedesktop", Interface: "org.freedesktop.DBus.ObjectManager", Member: "GetManagedObjects",
	})
	objects, err := first[map[wire.Path]map[string]map[string]any](args, err)
	p := &Profiles{talk: c, objects: objects, active: map[wire.Path]mirror.Props{}}
	for _, interfaces := range objects {
		active := mirror.Props(interfaces[activeIface])
		if of, ok := active.Path("Connection"); ok {
			p.active[of] = active
		}
	}
	return p, err
}

// Version is NetworkManager's; "" when it does not say.
func (p *Profiles) Version() string {
	version, _ := mirror.Props(p.objects[nmPath][nmIface]).String("Version")
	return version
}

// Names lists the profiles by the names of their files, which usually are their own. No settings are read for that.
func (p *Profiles) Names() []string {
	var names []string
	for _, interfaces := range p.objects {
		if props, ok := interfaces[connectionIface]; ok {
			names = append(names, fileName(props))
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// fileName is the name of a profile's file, without its directory and ending; "" when it has none.
func fileName(props mirror.Props) string {
	file, _ := props.String("Filename")
	if file == "" {
		return ""
	}
	return strings.TrimSuffix(path.Base(file), ".nmconnection")
}

// Find reads the profile of a name, a UUID, or that is active on an interface. Of the others no settings are read where
// the name is that of the profile's file, as it is unless somebody chose otherwise.
func (p *Profiles) Find(ctx context.Context, name string) (FoundProfile, error) {
	for _, path := range p.candidates(name) {
		settings, err := p.settings(ctx, path)
		if errors.Is(err, mirror.ErrNoObject) || errors.Is(err, mirror.ErrDenied) {
			continue // gone meanwhile, or another user's
		}
		if err != nil {
			return FoundProfile{}, err
		}
		if found := p.place(path, settings); name == found.UUID() || name == found.ID() || name == found.Interface {
			return found, nil
		}
	}
	return FoundProfile{}, fmt.Errorf("%w: %s", ErrNoProfile, name)
}

// candidates lists the profiles, those first that are likely to be meant.
func (p *Profiles) candidates(name string) []wire.Path {
	var likely, others []wire.Path
	for object, interfaces := range p.objects {
		props, ok := interfaces[connectionIface]
		if !ok {
			continue
		}
		active := p.active[object]
		id, _ := active.String("Id")
		uuid, _ := active.String("Uuid")
		if slices.Contains([]string{fileName(props), id, uuid, p.interfaceOf(active)}, name) {
			likely = append(likely, object)
		} else {
			others = append(others, object)
		}
	}
	slices.Sort(likely)
	slices.Sort(others)
	return append(likely, others...)
}

func (p *Profiles) settings(ctx context.Context, path wire.Path) (profile.Profile, error) {
	args, err := p.talk.Call(ctx, wire.Call{Service: nmwatch.Service, Path: path, Interface: connectionIface, Member: "GetSettings"})
	settings, err := first[map[string]map[string]any](args, err)
	if err != nil {
		return profile.Profile{}, err
	}
	return profile.FromBus(settings), nil
}

// place says where a profile is active.
func (p *Profiles) place(path wire.Path, settings profile.Profile) FoundProfile {
	found := FoundProfile{Profile: settings, path: path}
	active := p.active[path]
	found.Interface = p.interfaceOf(active)
	for _, device := range devicesOf(active) {
		ap, _ := mirror.Props(p.objects[device][wirelessIface]).Path("ActiveAccessPoint")
		found.Frequency, _ = mirror.Props(p.objects[ap][apIface]).Uint32("Frequency")
	}
	return found
}

func (p *Profiles) interfaceOf(active mirror.Props) string {
	for _, device := range devicesOf(active) {
		if name, _ := mirror.Props(p.objects[device][deviceIface]).String("Interface"); name != "" {
			return name
		}
	}
	return ""
}

func devicesOf(active mirror.Props) []wire.Path {
	devices, _ := active.Paths("Devices")
	return devices
}

// noSecrets is how NetworkManager says that it keeps no secrets of a setting.
const noSecrets = nmwatch.Service + ".AgentManager.NoSecrets"

// Reveal gives the profile with the secrets that NetworkManager itself keeps, which it tells root, or whom polkit lets.
func (p *Profiles) Reveal(ctx context.Context, of FoundProfile) (profile.Profile, error) {
	return p.talk.reveal(ctx, of.path, of.Profile)
}

// Applied reads the profile as it was applied to a device, which is what counts there until it is activated again. With
// secrets also those that NetworkManager keeps of the profile are read; the profile is good without them, too, when the
// error tells why they are not there.
func (c *Conversation) Applied(ctx context.Context, device, of wire.Path, secrets bool) (profile.Profile, error) {
	args, err := c.Call(ctx, wire.Call{
		Service: nmwatch.Service, Path: device, Interface: deviceIface, Member: "GetAppliedConnection", Args: []any{uint32(0)},
	})
	settings, err := first[map[string]map[string]any](args, err)
	if err != nil {
		return profile.New(), err
	}
	applied := profile.FromBus(settings)
	if !secrets {
		return applied, nil
	}
	return c.reveal(ctx, of, applied)
}

// reveal adds the secrets that NetworkManager itself keeps of the profile at a path. Where it keeps none it looks for an
// agent, and refuses when there is none: that is no error, the secrets are just not there.
func (c *Conversation) reveal(ctx context.Context, path wire.Path, of profile.Profile) (profile.Profile, error) {
	for _, setting := range []string{"802-11-wireless-security", "802-1x", "macsec"} {
		if !of.Has(setting) {
			continue
		}
		args, err := c.Call(ctx, wire.Call{Service: nmwatch.Service, Path: path, Interface: connectionIface, Member: "GetSecrets", Args: []any{setting}})
		secrets, err := first[map[string]map[string]any](args, err)
		if refused, ok := errors.AsType[*mirror.CallError](err); ok && refused.Name == noSecrets {
			continue
		}
		if err != nil {
			return of, err
		}
		for property, value := range secrets[setting] {
			of.Set(setting, property, value)
		}
		of.SecretsOmitted = false
	}
	return of, nil
}
