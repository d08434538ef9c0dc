package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/proc/proctypes"
	"nmdebug/nmwatch/record"
)

// whatProcesses is the measurement of this package: a proctypes.Table.
const whatProcesses = "processes"

// Read measures which processes serve the network now.
func Read(now time.Time) record.Record {
	r, err := record.Measure(whatProcesses, "", tableOf(os.DirFS("/proc")), now, 0)
	if err != nil {
		panic(err) // plain values can always be written
	}
	return r
}

// tableOf reads a /proc.
func tableOf(proc fs.FS) proctypes.Table {
	entries, err := fs.ReadDir(proc, ".")
	if err != nil {
		return proctypes.Table{Failure: err.Error(), Processes: []proctypes.Process{}}
	}
	r := reader{proc: proc, table: proctypes.Table{Processes: []proctypes.Process{}}}
	r.netns, _ = fs.ReadLink(proc, "self/ns/net") // without it none is known to be elsewhere
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			r.process(pid)
		}
	}
	slices.SortFunc(r.table.Processes, func(a, b proctypes.Process) int { return a.PID - b.PID })
	return r.table
}

// reader reads one /proc.
type reader struct {
	proc  fs.FS
	netns string // our own, as /proc writes it
	table proctypes.Table
}

// process adds a process to the table if it serves our network. One that ends while it is read is as good as gone.
func (r *reader) process(pid int) {
	dir := strconv.Itoa(pid)
	if netns, err := fs.ReadLink(r.proc, dir+"/ns/net"); err == nil && r.netns != "" && netns != r.netns {
		return
	}
	cmdline, err := fs.ReadFile(r.proc, dir+"/cmdline")
	if err != nil {
		return
	}
	name, args := parseCommand(cmdline)
	if name == "" { // a kernel thread, or a process that has ended
		return
	}
	known, serves := programOf(name)
	p := proctypes.Process{PID: pid, Name: name, Role: known.role, Holds: r.tunnels(dir, serves)}
	switch {
	case serves:
		p.Serves = known.interfaces(args)
	case len(p.Holds) > 0:
		p.Role = proctypes.RoleTunnel
	default:
		return
	}
	if stat, err := fs.ReadFile(r.proc, dir+"/stat"); err == nil {
		p.Parent = parseParent(stat)
	}
	if cgroup, err := fs.ReadFile(r.proc, dir+"/cgroup"); err == nil {
		p.Unit = parseUnit(cgroup)
	}
	r.table.Processes = append(r.table.Processes, p)
}

// tunnels finds the tunnel interfaces that a process has open: the kernel tells their names with the descriptor
// (tun_chr_show_fdinfo of drivers/net/tun.c). It matters when a process that serves the network cannot be looked at.
func (r *reader) tunnels(dir string, matters bool) []string {
	entries, err := fs.ReadDir(r.proc, dir+"/fd")
	if errors.Is(err, fs.ErrPermission) && matters {
		r.table.Denied = true
	}
	var held []string
	for _, e := range entries {
		if target, err := fs.ReadLink(r.proc, dir+"/fd/"+e.Name()); err != nil || path.Base(target) != "tun" {
			continue
		}
		info, err := fs.ReadFile(r.proc, dir+"/fdinfo/"+e.Name())
		if err != nil {
			continue
		}
		if name := parseTunnel(info); name != "" && !slices.Contains(held, name) {
			held = append(held, name)
		}
	}
	slices.Sort(held)
	return held
}

// parseCommand reads /proc/PID/cmdline: the name of the program's file, and the arguments.
func parseCommand(cmdline []byte) (name string, args []string) {
	words := strings.Split(strings.TrimRight(string(cmdline), "\x00"), "\x00")
	if len(words) == 1 { // a title that the program gave itself: "sshd: root [priv]"
		words = strings.Fields(words[0])
	}
	if len(words) == 0 || words[0] == "" {
		return "", nil
	}
	return path.Base(strings.TrimSuffix(words[0], ":")), words[1:]
}

// parseParent reads the fourth field of /proc/PID/stat; the second may hold blanks and parentheses.
func parseParent(stat []byte) int {
	_, rest, found := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	var state string
	var parent int
	if !found {
		return 0
	}
	if _, err := fmt.Sscan(string(rest), &state, &parent); err != nil {
		return 0
	}
	return parent
}

// parseUnit reads from /proc/PID/cgroup the innermost systemd unit that a process is in.
func parseUnit(cgroup []byte) string {
	for line := range strings.Lines(string(cgroup)) {
		controllers, path, ok := cutTwice(strings.TrimSpace(line))
		if !ok || controllers != "" && controllers != "name=systemd" {
			continue
		}
		for _, part := range slices.Backward(strings.Split(path, "/")) {
			if strings.HasSuffix(part, ".service") || strings.HasSuffix(part, ".scope") {
				return part
			}
		}
	}
	return ""
}

// cutTwice takes a line of /proc/PID/cgroup apart: its hierarchy's number, controllers and path.
func cutTwice(line string) (controllers, path string, ok bool) {
	parts := strings.SplitN(line, ":", 3)
	if len(parts) != 3 {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// parseTunnel reads the interface from the fdinfo of /dev/net/tun.
func parseTunnel(info []byte) string {
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "iff:"); ok {
			return strings.TrimSpace(name)
		}
	}
	return ""
}
