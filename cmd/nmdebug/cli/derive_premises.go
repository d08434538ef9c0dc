package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect/effconf/derive"
	"nmdebug/nmwatch/keyfile"
	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/profile"
)

// premises is all that a derivation is made of, with where each was found.
type premises struct {
	profile profile.Profile
	given   derive.Given

	source           string // of the profile: "NetworkManager", or a file
	versionFrom      string
	capabilitiesFrom string
	notes            []string
}

// The fallbacks are one real system, so that they fit together.
const fallback = "Debian 12's, for none could be asked"

// fallbackVersion is Debian 12's NetworkManager.
func fallbackVersion() derive.Version { return derive.Version{Major: 1, Minor: 42, Micro: 4} }

// premises finds the profile, and what decides besides.
func (a *app) premises(ctx context.Context, name string, o deriveOptions) (premises, error) {
	d := premises{}
	talk, busErr := observe.Converse(ctx, a.address, a.timeout/2)
	if busErr == nil {
		defer talk.Close()
	}
	var known *observe.Profiles
	if busErr == nil {
		known, busErr = talk.Profiles(ctx)
	}
	var err error
	if isFile(name) {
		err = d.readFile(name)
	} else {
		err = d.find(ctx, name, known, busErr, o)
	}
	if err != nil {
		return d, err
	}
	if err := d.decideVersion(o.nmVersion, known); err != nil {
		return d, err
	}
	d.decideInterface(o.ifname)
	if err := d.decideCapabilities(ctx, o.capabilities, talk); err != nil {
		return d, err
	}
	d.given.Files = readCertificates(d.profile)
	if err := d.decideDefaults(o.defaults); err != nil {
		return d, err
	}
	d.noteDefaults()
	return d, nil
}

// isFile tells a keyfile from a profile of NetworkManager's.
func isFile(name string) bool {
	return name == "-" || strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".nmconnection")
}

// largest is more than any keyfile or certificate; it keeps a device or a wrong file from being read for ever.
const largest = 8 << 20

func (d *premises) readFile(name string) error {
	d.source = name
	in, dir := io.Reader(os.Stdin), "."
	if name == "-" {
		d.source = "the standard input"
	} else {
		file, err := os.Open(name)
		switch {
		case errors.Is(err, os.ErrPermission):
			return &exitError{exitNoRight, fmt.Errorf("%w: NetworkManager's own profiles can be read by root alone", err)}
		case err != nil:
			return &exitError{exitNotFound, err}
		}
		defer file.Close()
		in, dir = file, filepath.Dir(name)
	}
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	f, err := keyfile.Parse(io.LimitReader(in, largest), dir)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s is no keyfile: %w", d.source, err)}
	}
	if name != "-" {
		f.Name(filepath.Base(name))
	}
	d.profile = f.Profile
	for _, problem := range f.Ignored {
		d.notes = append(d.notes, problem.String())
	}
	return nil
}

// find reads a profile of NetworkManager's.
func (d *premises) find(ctx context.Context, name string, known *observe.Profiles, busErr error, o deriveOptions) error {
	if busErr != nil {
		return &exitError{exitNoNM, fmt.Errorf("NetworkManager cannot be asked: %w; name the profile's file, for which no daemon is needed", busErr)}
	}
	found, err := known.Find(ctx, name)
	if errors.Is(err, observe.ErrNoProfile) {
		return &exitError{exitNotFound, fmt.Errorf("no profile, UUID or active interface is called %q (nmcli connection)", name)}
	}
	if err != nil {
		return err
	}
	d.profile, d.source = found.Profile, "NetworkManager"
	d.given.Interface = derive.Interface{Name: found.Interface, Frequency: found.Frequency}
	if !o.showSecrets {
		return nil
	}
	d.profile, err = known.Reveal(ctx, found)
	if refused := new(mirror.CallError); errors.As(err, &refused) {
		return &exitError{exitNoRight, fmt.Errorf("%w; NetworkManager tells secrets to root", err)}
	}
	return err
}

func (d *premises) decideVersion(flag string, known *observe.Profiles) (err error) {
	d.given.Version, d.versionFrom = fallbackVersion(), fallback
	text, from := flag, "as given"
	if text == "" && known != nil {
		text, from = known.Version(), "the one that runs"
	}
	if text == "" {
		return nil
	}
	if d.given.Version, err = derive.ParseVersion(text); err != nil {
		return usage("%w", err)
	}
	d.versionFrom = from
	return nil
}

