package cli_test

import (
	"context"
	"io"
	"path/filepath"
	"testing"

	"github.com/gdamore/tcell/v2"
	"go.uber.org/goleak"

	"nmdebug/cmd/nmdebug/cli"
)

// A panel that is left leaves nothing running, whatever it was doing: live without a bus, and in the middle of a recording, with a command
// that goes on, a page that is printed, and offers that are looked for.
func TestPanelLeavesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		keys []string
	}{
		"live":      {[]string{"--log-file", filepath.Join(t.TempDir(), "log")}, []string{"F5", ":", "log -f", "Enter", "F4", ":", "why "}},
		"recording": {[]string{"--replay", "demo"}, []string{"F3", ":", "status --watch", "Enter", "F5", ":", "why "}},
	} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			s := &show{T: t, screen: tcell.NewSimulationScreen("UTF-8"), settled: make(chan settled, 1)}
			pictures := make(chan struct{}, 1)
			stage := cli.Stage{
				Screen: &firstPicture{s.screen, pictures}, Settled: s.take, Now: noon, Complain: io.Discard,
				Env: map[string]string{"LC_ALL": "C.UTF-8", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=" + t.TempDir() + "/no-bus"},
			}
			ctx, leave := context.WithCancel(t.Context())
			ended := make(chan int, 1)
			go func() { ended <- stage.Run(ctx, append([]string{"panel"}, tt.args...)...) }()
			<-pictures
			s.press(tt.keys...)
			leave()
			if code := <-ended; code != 0 {
				t.Errorf("the panel ends with %d", code)
			}
			goleak.VerifyNone(t, before)
		})
	}
}

// firstPicture is a screen that tells of its first picture.
type firstPicture struct {
	tcell.SimulationScreen
	shown chan struct{}
}

// Show shows a picture.
func (s *firstPicture) Show() {
	s.SimulationScreen.Show()
	select {
	case s.shown <- struct{}{}:
	default:
	}
}
