package plan

import (
	"context"
	"errors"
	"strings"

	"nmdebug/inspect"
)

// Network is what a plan needs of NetworkManager. Objects are D-Bus paths; "/" stands for none.
type Network interface {
	// Activate connects a profile on a device. Of a VPN, base is the active connection that carries it.
	Activate(ctx context.Context, profile, device, base string) error
	Deactivate(ctx context.Context, active string) error
	// Renew asks for a lease anew; Reapply only puts back addresses and routes that are missing.
	Renew(ctx context.Context, device string) error
	Reapply(ctx context.Context, device string) error
	SetManaged(ctx context.Context, device string, managed bool) error
}

// Radio switches Wi-Fi as a whole.
type Radio interface {
	SetWireless(ctx context.Context, on bool) error
}

// Supplicant is what a plan needs of wpa_supplicant. The interface is its D-Bus path.
type Supplicant interface {
	Reassociate(ctx context.Context, iface string) error
	// Relogin begins a new 802.1X session.
	Relogin(ctx context.Context, iface string) error
}

// Actors carry out actions.
type Actors struct {
	Network    Network
	Radio      Radio
	Supplicant Supplicant
}

// Verb is what an action does.
type Verb string

// The verbs. The empty one does nothing: NetworkManager does it by itself and the step only waits.
const (
	Wait        Verb = ""
	Activate    Verb = "activate"
	Deactivate  Verb = "deactivate"
	Renew       Verb = "renew"
	Reapply     Verb = "reapply"
	Retake      Verb = "retake"   // NetworkManager lets go of the device and takes it anew
	RadioOn     Verb = "radio-on" // Wi-Fi was switched off
	Reassociate Verb = "reassociate"
	Relogin     Verb = "relogin"
)

// Action is one change, with the objects that it is about.
type Action struct {
	Verb       Verb   `json:"verb"`
	Profile    string `json:"profile,omitempty"`
	Device     string `json:"device,omitempty"`
	Active     string `json:"active,omitempty"`     // the active connection that is ended
	Base       string `json:"base,omitempty"`       // the interface that carries a VPN, which has another active connection by then
	Supplicant string `json:"supplicant,omitempty"` // its interface's path
}

// ErrNoBase says that the connection which should carry a VPN is not there.
var ErrNoBase = errors.New("the connection that carries it is not active")

// Do carries the action out. Base is the active connection of the interface Action.Base as it is now; "" for none.
func (a Action) Do(ctx context.Context, by Actors, base string) error {
	switch a.Verb {
	case Wait:
		return nil
	case Activate:
		if a.Base == "" {
			base = "/"
		} else if base == "" {
			return ErrNoBase
		}
		return by.Network.Activate(ctx, a.Profile, a.Device, base)
	case Deactivate:
		return by.Network.Deactivate(ctx, a.Active)
	case Renew:
		return by.Network.Renew(ctx, a.Device)
	case Reapply:
		return by.Network.Reapply(ctx, a.Device)
	case Retake:
		if err := by.Network.SetManaged(ctx, a.Device, false); err != nil {
			return err
		}
		return by.Network.SetManaged(ctx, a.Device, true)
	case RadioOn:
		return by.Radio.SetWireless(ctx, true)
	case Reassociate:
		return by.Supplicant.Reassociate(ctx, a.Supplicant)
	case Relogin:
		return by.Supplicant.Relogin(ctx, a.Supplicant)
	}
	return errors.New("internal error: unknown action " + string(a.Verb))
}

const (
	nmService  = "org.freedesktop.NetworkManager"
	nmPath     = "/org/freedesktop/NetworkManager"
	nmDevice   = nmService + ".Device"
	wpaService = "fi.w1.wpa_supplicant1"
	wpaIface   = wpaService + ".Interface"
)

// Busctl gives the D-Bus calls of the action as commands that can be pasted into a shell.
func (a Action) Busctl() []string {
	nm, device := object{nmService, nmPath, nmService}, object{nmService, a.Device, nmDevice}
	supplicant := object{wpaService, a.Supplicant, wpaIface}
	switch a.Verb {
	case Wait:
	case Activate:
		if a.Base != "" {
			return []string{nm.call("ActivateConnection", "ooo", a.Profile, a.Device) + " " + activeOf(a.Base)}
		}
		return []string{nm.call("ActivateConnection", "ooo", a.Profile, a.Device, "/")}
	case Deactivate:
		return []string{nm.call("DeactivateConnection", "o", a.Active)}
	case Renew:
		return renewal(device)
	case Reapply:
		return []string{device.call("Reapply", "a{sa{sv}}tu", "0", "0", "0")}
	case Retake:
		return []string{device.set("Managed", "b", "false"), device.set("Managed", "b", "true")}
	case RadioOn:
		return []string{nm.set("WirelessEnabled", "b", "true")}
	case Reassociate:
		return []string{supplicant.call("Reassociate")}
	case Relogin:
		return []string{supplicant.call("EAPLogon"), supplicant.call("Reassociate")}
	}
	return []string{}
}

// renewal are the calls that make NetworkManager ask for a lease anew: it does so when a setting of the family differs
// from what it applied. DHCP's timeout is the one that changes nothing else; the second call puts it back.
func renewal(device object) []string {
	reapply := "xargs " + device.call("Reapply", "a{sa{sv}}tu")
	return []string{
		"applied=$(" + device.call("GetAppliedConnection", "u", "0") + " | sed -E 's/^[^ ]+ //; s/ [0-9]+$//')",
		`echo "$applied 0 0" | perl -pe 's/"(ipv[46])" (\d+) /sprintf q("%s" %d "dhcp-timeout" i 45 ), $1, $2 + 1/ge' | ` + reapply,
		`echo "$applied 0 0" | ` + reapply,
	}
}

// object is an interface of a D-Bus object.
type object struct{ service, path, iface string }

// call is the command that calls a method; the words after it are the signature and the arguments.
func (o object) call(member string, words ...string) string {
	return inspect.Command(append([]string{"busctl", "call", o.service, o.path, o.iface, member}, words...)...)
}

// set is the command that sets a property.
func (o object) set(property, signature, value string) string {
	return inspect.Command("busctl", "set-property", o.service, o.path, o.iface, property, signature, value)
}

// activeOf is a shell expression for the active connection that an interface has when it is its turn.
func activeOf(iface string) string {
	return "$(active " + inspect.Command(iface) + ")"
}

// ActiveFunction is the shell function that the calls use to name a connection that does not exist yet.
func ActiveFunction() string {
	return strings.Join([]string{
		"active() {",
		`  device=$(busctl call ` + nmService + " " + nmPath + " " + nmService + ` GetDeviceByIpIface s "$1" | cut -d'"' -f2)`,
		`  busctl get-property ` + nmService + ` "$device" ` + nmDevice + ` ActiveConnection | cut -d'"' -f2`,
		"}",
	}, "\n")
}
