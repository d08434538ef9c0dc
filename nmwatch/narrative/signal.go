package narrative

import (
	"fmt"
	"maps"
	"strings"

	"nmdebug/nmwatch/mirror"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/nmwatch/record"
	"nmdebug/wpadbus/wpatypes"
)

// The interfaces whose signals are told in words of their own.
const (
	ifaceNM         = "org.freedesktop.NetworkManager"
	ifaceDevice     = "org.freedesktop.NetworkManager.Device"
	ifaceActive     = "org.freedesktop.NetworkManager.Connection.Active"
	ifaceVPN        = "org.freedesktop.NetworkManager.VPN.Connection"
	ifacePlugin     = "org.freedesktop.NetworkManager.VPN.Plugin"
	ifaceSupplicant = "fi.w1.wpa_supplicant1.Interface"
	ifaceProperties = "org.freedesktop.DBus.Properties"
)

const serviceIWD = "net.connman.iwd"

// signal tells a signal.
func (n *Narrator) signal(e mirror.Event) {
	if e.Overheard && !unsubscribed(e) {
		return // it came on our own connection too
	}
	args, err := e.Message.Args()
	if err != nil {
		n.add(record.Line{Process: n.sender(e), Severity: record.Warning, Text: e.Message.Member + ": " + err.Error()})
		return
	}
	about := n.names.of(e.Message.Path)
	l := record.Line{Process: n.sender(e), Interface: about.iface}
	numbers := numbersOf(args)
	switch key := e.Message.Interface + "." + e.Message.Member; {
	case key == ifaceProperties+".PropertiesChanged":
		n.properties(l, args)
		return
	case key == ifaceDevice+".StateChanged" && len(numbers) == 3:
		deviceState(&l, numbers)
	case key == ifaceActive+".StateChanged" && len(numbers) == 2:
		activeState(&l, about.title, numbers)
	case key == ifaceVPN+".VpnStateChanged" && len(numbers) == 2:
		vpnState(&l, about.title, numbers)
	case key == ifacePlugin+".Failure" && len(numbers) == 1:
		l.Floor, l.Severity, l.Text = "vpn", record.Error, "the plugin fails: "+nmtypes.VPNPluginFailure(numbers[0]).String()
	case key == ifaceNM+".StateChanged" && len(numbers) == 1:
		l.Text = "the state of the whole is " + nmtypes.GlobalState(numbers[0]).String()
	case e.Message.Interface == ifaceSupplicant && e.Message.Member == "PropertiesChanged", e.Message.Interface == "org.freedesktop.DBus":
		return // told by the standard signal too; the bus's own housekeeping
	case e.Message.Interface == ifaceSupplicant:
		n.supplicant(&l, e.Message.Member, args)
	default:
		l.Severity = record.Debug
		l.Text = strings.TrimSpace("signals " + e.Message.Member + " " + n.arguments(args))
	}
	n.add(l)
}

// unsubscribed says whether a signal is one that our own connection is not sent, so that a monitor alone sees it: those of VPN
// plugins, which have a new name for each connection, and of iwd.
func unsubscribed(e mirror.Event) bool {
	return e.Message.Interface == ifacePlugin || e.Service == serviceIWD
}

func numbersOf(args []any) []uint32 {
	var numbers []uint32
	for _, a := range args {
		if v, ok := a.(uint32); ok {
			numbers = append(numbers, v)
		}
	}
	return numbers
}

// deviceState tells Device.StateChanged(new, old, reason).
func deviceState(l *record.Line, v []uint32) {
	now, old, reason := nmtypes.DeviceState(v[0]), nmtypes.DeviceState(v[1]), nmtypes.DeviceReason(v[2])
	l.Severity, l.Mark = record.Notice, record.Mark{Kind: record.DeviceMark, State: now.String()}
	l.Text = fmt.Sprintf("%s → %s", old, now)
	if reason != nmtypes.ReasonNone {
		l.Text += fmt.Sprintf(" (%s)", reason)
	}
	switch {
	case now == nmtypes.DeviceFailed:
		l.Severity = record.Error
	case now < old && old == nmtypes.DeviceActivated && reason != nmtypes.ReasonUserRequested && reason != nmtypes.ReasonNewActivation:
		l.Severity = record.Warning
	}
	switch {
	case now == nmtypes.DeviceUnavailable:
		l.Floor = "l1"
	case now >= nmtypes.DevicePrepare && now <= nmtypes.DeviceNeedAuth:
		l.Floor = "l2"
	case now >= nmtypes.DeviceIPConfig && now <= nmtypes.DeviceActivated:
		l.Floor = "l3"
	}
}

