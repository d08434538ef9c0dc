package testenv

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// syslog collects what the sandbox's daemons log to /dev/log in the file "syslog" of the lab's directory.
type syslog struct {
	socket *net.UnixConn
	file   *os.File
	done   chan struct{} // closed when the last message is written
}

func newSyslog(l *Lab) (*syslog, error) {
	s := &syslog{done: make(chan struct{})}
	err := l.Do(func() (err error) {
		s.socket, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/dev/log", Net: "unixgram"})
		if err != nil {
			return err
		}
		return os.Chmod("/dev/log", 0o666)
	})
	if err != nil {
		return nil, fmt.Errorf("cannot listen on /dev/log: %w", err)
	}
	s.file, err = os.Create(filepath.Join(l.dir, "syslog"))
	if err != nil {
		return nil, errors.Join(err, s.socket.Close())
	}
	go s.collect()
	return s, nil
}

func (s *syslog) collect() {
	defer close(s.done)
	message := make([]byte, 64<<10)
	for {
		n, err := s.socket.Read(message)
		if err != nil {
			return
		}
		_, _ = fmt.Fprintf(s.file, "%s %s\n", time.Now().Format("2006-01-02T15:04:05.000000Z07:00"), message[:n])
	}
}

func (s *syslog) close() error {
	err := s.socket.Close()
	<-s.done
	return errors.Join(err, s.file.Close())
}
