package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/inspect"
	"nmdebug/inspect/effconf"
	"nmdebug/wpadbus/wpaconf"
)

// showOptions are the flags of show-wpa-config.
type showOptions struct {
	names       []string
	origin      bool
	all         bool
	diff        bool
	file        string // to compare with; "" for what the profile asks for
	log         string
	showSecrets bool
	capture     bool
	command     []string      // to capture what it sets off
	patience    time.Duration // for an association, without a command
}

func (a *app) showConfigCommand() *cobra.Command {
	var o showOptions
	c := &cobra.Command{
		Use:   "show-wpa-config [NAME…] [--diff [FILE]] [-- COMMAND…]",
		Short: "Write the wpa_supplicant.conf that is really in force",
		Long: `Write the configuration of wpa_supplicant that is in force on an interface - named
by itself, or by its connection - as a file that wpa_supplicant loads. NetworkManager gives it over D-Bus, so that there is
no such file otherwise. What wpa_supplicant itself tells comes first; what it keeps to
itself is completed by the calls on the bus that were seen, by NetworkManager's log
and by what its rules make of the profile. --origin says of each line who told it.

Secrets are left out, and each place says so. With --show-secrets NetworkManager is
asked for them, as root: with NetworkManager stopped, the file connects by hand to
the same network.

--diff tells in words what the profile asks for, what wpa_supplicant has and what was
negotiated do not have alike. --diff FILE compares with a wpa_supplicant.conf of your
own: for what works with wpa_supplicant alone, and not with NetworkManager.

--capture listens on the bus, as root, while the command runs, and tells besides what
NetworkManager was seen to send. Without a command it waits until wpa_supplicant has
associated, for 60 s if --timeout says nothing else, or until it is interrupted. The
command prints to the standard error, and when it fails its exit code is passed on.

Exit codes: 3 --capture saw no association · 8 NetworkManager is not on the bus, and
nobody else tells · 9 not permitted: what can be told without is shown, but nothing
is captured, and no command run · 10 no such interface or connection`,
		Example: `  nmdebug show-wpa-config wlan0
  nmdebug show-wpa-config wlan0 --origin
  nmdebug show-wpa-config wlan0 --diff
  nmdebug show-wpa-config wlan0 --diff /etc/wpa_supplicant/works.conf
  nmdebug show-wpa-config eth0 --show-secrets > eth0.conf
  sudo nmdebug show-wpa-config --capture --origin -- nmcli connection up home`,
		ValidArgsFunction: func(c *cobra.Command, given []string, typed string) ([]string, cobra.ShellCompDirective) {
			names, directive := a.completeInterfaces(c, given, typed)
			if o.diff { // a file may follow, too
				directive = cobra.ShellCompDirectiveDefault
			}
			return names, directive
		},
		RunE: func(c *cobra.Command, args []string) error {
			o.take(c, args)
			o.patience = waitTimeout
			if c.Flags().Changed("timeout") {
				o.patience = a.timeout
			}
			return a.showConfig(c.Context(), o)
		},
	}
	flags := c.Flags()
	flags.BoolVar(&o.origin, "origin", false, "say of each line which source told it")
	flags.BoolVar(&o.all, "all", false, "write the defaults, too")
	flags.BoolVar(&o.diff, "diff", false, "tell differences, of profile, supplicant and association, or with a file")
	flags.BoolVar(&o.capture, "capture", false, "listen on the bus while the command runs, or until it connects (root)")
	flags.StringVar(&o.log, "log", "", "read NetworkManager's log from this `file`, not from the journal")
	flags.BoolVar(&o.showSecrets, "show-secrets", false, "show passwords, keys and PINs, too (root)")
	return c
}

// take tells interfaces, a file to compare with, and a command from each other.
func (o *showOptions) take(c *cobra.Command, args []string) {
	if dash := c.ArgsLenAtDash(); dash >= 0 {
		args, o.command = args[:dash], args[dash:]
	}
	o.names, o.file = nil, ""
	for _, arg := range args {
		if o.diff && o.file == "" && (strings.ContainsRune(arg, '/') || strings.HasSuffix(arg, ".conf")) {
			o.file = arg
		} else {
			o.names = append(o.names, arg)
		}
	}
}

// shown is the answer of show-wpa-config.
type shown struct {
	SchemaVersion int        `json:"schema_version"`
	Interfaces    []shownOne `json:"interfaces"`
}

