package wpadbus

import (
	"context"
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
	return control{dir, iface}.measure(ctx, measuredAssociation, now, func(ask asker) (any, error) {
		status, err := ask("STATUS")
		if err != nil {
			return nil, err
		}
		a := associationOf(status)
		if network != "" {
			a.Network = network
			a.Keys, err = keysOf(ask, network)
		}
		return a, err
	})
}

// keysOf asks of each secret key whether the network block has it. The number of a network is the end of its path.
func keysOf(ask asker, network string) ([]string, error) {
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
	for name, value := range settings(status) {
		switch name {
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
	return measured[wpatypes.Association](r, measuredAssociation)
}
