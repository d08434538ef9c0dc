package wifilab

import (
	"bytes"
	"context"

	"nmdebug/testenv"
)

// Where the lab's certificates are inside the machine, all PEM, the keys without a password; and who may log in at 802.1X.
const (
	caFile         = "/run/lab/ca.pem"
	serverCertFile = "/run/lab/server.pem"
	serverKeyFile  = "/run/lab/server.key"
	clientCertFile = "/run/lab/client.pem"
	clientKeyFile  = "/run/lab/client.key"
	usersFile      = "/run/lab/users"
)

// writeCertificates makes an authority and what it signs, once for a machine: for the server radius.lab, and for alice.
func (l *Lab) writeCertificates(ctx context.Context) error {
	if _, err := l.Run(ctx, "test", "-e", clientKeyFile); err == nil {
		return nil
	}
	s, err := testenv.NewSigned("radius.lab")
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		pem  []byte
	}{
		{caFile, s.Authority.Cert},
		{serverCertFile, s.Server.Cert},
		{serverKeyFile, s.Server.Key},
		{clientCertFile, s.Client.Cert},
		{clientKeyFile, s.Client.Key},
	} {
		if err := l.WriteFile(ctx, f.path, 0o600, bytes.NewReader(f.pem)); err != nil {
			return err
		}
	}
	return nil
}
