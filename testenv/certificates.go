package testenv

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"
)

// Certificates are the paths of the lab's authority and of what it has signed, all PEM, the keys without a password.
type Certificates struct {
	Authority             string
	ServerCert, ServerKey string // for server.lab
	ClientCert, ClientKey string // for alice
}

// Certificates makes the lab's certificates when they are first asked for.
func (l *Lab) Certificates() (Certificates, error) {
	c := Certificates{
		Authority:  l.file("ca.pem"),
		ServerCert: l.file("server.pem"), ServerKey: l.file("server.key"),
		ClientCert: l.file("client.pem"), ClientKey: l.file("client.key"),
	}
	if _, err := os.Stat(c.ClientKey); err == nil {
		return c, nil
	}
	s, err := NewSigned("server.lab")
	if err != nil {
		return c, err
	}
	return c, errors.Join(
		os.WriteFile(c.Authority, s.Authority.Cert, 0o600),
		os.WriteFile(c.ServerCert, s.Server.Cert, 0o600), os.WriteFile(c.ServerKey, s.Server.Key, 0o600),
		os.WriteFile(c.ClientCert, s.Client.Cert, 0o600), os.WriteFile(c.ClientKey, s.Client.Key, 0o600),
	)
}

// Signed are an authority and what it has signed.
type Signed struct{ Authority, Server, Client Certificate }

// Certificate is a certificate and its key in PEM, the key without a password.
type Certificate struct {
	Cert, Key []byte
	parsed    *x509.Certificate
	signs     *ecdsa.PrivateKey
}

// NewSigned makes an authority, and has it sign for a server and for alice.
func NewSigned(server string) (s Signed, err error) {
	if s.Authority, err = newCertificate("Lab CA", 0, nil); err != nil {
		return s, fmt.Errorf("cannot make the authority: %w", err)
	}
	if s.Server, err = newCertificate(server, x509.ExtKeyUsageServerAuth, &s.Authority); err != nil {
		return s, fmt.Errorf("cannot make the server's certificate: %w", err)
	}
	if s.Client, err = newCertificate("alice", x509.ExtKeyUsageClientAuth, &s.Authority); err != nil {
		return s, fmt.Errorf("cannot make the client's certificate: %w", err)
	}
	return s, nil
}

// newCertificate makes a certificate for a name, signed by an authority; without one it is an authority itself.
func newCertificate(name string, usage x509.ExtKeyUsage, ca *Certificate) (c Certificate, err error) {
	if c.signs, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return c, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(7 * 24 * time.Hour), BasicConstraintsValid: true,
	}
	issuer, key := template, c.signs
	if ca == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	} else {
		template.KeyUsage, template.ExtKeyUsage, template.DNSNames = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{usage}, []string{name}
		issuer, key = ca.parsed, ca.signs
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, c.signs.Public(), key)
	if err != nil {
		return c, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(c.signs)
	if err != nil {
		return c, err
	}
	c.Cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.Key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	c.parsed, err = x509.ParseCertificate(der)
	return c, err
}
