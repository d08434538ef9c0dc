package logs

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"nmdebug/nmwatch/record"
)

// Journal reads the system's journal through journalctl, which knows every form of its files. It is a task: Run it once.
type Journal struct {
	Since  time.Time // what is older is left out; zero for from now on
	Follow bool      // go on until the context ends
	Dir    string    // of the journal's files; "" is the system's

	Now func() time.Time // nil is time.Now
}

// String names the task.
func (j *Journal) String() string { return record.SourceJournal }

// retryJournal is how long a journalctl rests that ended while it should have followed.
const retryJournal = time.Second

// Run writes records of the entries that are about connections, and notes: Synced when all older entries have been told, and
// why the journal cannot be read, where it cannot; the timeline stands without it. It returns nil, unless out was not emptied
// before the context of a run that does not follow ended. It never closes out.
func (j *Journal) Run(ctx context.Context, out chan<- record.Record) error {
	t := teller{source: record.SourceJournal, now: j.Now, out: out}
	from := "--lines=0"
	if !j.Since.IsZero() {
		from = fmt.Sprintf("--since=@%d.%06d", j.Since.Unix(), j.Since.Nanosecond()/1000)
		cursor, err := j.read(ctx, &t, from)
		if err != nil {
			return t.failed(ctx, err)
		}
		from = after(cursor, from)
	}
	if err := t.note(ctx, record.Noted{Event: record.Synced}); err != nil || !j.Follow {
		return err
	}
	return j.follow(ctx, &t, from)
}

// follow runs journalctl until the context ends, and again when it dies. Where there is no journal to read it gives up.
func (j *Journal) follow(ctx context.Context, t *teller, from string) error {
	for {
		cursor, err := j.read(ctx, t, "--follow", from)
		from = after(cursor, from)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			if told := t.failed(ctx, err); told != nil || eventOf(err) != record.Down {
				return told
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryJournal):
		}
	}
}

// after says where to go on: behind an entry, or where the last attempt began when there was none.
func after(cursor, from string) string {
	if cursor == "" {
		return from
	}
	return "--after-cursor=" + cursor
}

// read runs journalctl to its end and gives the cursor of the last entry; "" when there was none.
func (j *Journal) read(ctx context.Context, t *teller, args ...string) (cursor string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := exec.CommandContext(ctx, "journalctl", append(args, j.options()...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for us, who then end it
	var complaint bytes.Buffer
	c.Stderr = &complaint
	pipe, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	cursor, failed := t.drain(ctx, NewStream(pipe))
	if failed != nil {
		cancel() // ends journalctl, which may have more to say
	}
	if err := c.Wait(); failed == nil && err != nil {
		return cursor, fmt.Errorf("journalctl: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return cursor, failed
}

// options choose the entries and the fields: what else the journal knows of a process and of the machine is not ours to keep.
func (j *Journal) options() []string {
	options := []string{"--output=export", "--no-pager", "--output-fields=" + strings.Join([]string{
		fieldMessage, fieldPriority, fieldIdentifier, fieldSyslogPID, fieldPID, fieldCommand, fieldUnit, fieldTransport, fieldSent, fieldDevice,
		"NM_CONNECTION", "NM_LOG_DOMAINS", "NM_LOG_LEVEL",
	}, ",")}
	if j.Dir != "" {
		options = append(options, "--directory="+j.Dir)
	} else {
		options = append(options, "--system")
	}
	for _, n := range namings() {
		for _, identifier := range append(n.identifiers, string(n.process)) {
			if !strings.HasSuffix(identifier, "*") {
				options = append(options, fieldIdentifier+"="+identifier)
			}
		}
	}
	// What runs in NetworkManager's unit is a helper of its: those of VPNs have identifiers of many kinds.
	return append(options, "+", fieldUnit+"=NetworkManager.service", "+", fieldTransport+"=kernel")
}
