package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"nmdebug/testenv"
)

// The keys of the panel that are pressed here.
const (
	keyTraffic = "7"
	keyRedraw  = "\x0c"
	keyEnter   = "\r"
	keyQuit    = "q"
)

// panel measures what it costs to leave the panel open, and how long one waits for it.
func panel(ctx context.Context, nmdebug string) error {
	for _, profiles := range []int{25, 1025} {
		if err := panelStarts(ctx, nmdebug, profiles); err != nil {
			return err
		}
	}
	lab, err := populated(ctx, 25)
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	if err := panelIdle(ctx, lab, nmdebug); err != nil {
		return err
	}
	return panelFlood(ctx, lab, nmdebug)
}

// panelStats are the program's own figures that are printed here; see schema/panel-stats.json.
type panelStats struct {
	Pictures, Keys struct {
		Count    int
		MedianMS float64 `json:"median_ms"`
		WorstMS  float64 `json:"worst_ms"`
	}
	PeakBytes int64 `json:"peak_memory_bytes"`
	Lost      int   `json:"lost_records"`
}

// openPanel starts a panel. Close gives its figures.
func openPanel(ctx context.Context, lab *testenv.Lab, nmdebug string) (t *terminal, closed func() (panelStats, error), err error) {
	complaints, err := os.Create(filepath.Join(lab.Dir(), "panel-stats"))
	if err != nil {
		return nil, nil, err
	}
	t, err = openTerminal(ctx, lab, complaints, nmdebug, "panel", "--stats", "-o", "jsonl")
	if err != nil {
		return nil, nil, errors.Join(err, complaints.Close())
	}
	return t, func() (stats panelStats, err error) {
		if err := errors.Join(t.end(keyQuit), complaints.Close()); err != nil {
			return stats, err
		}
		told, err := os.ReadFile(complaints.Name())
		if err == nil {
			if err = json.Unmarshal(bytes.TrimSpace(told), &stats); err != nil {
				err = fmt.Errorf("it told %q: %w", told, err)
			}
		}
		return stats, err
	}, nil
}

// panelStarts compares how long one waits for a picture of the panel, with that of nmtui, which shows a menu alone.
func panelStarts(ctx context.Context, nmdebug string, profiles int) error {
	lab, err := populated(ctx, profiles)
	if err != nil {
		return err
	}
	defer func() { _ = lab.Close() }()
	var first, whole, nmtui []time.Duration
	for range rounds {
		t, closed, err := openPanel(ctx, lab, nmdebug)
		if err != nil {
			return err
		}
		a, err := t.await("nmdebug")
		if err != nil {
			return err
		}
		b, err := t.await(" LIVE")
		if err != nil {
			return err
		}
		if _, err := closed(); err != nil {
			return err
		}
		other, err := openTerminal(ctx, lab, nil, "nmtui")
		if err != nil {
			return err
		}
		c, err := other.await("Quit")
		if err = errors.Join(err, other.kill()); err != nil {
			return err
		}
		first, whole, nmtui = append(first, a), append(whole, b), append(nmtui, c)
	}
	fmt.Printf("panel: %d profiles: first picture after %s, everything after %s; the menu of nmtui after %s\n",
		profiles, spreadOf(first), spreadOf(whole), spreadOf(nmtui))
	return nil
}

// spreadOf tells the median and the greatest of some times.
func spreadOf(times []time.Duration) string {
	var costs []cost
	most := time.Duration(0)
	for _, t := range times {
		costs, most = append(costs, cost{Wall: t}), max(most, t)
	}
	return fmt.Sprintf("%.1f ms (at most %.1f)", median(costs, func(c cost) float64 { return ms(c.Wall) }), ms(most))
}

// panelIdle looks at a panel where nothing happens, but for its clock.
func panelIdle(ctx context.Context, lab *testenv.Lab, nmdebug string) error {
	t, closed, err := openPanel(ctx, lab, nmdebug)
	if err != nil {
		return err
	}
	if _, err := t.await(" LIVE"); err != nil {
		return err
	}
	if err := pass(ctx, restFor); err != nil {
		return err
	}
	used, err := usedWhile(t, func() error { return pass(ctx, idleFor) })
	if err != nil {
		return err
	}
	stats, err := closed()
	if err != nil {
		return err
	}
	fmt.Printf("panel: idle for %s: %.2f %% of a processor, at most %s of memory\n", idleFor, percent(used, idleFor), mb(stats.PeakBytes))
	return nil
}

