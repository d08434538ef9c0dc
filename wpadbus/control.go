package wpadbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpatypes"
)

// ControlDir is where Debian and Fedora have wpa_supplicant put its control sockets, one an interface.
const ControlDir = "/run/wpa_supplicant"

// measuredPAE is the name of a reading of a control socket.
const measuredPAE = "wpa-pae"

// ReadPAE asks the control socket of an interface for its STATUS (hostap, wpa_supplicant/ctrl_iface.c) and makes a record of
// the state of its 802.1X port, which is on no bus. Where that cannot be read the record is a note that says why.
func ReadPAE(ctx context.Context, dir, iface string, now time.Time) record.Record {
	return control{dir, iface}.measure(ctx, measuredPAE, now, func(ask asker) (any, error) {
		status, err := ask("STATUS")
		return paeOf(status, now), err
	})
}

// control is the control socket of an interface.
type control struct{ dir, iface string }

// asker sends a command to a control socket and gives the answer.
type asker func(command string) (string, error)

// measure makes a record of what is read by asking, or a note of why it cannot be read.
func (c control) measure(ctx context.Context, what string, now time.Time, read func(ask asker) (any, error)) record.Record {
	var v any
	err := c.converse(ctx, func(ask asker) (err error) {
		v, err = read(ask)
		return err
	})
	if err != nil {
		return noted(err, now)
	}
	r, err := record.Measure(what, c.iface, v, now, 0)
	if err != nil {
		return noted(err, now)
	}
	return r
}

// measured takes a record for one of what was read from a control socket.
func measured[T any](r record.Record, what string) (iface string, value T, ok bool) {
	m, err := record.MeasurementOf(r)
	if err != nil || m.What != what {
		return "", value, false
	}
	if err := json.Unmarshal(m.Value, &value); err != nil {
		return "", value, false
	}
	return m.About, value, true
}

// noted makes a note of an error: the socket is not there, or we may not use it.
func noted(err error, now time.Time) record.Record {
	note := record.Noted{Source: record.SourceControl, Event: record.Down, Detail: err.Error()}
	switch {
	case errors.Is(err, os.ErrNotExist):
		note.Event = record.Absent
	case errors.Is(err, os.ErrPermission):
		note.Event, note.Right = record.Denied, "root or group netdev"
	}
	return note.Record(now, 0)
}

// converse opens the socket for some commands. The supplicant answers to the sender's own address, so we need one: in the
// abstract namespace, where nothing has to be removed afterwards.
func (c control) converse(ctx context.Context, f func(ask asker) error) (err error) {
	if strings.Contains(c.iface, "/") {
		return fmt.Errorf("%q is no name of an interface", c.iface)
	}
	local := &net.UnixAddr{Name: fmt.Sprintf("@nmdebug-%d-%d", os.Getpid(), time.Now().UnixNano()), Net: "unixgram"}
	conn, err := net.DialUnix("unixgram", local, &net.UnixAddr{Name: filepath.Join(c.dir, c.iface), Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	buffer := make([]byte, 4096) // CTRL_IFACE_MAX_LEN
	return f(func(command string) (string, error) {
		if _, err := conn.Write([]byte(command)); err != nil {
			return "", err
		}
		n, err := conn.Read(buffer)
		return string(buffer[:n]), err
	})
}

// settings gives what the lines of STATUS say, by name.
func settings(status string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for line := range strings.Lines(status) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			if !yield(name, value) {
				return
			}
		}
	}
}

// paeOf reads the lines of STATUS that concern the port.
func paeOf(status string, now time.Time) wpatypes.PAE {
	pae := wpatypes.PAE{At: now}
	for name, value := range settings(status) {
		switch name {
		case "Supplicant PAE state":
			pae.State = value
		case "suppPortStatus":
			pae.Authorized = value == "Authorized"
		case "EAP state":
			pae.EAP = value
		case "selectedMethod":
			pae.Method = value
		}
	}
	return pae
}

// parsePAE reads the record of a control socket's answer.
func parsePAE(r record.Record) (iface string, pae wpatypes.PAE, ok bool) {
	return measured[wpatypes.PAE](r, measuredPAE)
}
