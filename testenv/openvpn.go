package testenv

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// OpenVPNAuth is how an OpenVPN client proves who it is.
type OpenVPNAuth int

// The ways of an OpenVPN client to prove who it is.
const (
	OpenVPNCertificate OpenVPNAuth = iota
	OpenVPNPassword                // alice, secret
	OpenVPNStaticKey               // shared by both sides, without TLS
)

const openVPNName = "org.freedesktop.NetworkManager.openvpn"

// OpenVPN starts a server at an address of the peer. Its inner network is 10.98.0.0/24, its own inner address the .1.
func (l *Lab) OpenVPN(ctx context.Context, address netip.Addr, auth OpenVPNAuth) (*Daemon, error) {
	args, err := l.openVPNServer(auth)
	if err != nil {
		return nil, fmt.Errorf("cannot configure openvpn: %w", err)
	}
	common := []string{"openvpn", "--dev", "tun-server", "--dev-type", "tun", "--proto", "udp", "--local", address.String(), "--verb", "3"}
	d := l.daemon(l.Peer, "openvpn", append(common, args...)...)
	d.ready = d.says("UDPv4 link remote")
	if auth != OpenVPNStaticKey {
		d.ready = d.says("Initialization Sequence Completed")
	}
	return d, d.Start(ctx)
}

func (l *Lab) openVPNServer(auth OpenVPNAuth) ([]string, error) {
	if auth == OpenVPNStaticKey {
		key, err := l.staticKey()
		return []string{"--secret", key, "--cipher", "AES-256-CBC", "--ifconfig", "10.98.0.1", "10.98.0.2"}, err
	}
	certs, err := l.Certificates()
	if err != nil {
		return nil, err
	}
	args := []string{
		"--server", "10.98.0.0", "255.255.255.0", "--topology", "subnet", "--dh", "none",
		"--ca", certs.Authority, "--cert", certs.ServerCert, "--key", certs.ServerKey,
	}
	if auth == OpenVPNCertificate {
		return args, nil
	}
	script := l.file("openvpn-login")
	args = append(args, "--verify-client-cert", "none", "--username-as-common-name", "--script-security", "2", "--auth-user-pass-verify", script, "via-file")
	return args, os.WriteFile(script, []byte("#!/bin/sh\n[ \"$(cat \"$1\")\" = 'alice\n"+Password+"' ]\n"), 0o755)
}

// staticKey writes 2048 random bits in OpenVPN's own form.
func (l *Lab) staticKey() (string, error) {
	bits := make([]byte, 256)
	_, _ = rand.Read(bits) // never fails
	var key strings.Builder
	key.WriteString("-----BEGIN OpenVPN Static key V1-----\n")
	for digits := hex.EncodeToString(bits); digits != ""; digits = digits[32:] {
		key.WriteString(digits[:32] + "\n")
	}
	key.WriteString("-----END OpenVPN Static key V1-----\n")
	path := l.file("static.key")
	return path, os.WriteFile(path, []byte(key.String()), 0o600)
}

// openVPNProfile is a profile for a server of [Lab.OpenVPN]; data are further lines of its [vpn] section.
func (l *Lab) openVPNProfile(address netip.Addr, auth OpenVPNAuth, password string, data ...string) (string, error) {
	certs, err := l.Certificates()
	if err != nil {
		return "", err
	}
	secrets := ""
	switch auth {
	case OpenVPNCertificate:
		data = append(data, "connection-type=tls", "ca="+certs.Authority, "cert="+certs.ClientCert, "key="+certs.ClientKey, "cert-pass-flags=4")
	case OpenVPNPassword:
		data = append(data, "connection-type=password", "ca="+certs.Authority, "username=alice", "password-flags=0")
		secrets = "[vpn-secrets]\npassword=" + password + "\n"
	case OpenVPNStaticKey:
		data = append(data, "connection-type=static-key", "static-key="+l.file("static.key"), "cipher=AES-256-CBC", "local-ip=10.98.0.2", "remote-ip=10.98.0.1")
	}
	return vpnProfile(openVPNName, append(data, "remote="+address.String())) + secrets, nil
}

// vpnProfile is a profile of a VPN plugin that leaves the default route where it is.
func vpnProfile(service string, data []string) string {
	return "type=vpn\nautoconnect=false\n[ipv4]\nmethod=auto\nnever-default=true\n[ipv6]\nmethod=disabled\n" +
		"[vpn]\nservice-type=" + service + "\n" + strings.Join(data, "\n") + "\n"
}
