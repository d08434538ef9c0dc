package testenv

import (
	"context"
	"fmt"
	"net/netip"
	"os"
)

// charon is in no PATH.
const charon = "/usr/lib/ipsec/charon"

// charonConfig moves ESP to user space: a kernel without it still carries the tunnel.
const charonConfig = `charon {
  load = random nonce aes des rc2 sha1 sha2 md5 md4 hmac pem pkcs1 gmp openssl kernel-libipsec kernel-netlink socket-default vici xauth-generic unity attr
  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
  filelog {
    stderr {
      default = 1
      flush_line = yes
    }
  }
}
`

const swanctlConfig = `connections {
  lab {
    version = 1
    aggressive = yes
    encap = yes
    local_addrs = %[1]s
    proposals = aes256-sha1-modp1024,aes128-sha1-modp1024,3des-sha1-modp1024
    pools = inner
    local {
      auth = psk
    }
    remote {
      auth = psk
      id = keyid:lab
    }
    remote-xauth {
      auth = xauth
    }
    children {
      all {
        local_ts = 0.0.0.0/0
        esp_proposals = aes256-sha1,aes128-sha1,3des-sha1
      }
    }
  }
}
pools {
  inner {
    addrs = 10.97.0.100-10.97.0.199
  }
}
secrets {
  ike-lab {
    id = keyid:lab
    secret = "` + GroupSecret + `"
  }
  xauth-alice {
    id = alice
    secret = "` + Password + `"
  }
}
`

// VPNC starts a server for vpnc, strongSwan's charon, at an address of the peer. A lab can have one.
// Its inner network is 10.97.0.0/24, its own inner address the .1.
func (l *Lab) VPNC(ctx context.Context, address netip.Addr) (*Daemon, error) {
	config, connections := l.file("strongswan.conf"), l.file("swanctl.conf")
	for path, text := range map[string]string{config: charonConfig, connections: fmt.Sprintf(swanctlConfig, address)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("cannot configure charon: %w", err)
		}
	}
	if _, err := l.Peer.Run(ctx, "ip", "address", "replace", "10.97.0.1/32", "dev", "lo"); err != nil {
		return nil, err
	}
	environment := "STRONGSWAN_CONF=" + config
	d := l.daemon(l.Peer, "charon", "env", environment, charon)
	d.ready = func(ctx context.Context) error {
		_, err := l.Peer.Run(ctx, "env", environment, "swanctl", "--load-all", "--noprompt", "--file", connections)
		return err
	}
	return d, d.Start(ctx)
}

func vpncProfile(address netip.Addr, password string) string {
	return vpnProfile("org.freedesktop.NetworkManager.vpnc", []string{
		"IPSec gateway=" + address.String(),
		"IPSec ID=lab",
		"Xauth username=alice",
		"IKE DH Group=dh2",
		"NAT Traversal Mode=force-natt",
		"Local Port=0",
		"DPD idle timeout (our side)=10",
		"IPSec secret-flags=0",
		"Xauth password-flags=0",
	}) + "[vpn-secrets]\nIPSec secret=" + GroupSecret + "\nXauth password=" + password + "\n"
}
