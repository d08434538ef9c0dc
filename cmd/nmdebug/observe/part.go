package observe

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"nmdebug/inspect"
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
	"nmdebug/nmwatch/record/pcapng"
)

// flushWithin is how long a record may stay in memory, where a crash of ours would lose it.
const flushWithin = 100 * time.Millisecond

// part is one file of a recording, with sources of its own.
type part struct {
	file     io.WriteCloser
	most     int64 // see Recording
	cancel   context.CancelFunc
	standing chan struct{} // closed when the full state is in the file
	full     chan struct{} // closed when the next file is to be begun
	ended    chan struct{} // closed when nothing is written any more

	before *inspect.Pyramid // as seen last

	mu      sync.Mutex // guards what follows
	w       *pcapng.Writer
	err     error  // of writing
	pending bool   // a flush will come
	self    string // our own name on the bus
	limit   int64  // the size at which the file is full; 0 when it will not be
	lost    int
	others  sight
}

// newPart opens a file and begins to write what all sources say.
func newPart(ctx context.Context, opts Options, rec Recording) (*part, error) {
	file, err := rec.Open()
	if err != nil {
		return nil, err
	}
	w, err := pcapng.NewWriter(file, rec.Version)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &part{
		file: file, most: rec.Most, cancel: cancel, w: w, others: newSight(),
		standing: make(chan struct{}), full: make(chan struct{}), ended: make(chan struct{}),
	}
	opts.Tap, opts.Proc, opts.Thorough = p.write, true, true
	if rec.More != nil {
		opts.More = rec.More()
	}
	var running sync.WaitGroup
	running.Go(func() { _ = Watch(ctx, opts, p.see) }) // it ends with its context, or with an error of writing, which is kept
	running.Go(func() { spy(ctx, opts, p) })
	go func() {
		defer close(p.ended)
		running.Wait()
	}()
	return p, nil
}

// end ends the sources, writes the rest, and adds up.
func (p *part) end(sum *Recorded) error {
	p.cancel()
	<-p.ended
	p.write(record.Record{Time: time.Now().UTC(), Kind: record.Verdict, Raw: []byte("{}")}) // this is how long it was
	p.mu.Lock()
	defer p.mu.Unlock()
	p.others.again(time.Now().UTC())
	sum.Files++
	sum.Records += p.w.Records()
	sum.Bytes += p.w.Size()
	sum.Removed += p.w.Removed()
	sum.Lost += p.lost
	sum.Blind += p.others.blind
	sum.Monitor = p.others.why
	return errors.Join(p.err, p.w.Flush(), p.file.Close())
}

// begun waits for the full state, and until it is known whether the conversation of others is seen.
func (p *part) begun() {
	for _, what := range []<-chan struct{}{p.standing, p.others.known} {
		select {
		case <-what:
		case <-p.ended:
		}
	}
}

func (p *part) monitorSays() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.others.why
}

// write takes each record of the stream.
func (p *part) write(r record.Record) { p.add(r, p.w.Write) }

// spied takes what a monitor sees, from the goroutine that reads it.
func (p *part) spied(r record.Record, m wire.Message) {
	if m.Type == 0 { // a note, or what cannot be parsed
		p.write(r)
		return
	}
	p.add(r, func(r record.Record) error { return p.w.WriteMessage(r, m) })
}

func (p *part) add(r record.Record, write func(record.Record) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	switch {
	case r.Kind == record.Note:
		p.note(r)
	case r.Kind == record.DBusReceived && p.self == "":
		p.learn(r)
	}
	if p.err = write(r); p.err != nil {
		p.cancel()
		return
	}
	if p.limit > 0 && p.w.Size() >= p.limit {
		p.limit = 0
		close(p.full)
	}
	if !p.pending {
		p.pending = true
		time.AfterFunc(flushWithin, p.flush)
	}
}

func (p *part) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = false
	if p.err == nil {
		p.err = p.w.Flush()
	}
	if p.err != nil {
		p.cancel()
	}
}

// learn takes our own name from the first message that we receive.
func (p *part) learn(r record.Record) {
	if m, err := wire.Parse(r.Raw); err == nil {
		p.self = m.Destination
	}
}

// ours says whether a monitor sees our own conversation, which is in the file already.
func (p *part) ours(m wire.Message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self != "" && (m.Sender == p.self || m.Destination == p.self)
}

// note counts what sources say they have lost.
func (p *part) note(r record.Record) {
	n, err := record.NoteOf(r)
	if err != nil {
		return
	}
	switch {
	case n.Source == record.SourceBus && n.Event == record.Up:
		p.self = "" // the bus will give us another
	case n.Event == record.Lost:
		p.lost += n.Missing()
	case n.Source == record.SourceMonitor:
		p.others.note(n, r.Time)
	}
}

// stands says that the full state is in the file. One that it nearly fills gets as much again.
func (p *part) stands() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most > 0 {
		p.limit = max(p.most, 2*p.w.Size())
	}
	close(p.standing)
}

// see marks each moment at which a live run would have looked, and writes down what is different.
func (p *part) see(s *inspect.Snapshot, now inspect.Pyramid) error {
	var judged record.Judged
	if p.before != nil {
		for _, c := range inspect.Changes(*p.before, now) {
			judged.Text = append(judged.Text, c.Interface+c.Source+" "+c.Text)
		}
	}
	if p.before == nil || len(judged.Text) > 0 {
		pyramid, err := json.Marshal(now)
		if err != nil {
			return err
		}
		judged.Pyramid = pyramid
	}
	raw, err := json.Marshal(judged)
	if err != nil {
		return err
	}
	p.write(record.Record{Time: s.At, Kind: record.Verdict, Raw: raw})
	if p.before == nil {
		p.stands()
	}
	p.before = &now
	return nil
}
