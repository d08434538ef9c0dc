package kernel

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// What is asked of the Bluetooth adapters by ioctl (include/net/bluetooth/hci_sock.h). It needs no right and, other than
// the same question in the management protocol, does not make the kernel take the adapters for managed ones. The numbers
// are those of all architectures but MIPS, PowerPC and SPARC, whose kernels refuse them.
const (
	hciGetDevList  = 0x800448d2 // HCIGETDEVLIST
	hciGetDevInfo  = 0x800448d3 // HCIGETDEVINFO
	hciGetConnList = 0x800448d4 // HCIGETCONNLIST

	maxAdapters = 16 // HCI_MAX_DEV
	maxPeers    = 64 // more than an adapter has: 7 on BR/EDR, some dozens on Low Energy

	hciListHeader = 4  // of struct hci_dev_list_req and struct hci_conn_list_req
	hciDevSize    = 8  // struct hci_dev_req
	hciInfoSize   = 92 // struct hci_dev_info
	hciConnSize   = 16 // struct hci_conn_info
)

// adapters asks for all adapters, with the devices that are connected to them.
func adapters(fd int) ([]kerneltypes.Adapter, error) {
	list := make([]byte, hciListHeader+maxAdapters*hciDevSize)
	binary.NativeEndian.PutUint16(list, maxAdapters)
	if err := hciAsk(fd, hciGetDevList, list); err != nil {
		return nil, fmt.Errorf("cannot list the Bluetooth adapters: %w", err)
	}
	found := []kerneltypes.Adapter{}
	for _, a := range parseAdapters(list) {
		info := make([]byte, hciInfoSize)
		binary.NativeEndian.PutUint16(info, uint16(a.Index))
		if hciAsk(fd, hciGetDevInfo, info) != nil {
			continue // it was just unplugged
		}
		a.Address = bluetoothAddress(info[10:])
		peers := make([]byte, hciListHeader+maxPeers*hciConnSize)
		binary.NativeEndian.PutUint16(peers, uint16(a.Index))
		binary.NativeEndian.PutUint16(peers[2:], maxPeers)
		if hciAsk(fd, hciGetConnList, peers) == nil {
			a.Peers = parsePeers(peers)
		}
		found = append(found, a)
	}
	return found, nil
}

// hciAsk hands a struct to the kernel to be filled in.
func hciAsk(fd int, request uintptr, b []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(&b[0])))
	if errno != 0 {
		return errno
	}
	return nil
}

// parseAdapters reads struct hci_dev_list_req: the numbers of the adapters and their flags.
func parseAdapters(b []byte) []kerneltypes.Adapter {
	const hciUp = 1 << 0 // HCI_UP
	var found []kerneltypes.Adapter
	for _, dev := range entries(b, 0, hciDevSize) {
		index := int(binary.NativeEndian.Uint16(dev))
		found = append(found, kerneltypes.Adapter{
			Index: index, Name: fmt.Sprintf("hci%d", index), Up: binary.NativeEndian.Uint32(dev[4:])&hciUp != 0, Peers: []kerneltypes.Peer{},
		})
	}
	return found
}

// parsePeers reads struct hci_conn_list_req. The connections for sound go to a device that is in the list already.
func parsePeers(b []byte) []kerneltypes.Peer {
	const acl, le = 0x01, 0x80 // ACL_LINK, LE_LINK
	const connected = 1        // BT_CONNECTED
	peers := []kerneltypes.Peer{}
	for _, conn := range entries(b, 2, hciConnSize) {
		if kind := conn[8]; kind != acl && kind != le {
			continue
		}
		peers = append(peers, kerneltypes.Peer{
			Handle: int(binary.NativeEndian.Uint16(conn)), Address: bluetoothAddress(conn[2:]),
			LE: conn[8] == le, Connected: binary.NativeEndian.Uint16(conn[10:]) == connected,
		})
	}
	return peers
}

// entries cuts what follows a list's header, in which the number of entries is at an offset.
func entries(b []byte, at, size int) [][]byte {
	if len(b) < hciListHeader {
		return nil
	}
	var all [][]byte
	n := int(binary.NativeEndian.Uint16(b[at:]))
	for b = b[hciListHeader:]; n > 0 && len(b) >= size; n-- {
		all = append(all, b[:size])
		b = b[size:]
	}
	return all
}
