package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/inspect"
	"nmdebug/ui/tui"
)

// panelStats is what a panel was worth and what it took, as it has measured itself.
type panelStats struct {
	SchemaVersion int `json:"schema_version"`
	tui.Figures
	CPUSeconds   float64 `json:"cpu_seconds"`
	Seconds      float64 `json:"seconds"`
	PeakBytes    int64   `json:"peak_memory_bytes"`
	Records      int     `json:"records"`
	Lost         int     `json:"lost_records"`
	Lines        int     `json:"lines"`
	DroppedLines int     `json:"dropped_lines"`
	Moments      int     `json:"moments"`
}

// printStats tells at the end what a panel was worth. The terminal is the panel's: what is to be kept goes to the standard error.
func (a *app) printStats(ran time.Duration, figures tui.Figures, seen *feed) error {
	stats := panelStats{
		SchemaVersion: inspect.SchemaVersion, Figures: figures, Seconds: ran.Seconds(), Records: seen.records, Lost: seen.lost,
	}
	kept, _ := seen.past.Past()
	stats.Lines, stats.DroppedLines, stats.Moments = kept.Lines.Len(), kept.Lines.Dropped(), len(kept.Frames)
	var usage unix.Rusage
	var err error
	if err = unix.Getrusage(unix.RUSAGE_SELF, &usage); err == nil {
		stats.CPUSeconds = (time.Duration(usage.Utime.Nano()) + time.Duration(usage.Stime.Nano())).Seconds()
		stats.PeakBytes, err = peakMemory()
	}
	if err != nil {
		return err
	}
	one := *a
	one.out = a.err
	if done, err := one.structured(stats); done {
		return err
	}
	_, err = fmt.Fprint(a.err, stats)
	return err
}

// String tells them in some lines.
func (s panelStats) String() string {
	spread := func(what string, of tui.Spread) string {
		return fmt.Sprintf("%d %s: median %.2f ms, at most %.2f ms", of.Count, what, of.MedianMS, of.WorstMS)
	}
	return strings.Join([]string{
		fmt.Sprintf("first picture after %.1f ms", s.FirstPictureMS),
		spread("pictures", s.Pictures),
		spread("keys until their pictures", s.Keys),
		fmt.Sprintf("%d records, %d known to be lost; %d lines kept, %d dropped; %d moments", s.Records, s.Lost, s.Lines, s.DroppedLines, s.Moments),
		fmt.Sprintf("%.2f s of CPU in %.1f s (%.1f %%), at most %s of memory", s.CPUSeconds, s.Seconds, 100*s.CPUSeconds/s.Seconds, bytesText(s.PeakBytes)),
		"",
	}, "\n")
}

// peakMemory is how much memory this process had at most, in bytes. What getrusage tells includes the process that executed it.
func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, found := strings.Cut(string(status), "VmHWM:")
	if !found {
		return 0, errors.New("/proc/self/status tells nothing of memory")
	}
	var kib int64
	_, err = fmt.Sscan(after, &kib)
	return kib << 10, err
}
