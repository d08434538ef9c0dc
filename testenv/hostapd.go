package testenv

import (
	"context"
	"fmt"
	"os"
)

// Authenticator is a hostapd that asks for 802.1X on a wire, with an authentication server of its own.
type Authenticator struct {
	*Daemon
	far string
}

const hostapdConfig = `interface=%[1]s
driver=wired
use_pae_group_addr=0
ieee8021x=1
eap_server=1
eap_user_file=%[2]s
ca_cert=%[3]s
server_cert=%[4]s
private_key=%[5]s
ctrl_interface=/run/hostapd
logger_stdout=-1
logger_stdout_level=2
logger_syslog=-1
logger_syslog_level=2
`

// Authenticate starts a hostapd on the peer's interface far. Users are lines of an eap_user file, as in [UserPEAP].
func (l *Lab) Authenticate(ctx context.Context, far, users string) (*Authenticator, error) {
	certs, err := l.Certificates()
	if err != nil {
		return nil, err
	}
	name := "hostapd-" + far
	a := &Authenticator{far: far, Daemon: l.daemon(l.Peer, name, "hostapd", l.file(name+".conf"))}
	a.ready = a.says("AP-ENABLED")
	if err := a.SetUsers(users); err != nil {
		return nil, err
	}
	config := fmt.Sprintf(hostapdConfig, far, a.usersFile(), certs.Authority, certs.ServerCert, certs.ServerKey)
	if err := os.WriteFile(l.file(name+".conf"), []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("cannot configure %s: %w", name, err)
	}
	return a, a.Start(ctx)
}

// Authenticator finds the authenticator on the peer's interface far; it is nil when there is none.
func (l *Lab) Authenticator(far string) *Authenticator {
	d := l.Daemon("hostapd-" + far)
	if d == nil {
		return nil
	}
	return &Authenticator{Daemon: d, far: far}
}

// SetUsers replaces the users; the authenticator knows them after its next start.
func (a *Authenticator) SetUsers(users string) error {
	if err := os.WriteFile(a.usersFile(), []byte(users), 0o600); err != nil {
		return fmt.Errorf("cannot write the users of %s: %w", a.Name, err)
	}
	return nil
}

func (a *Authenticator) usersFile() string { return a.lab.file(a.Name + ".users") }

// Challenge makes the authenticator ask a station who it is at once, as after a restart or when its session has run out.
func (a *Authenticator) Challenge(ctx context.Context, mac string) error {
	_, err := a.space.Run(ctx, "hostapd_cli", "-i", a.far, "new_sta", mac)
	return err
}

// The users that the scenarios' profiles can log in as.
const (
	UserPEAP = "\"alice\" PEAP\n\"alice\" MSCHAPV2 \"" + Password + "\" [2]\n"
	UserTTLS = "\"alice\" TTLS\n\"alice\" TTLS-PAP \"" + Password + "\" [2]\n"
	UserTLS  = "\"alice\" TLS\n"
	UserMD5  = "\"alice\" MD5 \"" + Password + "\"\n"
)
