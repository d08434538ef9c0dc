package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// peerNetns is where the peer's network namespace is pinned, and where "ip netns" looks for it.
const peerNetns = "/run/netns/peer"

// buildSandbox makes the sandbox out of fresh namespaces; it runs in their pid 1.
func buildSandbox(dir string) error {
	steps := []struct {
		what string
		do   func() error
	}{
		{"cut the mounts off from the host", func() error { return unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") }},
		{"mount /proc", func() error {
			return unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
		}},
		// Read-only tells NetworkManager that no udevd will ever announce a device.
		{"mount /sys", func() error { return unix.Mount("sysfs", "/sys", "sysfs", unix.MS_RDONLY, "") }},
		{"lay over /etc and /var", func() error { return mountOverlays(filepath.Join(dir, "scratch"), "/etc", "/var") }},
		{"mount /run", buildRun},
		{"make a private /dev", buildDev},
		{"empty NetworkManager's directories", emptyNetworkManager},
		{"set the loopback interface up", loopbackUp},
		{"make the peer's network", pinPeer},
		{"set the host name", setHostname},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("cannot %s: %w", s.what, err)
		}
	}
	return nil
}

func mountTmpfs(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return unix.Mount("tmpfs", path, "tmpfs", 0, "mode=0755")
}

// mountOverlays keeps what is written below the paths in memory. Once mounted, the overlays hold it without a name.
func mountOverlays(scratch string, paths ...string) error {
	if err := mountTmpfs(scratch); err != nil {
		return err
	}
	for _, path := range paths {
		upper, work := filepath.Join(scratch, path, "upper"), filepath.Join(scratch, path, "work")
		for _, d := range []string{upper, work} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return err
			}
		}
		if err := unix.Mount("overlay", path, "overlay", 0, "lowerdir="+path+",upperdir="+upper+",workdir="+work); err != nil {
			return err
		}
	}
	if err := unix.Unmount(scratch, unix.MNT_DETACH); err != nil {
		return err
	}
	return os.Remove(scratch)
}

func buildRun() error {
	if err := mountTmpfs("/run"); err != nil {
		return err
	}
	for _, d := range []string{"/run/dbus", "/run/NetworkManager", "/run/lock", "/run/netns"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// emptyNetworkManager hides the host's profiles, leases, settings and dispatcher scripts, and its resolv.conf, which may be a link to a daemon's.
func emptyNetworkManager() error {
	for _, d := range []string{"/etc/NetworkManager", "/var/lib/NetworkManager"} {
		if err := mountTmpfs(d); err != nil {
			return err
		}
	}
	for _, d := range []string{"conf.d", "system-connections", "dispatcher.d"} {
		if err := os.Mkdir(filepath.Join("/etc/NetworkManager", d), 0o755); err != nil {
			return err
		}
	}
	if err := os.Remove("/etc/resolv.conf"); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile("/etc/resolv.conf", nil, 0o644)
}

func loopbackUp() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(s) }()
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, req)
}

// pinPeer makes the second network namespace and comes back from it.
func pinPeer() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer func() { _ = home.Close() }()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	if err := loopbackUp(); err != nil {
		return err
	}
	if err := os.WriteFile(peerNetns, nil, 0o444); err != nil {
		return err
	}
	if err := unix.Mount("/proc/thread-self/ns/net", peerNetns, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	return unix.Setns(int(home.Fd()), unix.CLONE_NEWNET)
}

func setHostname() error {
	if err := os.WriteFile("/etc/hostname", []byte("lab\n"), 0o644); err != nil {
		return err
	}
	return unix.Sethostname([]byte("lab"))
}
