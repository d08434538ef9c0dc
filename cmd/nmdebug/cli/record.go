package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/nmwatch/logs"
	"nmdebug/nmwatch/packets"
)

type recordOptions struct {
	file    string
	length  time.Duration
	keep    string
	force   bool
	logs    []string
	command []string
}

func (a *app) recordCommand() *cobra.Command {
	var opts recordOptions
	c := &cobra.Command{
		Use:   "record -w FILE [-- COMMAND…]",
		Short: "Record what all sources say, to look at it later or elsewhere",
		Long: `Record what NetworkManager, wpa_supplicant, BlueZ and VPN plugins say on D-Bus, what the
kernel says, and the journal, from the full state on, until the time is over, the
command ends or it is interrupted. With a command, its exit code is passed on.

The file is pcapng: Wireshark opens it, and nmdebug --replay, on any machine.
Passwords, keys and PINs are removed before anything is written. Names are not: those
of networks, users and machines are in the file.

What others say to each other on D-Bus is shown to root alone. Without root the state
and its changes are recorded, which is all that --replay needs.`,
		Example: `  sudo nmdebug record -w wifi.pcapng --for 60s
  sudo nmdebug record -w vpn.pcapng -- nmcli connection up office
  sudo nmdebug record -w - | wireshark -k -i -
  nmdebug --replay wifi.pcapng why wlan0
  nmdebug --replay wifi.pcapng --at +12s status`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && c.ArgsLenAtDash() != 0 {
				return usage("record: %q is no option; the command to run comes after --", args[0])
			}
			opts.command = args
			return a.record(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.StringVarP(&opts.file, "write", "w", "", "the `file`; - is the standard output")
	f.DurationVar(&opts.length, "for", 0, "end after this `time`")
	f.StringVar(&opts.keep, "keep", "", "keep about the last so many `bytes`, such as 100M, in FILE, FILE.1, …")
	f.BoolVar(&opts.force, "force", false, "replace a file that exists")
	f.StringArrayVar(&opts.logs, "log-file", nil, "record this log `file` instead of the journal; may be given again")
	return c
}

func (a *app) record(ctx context.Context, opts recordOptions) error {
	files, err := a.recordingFiles(opts)
	if err != nil {
		return err
	}
	defer calm()()
	ctx, end := context.WithCancel(ctx)
	defer end()
	companion, err := a.newCompanion(opts.command)
	if err != nil {
		return err
	}
	sum, err := observe.Record(ctx, a.observed(), observe.Recording{
		Version: version, Open: files.next, Most: files.most,
		More: recordedBeside(opts.logs, a.now),
		Began: func(monitor string) {
			if monitor != "" {
				a.complain("what others say on D-Bus is not recorded: " + monitor)
			}
			if opts.length > 0 {
				time.AfterFunc(opts.length, end)
			}
			companion.begin(ctx, end)
		},
	})
	end()
	code := companion.wait()
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &exitError{exitNoRight, err}
	case errors.Is(err, fs.ErrNotExist):
		return usage("%w", err)
	case err != nil:
		return err
	}
	a.complain(summary(sum, opts.file))
	return exitWith(code)
}

// logOverlap is how far back a further file of a recording has the logs: reading them takes a moment to begin.
const logOverlap = 2 * time.Second

// recordedBeside gives what is recorded into each file beside the state: packets, and the logs from now on.
func recordedBeside(files []string, now func() time.Time) func() []observe.Source {
	begun := false
	return func() []observe.Source {
		since := now()
		if begun {
			since = since.Add(-logOverlap)
		}
		begun = true
		sources := []observe.Source{&packets.Source{}}
		if len(files) == 0 {
			return append(sources, &logs.Journal{Since: since, Follow: true})
		}
		for _, path := range files {
			sources = append(sources, &logs.File{Path: path, Since: since, Follow: true})
		}
		return sources
	}
}

// summary says what a recording has become.
func summary(sum observe.Recorded, file string) string {
	lost := "nothing lost"
	if sum.Lost > 0 {
		lost = fmt.Sprintf("%d LOST", sum.Lost)
	}
	if sum.Blind > 0 {
		lost += fmt.Sprintf(", what others said on D-Bus NOT SEEN for %s", sum.Blind.Round(100*time.Millisecond))
	}
	where := " in " + file
	switch {
	case file == "-":
		where = " in the standard output"
	case sum.Files > kept:
		where = fmt.Sprintf(", the last of them in %s and the %d files before it", file, kept-1)
	case sum.Files > 1:
		where = fmt.Sprintf(" in %s and %s before it", file, counted(sum.Files-1, "file"))
	}
	return fmt.Sprintf("%d records, %s%s; %s, %d secrets removed", sum.Records, bytesText(sum.Bytes), where, lost, sum.Removed)
}

// calm makes the most of a processor that others need: one is enough to record a flood, and more would only wake each other
// up. Nearly all memory is thrown away at once, which is worth looking for less often. It gives the function that undoes it.
func calm() func() {
	processors, percent := runtime.GOMAXPROCS(1), debug.SetGCPercent(lazyGC)
	return func() {
		runtime.GOMAXPROCS(processors)
		debug.SetGCPercent(percent)
	}
}

// lazyGC is how much may be thrown away before it is looked for, in percent of what is kept: a few megabytes.
const lazyGC = 800
