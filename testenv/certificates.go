package testenv

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
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
	ca, err := newAuthority(c.Authority)
	if err != nil {
		return c, fmt.Errorf("cannot make the authority: %w", err)
	}
	if err := ca.sign("server.lab", x509.ExtKeyUsageServerAuth, c.ServerCert, c.ServerKey); err != nil {
		return c, fmt.Errorf("cannot make the server's certificate: %w", err)
	}
	if err := ca.sign("alice", x509.ExtKeyUsageClientAuth, c.ClientCert, c.ClientKey); err != nil {
		return c, fmt.Errorf("cannot make the client's certificate: %w", err)
	}
	return c, nil
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(path string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificate("Lab CA")
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{cert: cert, key: key}, writePEM(path, "CERTIFICATE", der)
}

func (a *authority) sign(name string, usage x509.ExtKeyUsage, certPath, keyPath string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := certificate(name)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	template.DNSNames = []string{name}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	if err := writePEM(certPath, "CERTIFICATE", der); err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(keyPath, "PRIVATE KEY", keyDER)
}

func certificate(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(7 * 24 * time.Hour),
		BasicConstraintsValid: true,
	}
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