// shownOne is the answer for one interface.
type shownOne struct {
	effconf.Config
	Differences []effconf.Difference `json:"differences,omitempty"`
	File        string               `json:"file,omitempty"`         // that was compared with
	Refused     []string             `json:"file_refused,omitempty"` // lines of it that wpa_supplicant would not take
	AgainstFile []effconf.Against    `json:"against_file,omitempty"`
}

func (a *app) showConfig(ctx context.Context, o showOptions) error {
	switch {
	case len(o.command) > 0 && !o.capture:
		return usage("show-wpa-config: a command goes with --capture")
	case o.capture && a.recording != nil:
		return usage("--capture is for what happens now: a recording shows what was captured without")
	}
	theirs, err := readConf(o)
	if err != nil {
		return err
	}
	if !o.capture {
		return a.showWith(ctx, o, theirs, captured{})
	}
	seen, err := a.capture(ctx, o)
	if err != nil {
		return err
	}
	// An interruption ended the listening alone.
	return a.captureVerdict(seen, a.showWith(context.WithoutCancel(ctx), o, theirs, seen))
}

// showWith shows what is in force now, with what was seen before.
func (a *app) showWith(ctx context.Context, o showOptions, theirs *wpaconf.File, seen captured) error {
	opts := a.observed()
	opts.Thorough = true
	snapshot, p, err := a.lookAt(ctx, opts)
	if err != nil {
		return err
	}
	seen.into(snapshot)
	names, err := configured(snapshot, p, o.names)
	if err != nil {
		return err
	}
	g := a.gather(ctx, snapshot, o)
	defer g.close()
	answer := shown{SchemaVersion: inspect.SchemaVersion, Interfaces: []shownOne{}}
	for _, name := range names {
		one := g.show(ctx, name)
		if theirs != nil {
			one.compareWith(o.file, *theirs)
		}
		answer.Interfaces = append(answer.Interfaces, one)
	}
	if err := a.printShown(answer, o); err != nil {
		return err
	}
	return g.verdict(p, names)
}

// compareWith tells the differences with a file instead of those with the profile.
func (s *shownOne) compareWith(name string, theirs wpaconf.File) {
	s.File, s.AgainstFile, s.Differences = name, effconf.CompareFile(s.Config, theirs), nil
	version, err := wpaconf.ParseVersion(s.Version)
	if err != nil {
		version = wpaconf.Oldest()
	}
	for _, problem := range wpaconf.Check(theirs, version) {
		s.Refused = append(s.Refused, problem.String())
	}
}

// readConf reads the file to compare with; nil when there is none.
func readConf(o showOptions) (*wpaconf.File, error) {
	if o.file == "" {
		return nil, nil //nolint:nilnil // no file was named
	}
	file, err := openFile(o.file)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := wpaconf.Parse(file)
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, usage("%s is no wpa_supplicant.conf: %s", o.file, text)
	}
	return &f, nil
}

// configured lists the interfaces that are meant: those named, else all that wpa_supplicant serves or should.
func configured(s *inspect.Snapshot, p inspect.Pyramid, names []string) ([]string, error) {
	meant, missing := p.FindAll(names)
	switch {
	case len(missing) > 0:
		return nil, notFound(p, missing[0])
	case len(names) > 0:
		return unique(inspect.InterfacesOf(meant)), nil
	}
	var found []string
	for _, i := range s.WPA.Interfaces {
		if effconf.InForce(i) != nil { // not those that only help, such as p2p-dev-wlan0
			found = append(found, i.Name)
		}
	}
	for _, d := range s.NM.Devices {
		if d.Wireless != nil || d.Applied != nil && d.Applied.Dot1X {
			found = append(found, d.Interface)
		}
	}
	if len(found) == 0 {
		return nil, nothingConfigured(p)
	}
	return unique(found), nil
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// nothingConfigured says why there is no interface to show.
func nothingConfigured(p inspect.Pyramid) error {
	src := p.Source(inspect.SourceSupplicant)
	switch {
	case src.Status == inspect.SourceDenied:
		return &exitError{exitNoRight, fmt.Errorf("%s, and NetworkManager knows of no interface that it would serve", src.Condition())}
	case !p.Network.Running && src.Status != inspect.SourceOK:
		return &exitError{exitNoNM, errors.New(missing(p))}
	default:
		return &exitError{exitNotFound, errors.New("no interface is configured by wpa_supplicant: there is no Wi-Fi and no 802.1X; name an interface to see what is known of it")}
	}
}
