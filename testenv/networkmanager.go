package testenv

import (
	"fmt"
)

// nmConfig keeps NetworkManager to what a profile says, and quick to notice a lost carrier (its own default is 6 s).
const nmConfig = `[main]
plugins=keyfile
dhcp=internal
no-auto-default=*
hostname-mode=none
rc-manager=file

[keyfile]
unmanaged-devices=none

[connectivity]
enabled=false

[device]
carrier-wait-timeout=500
`

// newNetworkManager describes NetworkManager with the lab's configuration and what is added to it.
func newNetworkManager(l *Lab, added string) (*Daemon, error) {
	for path, text := range map[string]string{
		"/etc/NetworkManager/NetworkManager.conf": nmConfig,
		"/etc/NetworkManager/conf.d/lab.conf":     added,
	} {
		if err := l.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("cannot configure NetworkManager: %w", err)
		}
	}
	d := l.daemon(&l.Space, "NetworkManager", "NetworkManager", "--debug", "--log-level=INFO")
	d.ready = l.owned("org.freedesktop.NetworkManager")
	return d, nil
}
