package logs

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxEntry bounds one entry: what is larger in a journal is a core dump, and none of our business.
const maxEntry = 1 << 20

// ErrTooLong is given for an entry that is larger than one of a log should be.
var ErrTooLong = errors.New("a log entry has more than 1 MiB")

// Stream reads entries one after the other in systemd's Journal Export Format, as journalctl --output=export writes them.
type Stream struct {
	in *bufio.Reader
	at int64 // bytes read
}

// NewStream reads from in, which the caller closes.
func NewStream(in io.Reader) *Stream { return &Stream{in: bufio.NewReader(in)} }

// Next is the next entry, and io.EOF at the end. Other errors name the byte at which the stream cannot be understood; after
// one it cannot be read on.
func (s *Stream) Next() (Entry, error) {
	var e Entry
	began := s.at
	for {
		f, err := s.field()
		switch {
		case err == nil && f.Name != "":
			e.Fields = append(e.Fields, f)
		case err == nil && len(e.Fields) > 0: // an empty line
			return e, nil
		case err == nil:
			began = s.at
		case errors.Is(err, io.EOF) && len(e.Fields) > 0:
			return e, nil
		case errors.Is(err, io.EOF):
			return e, io.EOF
		}
		if err == nil && s.at-began > maxEntry {
			err = ErrTooLong
		}
		if err != nil {
			return Entry{}, fmt.Errorf("cannot read the log at byte %d: %w", s.at, err)
		}
	}
}

// field reads one field: "NAME=text", or a name alone with the length of its value and the value behind. An empty line is
// a field without a name.
func (s *Stream) field() (Field, error) {
	line, err := s.line()
	if err != nil {
		return Field{}, err
	}
	name, value, text := bytes.Cut(line, []byte("="))
	switch {
	case len(line) == 0:
		return Field{}, nil
	case len(name) == 0:
		return Field{}, errors.New("a field has no name")
	case text:
		return Field{string(name), value}, nil
	}
	value, err = s.sized()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return Field{string(name), value}, err
}

// line reads up to the end of a line, and no more than an entry may have. The end of the stream ends a line, too.
func (s *Stream) line() ([]byte, error) {
	var whole []byte
	for {
		part, err := s.in.ReadSlice('\n')
		s.at += int64(len(part))
		whole = append(whole, part...)
		switch {
		case err == nil:
			return whole[:len(whole)-1], nil
		case errors.Is(err, io.EOF) && len(whole) > 0:
			return whole, nil
		case len(whole) > maxEntry:
			return nil, ErrTooLong
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// sized reads a value whose length comes before it, and the end of its line.
func (s *Stream) sized() ([]byte, error) {
	var head [8]byte
	if err := s.full(head[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(head[:])
	if size > maxEntry {
		return nil, ErrTooLong
	}
	value := make([]byte, size+1)
	if err := s.full(value); err != nil {
		return nil, err
	}
	if value[size] != '\n' {
		return nil, fmt.Errorf("a value of %d bytes goes on behind its end", size)
	}
	return value[:size], nil
}

func (s *Stream) full(into []byte) error {
	n, err := io.ReadFull(s.in, into)
	s.at += int64(n)
	return err
}
