package logs

import (
	"strings"

	"nmdebug/nmwatch/record"
)

// Mark is the step of a connection that the entry tells of; the zero value when it tells of none.
func (e Entry) Mark() record.Mark {
	message := withoutStamp(e.Message())
	switch e.Process() {
	case NetworkManager:
		return markOfNM(message)
	case Supplicant:
		return markOfSupplicant(message)
	default:
		return record.Mark{}
	}
}

// markOfNM reads what NetworkManager logs of its devices at the level INFO, since 1.0 (nm-device.c, nm-dhcp-client.c,
// nm-vpn-connection.c).
func markOfNM(message string) record.Mark {
	_, text, ok := strings.Cut(message, "): ")
	switch {
	case strings.HasPrefix(message, "device (") && ok:
		if state, ok := stateBehind(text, "state change: "); ok {
			return record.Mark{Kind: record.DeviceMark, State: state}
		}
		if state, ok := stateBehind(text, "supplicant interface state: "); ok {
			return record.Mark{Kind: record.SupplicantMark, State: state}
		}
		if title, ok := connectionStarted(text); ok {
			return record.Mark{Kind: record.ConnectionMark, Title: title}
		}
	case strings.HasPrefix(message, "dhcp") && ok:
		return markOfLease(text)
	case strings.HasPrefix(message, "vpn"):
		return markOfVPN(message)
	}
	return record.Mark{}
}

// stateBehind reads the second state of "state change: prepare -> config (reason …)".
func stateBehind(text, before string) (string, bool) {
	rest, ok := strings.CutPrefix(text, before)
	if !ok {
		return "", false
	}
	_, state, ok := strings.Cut(rest, " -> ")
	state, _, _ = strings.Cut(state, " ")
	return state, ok && state != ""
}

// connectionStarted reads the name in "Activation: starting connection 'home' (a860b858-…)"; the name itself may have quotes.
func connectionStarted(text string) (title string, ok bool) {
	rest, ok := strings.CutPrefix(text, "Activation: starting connection '")
	end := strings.LastIndex(rest, "' (")
	if !ok || end < 0 {
		return "", false
	}
	return rest[:end], true
}

func markOfLease(text string) record.Mark {
	switch {
	case strings.HasPrefix(text, "activation: beginning transaction"):
		return record.Mark{Kind: record.LeaseMark, State: "asking"}
	case strings.HasPrefix(text, "state changed new lease"), strings.Contains(text, "-> bound"):
		return record.Mark{Kind: record.LeaseMark, State: "bound"}
	}
	return record.Mark{}
}

// markOfVPN reads `vpn[0x5597,ec42…,"office"]: starting openvpn`, and `vpn-connection[0x…,…,"office",0]: VPN connection: …` of
// before 1.40.
func markOfVPN(message string) record.Mark {
	head, text, ok := strings.Cut(message, "]: ")
	_, title, quoted := strings.Cut(head, `,"`)
	title, _, ended := strings.Cut(title, `"`)
	if !ok || !quoted || !ended {
		return record.Mark{}
	}
	m := record.Mark{Kind: record.VPNMark, Title: title}
	switch {
	case strings.HasPrefix(text, "starting "), strings.Contains(text, "Started the VPN service"):
		m.State = "starting"
	case strings.Contains(text, "failed"):
		m.State = "failed"
	default:
		return record.Mark{}
	}
	return m
}

// markOfSupplicant reads the events of 802.1X, which NetworkManager does not log.
func markOfSupplicant(message string) record.Mark {
	for event, state := range map[string]string{
		"CTRL-EVENT-EAP-STARTED": "started", "CTRL-EVENT-EAP-SUCCESS": "success", "CTRL-EVENT-EAP-FAILURE": "failure",
	} {
		if strings.Contains(message, event) {
			return record.Mark{Kind: record.EAPMark, State: state}
		}
	}
	return record.Mark{}
}
