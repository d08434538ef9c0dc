package session

import (
	"io"
	"sync"
)

// queue holds what was written until it is read; it never makes the writer wait.
type queue struct {
	mu     sync.Mutex // guards what follows
	filled sync.Cond  // data or end have changed
	data   []byte
	end    error // not nil once nothing will be added
}

func newQueue() *queue {
	q := &queue{}
	q.filled.L = &q.mu
	return q
}

func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		return 0, io.ErrClosedPipe
	}
	q.data = append(q.data, p...)
	q.filled.Broadcast()
	return len(p), nil
}

// Read waits until there is something to read, or the end.
func (q *queue) Read(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.data) == 0 && q.end == nil {
		q.filled.Wait()
	}
	if len(q.data) == 0 {
		return 0, q.end
	}
	n := copy(p, q.data)
	q.data = q.data[n:]
	return n, nil
}

// close ends the queue: who reads gets what is left and then err, which is io.EOF in good order.
func (q *queue) close(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end == nil {
		q.end = err
		q.filled.Broadcast()
	}
}