// usedWhile is the processor time of a program while something is done.
func usedWhile(t *terminal, do func() error) (time.Duration, error) {
	before, err := onProcessor(t.command.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := onProcessor(t.command.Process.Pid)
	return after - before, err
}

// flooding is what the panel is to stand: messages for 15 seconds.
func flooding() flood { return flood{pace: 5000, count: 75_000} }

// panelFlood lets the panel show a flood while somebody presses keys all the time, and lets others show it.
func panelFlood(ctx context.Context, lab *testenv.Lab, nmdebug string) error {
	t, closed, err := openPanel(ctx, lab, nmdebug)
	if err != nil {
		return err
	}
	if _, err := t.await(" LIVE"); err != nil {
		return err
	}
	if err := t.press(keyTraffic); err != nil {
		return err
	}
	stop := pressing(ctx, t)
	used, err := usedWhile(t, func() error { return flooding().send(ctx, lab) })
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	shown, err := linesOfFlood(ctx, t)
	if err != nil {
		return err
	}
	stats, err := closed()
	if err != nil {
		return err
	}
	fmt.Printf("panel: %d messages at %d/s: %.1f %% of a processor, %d pictures: median %.1f ms, at most %.1f ms; %d keys: median %.1f ms, at most %.1f ms; lost %d (%d told); at most %s of memory\n",
		flooding().count, flooding().pace, percent(used, flooding().lasts()), stats.Pictures.Count, stats.Pictures.MedianMS, stats.Pictures.WorstMS,
		stats.Keys.Count, stats.Keys.MedianMS, stats.Keys.WorstMS, flooding().count-shown, stats.Lost, mb(stats.PeakBytes))
	for _, command := range [][]string{{"busctl", "--system", "monitor"}, {"dbus-monitor", "--system"}} {
		if err := floodOther(ctx, lab, command); err != nil {
			return err
		}
	}
	return nil
}

// floodOther lets another program write the flood into a terminal.
func floodOther(ctx context.Context, lab *testenv.Lab, command []string) error {
	t, err := openTerminal(ctx, lab, nil, command...)
	if err != nil {
		return err
	}
	if err := pass(ctx, time.Second); err != nil { // dbus-monitor does not say when it begins
		return err
	}
	used, err := usedWhile(t, func() error { return flooding().send(ctx, lab) })
	if err = errors.Join(err, t.kill()); err != nil {
		return err
	}
	fmt.Printf("panel: the same in a terminal by %s: %.1f %% of a processor\n", command[0], percent(used, flooding().lasts()))
	return nil
}

// pressed are keys of all sorts: selecting, paging, other screens, other lines.
func pressed() []string {
	return []string{"k", "k", "\x1b[5~", "G", "2", "k", "G", "7", "o", "o", "1", "l", "7", "z", "z", "G"}
}

// pressing presses ten keys a second until it is stopped.
func pressing(ctx context.Context, t *terminal) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		keys := pressed()
		for i := 0; pass(ctx, 100*time.Millisecond) == nil; i++ {
			if err := t.press(keys[i%len(keys)]); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	return func() error {
		cancel()
		return <-ended
	}
}

// linesOfFlood reads from the screen how many lines of the flood there are.
func linesOfFlood(ctx context.Context, t *terminal) (int, error) {
	if err := t.press("\x1b" + keyTraffic + "G"); err != nil {
		return 0, err
	}
	if err := pass(ctx, time.Second); err != nil { // the last ones are held for half a second
		return 0, err
	}
	for _, key := range "/Config " + keyEnter {
		if err := errors.Join(t.press(string(key)), pass(ctx, 100*time.Millisecond)); err != nil {
			return 0, err
		}
	}
	if err := pass(ctx, time.Second); err != nil {
		return 0, err
	}
	t.forget()
	if err := t.press(keyRedraw); err != nil {
		return 0, err
	}
	if _, err := t.await(" lines"); err != nil {
		return 0, err
	}
	count := regexp.MustCompile(`(\d+) lines`).FindSubmatch(t.seen)
	if count == nil {
		return 0, fmt.Errorf("there is no number of lines: %q", t.seen)
	}
	return strconv.Atoi(string(count[1]))
}

func percent(used, of time.Duration) float64 { return 100 * float64(used) / float64(of) }

func mb(bytes int64) string { return fmt.Sprintf("%d MB", bytes>>20) }
