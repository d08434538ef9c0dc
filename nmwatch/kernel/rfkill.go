package kernel

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// switches is the open rfkill device. Opened, it gives an event for every switch that exists, then the changes
// (Documentation/driver-api/rfkill.rst).
type switches struct {
	*reporter
	file *os.File
	sys  string
}

// followRfkill tells the rfkill switches and, unless once is set, follows their changes.
func followRfkill(ctx context.Context, r *reporter, device, sys string, once bool) error {
	file, err := os.OpenFile(device, os.O_RDONLY|unix.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return r.note(ctx, record.Noted{Source: record.SourceRfkill, Event: record.Absent})
	case errors.Is(err, fs.ErrPermission):
		return r.note(ctx, record.Noted{
			Source: record.SourceRfkill, Event: record.Denied, Detail: err.Error(), Right: "read access to " + device,
		})
	case err != nil:
		return r.note(ctx, record.Noted{Source: record.SourceRfkill, Event: record.Down, Detail: err.Error()})
	}
	defer file.Close()
	s := &switches{reporter: r, file: file, sys: sys}
	err = s.run(ctx, once)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return r.note(ctx, record.Noted{Source: record.SourceRfkill, Event: record.Down, Detail: err.Error()})
}

func (s *switches) run(ctx context.Context, once bool) error {
	if err := s.note(ctx, record.Noted{Source: record.SourceRfkill, Event: record.Up}); err != nil {
		return err
	}
	if err := s.existing(ctx); err != nil {
		return err
	}
	if err := s.note(ctx, record.Noted{Source: record.SourceRfkill, Event: record.Synced}); err != nil || once {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = s.file.SetReadDeadline(time.Unix(1, 0)) })()
	buf := make([]byte, eventSize)
	for {
		n, err := s.file.Read(buf)
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("cannot read rfkill: %w", err)
		}
		if err != nil {
			return err
		}
		if err := s.event(ctx, buf[:n]); err != nil {
			return err
		}
	}
}

// eventSize leaves room for what newer kernels append to struct rfkill_event; one read gives one event.
const eventSize = 64

// existing tells the switches that were there when the device was opened: all that can be read without waiting.
func (s *switches) existing(ctx context.Context) error {
	raw, err := s.file.SyscallConn()
	if err != nil {
		return fmt.Errorf("cannot read rfkill: %w", err)
	}
	buf := make([]byte, eventSize)
	for {
		var n int
		var rerr error
		err := raw.Read(func(fd uintptr) bool {
			n, rerr = unix.Read(int(fd), buf)
			return true
		})
		switch {
		case err != nil:
			return fmt.Errorf("cannot read rfkill: %w", err)
		case errors.Is(rerr, unix.EINTR):
			continue
		case errors.Is(rerr, unix.EAGAIN), rerr == nil && n == 0:
			return nil
		case rerr != nil:
			return fmt.Errorf("cannot read rfkill: %w", rerr)
		}
		if err := s.event(ctx, buf[:n]); err != nil {
			return err
		}
	}
}

// event tells one event, and the name of a switch that is new: the event has only its number.
func (s *switches) event(ctx context.Context, b []byte) error {
	r := s.stamp(record.Rfkill)
	r.Raw = append([]byte(nil), b...)
	if err := record.Send(ctx, s.out, r); err != nil {
		return err
	}
	if len(b) < rfkillSize || b[5] != rfkillAdd {
		return nil
	}
	index := binary.NativeEndian.Uint32(b)
	file := filepath.Join(s.sys, "class/rfkill/rfkill"+strconv.FormatUint(uint64(index), 10), "name")
	name, err := os.ReadFile(file)
	if err != nil {
		return nil // no sysfs: a switch without a name
	}
	n := kerneltypes.RadioName{Index: index, Name: strings.TrimSuffix(string(name), "\n")}
	return s.measured(ctx, whatRadioName, "rfkill"+strconv.FormatUint(uint64(index), 10), n)
}
