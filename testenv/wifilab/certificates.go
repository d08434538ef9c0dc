package wifilab

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
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
	ca, err := newCertificate("Lab CA", 0, nil)
	if err != nil {
		return fmt.Errorf("cannot make the authority: %w", err)
	}
	server, err := newCertificate("radius.lab", x509.ExtKeyUsageServerAuth, ca)
	if err != nil {
		return fmt.Errorf("cannot make the server's certificate: %w", err)
	}
	client, err := newCertificate("alice", x509.ExtKeyUsageClientAuth, ca)
	if err != nil {
		return fmt.Errorf("cannot make the client's certificate: %w", err)
	}
	for _, f := range []struct {
		path string
		pem  []byte
	}{
		{caFile, ca.certPEM},
		{serverCertFile, server.certPEM},
		{serverKeyFile, server.keyPEM},
		{clientCertFile, client.certPEM},
		{clientKeyFile, client.keyPEM},
	} {
		if err := l.WriteFile(ctx, f.path, 0o600, bytes.NewReader(f.pem)); err != nil {
			return err
		}
	}
	return nil
}

type certificate struct {
	parsed          *x509.Certificate
	key             *ecdsa.PrivateKey
	certPEM, keyPEM []byte
}

// newCertificate makes a certificate for a name, signed by an authority; without one it is an authority itself.
func newCertificate(name string, usage x509.ExtKeyUsage, ca *certificate) (*certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(7 * 24 * time.Hour), BasicConstraintsValid: true,
	}
	c := &certificate{parsed: template, key: key}
	if ca == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
		ca = c
	} else {
		template.KeyUsage, template.ExtKeyUsage, template.DNSNames = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{usage}, []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.parsed, key.Public(), ca.key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	c.certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	c.parsed, err = x509.ParseCertificate(der)
	return c, err
}
