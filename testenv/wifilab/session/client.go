package session

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"
)

// Client is the near end of a conversation.
type Client struct {
	sender sender

	mu    sync.Mutex // guards what follows
	last  uint32
	calls map[uint32]*Call
	err   error // why the conversation is over
}

// Connect begins a conversation on a stream, whatever was said on it before, and sets the far end's clock to now.
// The client owns the stream until the stream is closed, which ends the conversation and all its calls.
// When ctx ends before the far end has answered, the stream is closed.
func Connect(ctx context.Context, rwc io.ReadWriteCloser, now time.Time) (*Client, error) {
	c := &Client{sender: sender{w: rwc}, calls: map[uint32]*Call{}}
	number := make([]byte, 16)
	if _, err := rand.Read(number); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = rwc.Close() })
	in := bufio.NewReaderSize(rwc, maxData)
	err := c.sender.sendJSON(kindGreeting, 0, greeting{number, now})
	if err == nil {
		answer := frame{kindGreeting, 0, number}
		err = skipPast(in, append(answer.header(), number...))
	}
	if !stop() || err != nil {
		return nil, errors.Join(errors.New("cannot reach the far end"), context.Cause(ctx), err)
	}
	go func() { c.fail(c.receive(in)) }()
	return c, nil
}

// skipPast reads until it has read the mark.
func skipPast(in io.ByteReader, mark []byte) error {
	var seen []byte
	for !bytes.HasSuffix(seen, mark) {
		b, err := in.ReadByte()
		if err != nil {
			return err
		}
		if len(seen) > 2*len(mark) {
			seen = append(seen[:0], seen[len(mark):]...)
		}
		seen = append(seen, b)
	}
	return nil
}

func (c *Client) receive(in io.Reader) error {
	for {
		f, err := readFrame(in)
		if err != nil {
			return err
		}
		c.mu.Lock()
		call := c.calls[f.call]
		if f.kind == kindStatus {
			delete(c.calls, f.call)
		}
		c.mu.Unlock()
		if call != nil {
			call.take(f)
		}
	}
}

// fail ends all calls.
func (c *Client) fail(err error) {
	c.mu.Lock()
	calls := c.calls
	c.calls = nil
	c.err = fmt.Errorf("the conversation is over: %w", err)
	c.mu.Unlock()
	for _, call := range calls {
		call.finish(Status{Err: c.err.Error()}, c.err)
	}
}

// AwaitIdle waits until no call is under way. A connection that was closed is under way until the far end has let go of it.
func (c *Client) AwaitIdle(ctx context.Context) error {
	for {
		call := c.any()
		if call == nil {
			return nil
		}
		select {
		case <-call.finished:
		case <-ctx.Done():
			return fmt.Errorf("a call is under way: %w", context.Cause(ctx))
		}
	}
}

// any is a call that is under way, or nil.
func (c *Client) any() *Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, call := range c.calls {
		return call
	}
	return nil
}

// Start begins a request. Its input is read from stdin, if there is one, and its output written to stdout and stderr, where nil discards it.
func (c *Client) Start(r Request, stdin io.Reader, stdout, stderr io.Writer) (*Call, error) {
	call, err := c.open(r)
	if err != nil {
		return nil, err
	}
	if stdin == nil {
		stdin = bytes.NewReader(nil)
	}
	go call.feed(stdin)
	call.copying.Go(func() { drain(stdout, call.output) })
	call.copying.Go(func() { drain(stderr, call.complaint) })
	return call, nil
}

// Dial connects to a unix socket at the far end.
func (c *Client) Dial(path string) (io.ReadWriteCloser, error) {
	call, err := c.open(Request{Dial: path})
	if err != nil {
		return nil, err
	}
	return connection{call, call.input()}, nil
}

func (c *Client) open(r Request) (*Call, error) {
	call := &Call{client: c, output: newQueue(), complaint: newQueue(), finished: make(chan struct{})}
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return nil, c.err
	}
	c.last++
	call.id = c.last
	c.calls[call.id] = call
	c.mu.Unlock()
	if err := c.sender.sendJSON(kindRequest, call.id, r); err != nil {
		return nil, fmt.Errorf("cannot ask the far end: %w", err)
	}
	return call, nil
}

// Call is a request that was begun.
type Call struct {
	client            *Client
	id                uint32
	output, complaint *queue
	copying           sync.WaitGroup // of output and complaint to their writers
	finished          chan struct{}  // closed when status is there
	status            Status
}

func (c *Call) input() stream { return stream{&c.client.sender, kindInput, c.id} }

func (c *Call) feed(stdin io.Reader) {
	in := c.input()
	_, _ = io.Copy(struct{ io.Writer }{in}, stdin) // a command need not read its input
	_ = in.Close()
}

func drain(to io.Writer, from io.Reader) {
	if to == nil {
		to = io.Discard
	}
	if _, err := io.Copy(to, from); err != nil {
		_, _ = io.Copy(io.Discard, from)
	}
}

// take handles a frame; it does not block.
func (c *Call) take(f frame) {
	switch f.kind {
	case kindOutput:
		_, _ = c.output.Write(f.data)
	case kindComplaint:
		_, _ = c.complaint.Write(f.data)
	case kindStatus:
		var s Status
		if err := json.Unmarshal(f.data, &s); err != nil {
			s.Err = err.Error()
		}
		c.finish(s, io.EOF)
	default:
	}
}

func (c *Call) finish(s Status, end error) {
	c.status = s
	c.output.close(end)
	c.complaint.close(io.EOF)
	close(c.finished)
}

// Wait returns when the request has ended and all its output was written. Its error says why it could not be carried out;
// a command that failed is no error.
func (c *Call) Wait() (Status, error) {
	<-c.finished
	c.copying.Wait()
	return c.status, c.status.err()
}

// Signal sends the command's processes a signal.
func (c *Call) Signal(s syscall.Signal) error {
	return c.client.sender.send(frame{kindSignal, c.id, []byte{byte(s)}})
}

// connection is a call to a socket.
type connection struct {
	call *Call
	stream
}

func (c connection) Read(p []byte) (int, error) { return c.call.output.Read(p) }

func (c connection) Close() error {
	c.call.output.close(io.ErrClosedPipe)
	return c.call.Signal(syscall.SIGKILL)
}
