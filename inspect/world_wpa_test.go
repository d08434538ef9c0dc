package inspect_test

import (
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/nmtypes"
	"nmdebug/wpadbus/wpatypes"
)

// served is an interface that wpa_supplicant serves.
func served(driver string, s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return func(i *iface) {
		i.wpa = &wpatypes.Interface{
			Path: "/wpa/" + i.name, Name: i.name, Driver: driver, State: s, StateAt: ago(time.Second),
			Network: &wpatypes.Network{Path: "/wpa/" + i.name + "/net", Properties: map[string]string{}},
		}
		for _, c := range change {
			c(i.wpa)
		}
	}
}

func supplicant(s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return served("nl80211", s, change...)
}

// asksDot1X is a profile with 802.1X.
func asksDot1X(i *iface) {
	if i.dev.Applied == nil {
		i.dev.Applied = &nmtypes.Applied{}
	}
	i.dev.Applied.Dot1X = true
}

func authenticator(s wpatypes.InterfaceState, change ...func(*wpatypes.Interface)) opt {
	return func(i *iface) {
		served("wired", s, change...)(i)
		if i.dev == nil || i.active == nil {
			return
		}
		asksDot1X(i)
	}
}

func keyManagement(word string) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) { w.Network.Properties["key_mgmt"] = word }
}

// trail are the states that it went through, a second apart, the last one now.
func trail(states ...wpatypes.InterfaceState) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) {
		for n, s := range states {
			w.Trail = append(w.Trail, wpatypes.StateStep{State: s, At: ago(time.Duration(len(states)-n) * time.Second)})
		}
	}
}

func disconnected(r wpatypes.Reason) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) { w.DisconnectReason = r }
}

func eapFailed(change ...func(*wpatypes.EAP)) func(*wpatypes.Interface) {
	return func(w *wpatypes.Interface) {
		w.EAP = wpatypes.EAP{Started: ago(2 * time.Second), Method: "PEAP", Outcome: wpatypes.EAPFailure, OutcomeAt: ago(time.Second), Failures: 1}
		for _, c := range change {
			c(&w.EAP)
		}
	}
}

// withoutSupplicant is a system on which wpa_supplicant does not run, or cannot be asked.
func withoutSupplicant(status inspect.SourceStatus, right ...string) part {
	return source(inspect.SourceSupplicant, status, right...)
}
