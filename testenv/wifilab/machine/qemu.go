package machine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Config is what a machine is made of.
type Config struct {
	Kernel  string // an ELF kernel that can be entered by PVH
	Initrd  string
	Append  string   // the kernel's command line
	Root    string   // the raw image of the disk, which is only read
	Changes *os.File // a qcow2 image on top of Root, which is written to; it may lack a name
	Port    string   // the name of the virtual serial port

	Cores  int
	Memory int // in MiB

	Snapshot string // where to begin; "" is the boot
}

// The descriptors that QEMU inherits.
const (
	monitorFD = 3 + iota
	portFD
	consoleFD
	changesFD
)

// backing is how much QEMU is told of the images, in its own words.
const backing = "driver=qcow2,node-name=disk,file.driver=file,file.filename=/dev/fdset/1," +
	"backing.driver=raw,backing.read-only=on,backing.file.driver=file,backing.file.locking=off,backing.file.filename="

func (c Config) args() []string {
	args := []string{
		"-n", "10", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none",
		"-accel", "tcg,thread=multi", "-machine", "q35", "-cpu", "qemu64",
		"-smp", strconv.Itoa(c.Cores), "-m", strconv.Itoa(c.Memory),
		"-kernel", c.Kernel, "-initrd", c.Initrd, "-append", c.Append,
		"-add-fd", fmt.Sprintf("fd=%d,set=1", changesFD),
		"-blockdev", backing + c.Root,
		"-device", "virtio-blk-pci,drive=disk",
		"-device", "virtio-rng-pci",
		"-chardev", fmt.Sprintf("socket,id=monitor,fd=%d", monitorFD), "-mon", "chardev=monitor,mode=control",
		"-chardev", fmt.Sprintf("socket,id=port,fd=%d", portFD),
		"-device", "virtio-serial-pci", "-device", "virtserialport,chardev=port,name=" + c.Port,
		"-chardev", fmt.Sprintf("socket,id=console,fd=%d", consoleFD), "-serial", "chardev:console",
	}
	if c.Snapshot != "" {
		args = append(args, "-loadvm", c.Snapshot)
	}
	return args
}

// channels are the near ends of what QEMU inherits.
type channels struct{ monitor, port, console net.Conn }

// launch starts QEMU. It ends at once, and unconditionally, when this process does.
func (c Config) launch() (cmd *exec.Cmd, ended <-chan struct{}, near channels, err error) {
	cmd = exec.CommandContext(context.Background(), "nice", c.args()...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	for _, end := range []*net.Conn{&near.monitor, &near.port, &near.console} {
		var far *os.File
		if *end, far, err = socketPair(); err != nil {
			return nil, nil, near, err
		}
		defer func() { _ = far.Close() }()
		cmd.ExtraFiles = append(cmd.ExtraFiles, far)
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, c.Changes)
	ended, err = startWithParentThread(cmd)
	return cmd, ended, near, err
}

func socketPair() (near net.Conn, far *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	mine, far := os.NewFile(uintptr(fds[0]), "near"), os.NewFile(uintptr(fds[1]), "far")
	near, err = net.FileConn(mine)
	err = errors.Join(err, mine.Close())
	if err != nil {
		return nil, nil, errors.Join(err, far.Close())
	}
	return near, far, nil
}
