package session

import (
	"fmt"
	"time"
)

// Request is what the far end is asked to do: to run a command or, if Write or Dial is set, something else with the input and output.
type Request struct {
	Args []string `json:",omitempty"` // the command
	Env  []string `json:",omitempty"` // added to the far end's own environment
	Dir  string   `json:",omitempty"`

	// Terminal gives the command a terminal of this size, on which it controls its jobs.
	Terminal *Size `json:",omitempty"`

	// Write is the path of a file that the input is written to.
	Write string `json:",omitempty"`
	Mode  uint32 `json:",omitempty"` // of the file

	// Dial is the path of a unix socket that the input and output are connected to.
	Dial string `json:",omitempty"`
}

// Size is the size of a terminal.
type Size struct{ Rows, Columns uint16 }

// Status tells how a request ended.
type Status struct {
	Code   int    // the exit status
	Signal int    `json:",omitempty"` // the signal that ended the command, or 0
	Err    string `json:",omitempty"` // why it could not be done
}

// err is nil when the request was carried out, whatever the command's exit status.
func (s Status) err() error {
	switch {
	case s.Err != "":
		return fmt.Errorf("at the far end: %s", s.Err)
	case s.Signal != 0:
		return fmt.Errorf("ended by signal %d", s.Signal)
	}
	return nil
}

// greeting opens a conversation.
type greeting struct {
	Number []byte
	Now    time.Time // the clock of the near end
}
