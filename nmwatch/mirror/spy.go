package mirror

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

const monitorIface = "org.freedesktop.DBus.Monitoring"

// spy is one connection of a Monitor.
type spy struct {
	cfg     Config
	take    func(record.Record, wire.Message)
	skip    func(wire.Message) bool
	frames  frames
	seen    stamp // of the bytes read last
	self    string
	bus     string   // its GUID
	last    lastSeen // by the connection before
	up      bool     // it sees everything
	names   []string
	senders map[string]*uint32 // unique names of the services, with the serial that came last, 0 before the first
}

// run becomes a monitor and makes records until the connection ends.
func (s *spy) run(ctx context.Context, rules []string) error {
	nc, err := s.cfg.Dial(ctx, s.cfg.Address)
	if err != nil {
		return err
	}
	defer func() { _ = nc.Close() }() // what is unread is lost by intention
	defer context.AfterFunc(ctx, func() { _ = nc.Close() })()
	s.frames = frames{r: &calm{r: nc}, read: func() { s.seen = s.cfg.stamp() }}
	if err := nc.SetDeadline(time.Now().Add(s.cfg.Timeout)); err != nil {
		return err
	}
	if err := s.begin(nc, rules); err != nil {
		return fmt.Errorf("cannot become a monitor: %w", err)
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return err
	}
	s.up = true
	s.note(record.Noted{Event: record.Up, Detail: s.cfg.Address})
	for {
		raw, err := s.frames.view()
		if err != nil {
			return fmt.Errorf("lost the bus: %w", err)
		}
		s.show(raw)
	}
}

// begin authenticates, asks who the services are, and becomes a monitor, all in one write. A monitor that has not agreed
// to file descriptors is not shown the messages that carry them; as they are read without, the kernel closes them.
func (s *spy) begin(nc net.Conn, rules []string) error {
	call := func(iface, member string, args ...any) wire.Call {
		return wire.Call{Service: busName, Path: busPath, Interface: iface, Member: member, Args: args}
	}
	calls := []wire.Call{call(busIface, "Hello")}
	for _, name := range s.names {
		calls = append(calls, call(busIface, "GetNameOwner", name))
	}
	calls = append(calls, call(monitorIface, "BecomeMonitor", rules, uint32(0)))
	opening := []byte(saslOpening("NEGOTIATE_UNIX_FD\r\n"))
	for i, c := range calls {
		raw, err := c.Encode(uint32(i) + helloSerial)
		if err != nil {
			return err
		}
		opening = append(opening, raw...)
	}
	if _, err := nc.Write(opening); err != nil {
		return dialReason(err)
	}
	for _, want := range []string{"OK ", ""} { // the second line tells of file descriptors, which may be refused
		line, err := s.frames.line()
		if err != nil {
			return dialReason(err)
		}
		if !strings.HasPrefix(line, want) {
			return fmt.Errorf("the server answered %q", line)
		}
		if guid, ok := strings.CutPrefix(line, "OK "); ok {
			s.bus = guid
		}
	}
	return s.answers(calls)
}

// answers reads until BecomeMonitor, the last of the calls, is answered.
func (s *spy) answers(calls []wire.Call) error {
	for {
		raw, err := s.frames.next()
		if err != nil {
			return dialReason(err)
		}
		m, err := wire.Parse(raw)
		if err != nil {
			return err
		}
		i := int(m.ReplySerial) - helloSerial
		if m.ReplySerial == 0 || i < 0 || i >= len(calls) {
			continue
		}
		last := i == len(calls)-1
		switch text, _ := firstString(m); {
		case m.Type == wire.Error && (last || i == 0):
			c := calls[i]
			return newCallError(wire.Message{Interface: c.Interface, Member: c.Member, Destination: c.Service, Path: c.Path}, m)
		case last:
			return nil
		case i == 0:
			s.self = text
		case m.Type == wire.MethodReturn:
			s.senders[text] = s.before(text)
		}
	}
}

// before is the serial that came last from a service, on the connection before too.
func (s *spy) before(unique string) *uint32 {
	serial := new(uint32)
	if s.bus == s.last.bus {
		*serial = s.last.serials[unique]
	}
	return serial
}

// reached is how far the connection came.
func (s *spy) reached() lastSeen {
	last := lastSeen{bus: s.bus, serials: make(map[string]uint32)}
	for unique, serial := range s.senders {
		last.serials[unique] = *serial
	}
	return last
}

// show makes a record of a message, and a note before it when others are missing.
func (s *spy) show(raw []byte) {
	m, err := wire.Parse(raw)
	if err != nil { // whoever takes it will say so
		s.take(s.seen.record(record.DBusSeen, raw), wire.Message{})
		return
	}
	if missing := s.missing(m); missing > 0 {
		s.note(record.Noted{Event: record.Lost, Lost: missing, Detail: "messages of " + m.Sender})
	}
	if m.Destination == s.self || s.skip != nil && s.skip(m) { // the bus bids us farewell: we are nobody any more
		return
	}
	s.ownerChanged(m)
	s.take(s.seen.record(record.DBusSeen, raw), m)
}

// missing is how many messages the sender sent between this and the one before.
func (s *spy) missing(m wire.Message) int {
	last, service := s.senders[m.Sender]
	if !service {
		return 0
	}
	before := *last
	*last = m.Serial
	if before == 0 || m.Serial <= before {
		return 0
	}
	return int(m.Serial - before - 1)
}

// ownerChanged follows who the services are.
func (s *spy) ownerChanged(m wire.Message) {
	if m.Sender != busName || m.Member != "NameOwnerChanged" {
		return
	}
	args, err := m.Args()
	if err != nil || len(args) != 3 {
		return
	}
	name, _ := args[0].(string)
	before, _ := args[1].(string)
	now, _ := args[2].(string)
	if !slices.Contains(s.names, name) {
		return
	}
	delete(s.senders, before)
	if now != "" {
		s.senders[now] = new(uint32)
	}
}

func (s *spy) note(n record.Noted) {
	n.Source = record.SourceMonitor
	s.take(n.Record(s.cfg.Now(), s.cfg.Boot()), wire.Message{})
}

// calm reads less often in a flood, so that each read gives many messages. Woken for each, we would use more processor time
// for waking up than for all that we do with them. The price is that their time stamps are late, by a nap at most.
type calm struct {
	r     io.Reader
	since time.Time // when the reads are counted from
	reads int
	flood bool
}

const (
	nap         = 10 * time.Millisecond
	readsForNap = 40   // in the time of a nap: more are a flood of thousands in a second
	floodAtOnce = 4096 // bytes: who finds less after a nap need not have slept
)

// Read reads, after a nap in a flood.
func (c *calm) Read(b []byte) (int, error) {
	if c.flood {
		time.Sleep(nap)
		n, err := c.r.Read(b)
		c.flood = n >= floodAtOnce
		return n, err
	}
	if now := time.Now(); now.Sub(c.since) > nap {
		c.since, c.reads = now, 0
	}
	c.reads++
	c.flood = c.reads > readsForNap
	return c.r.Read(b)
}
