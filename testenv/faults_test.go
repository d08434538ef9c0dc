package testenv_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"nmdebug/testenv"
)

// within bounds a wait.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func leavesActivated(ctx context.Context, lab *testenv.Lab, device string) error {
	return testenv.Await(ctx, "the device stays activated", func(ctx context.Context) error {
		state, err := lab.DeviceState(ctx, device)
		if err == nil && state == testenv.DeviceActivated {
			err = errors.New("it is activated")
		}
		return err
	})
}

func TestCarrierGoesAndComes(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	must(t, lab.AwaitDevice(within(t, 5*time.Second), "eth0", testenv.DeviceUnavailable))
	must(t, lab.SetCarrier(t.Context(), "p0", true))
	must(t, lab.AwaitDevice(within(t, 10*time.Second), "eth0", testenv.DeviceActivated))
}

func TestCarrierWaitCanBeRaised(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp", testenv.NMConfig("[device]\ncarrier-wait-timeout=60000"))
	must(t, lab.SetCarrier(t.Context(), "p0", false))
	if err := lab.AwaitDevice(within(t, 2*time.Second), "eth0", testenv.DeviceUnavailable); err == nil {
		t.Error("the carrier was not waited for")
	}
}

func TestFramesAreDroppedUntilTheyPass(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-silent")
	must(t, lab.Pass(t.Context(), "p0"))
	must(t, lab.Activate(t.Context(), "lan"))
	must(t, lab.AwaitDevice(within(t, 20*time.Second), "eth0", testenv.DeviceActivated))
}

func TestNetworkManagerHangs(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.NetworkManager.Freeze())
	if state, err := lab.DeviceState(within(t, 300*time.Millisecond), "eth0"); err == nil {
		t.Errorf("a frozen NetworkManager says %d", state)
	}
	must(t, lab.NetworkManager.Thaw())
	if state, err := lab.DeviceState(within(t, 5*time.Second), "eth0"); err != nil || state != testenv.DeviceActivated {
		t.Errorf("NetworkManager says %d: %v", state, err)
	}
}

func TestNetworkManagerDiesAndComesBack(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.NetworkManager.Kill())
	if lab.NetworkManager.Running() {
		t.Error("it runs after it was killed")
	}
	must(t, lab.NetworkManager.Start(within(t, 10*time.Second)))
	must(t, lab.AwaitDevice(within(t, 10*time.Second), "eth0", testenv.DeviceActivated))
	must(t, lab.NetworkManager.Restart(within(t, 20*time.Second)))
}

func TestSupplicantDies(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "8021x-peap")
	supplicant, err := lab.Find(within(t, time.Second), "wpa_supplicant")
	must(t, err)
	must(t, supplicant.Kill())
	must(t, leavesActivated(within(t, 5*time.Second), lab, "eth0"))
}

func TestBusRestarts(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "dhcp")
	must(t, lab.Bus.Kill())
	must(t, lab.Bus.Start(within(t, 10*time.Second)))
	if _, err := lab.DeviceState(within(t, 5*time.Second), "eth0"); err == nil {
		t.Error("NetworkManager is on the new bus")
	}
	if !lab.NetworkManager.Running() {
		t.Error("NetworkManager ended with the bus")
	}
	must(t, lab.NetworkManager.Restart(within(t, 20*time.Second)))
	must(t, lab.AwaitDevice(within(t, 10*time.Second), "eth0", testenv.DeviceActivated))
}

func TestVPNServerDies(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn-ping")
	must(t, lab.Daemon("openvpn").Kill())
	must(t, lab.AwaitActive(within(t, 10*time.Second), "vpn", testenv.ActiveNone))
}

func TestVPNClientDies(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	client, err := lab.Find(within(t, time.Second), "openvpn")
	must(t, err)
	if client.Pid == lab.Daemon("openvpn").PID() {
		t.Fatal("found the server")
	}
	must(t, client.Kill())
	must(t, lab.AwaitActive(within(t, 10*time.Second), "vpn", testenv.ActiveNone))
	must(t, lab.Gone(within(t, 5*time.Second), "openvpn"))
}

func TestSyslogIsCollected(t *testing.T) {
	t.Parallel()
	lab := testenv.StartScenario(t, "openvpn")
	must(t, testenv.Await(within(t, 5*time.Second), "syslog", func(context.Context) error {
		log, err := lab.ReadFile(lab.Dir() + "/syslog")
		if err == nil && !strings.Contains(string(log), "nm-openvpn[") {
			err = fmt.Errorf("nm-openvpn is not in it:\n%s", log)
		}
		return err
	}))
}

func TestDaemonThatCannotStart(t *testing.T) {
	t.Parallel()
	lab := testenv.Start(t)
	err := lab.Veth(t.Context(), "eth0", "p0")
	must(t, err)
	_, err = lab.Authenticate(within(t, 10*time.Second), "p0", "nonsense")
	if err == nil || !strings.Contains(err.Error(), "it ended") || !strings.Contains(err.Error(), "hostapd-p0.users") {
		t.Errorf("the error does not say why: %v", err)
	}
}
