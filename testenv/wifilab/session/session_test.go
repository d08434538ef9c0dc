package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nmdebug/testenv/wifilab/session"
)

// connect makes both ends of a conversation, and the near end's stream.
func connect(t *testing.T) *session.Client {
	t.Helper()
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- session.Server{}.Serve(far) }()
	t.Cleanup(func() {
		near.Close()
		<-served
	})
	return begin(t, near)
}

func begin(t *testing.T, stream io.ReadWriteCloser) *session.Client {
	t.Helper()
	c, err := session.Connect(t.Context(), stream, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type result struct {
	status      session.Status
	out, errors string
}

func run(t *testing.T, c *session.Client, r session.Request, stdin io.Reader) result {
	t.Helper()
	var out, complaint bytes.Buffer
	call, err := c.Start(r, stdin, &out, &complaint)
	if err != nil {
		t.Error(err)
		return result{}
	}
	status, _ := call.Wait()
	return result{status, out.String(), complaint.String()}
}

func sh(script string) session.Request { return session.Request{Args: []string{"sh", "-c", script}} }

func TestCommands(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for _, tc := range []struct {
		name  string
		r     session.Request
		stdin string
		want  result
	}{
		{"output and exit status", sh("echo out; echo err >&2; exit 3"), "", result{session.Status{Code: 3}, "out\n", "err\n"}},
		{"input", sh("tr a-z A-Z"), "hello", result{out: "HELLO"}},
		{"input that nobody reads", sh("true"), strings.Repeat("x", 1<<20), result{}},
		{"environment", session.Request{Args: []string{"sh", "-c", "echo $A; pwd"}, Env: []string{"A=b"}, Dir: "/"}, "", result{out: "b\n/\n"}},
		{"signal", sh("kill -9 $$"), "", result{status: session.Status{Code: 137, Signal: 9}}},
		{"no such command", session.Request{Args: []string{"/no/such"}}, "", result{status: session.Status{Code: 127, Err: "fork/exec /no/such: no such file or directory"}}},
		{"nothing", session.Request{}, "", result{status: session.Status{Code: 1, Err: "internal error: an empty request"}}},
		{"terminal", session.Request{Args: []string{"sh", "-c", "test -t 0 && stty size"}, Terminal: &session.Size{Rows: 10, Columns: 20}}, "", result{out: "10 20\r\n"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := run(t, c, tc.r, strings.NewReader(tc.stdin)); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestManyAtTheSameTime(t *testing.T) {
	t.Parallel()
	c := connect(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			want := strings.Repeat(fmt.Sprint(i, " "), 50_000)
			if got := run(t, c, sh("cat"), strings.NewReader(want)); got.out != want {
				t.Errorf("%d: got %d bytes back, want %d", i, len(got.out), len(want))
			}
		})
	}
	all.Wait()
	if err := c.AwaitIdle(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSlowReaderHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	c := connect(t)
	r, w := io.Pipe() // nobody reads
	call, err := c.Start(sh("head -c 1000000 /dev/zero"), nil, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, c, sh("echo quick"), nil); got.out != "quick\n" {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = c.Start(sh("sleep 0.1"), nil, nil, nil)
	if waited := c.AwaitIdle(ctx); err != nil || !errors.Is(waited, context.DeadlineExceeded) {
		t.Errorf("it is idle: %v, %v", err, waited)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, 1_000_000))
	if n != 1_000_000 {
		t.Errorf("read %d bytes: %v", n, err)
	}
	if _, err := call.Wait(); err != nil {
		t.Error(err)
	}
}

func TestSignalReachesTheWholeGroup(t *testing.T) {
	t.Parallel()
	c := connect(t)
	r, w := io.Pipe()
	call, err := c.Start(sh("sleep 1000 & echo started; wait"), nil, w, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, len("started\n"))); err != nil {
		t.Fatal(err)
	}
	if err := call.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if s, err := call.Wait(); s.Signal != int(syscall.SIGTERM) || err == nil {
		t.Errorf("it ended with %+v, %v", s, err)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "file")
	c := connect(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	if got := run(t, c, session.Request{Write: path, Mode: 0o700}, bytes.NewReader(want)); got != (result{}) {
		t.Errorf("got %+v", got)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, want %d: %v", len(got), len(want), err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode() != 0o700 {
		t.Errorf("%v %v", st, err)
	}
	if got := run(t, c, session.Request{Write: "/dev/null/file"}, nil); got.status.Err == "" {
		t.Error("no error")
	}
}

func TestDial(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			io.Copy(conn, conn)
			conn.Close()
		}
	}()
	c := connect(t)
	conn, err := c.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"hello", "again"} {
		if _, err := io.WriteString(conn, word); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(word))
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != word {
			t.Errorf("got %q, want %q: %v", got, word, err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if err := c.AwaitIdle(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("it reads after it was closed")
	}
}

// stale is a stream on which an earlier conversation has left something.
type stale struct {
	io.Reader
	io.WriteCloser
}

func TestConnectBeginsAnew(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- session.Server{}.Serve(far) }()
	first := begin(t, near)
	r, w := io.Pipe()
	if _, err := first.Start(sh("echo $$; exec sleep 1000"), nil, w, nil); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(r, &pid); err != nil {
		t.Fatal(err)
	}

	// The first conversation's client still reads the stream: what it takes away, and what it leaves, is noise to the second.
	again, farAgain := net.Pipe()
	go func() { served <- session.Server{}.Serve(farAgain) }()
	second := begin(t, stale{io.MultiReader(strings.NewReader("\x01\x00half of a frame"), again), again})
	if got := run(t, second, sh("echo hello"), nil); got.out != "hello\n" {
		t.Errorf("got %+v", got)
	}
	near.Close()
	again.Close()
	<-served
	<-served
	if err := gone(pid); err != nil {
		t.Error(err)
	}
}

// gone waits until a process of an ended server is gone.
func gone(pid int) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return nil
		}
	}
	return fmt.Errorf("process %d is still there", pid)
}

func TestEndOfTheStreamEndsTheCalls(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go session.Server{}.Serve(far)
	c := begin(t, near)
	call, err := c.Start(sh("sleep 1000"), nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	far.Close()
	if _, err := call.Wait(); err == nil || !strings.Contains(err.Error(), "the conversation is over") {
		t.Errorf("got %v", err)
	}
	if _, err := c.Start(sh("true"), nil, nil, nil); err == nil {
		t.Error("a call after the end")
	}
}

func TestConnectIsBounded(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go io.Copy(io.Discard, far) // hears and does not answer
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := session.Connect(ctx, near, time.Now()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer near.Close()
	clock := make(chan time.Time, 1)
	go session.Server{SetClock: func(now time.Time) error {
		clock <- now
		return nil
	}}.Serve(far)
	want := time.Unix(1_700_000_000, 42)
	if _, err := session.Connect(t.Context(), near, want); err != nil {
		t.Fatal(err)
	}
	if got := <-clock; !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
