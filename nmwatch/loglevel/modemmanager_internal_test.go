package loglevel

import (
	"strings"
	"testing"
)

func TestLevelOfModemManager(t *testing.T) {
	for line, want := range map[string]string{
		"/usr/sbin/ModemManager": "", "ModemManager --log-level=warn": "WARN", "ModemManager --log-level ERR": "ERR",
		"ModemManager --debug": "DEBUG", "ModemManager --debug --log-level=INFO": "INFO", "ModemManager --log-level": "",
	} {
		if got := levelOf(strings.Fields(line)); got != want {
			t.Errorf("%s has the level %q, want %q", line, got, want)
		}
	}
	for version, want := range map[string]string{"1.20.4": "INFO", "1.22.0": "MSG", "2.0": "MSG", "": "INFO", "x": "INFO"} {
		if got := defaultLevel(version); got != want {
			t.Errorf("%s begins with %s, want %s", version, got, want)
		}
	}
}
