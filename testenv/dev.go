package testenv

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// buildDev makes a /dev of the sandbox's own: daemons that create or rename nodes would change the host's.
func buildDev() error {
	if err := mountTmpfs("/dev"); err != nil {
		return err
	}
	if err := makeNodes(); err != nil {
		return err
	}
	for _, d := range []string{"/dev/pts", "/dev/shm"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return err
		}
	}
	if err := os.Chmod("/dev/shm", 0o777|os.ModeSticky); err != nil {
		return err
	}
	if err := unix.Mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"); err != nil {
		return err
	}
	return linkDev()
}

func makeNodes() error {
	for _, n := range []struct {
		path         string
		major, minor uint32
	}{
		{"null", 1, 3},
		{"zero", 1, 5},
		{"full", 1, 7},
		{"random", 1, 8},
		{"urandom", 1, 9},
		{"tty", 5, 0},
		{"net/tun", 10, 200},
	} {
		path := filepath.Join("/dev", n.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(n.major, n.minor))); err != nil {
			return err
		}
		// Mknod's mode is cut by the umask.
		if err := os.Chmod(path, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func linkDev() error {
	for name, target := range map[string]string{
		"fd":     "/proc/self/fd",
		"stdin":  "/proc/self/fd/0",
		"stdout": "/proc/self/fd/1",
		"stderr": "/proc/self/fd/2",
		"ptmx":   "pts/ptmx",
	} {
		if err := os.Symlink(target, filepath.Join("/dev", name)); err != nil {
			return err
		}
	}
	return nil
}
