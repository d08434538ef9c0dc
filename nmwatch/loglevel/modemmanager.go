package loglevel

import (
	"context"
	"fmt"
	"os"
	"strings"

	"nmdebug/nmwatch/act"
)

// modemManager can be told how much to log and does not tell: what it was is taken from its command line, else it is the
// default of its version.
func modemManager() daemon {
	const service, path, properties = "org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1", "org.freedesktop.DBus.Properties"
	return daemon{
		name: "ModemManager",
		read: func(ctx context.Context, c Caller) (s Setting, err error) {
			var pid uint32
			const bus, busPath = "org.freedesktop.DBus", "/org/freedesktop/DBus"
			owner := act.Method{Service: bus, Path: busPath, Interface: bus, Member: "GetConnectionUnixProcessID"}
			if err := c.Call(ctx, owner, []any{&pid}, service); err != nil {
				return s, err
			}
			args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if err != nil {
				return s, err
			}
			if s.Level = levelOf(strings.Split(string(args), "\x00")); s.Level != "" {
				return s, nil
			}
			var version string
			get := act.Method{Service: service, Path: path, Interface: properties, Member: "Get"}
			err = c.Call(ctx, get, []any{&version}, service, "Version")
			s.Level = defaultLevel(version)
			return s, err
		},
		write: func(ctx context.Context, c Caller, s Setting) error {
			return c.Call(ctx, act.Method{Service: service, Path: path, Interface: service, Member: "SetLogging"}, nil, s.Level)
		},
		raised: func(Level, string) Setting { return Setting{Level: "DEBUG"} },
	}
}

// levelOf reads --log-level=LEVEL, --log-level LEVEL and --debug (ModemManager(8)); "" when none is there.
func levelOf(args []string) string {
	level := ""
	for i, a := range args {
		name, value, given := strings.Cut(a, "=")
		switch {
		case name == "--debug" && level == "":
			level = "DEBUG"
		case name == "--log-level" && given:
			level = value
		case name == "--log-level" && i+1 < len(args):
			level = args[i+1]
		}
	}
	return strings.ToUpper(level)
}

// defaultLevel is MSG since 1.22, and INFO before (src/mm-log.c).
func defaultLevel(version string) string {
	major, minor := 0, 0
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err == nil && (major > 1 || minor >= 22) {
		return "MSG"
	}
	return "INFO"
}
