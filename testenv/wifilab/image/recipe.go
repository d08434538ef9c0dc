package image

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
)

// rootScript makes the parts that come from Debian.
//
//go:embed build-root
var rootScript []byte

// overlay is laid over Debian's file system at each boot.
//
//go:embed files
var overlay embed.FS

// Append is the kernel's command line.
func Append() string {
	return "console=ttyS0 quiet loglevel=3 rdinit=/init systemd.unit=wifilab.target net.ifnames=0 " +
		"mitigations=off nokaslr audit=0 security=none no_timer_check random.trust_cpu=on cryptomgr.notests " +
		"systemd.show_status=no systemd.hostname=wifilab"
}

// masked lists the units that the machine does without, to boot faster.
func masked() []string {
	return []string{
		"apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer", "systemd-tmpfiles-clean.timer",
		"dev-hugepages.mount", "dev-mqueue.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount",
		"proc-sys-fs-binfmt_misc.automount",
		"kmod-static-nodes.service", "modprobe@.service", "systemd-modules-load.service", "systemd-udev-trigger.service",
		"systemd-random-seed.service", "systemd-remount-fs.service", "systemd-sysctl.service", "systemd-sysusers.service",
		"systemd-tmpfiles-setup-dev.service", "systemd-update-utmp.service", "systemd-journal-flush.service", "systemd-machine-id-commit.service",
		"systemd-binfmt.service", "systemd-boot-system-token.service", "systemd-firstboot.service", "systemd-pcrphase.service", "systemd-pcrphase-sysinit.service",
		"systemd-ask-password-console.path", "systemd-ask-password-wall.path", "systemd-timesyncd.service", "systemd-logind.service",
		"getty.target", "hostapd.service", "networking.service", "keyboard-setup.service", "console-setup.service", "systemd-rfkill.service", "systemd-rfkill.socket",
		"NetworkManager-wait-online.service", "NetworkManager-dispatcher.service", "e2scrub_reap.service", "systemd-initctl.socket", "systemd-hostnamed.service", "cryptsetup.target", "integritysetup.target", "veritysetup.target", "swap.target", "systemd-pstore.service", "systemd-repart.service",
	}
}

// Key names what is made of these inputs.
func Key(inputs ...[]byte) string {
	h := sha256.New()
	for _, in := range inputs {
		sum := sha256.Sum256(in)
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// earlyFiles writes what is laid over the file system into an archive.
func earlyFiles(a *archive) error {
	files, err := fs.Sub(overlay, "files")
	if err != nil {
		return err
	}
	for _, unit := range masked() {
		a.add(strings.Trim(EarlyFiles, "/")+"/etc/systemd/system/"+unit, 0o644, nil) // an empty unit is a masked one
	}
	return a.addTree(strings.Trim(EarlyFiles, "/"), files)
}
