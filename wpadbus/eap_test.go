package wpadbus_test

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"nmdebug/wpadbus/wpatypes"
)

func TestEAP(t *testing.T) {
	type signal [2]string
	started := signal{"started", ""}
	verified := signal{"remote certificate verification", "success"}
	for _, c := range []struct {
		name    string
		signals []signal
		want    wpatypes.EAP // the times are looked at apart
	}{
		{
			"success",
			[]signal{started, {"accept proposed method", "PEAP"}, verified, {"completion", "success"}},
			wpatypes.EAP{Method: "PEAP", Outcome: wpatypes.EAPSuccess},
		},
		{
			"a wrong password",
			[]signal{started, {"accept proposed method", "PEAP"}, verified, {"completion", "failure"}},
			wpatypes.EAP{Method: "PEAP", Outcome: wpatypes.EAPFailure, Failures: 1},
		},
		{
			"a wrong password, again and again",
			[]signal{started, {"completion", "failure"}, started, {"completion", "failure"}},
			wpatypes.EAP{Outcome: wpatypes.EAPFailure, Failures: 2},
		},
		{
			"the failure stands while the next conversation goes on",
			[]signal{started, {"accept proposed method", "PEAP"}, {"completion", "failure"}, started},
			wpatypes.EAP{Outcome: wpatypes.EAPFailure, Failures: 1},
		},
		{
			"failure, then success",
			[]signal{started, {"completion", "failure"}, started, {"accept proposed method", "TTLS"}, {"completion", "success"}},
			wpatypes.EAP{Method: "TTLS", Outcome: wpatypes.EAPSuccess},
		},
		{
			"a certificate that is not accepted",
			[]signal{started, {"accept proposed method", "TLS"}, {"remote certificate verification", "self signed certificate"}, {"local TLS alert", "unknown CA"}, {"completion", "failure"}},
			wpatypes.EAP{Method: "TLS", Outcome: wpatypes.EAPFailure, Failures: 1, CertError: "self signed certificate", TLSAlert: "sent: unknown CA"},
		},
		{
			"our certificate is not accepted",
			[]signal{started, {"accept proposed method", "TLS"}, verified, {"remote TLS alert", "certificate revoked"}, {"completion", "failure"}},
			wpatypes.EAP{Method: "TLS", Outcome: wpatypes.EAPFailure, Failures: 1, TLSAlert: "received: certificate revoked"},
		},
		{
			"the certificate is mended and the password is wrong",
			[]signal{
				started,
				{"remote certificate verification", "expired"},
				{"local TLS alert", "certificate expired"},
				{"completion", "failure"},
				started,
				{"accept proposed method", "PEAP"},
				verified,
				{"completion", "failure"},
			},
			wpatypes.EAP{Method: "PEAP", Outcome: wpatypes.EAPFailure, Failures: 2},
		},
		{
			"a method that is refused",
			[]signal{started, {"refuse proposed method", "MD5"}, {"completion", "failure"}},
			wpatypes.EAP{Refused: "MD5", Outcome: wpatypes.EAPFailure, Failures: 1},
		},
		{
			"a method that is refused, and another",
			[]signal{started, {"refuse proposed method", "MD5"}, {"accept proposed method", "PEAP"}},
			wpatypes.EAP{Method: "PEAP"},
		},
		{
			"a password is asked for",
			[]signal{started, {"eap parameter needed", "PASSWORD"}},
			wpatypes.EAP{Asked: "PASSWORD"},
		},
		{"a word of a newer supplicant", []signal{started, {"unsafe server renegotiation", "failure"}}, wpatypes.EAP{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wireless(t)
			for _, signal := range c.signals {
				s.Says(wlan, iface, "EAP", signal[0], signal[1])
			}
			got := s.at(wlan).EAP
			if got.Started.IsZero() || (got.Outcome == wpatypes.EAPUnseen) != got.OutcomeAt.IsZero() {
				t.Errorf("started at %s, ended at %s", got.Started, got.OutcomeAt)
			}
			got.Started, got.OutcomeAt = time.Time{}, time.Time{}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("EAP (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCertification(t *testing.T) {
	s := wireless(t)
	for depth, subject := range []string{"/CN=radius.example.org", "/CN=CA"} {
		s.Says(wlan, iface, "Certification", variants(map[string]any{"depth": uint32(depth), "subject": subject}))
	}
	s.Says(wlan, iface, "NetworkRequest", dbus.ObjectPath(network), "IDENTITY", "for SSID home")
	if eap := s.at(wlan).EAP; eap.Subject != "/CN=radius.example.org" || eap.Asked != "IDENTITY" {
		t.Errorf("EAP is %+v", eap)
	}
}
