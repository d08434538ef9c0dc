package kernel

import (
	"encoding/binary"
	"maps"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// The operations of struct rfkill_event (linux/rfkill.h).
const (
	rfkillAdd    = 0
	rfkillDel    = 1
	rfkillChange = 2
)

// rfkillSize is the size of struct rfkill_event; newer kernels append to it.
const rfkillSize = 8

// maxRadios bounds the switches: the kernel's own limit is its memory, ours is that a recording may be forged.
const maxRadios = 4096

// radios follows the rfkill switches.
type radios struct {
	table table[uint32, kerneltypes.Radio]
	names map[uint32]string
}

func newRadios() radios {
	return radios{table: newTable[uint32, kerneltypes.Radio](), names: map[uint32]string{}}
}

// rfkill applies one struct rfkill_event.
func (f *Fold) rfkill(raw []byte) bool {
	if len(raw) < rfkillSize {
		return f.problem("rfkill event: %v", errShort)
	}
	r := kerneltypes.Radio{
		Index: binary.NativeEndian.Uint32(raw),
		Type:  raw[4],
		Soft:  raw[6] != 0,
		Hard:  raw[7] != 0,
	}
	switch op := raw[5]; op {
	case rfkillAdd, rfkillChange:
		if len(f.radios.table.rows) >= maxRadios {
			return f.problem("rfkill event: more than %d switches", maxRadios)
		}
		r.Name = f.radios.names[r.Index]
		return f.radios.table.set(r.Index, r)
	case rfkillDel:
		delete(f.radios.names, r.Index)
		return f.radios.table.del(r.Index)
	default:
		return f.problem("rfkill event: unknown operation %d", op)
	}
}

// name keeps the name that sysfs gives to a switch.
func (t *radios) name(n kerneltypes.RadioName) bool {
	if len(t.names) < maxRadios {
		t.names[n.Index] = n.Name
	}
	return t.table.amend(n.Index, func(r *kerneltypes.Radio) { r.Name = n.Name })
}

// frame begins or ends the list of the switches that exist.
func (t *radios) frame(e record.NoteEvent) bool {
	changed := false
	switch e {
	case record.Up:
		t.table.begin()
	case record.Synced:
		t.table.end(func(uint32, kerneltypes.Radio) { changed = true })
		maps.DeleteFunc(t.names, func(i uint32, _ string) bool {
			_, exists := t.table.get(i)
			return !exists
		})
	default: // what it could not do says nothing of the switches
	}
	return changed
}

func (t *radios) publish(s *kerneltypes.State) {
	if t.table.dirty || s.Rfkill == nil {
		s.Rfkill = values(&t.table)
	}
}
