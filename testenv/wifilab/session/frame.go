package session

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// kind is what a frame is about.
type kind byte

const (
	kindGreeting  kind = iota + 1 // near to far: a greeting; far to near: its number
	kindRequest                   // near to far: a Request
	kindInput                     // near to far: data; none at the end of the input
	kindSignal                    // near to far: the number of a signal, in one byte
	kindOutput                    // far to near: data
	kindComplaint                 // far to near: data of standard error
	kindStatus                    // far to near: a Status; the last frame of its call
)

// frame is one message. Frames of one call keep their order.
type frame struct {
	kind kind
	call uint32
	data []byte
}

const (
	headerSize = 1 + 4 + 4
	maxData    = 64 << 10
)

func (f frame) header() []byte {
	head := make([]byte, headerSize)
	head[0] = byte(f.kind)
	binary.BigEndian.PutUint32(head[1:], f.call)
	binary.BigEndian.PutUint32(head[5:], uint32(len(f.data)))
	return head
}

func readFrame(r io.Reader) (frame, error) {
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return frame{}, err
	}
	size := binary.BigEndian.Uint32(head[5:])
	if size > maxData {
		return frame{}, fmt.Errorf("internal error: a frame of %d bytes", size)
	}
	f := frame{kind: kind(head[0]), call: binary.BigEndian.Uint32(head[1:]), data: make([]byte, size)}
	_, err := io.ReadFull(r, f.data)
	return f, err
}

// sender writes frames, each whole.
type sender struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

func (s *sender) send(f frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.w.Write(append(f.header(), f.data...))
	return err
}

func (s *sender) sendJSON(k kind, call uint32, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.send(frame{k, call, data})
}

// stream is a writer whose data go out as frames of one kind of one call.
type stream struct {
	sender *sender
	kind   kind
	call   uint32
}

func (s stream) Write(p []byte) (int, error) {
	for at := 0; at < len(p); at += maxData {
		if err := s.sender.send(frame{s.kind, s.call, p[at:min(len(p), at+maxData)]}); err != nil {
			return at, err
		}
	}
	return len(p), nil
}

// Close says that no more will be written.
func (s stream) Close() error { return s.sender.send(frame{s.kind, s.call, nil}) }
