// Package testenv brings up real network daemons in a sandbox of namespaces, for tests, demonstrations and by hand.
//
// A [Lab] is NetworkManager on a message bus of its own, in network, mount, pid, uts and ipc namespaces of its own.
// Nothing on the host changes: not its interfaces, its /etc, /var, /run and /dev, nor its bus. The other directories are the host's own.
// Labs are independent of each other and may run in parallel.
// The far ends of the lab's links are in a second network namespace, the peer, where servers answer and failures are made.
//
// A lab's processes end with the lab, and a lab ends with the process that started it, however that ends.
// Tests need root and the packages that the script setup installs: without them they are skipped, or fail where CI=true.
//
//	func TestMain(m *testing.M) { testenv.Main(m) }
//
//	func TestLease(t *testing.T) {
//		t.Parallel()
//		lab := testenv.StartScenario(t, "dhcp")
//		lab.MustRun(t, "nmcli", "device")
//		lab.Peer.MustRun(t, "ip", "link", "set", "p0", "down")
//	}
package testenv
