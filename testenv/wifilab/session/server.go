package session

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"syscall"
	"time"
)

// Server is the far end of conversations.
type Server struct {
	// SetClock is called with the time at the beginning of each conversation.
	SetClock func(time.Time) error
}

// Serve carries out what the near end asks for, until the stream ends.
func (s Server) Serve(rw io.ReadWriter) error {
	d := dispatcher{server: s, sender: &sender{w: rw}, tasks: map[uint32]*task{}}
	defer d.killAll()
	in := bufio.NewReaderSize(rw, maxData)
	for {
		f, err := readFrame(in)
		if err != nil {
			return err
		}
		if err := d.take(f); err != nil {
			return err
		}
	}
}

// dispatcher hands frames to the tasks that they are for.
type dispatcher struct {
	server Server
	sender *sender

	mu    sync.Mutex // guards tasks
	tasks map[uint32]*task
}

func (d *dispatcher) take(f frame) error {
	switch f.kind {
	case kindGreeting:
		return d.greet(f.data)
	case kindRequest:
		return d.begin(f)
	default:
		d.mu.Lock()
		t := d.tasks[f.call]
		d.mu.Unlock()
		if t != nil {
			t.take(f)
		}
		return nil
	}
}

// greet begins a conversation. What an earlier one began is ended; the near end does not know of it.
func (d *dispatcher) greet(data []byte) error {
	d.killAll()
	var g greeting
	if err := json.Unmarshal(data, &g); err != nil {
		return err
	}
	if d.server.SetClock != nil {
		if err := d.server.SetClock(g.Now); err != nil {
			return err
		}
	}
	return d.sender.send(frame{kindGreeting, 0, g.Number})
}

func (d *dispatcher) begin(f frame) error {
	var r Request
	if err := json.Unmarshal(f.data, &r); err != nil {
		return d.sender.sendJSON(kindStatus, f.call, Status{Err: err.Error()})
	}
	t := &task{
		input:  newQueue(),
		output: stream{d.sender, kindOutput, f.call}, complaint: stream{d.sender, kindComplaint, f.call},
	}
	d.mu.Lock()
	d.tasks[f.call] = t
	d.mu.Unlock()
	go func() {
		status := t.do(r)
		d.mu.Lock()
		mine := d.tasks[f.call] == t
		if mine {
			delete(d.tasks, f.call)
		}
		d.mu.Unlock()
		if mine {
			_ = d.sender.sendJSON(kindStatus, f.call, status) // when it cannot be sent, nobody waits for it
		}
	}()
	return nil
}

func (d *dispatcher) killAll() {
	d.mu.Lock()
	tasks := d.tasks
	d.tasks = map[uint32]*task{}
	d.mu.Unlock()
	for _, t := range tasks {
		t.signal(syscall.SIGKILL)
	}
}

// task is one request that is being carried out.
type task struct {
	input             *queue
	output, complaint stream

	mu     sync.Mutex // guards what follows
	kill   func(syscall.Signal)
	killed bool // before there was anything to kill
}

func (t *task) take(f frame) {
	switch {
	case f.kind == kindInput && len(f.data) == 0:
		t.input.close(io.EOF)
	case f.kind == kindInput:
		_, _ = t.input.Write(f.data)
	case f.kind == kindSignal && len(f.data) == 1:
		t.signal(syscall.Signal(f.data[0]))
	}
}

func (t *task) signal(s syscall.Signal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.input.close(io.ErrClosedPipe)
	if t.kill == nil {
		t.killed = true
		return
	}
	t.kill(s)
}

// onSignal says what a signal does from now on.
func (t *task) onSignal(kill func(syscall.Signal)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kill = kill
	if t.killed {
		t.killed = false
		kill(syscall.SIGKILL)
	}
}

func (t *task) do(r Request) Status {
	var err error
	switch {
	case r.Write != "":
		err = t.write(r.Write, r.Mode)
	case r.Dial != "":
		err = t.dial(r.Dial)
	case len(r.Args) > 0:
		return t.run(r)
	default:
		err = errors.New("internal error: an empty request")
	}
	if err != nil {
		return Status{Code: 1, Err: err.Error()}
	}
	return Status{}
}
