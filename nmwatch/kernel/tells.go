package kernel

import (
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/record"
)

// TellsOfLink says whether a record is the kernel's notification that a link came, went or changed. NetworkManager hears
// the same. The answers to a dump, which only we asked for, do not count.
func TellsOfLink(r record.Record) bool {
	if r.Kind != record.Netlink {
		return false
	}
	h, _, _, err := cut(r.Raw)
	return err == nil && !h.dumped() && (h.kind == unix.RTM_NEWLINK || h.kind == unix.RTM_DELLINK)
}
