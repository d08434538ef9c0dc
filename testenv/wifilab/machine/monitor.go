package machine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// monitor speaks QEMU's machine protocol, one command at a time.
type monitor struct {
	mu   sync.Mutex // guards the conversation
	conn net.Conn
	in   *bufio.Reader
}

type qmpCommand struct {
	Execute   string `json:"execute"`
	Arguments any    `json:"arguments,omitempty"`
}

type qmpAnswer struct {
	Event  string          `json:"event"`
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
}

// newMonitor returns when QEMU is ready for commands.
func newMonitor(ctx context.Context, conn net.Conn) (*monitor, error) {
	m := &monitor{conn: conn, in: bufio.NewReader(conn)}
	_, err := m.execute(ctx, qmpCommand{Execute: "qmp_capabilities"})
	return m, err
}

// human executes a command for humans, like savevm; what it prints is its error.
func (m *monitor) human(ctx context.Context, line string) error {
	answer, err := m.execute(ctx, qmpCommand{Execute: "human-monitor-command", Arguments: map[string]string{"command-line": line}})
	if err != nil {
		return err
	}
	var printed string
	if err := json.Unmarshal(answer, &printed); err != nil {
		return err
	}
	if printed = strings.TrimSpace(printed); printed != "" {
		return errors.New(printed)
	}
	return nil
}

func (m *monitor) execute(ctx context.Context, c qmpCommand) (json.RawMessage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// What is cut short leaves the conversation in disorder: the machine is of no more use.
	stop := context.AfterFunc(ctx, func() { _ = m.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	line, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	if _, err := m.conn.Write(append(line, '\n')); err != nil {
		return nil, errors.Join(err, context.Cause(ctx))
	}
	for {
		line, err := m.in.ReadBytes('\n')
		if err != nil {
			return nil, errors.Join(err, context.Cause(ctx))
		}
		var a qmpAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, fmt.Errorf("QEMU's monitor says %q: %w", line, err)
		}
		switch {
		case a.Error != nil:
			return nil, errors.New(a.Error.Desc)
		case a.Return != nil:
			return a.Return, nil
		}
	}
}
