package wpadbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	if strings.Contains(iface, "/") {
		return noted(fmt.Errorf("%q is no name of an interface", iface), now)
	}
	reply, err := ask(ctx, filepath.Join(dir, iface), "STATUS")
	if err != nil {
		return noted(err, now)
	}
	value, err := json.Marshal(paeOf(reply, now))
	if err != nil {
		return noted(err, now)
	}
	raw, err := json.Marshal(record.Measured{What: measuredPAE, About: iface, Value: value})
	if err != nil {
		return noted(err, now)
	}
	return record.Record{Time: now, Kind: record.Measurement, Raw: raw}
}

// noted makes a note of an error: the socket is not there, or we may not use it.
func noted(err error, now time.Time) record.Record {
	note := record.Noted{Source: "wpa-control", Event: record.Down, Detail: err.Error()}
	switch {
	case errors.Is(err, os.ErrNotExist):
		note.Event = record.Absent
	case errors.Is(err, os.ErrPermission):
		note.Event, note.Right = record.Denied, "root or group netdev"
	}
	return note.Record(now, 0)
}

// ask sends one command to a control socket.
func ask(ctx context.Context, socket, command string) (reply string, err error) {
	err = converse(ctx, socket, func(ask func(string) (string, error)) error {
		reply, err = ask(command)
		return err
	})
	return reply, err
}

// converse opens a control socket for some commands. The supplicant answers to the sender's own address, so we need one: in
// the abstract namespace, where nothing has to be removed afterwards.
func converse(ctx context.Context, socket string, f func(ask func(string) (string, error)) error) (err error) {
	local := &net.UnixAddr{Name: fmt.Sprintf("@nmdebug-%d-%d", os.Getpid(), time.Now().UnixNano()), Net: "unixgram"}
	conn, err := net.DialUnix("unixgram", local, &net.UnixAddr{Name: socket, Net: "unixgram"})
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

// paeOf reads the lines of STATUS that concern the port.
func paeOf(status string, now time.Time) wpatypes.PAE {
	pae := wpatypes.PAE{At: now}
	for line := range strings.Lines(status) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
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
	var m record.Measured
	if r.Kind != record.Measurement || json.Unmarshal(r.Raw, &m) != nil || m.What != measuredPAE {
		return "", pae, false
	}
	if err := json.Unmarshal(m.Value, &pae); err != nil {
		return "", pae, false
	}
	return m.About, pae, true
}
