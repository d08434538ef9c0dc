package wpadbus

import (
	"strings"
	"testing"
	"time"

	"nmdebug/nmwatch/record"
)

// FuzzStatus takes any text for the answer of a control socket. What is read of it comes back out of its record.
func FuzzStatus(f *testing.F) {
	for _, seed := range []string{
		"", "=", "FAIL\n", "Supplicant PAE state=HELD\nsuppPortStatus=Unauthorized\nEAP state=FAILURE\n",
		"suppPortStatus=Authorized\r\nselectedMethod=25 (EAP-PEAP)=x", "EAP state=\xff\x00",
	} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status string) {
		pae := paeOf(status, now)
		r, err := record.Measure(measuredPAE, "eth0", pae, now, 0)
		if err != nil {
			t.Fatal(err)
		}
		iface, got, ok := parsePAE(r)
		if !ok || iface != "eth0" {
			t.Fatalf("%s is no record of eth0", r.Raw)
		}
		for _, text := range []*string{&pae.State, &pae.EAP, &pae.Method} {
			*text = strings.ToValidUTF8(*text, "�") // JSON has no other
		}
		for _, text := range []*string{&got.State, &got.EAP, &got.Method} {
			*text = collapse(*text)
		}
		for _, text := range []*string{&pae.State, &pae.EAP, &pae.Method} {
			*text = collapse(*text)
		}
		if got != pae {
			t.Errorf("%+v became %+v", pae, got)
		}
	})
}

// collapse makes one of several replacement characters in a row: JSON writes one for each byte, ToValidUTF8 for each run.
func collapse(s string) string {
	for strings.Contains(s, "��") {
		s = strings.ReplaceAll(s, "��", "�")
	}
	return s
}
