package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"syscall"

	"nmdebug/nmwatch/mirror/wire"
)

const (
	readSize  = 64 << 10
	keepSize  = 1 << 20 // a larger buffer is given back when it is empty
	lineLimit = 256     // an authentication line; the specification allows 16 KiB, servers send less than 100 bytes
)

var errClosed = errors.New("the bus closed the connection")

// frames cuts a stream into messages. An error of the reader loses nothing: after a timeout the next call goes on
// where this one ended.
type frames struct {
	r     io.Reader
	buf   []byte
	start int    // what is before it has been handed out
	read  func() // called after each read, to take the time
}

// next gives the bytes of the next message, which are the caller's.
func (f *frames) next() ([]byte, error) {
	raw, err := f.view()
	return bytes.Clone(raw), err
}

// view gives the bytes of the next message, which are valid until the next call.
func (f *frames) view() ([]byte, error) {
	for {
		length := wire.MinLength
		if waiting := f.buf[f.start:]; len(waiting) >= length {
			var err error
			if length, err = wire.Length(waiting); err != nil {
				return nil, err
			}
			if len(waiting) >= length {
				f.start += length
				return waiting[:length:length], nil
			}
		}
		if err := f.fill(length); err != nil {
			return nil, err
		}
	}
}

// line gives the next line of the authentication, without its end.
func (f *frames) line() (string, error) {
	for {
		waiting := f.buf[f.start:]
		end := bytes.Index(waiting, []byte("\r\n"))
		switch {
		case end > lineLimit, end < 0 && len(waiting) > lineLimit:
			return "", fmt.Errorf("the server does not speak D-Bus: a line of more than %d bytes", lineLimit)
		case end >= 0:
			f.start += end + 2
			return string(waiting[:end]), nil
		}
		if err := f.fill(lineLimit); err != nil {
			return "", err
		}
	}
}

// fill reads once. The buffer grows with what arrives, not with the length that was announced.
func (f *frames) fill(want int) error {
	if f.start == len(f.buf) && cap(f.buf) > keepSize {
		f.buf, f.start = nil, 0
	}
	f.buf = f.buf[:copy(f.buf, f.buf[f.start:])]
	f.start = 0
	if len(f.buf) == cap(f.buf) {
		grown := make([]byte, len(f.buf), max(readSize, min(2*cap(f.buf), want+readSize)))
		copy(grown, f.buf)
		f.buf = grown
	}
	n, err := f.r.Read(f.buf[len(f.buf):cap(f.buf)])
	f.buf = f.buf[:len(f.buf)+n]
	if n > 0 {
		f.read()
		return nil // an error will come again
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) { // reset, when it had not read all that we wrote
		return errClosed
	}
	return err
}
