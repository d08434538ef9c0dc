package tui

import (
	"context"
	"io"
	"time"

	"github.com/gdamore/tcell/v2"

	"nmdebug/inspect/history"
	"nmdebug/ui/text"
)

// Screen is what a panel is drawn on.
type Screen = tcell.Screen

// Config is what a panel shows, and what it can do. Its functions are called from the panel's goroutines, one at a time each.
type Config struct {
	Screen    Screen // nil for the terminal's, which it is from the first picture on
	Terminal  string // what kind it is, as in TERM; of no interest with a Screen
	History   *history.History
	Recording string    // the name of what is replayed; "" when it is live
	At        time.Time // the moment to begin with; zero for the newest
	Colour    bool
	ASCII     bool // the terminal shows nothing else
	Zone      *time.Location
	Now       func() time.Time
	Pages     Pages
	Actions   Actions

	// Settled is called from the goroutine of the screen after each picture that stays as it is until something new happens, with
	// how many keys were pressed so far; nil for nobody.
	Settled func(keys int)
}

// Instant is what is looked at: how everything stood, and whether it does so now.
type Instant struct {
	history.Frame
	Live bool
}

// Page prints what is to be seen of an interface at an instant.
type Page func(ctx context.Context, out *text.Printer, at Instant, iface string)

// Pages are the screens that are printed. Why is printed by the goroutine of the screen, and must be quick.
type Pages struct {
	Why, Quality, Conf, ConfDiff, Graph, Detail Page
}

// Command is a command line of nmdebug's own.
type Command struct {
	Args  []string
	At    time.Time // the moment of the recording that is shown; zero for the newest
	Width int       // columns that there are for its output
}

// Actions are what the panel can do.
type Actions struct {
	// Run runs a command line of nmdebug's own, and gives its exit code. It ends early when its context does.
	Run func(ctx context.Context, c Command, out io.Writer) int

	// GoesOn says of a command line whether it tells of what goes on, so that its last lines are those that matter.
	GoesOn func(args []string) bool

	// Complete gives the words that may stand in the place of the last one.
	Complete func(ctx context.Context, args []string) []string

	// Reread reads everything anew, and says whether it is otherwise than it is shown; nil for a recording.
	Reread func(ctx context.Context) (string, error)

	// Stop stops this process until somebody continues it.
	Stop func() error

	// Save writes what was seen so far into a file, and says what it wrote.
	Save func() (string, error)

	// Raise makes the daemons say more, "debug" or "trace", and says what it has changed; Restore sets back what it raised.
	Raise   func(ctx context.Context, level string) ([]string, error)
	Restore func(ctx context.Context) error
}
