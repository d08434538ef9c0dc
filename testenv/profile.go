package testenv

import (
	"context"
	"fmt"
)

// AddProfile gives NetworkManager a connection profile, and replaces an older one of the same id.
// The settings are a keyfile that begins inside its [connection] section; the id is put before them.
// A profile without autoconnect=false is activated by NetworkManager itself as soon as its device can carry it.
func (l *Lab) AddProfile(ctx context.Context, id, settings string) error {
	path := "/etc/NetworkManager/system-connections/" + id + ".nmconnection"
	if err := l.WriteFile(path, []byte("[connection]\nid="+id+"\n"+settings), 0o600); err != nil {
		return fmt.Errorf("cannot write the profile %s: %w", id, err)
	}
	if _, err := l.Run(ctx, "nmcli", "connection", "load", path); err != nil {
		return fmt.Errorf("cannot load the profile %s: %w", id, err)
	}
	return nil
}

// Activate asks NetworkManager to activate a profile and does not wait for the outcome; see [Lab.AwaitActive].
func (l *Lab) Activate(ctx context.Context, id string) error {
	_, err := l.Run(ctx, "nmcli", "--wait", "0", "connection", "up", id)
	return err
}

// autoIPv4 is the end of a profile that asks for a lease.
const autoIPv4 = `
[ipv4]
method=auto
[ipv6]
method=disabled
`

func ethernet(device string) string {
	return "type=ethernet\ninterface-name=" + device + "\n"
}

func staticIPv4(address string) string {
	return "[ipv4]\nmethod=manual\naddress1=" + address + "\n[ipv6]\nmethod=disabled\n"
}
