package proc

import (
	"encoding/hex"
	"io/fs"
	"iter"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Sessions gives the local addresses of the remote sessions in which we run: the one that sshd tells of in
// SSH_CONNECTION, and those of TCP connections that a process above us has open, which sudo does not hide. Who may not
// look at the processes above sees the first alone.
func Sessions(sshConnection string) []netip.Addr {
	found := announced(sshConnection)
	for _, a := range inherited(os.DirFS("/proc"), os.Getpid()) {
		if !slices.Contains(found, a) {
			found = append(found, a)
		}
	}
	return found
}

// announced reads SSH_CONNECTION: client address, client port, our address, our port.
func announced(connection string) []netip.Addr {
	fields := strings.Fields(connection)
	if len(fields) != 4 {
		return nil
	}
	address, err := netip.ParseAddr(fields[2])
	if err != nil {
		return nil
	}
	return []netip.Addr{address.Unmap()}
}

// inherited finds the local addresses of the connections that a process or one above it has open.
func inherited(proc fs.FS, pid int) []netip.Addr {
	connections := map[string]netip.Addr{} // by the socket's inode
	for _, name := range []string{"self/net/tcp", "self/net/tcp6"} {
		table, err := fs.ReadFile(proc, name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(table)) {
			if address, inode, ok := parseConnection(line); ok {
				connections["socket:["+inode+"]"] = address
			}
		}
	}
	var found []netip.Addr
	for p := range lineage(proc, pid) {
		for _, target := range openFiles(proc, strconv.Itoa(p)) {
			if address, ok := connections[target]; ok && !slices.Contains(found, address) {
				found = append(found, address)
			}
		}
	}
	return found
}

// Above are the processes above this one, its parent first, without the first of all.
func Above() iter.Seq[int] { return lineage(os.DirFS("/proc"), os.Getppid()) }

// lineage is a process and those above it.
func lineage(proc fs.FS, pid int) iter.Seq[int] {
	const deepest = 64
	return func(yield func(int) bool) {
		for range deepest {
			if pid <= 1 || !yield(pid) {
				return
			}
			stat, err := fs.ReadFile(proc, strconv.Itoa(pid)+"/stat")
			if err != nil {
				return
			}
			pid = parseParent(stat)
		}
	}
}

// openFiles are the targets of a process's descriptors, as far as they may be seen.
func openFiles(proc fs.FS, dir string) []string {
	entries, err := fs.ReadDir(proc, dir+"/fd")
	if err != nil {
		return nil
	}
	var targets []string
	for _, e := range entries {
		if target, err := fs.ReadLink(proc, dir+"/fd/"+e.Name()); err == nil {
			targets = append(targets, target)
		}
	}
	return targets
}

// parseConnection reads a line of /proc/net/tcp: the local address and the inode of an established connection that
// leaves the machine.
func parseConnection(line string) (local netip.Addr, inode string, ok bool) {
	const established = "01" // TCP_ESTABLISHED
	fields := strings.Fields(line)
	if len(fields) < 10 || fields[3] != established {
		return netip.Addr{}, "", false
	}
	text, _, _ := strings.Cut(fields[1], ":")
	raw, err := hex.DecodeString(text)
	if err != nil {
		return netip.Addr{}, "", false
	}
	for i := 0; i+4 <= len(raw); i += 4 { // words of the machine's own order; all that Go and NetworkManager share are little-endian
		slices.Reverse(raw[i : i+4])
	}
	local, ok = netip.AddrFromSlice(raw)
	local = local.Unmap()
	return local, fields[9], ok && !local.IsLoopback()
}
