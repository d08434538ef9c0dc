package act

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"nmdebug/nmwatch/mirror"
)

func family(method string, more ...any) map[string]dbus.Variant {
	values := map[string]dbus.Variant{"method": dbus.MakeVariant(method)}
	for i := 0; i+1 < len(more); i += 2 {
		key, _ := more[i].(string)
		values[key] = dbus.MakeVariant(more[i+1])
	}
	return values
}

func TestPatient(t *testing.T) {
	applied := settings{
		"connection": family("none"), "ipv4": family("auto"), "ipv6": family("dhcp", "dhcp-timeout", int32(90)),
	}
	changed, err := patient(applied)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int32{"ipv4": 45, "ipv6": 91} {
		if got := changed[name]["dhcp-timeout"].Value(); got != want {
			t.Errorf("%s waits for %v s, want %d", name, got, want)
		}
	}
	if _, touched := applied["ipv4"]["dhcp-timeout"]; touched || len(changed["connection"]) != 1 {
		t.Error("more is changed than how long DHCP may take")
	}
	if _, err := patient(settings{"ipv4": family("manual"), "ipv6": family("disabled")}); err == nil {
		t.Error("there is nothing to ask for, and no error")
	}
}

func TestSendable(t *testing.T) {
	structs := dbus.MakeVariantWithSignature([][]any{}, dbus.ParseSignatureMust("a(ayuay)"))
	s := settings{"ipv6": {"addresses": structs, "address-data": dbus.MakeVariant([]map[string]dbus.Variant{})}}
	kept, err := sendable(s)
	if err != nil || len(kept["ipv6"]) != 1 {
		t.Errorf("kept %v, %v", kept, err)
	}
	if _, err := sendable(settings{"tc": {"qdiscs": structs}}); err == nil {
		t.Error("a struct that has no other form is left out without a word")
	}
}

func TestCancelled(t *testing.T) {
	for text, want := range map[string]bool{"Authorization request cancelled": true, "Not authorized": false} {
		if got := cancelled(fmt.Errorf("once more: %w", &mirror.CallError{Text: text})); got != want {
			t.Errorf("%s: %t, want %t", text, got, want)
		}
	}
	if cancelled(nil) || cancelled(context.Canceled) {
		t.Error("only NetworkManager's own word counts")
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]uint32{0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60} {
		if got := seconds(d); got != want {
			t.Errorf("%s is %d s, want %d", d, got, want)
		}
	}
}
