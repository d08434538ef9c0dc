package wpadbus

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpaconf"
	"nmdebug/wpadbus/wpatypes"
)

// measuredAssociation is the name of a reading of a control socket.
const measuredAssociation = "wpa-association"

// ReadAssociation asks the control socket of an interface what was negotiated (STATUS), and of each secret key of a network
// block whether it is set (GET_NETWORK, which answers a star in its place): neither is on the bus. It makes a record of both,
// or a note of why it cannot.
func ReadAssociation(ctx context.Context, dir, iface, network string, now time.Time) record.Record {
	if strings.Contains(iface, "/") {
		return noted(fmt.Errorf("%q is no name of an interface", iface), now)
	}
	var a wpatypes.Association
	err := converse(ctx, filepath.Join(dir, iface), func(ask func(string) (string, error)) error {
		status, err := ask("STATUS")
		if err != nil {
			return err
		}
		a = associationOf(status)
		if network != "" {
			a.Network = network
			a.Keys, err = keysOf(ask, network)
		}
		return err
	})
	if err != nil {
		return noted(err, now)
	}
	value, err := json.Marshal(a)
	if err != nil {
		return noted(err, now)
	}
	raw, err := json.Marshal(record.Measured{What: measuredAssociation, About: iface, Value: value})
	if err != nil {
		return noted(err, now)
	}
	return record.Record{Time: now, Kind: record.Measurement, Raw: raw}
}

// keysOf asks of each secret key whether the network block has it. The number of a network is the end of its path.
func keysOf(ask func(string) (string, error), network string) ([]string, error) {
	number := network[strings.LastIndexByte(network, '/')+1:]
	var set []string
	for k := range wpaconf.Keys(wpaconf.Network) {
		if !k.Secret || k.Kind == wpaconf.Words || k.Kind == wpaconf.MAC {
			continue
		}
		answer, err := ask("GET_NETWORK " + number + " " + k.Name)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(answer) != "FAIL" {
			set = append(set, k.Name)
		}
	}
	return set, nil
}

// associationOf reads the lines of STATUS that tell what was negotiated.
func associationOf(status string) wpatypes.Association {
	var a wpatypes.Association
	for line := range strings.Lines(status) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "key_mgmt":
			a.KeyMgmt = value
		case "pairwise_cipher":
			a.Pairwise = value
		case "group_cipher":
			a.Group = value
		case "mgmt_group_cipher":
			a.GroupMgmt = value
		case "pmf":
			a.PMF = value
		}
	}
	return a
}

// parseAssociation reads the record of a control socket's answer.
func parseAssociation(r record.Record) (iface string, a wpatypes.Association, ok bool) {
	var m record.Measured
	if r.Kind != record.Measurement || json.Unmarshal(r.Raw, &m) != nil || m.What != measuredAssociation {
		return "", a, false
	}
	if err := json.Unmarshal(m.Value, &a); err != nil {
		return "", a, false
	}
	return m.About, a, true
}
