package loglevel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Ledger is the file in which a run notes what was there before it raised levels. Root's alone, and gone with the next boot.
const Ledger = "/run/nmdebug/log-levels.json"

// entry is what the ledger holds.
type entry struct {
	PID     int                `json:"pid"`
	Started string             `json:"started"` // of the process, in ticks since boot: a number may be given again
	Bus     string             `json:"bus"`
	Before  map[string]Setting `json:"before"` // by the daemon's name
}

// ErrRaised is given when another run that lives has raised the levels.
var ErrRaised = errors.New("another nmdebug has raised the log levels and still runs")

// read gives what the ledger holds; ok is false when there is none.
func read(path string) (e entry, ok bool, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // others may not know of it, and need not
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("cannot read which log levels were raised: %w", err)
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, false, fmt.Errorf("cannot understand %s: %w", path, err)
	}
	return e, true, nil
}

// write notes an entry, whole or not at all.
func write(path string, e entry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot note which log levels are raised: %w", err)
	}
	unfinished := path + ".new"
	if err := os.WriteFile(unfinished, raw, 0o600); err != nil {
		return fmt.Errorf("cannot note which log levels are raised: %w", err)
	}
	return os.Rename(unfinished, path)
}

// lives says whether the process that made an entry still runs.
func (e entry) lives() bool {
	started, err := startOf(e.PID)
	return err == nil && started == e.Started
}

// startOf tells when a process was started: the 22nd field of /proc/PID/stat (proc(5)). The second field may hold blanks.
func startOf(pid int) (string, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(raw[strings.LastIndexByte(string(raw), ')')+1:]), " ")
	fields := strings.Fields(rest)
	const starttime = 22 - 3
	if len(fields) <= starttime {
		return "", fmt.Errorf("%s has too few fields", "/proc/"+strconv.Itoa(pid)+"/stat")
	}
	return fields[starttime], nil
}