func activeState(l *record.Line, title string, v []uint32) {
	state, reason := nmtypes.ActiveState(v[0]), nmtypes.ActiveReason(v[1])
	l.Text = fmt.Sprintf("connection %s is %s", title, state)
	if reason > nmtypes.ActiveReasonNone {
		l.Text += fmt.Sprintf(" (%s)", reason)
	}
	if state == nmtypes.ActiveActivating && title != "" {
		l.Mark = record.Mark{Kind: record.ConnectionMark, Title: title}
	}
	if state == nmtypes.ActiveDeactivated && reason > nmtypes.ActiveReasonUserDisconnected {
		l.Severity = record.Warning
	}
}

func vpnState(l *record.Line, title string, v []uint32) {
	state, reason := nmtypes.VPNState(v[0]), nmtypes.ActiveReason(v[1])
	l.Floor, l.Severity, l.Mark = "vpn", record.Notice, record.Mark{Kind: record.VPNMark, State: state.String(), Title: title}
	l.Text = fmt.Sprintf("VPN %s is at %s", title, state)
	if reason > nmtypes.ActiveReasonNone {
		l.Text += fmt.Sprintf(" (%s)", reason)
	}
	if (state == nmtypes.VPNFailed || state == nmtypes.VPNDisconnected) && reason > nmtypes.ActiveReasonUserDisconnected {
		l.Severity = record.Error
	}
}

// supplicant tells a signal of an interface of wpa_supplicant's.
func (n *Narrator) supplicant(l *record.Line, member string, args []any) {
	l.Floor = "l2"
	l.Text = strings.TrimSpace("signals " + member + " " + n.arguments(args))
	switch member {
	case "EAP":
		l.Severity, l.Mark = record.Notice, markOfEAP(args)
		l.Text = "EAP: " + n.arguments(args)
		if text := strings.ToLower(l.Text); strings.Contains(text, "failure") || strings.Contains(text, "alert") {
			l.Severity = record.Error
		}
	case "Certification":
		l.Text = certificate(args)
	case "PskMismatch", "SaePasswordMismatch":
		l.Severity, l.Text = record.Error, "the password is wrong ("+member+")"
	case "BSSAdded", "BSSRemoved", "ScanDone":
		l.Severity = record.Debug
	}
}

// markOfEAP reads EAP("started", …) and EAP("completion", "success" or "failure").
func markOfEAP(args []any) record.Mark {
	if len(args) < 2 {
		return record.Mark{}
	}
	status, _ := args[0].(string)
	parameter, _ := args[1].(string)
	switch status {
	case "started":
		return record.Mark{Kind: record.EAPMark, State: status}
	case "completion":
		return record.Mark{Kind: record.EAPMark, State: parameter}
	}
	return record.Mark{}
}

// certificate tells one certificate of the server's chain; the server's own has the depth 0.
func certificate(args []any) string {
	var values map[string]any
	if len(args) > 0 {
		values, _ = args[0].(map[string]any)
	}
	depth, _ := mirror.Props(values).Uint32("depth")
	subject, _ := mirror.Props(values).String("subject")
	return fmt.Sprintf("the server's certificate at depth %d is of %s", depth, subject)
}

// supplicantState tells the properties that say how an association goes, and gives the others.
func (n *Narrator) supplicantState(l record.Line, values map[string]any) map[string]any {
	props := mirror.Props(values)
	rest := maps.Clone(values)
	l.Floor = "l2"
	tell := func(name, text string, severity record.Severity) {
		delete(rest, name)
		l.Text, l.Severity = text, severity
		n.add(l)
	}
	if state, ok := props.String("State"); ok {
		l.Mark = record.Mark{Kind: record.SupplicantMark, State: state}
		tell("State", "is "+state, record.Notice)
		l.Mark = record.Mark{}
	}
	if reason, ok := props.Int32("DisconnectReason"); ok && reason != 0 {
		tell("DisconnectReason", "disconnected, reason "+wpatypes.Reason(reason).String(), record.Warning)
	}
	for _, name := range []string{"AuthStatusCode", "AssocStatusCode"} {
		if status, ok := props.Int32(name); ok && status != 0 {
			what := strings.TrimSuffix(name, "StatusCode")
			tell(name, "refused by the access point ("+strings.ToLower(what)+"): "+wpatypes.Status(status).String(), record.Warning)
		}
	}
	return rest
}

// owner tells that a daemon came or went.
func (n *Narrator) owner(e mirror.Event) {
	l := record.Line{Process: processOf(e.Service), Severity: record.Notice}
	switch e.Kind {
	case mirror.OwnerGained:
		l.Text = "is on the bus"
	case mirror.OwnerLost:
		l.Text, l.Severity = "left the bus", record.Warning
	default:
		l.Text, l.Severity = "was replaced on the bus by another process of the same name", record.Warning
	}
	n.add(l)
}