// decideInterface takes the interface that was given, that the profile is active on, or that it names, and its MTU.
func (d *premises) decideInterface(flag string) {
	named, _ := d.profile.Text("connection", "interface-name")
	i := &d.given.Interface
	i.Name = cmp.Or(flag, i.Name, named)
	if link, err := net.InterfaceByName(i.Name); err == nil && link.MTU > 0 {
		i.MTU = uint32(link.MTU)
	} else if d.profile.Has("802-1x") {
		d.notes = append(d.notes, "the MTU of the link is not known; taken for 1500 (fragment_size)")
	}
}

// decideCapabilities asks wpa_supplicant. Of an interface that it does not have, Debian's are taken.
func (d *premises) decideCapabilities(ctx context.Context, flag string, talk *observe.Conversation) (err error) {
	usual := derive.Debian12()
	d.given.Capabilities, d.capabilitiesFrom = usual, fallback
	if flag != "" {
		if d.given.Capabilities, err = derive.ParseCapabilities(flag); err != nil {
			return usage("%w", err)
		}
		d.capabilitiesFrom = "as given"
		return nil
	}
	if talk == nil {
		return nil
	}
	seen, err := talk.Supplicant(ctx, d.given.Interface.Name)
	switch {
	case errors.Is(err, mirror.ErrDenied):
		d.capabilitiesFrom = "Debian 12's, for wpa_supplicant may be asked by root and the group netdev alone"
		return nil
	case err != nil:
		return nil
	}
	d.given.Capabilities, d.capabilitiesFrom = seen.Seen(), "those of the wpa_supplicant that runs"
	for c, able := range usual.Can {
		if _, known := d.given.Capabilities.Can[c]; !known {
			d.given.Capabilities.Can[c] = able
			d.capabilitiesFrom = "those of the wpa_supplicant that runs; of the interface, which it does not have, Debian 12's"
		}
	}
	return nil
}

// readCertificates reads the files that the profile names, as far as that is allowed: a PKCS#12 container is sent in
// another way.
func readCertificates(p profile.Profile) map[string][]byte {
	files := map[string][]byte{}
	for _, property := range p.Properties("802-1x") {
		c := p.Cert("802-1x", property)
		path, _ := p.Text("802-1x", property)
		if c.Scheme == profile.Path {
			path = c.Place
		} else if property != "pac-file" {
			continue
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > largest {
			continue
		}
		if content, err := os.ReadFile(path); err == nil {
			files[path] = content
		}
	}
	return files
}

func (d *premises) decideDefaults(flags []string) error {
	for _, flag := range flags {
		key, value, _ := strings.Cut(flag, "=")
		n, err := strconv.Atoi(value)
		if err != nil {
			return usage("--default takes a key and a number, such as wifi-sec.pmf=3, not %q", flag)
		}
		switch key {
		case "wifi-sec.pmf":
			d.given.Defaults.PMF = derive.PMF(n)
		case "wifi-sec.fils":
			d.given.Defaults.FILS = derive.FILS(n)
		case "wifi.ap-isolation":
			d.given.Defaults.APIsolation = n == 1
		case "macsec.offload":
			d.given.Defaults.Offload = n
		default:
			return usage("--default knows wifi-sec.pmf, wifi-sec.fils, wifi.ap-isolation and macsec.offload, not %q", key)
		}
	}
	return nil
}

// noteDefaults says that a default decides which NetworkManager.conf may have changed.
func (d *premises) noteDefaults() {
	const security = "802-11-wireless-security"
	keyMgmt, _ := d.profile.Text(security, "key-mgmt")
	pmf, _ := d.profile.Number(security, "pmf")
	if (keyMgmt == "wpa-psk" || keyMgmt == "wpa-eap") && pmf == 0 && d.given.Defaults.PMF == derive.PMFDefault {
		d.notes = append(d.notes, "NetworkManager.conf is not read; its wifi-sec.pmf is taken for optional (--default)")
	}
}

// profileNames lists the profiles that NetworkManager has.
func (a *app) profileNames(ctx context.Context) ([]string, error) {
	talk, err := observe.Converse(ctx, a.address, completionTimeout)
	if err != nil {
		return nil, err
	}
	defer talk.Close()
	known, err := talk.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	return known.Names(), nil
}
