package redact

// rule says what of a message, and of the answer to it, is secret besides the values whose names say so.
type rule struct {
	iface  string
	like   bool  // names that sound like secrets are enough
	args   []int // these arguments are secrets
	answer answer
}

// answer says what of an answer is secret.
type answer uint8

const (
	named   answer = iota // the values whose names are secret
	like                  // and those whose names sound like it
	all                   // every value
	unknown               // the call was not seen: like, and every argument that is a bare text
)

// The interfaces whose messages carry secrets.
const (
	nmSettings   = "org.freedesktop.NetworkManager.Settings"
	nmConnection = "org.freedesktop.NetworkManager.Settings.Connection"
	nmManager    = "org.freedesktop.NetworkManager"
	nmDevice     = "org.freedesktop.NetworkManager.Device"
	nmAgent      = "org.freedesktop.NetworkManager.SecretAgent"
	nmPlugin     = "org.freedesktop.NetworkManager.VPN.Plugin"
	wpaIface     = "fi.w1.wpa_supplicant1.Interface"
	wpaWPS       = "fi.w1.wpa_supplicant1.Interface.WPS"
	wpaP2P       = "fi.w1.wpa_supplicant1.Interface.P2PDevice"
	bluezAgent   = "org.bluez.Agent1"
	iwdAgent     = "net.connman.iwd.Agent"
	iwdNetwork   = "net.connman.iwd.SimpleConfiguration"
	modemSIM     = "org.freedesktop.ModemManager1.Sim"
	modemSimple  = "org.freedesktop.ModemManager1.Modem.Simple"
)

// ruleOf finds the rule for a call or a signal; ok is false when there is none. A call need not name its interface.
func ruleOf(iface, member string) (r rule, ok bool) {
	for _, r := range rulesOf(member) {
		if iface == "" || iface == r.iface {
			return r, true
		}
	}
	return rule{}, false
}

// rulesOf lists the messages that carry secrets, by their member. Sources: NetworkManager's introspection/*.xml,
// wpa_supplicant/dbus/dbus_new.c, BlueZ's doc/agent-api.txt, iwd's doc/agent-api.txt, ModemManager's introspection/*.xml.
//
//nolint:funlen // as long as what it lists
func rulesOf(member string) []rule {
	switch member {
	case "AddConnection", "AddConnection2", "AddConnectionUnsaved":
		return []rule{{iface: nmSettings, like: true}}
	case "Update", "Update2", "UpdateUnsaved":
		return []rule{{iface: nmConnection, like: true}}
	case "AddAndActivateConnection", "AddAndActivateConnection2":
		return []rule{{iface: nmManager, like: true}}
	case "Reapply":
		return []rule{{iface: nmDevice, like: true}}
	case "GetSecrets":
		return []rule{{iface: nmConnection, answer: all}, {iface: nmAgent, like: true, answer: all}}
	case "SaveSecrets", "DeleteSecrets":
		return []rule{{iface: nmAgent, like: true}}
	case "NeedSecrets", "NewSecrets":
		return []rule{{iface: nmPlugin, like: true}}
	case "Connect":
		return []rule{{iface: nmPlugin, like: true}, {iface: wpaP2P, like: true, answer: all}, {iface: modemSimple, like: true}}
	case "ConnectInteractive":
		return []rule{{iface: nmPlugin, like: true}}
	case "AddNetwork", "AddCred":
		return []rule{{iface: wpaIface, like: true}}
	case "NetworkReply":
		return []rule{{iface: wpaIface, args: []int{2}}}
	case "AddBlob":
		return []rule{{iface: wpaIface, args: []int{1}}}
	case "GetBlob":
		return []rule{{iface: wpaIface, answer: all}}
	case "Start":
		return []rule{{iface: wpaWPS, like: true, answer: like}}
	case "Credentials", "Event":
		return []rule{{iface: wpaWPS, like: true}}
	case "AddPersistentGroup":
		return []rule{{iface: wpaP2P, like: true}}
	case "RequestPinCode", "RequestPasskey":
		return []rule{{iface: bluezAgent, answer: all}}
	case "DisplayPinCode", "DisplayPasskey", "RequestConfirmation":
		return []rule{{iface: bluezAgent, args: []int{1}}}
	case "RequestPassphrase", "RequestPrivateKeyPassphrase", "RequestUserNameAndPassword", "RequestUserPassword":
		return []rule{{iface: iwdAgent, answer: all}}
	case "StartPin":
		return []rule{{iface: iwdNetwork, args: []int{0}}}
	case "GeneratePin":
		return []rule{{iface: iwdNetwork, answer: all}}
	case "SendPin", "EnablePin":
		return []rule{{iface: modemSIM, args: []int{0}}}
	case "SendPuk", "ChangePin":
		return []rule{{iface: modemSIM, args: []int{0, 1}}}
	default:
		return nil
	}
}
