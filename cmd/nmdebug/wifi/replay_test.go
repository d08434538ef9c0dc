package wifi_test

import (
	"context"
	"strings"
	"time"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/testenv/shown"
	"nmdebug/testenv/tape"
	"nmdebug/testenv/wifilab"
)

// recording is what is recorded beside the watch, until the end of the test.
type recording struct {
	*scene
	tape *tape.Tape
}

// observe begins to watch, and to record beside it. At the end of the test, what is replayed is held to what was shown live: to
// the recorder itself at each of its looks, and to the watch, another process, in every second.
func (s *scene) observe() {
	s.t.Helper()
	r := &recording{scene: s}
	var err error
	r.tape, err = tape.Start(context.WithoutCancel(s.t.Context()), s.Lab)
	must(s.t, err)
	s.watch = s.startWatch()
	_, err = r.tape.AwaitBegin(deadline(s.t))
	must(s.t, err)
	s.t.Cleanup(func() { // before the watch ends
		ending, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
		defer cancel()
		must(s.t, r.tape.End(ending))
		if !s.t.Failed() {
			r.replaysItsOwnVerdicts()
			r.replaysWhatTheWatchShowed()
			r.hasNoSecrets()
		}
	})
}

// end is when the last record was made.
func (r *recording) end() (last time.Time) {
	r.t.Helper()
	must(r.t, tape.Each(r.tape.Open, func(rec record.Record) error {
		if rec.Time.After(last) {
			last = rec.Time
		}
		return nil
	}))
	return last
}

func (r *recording) replaysItsOwnVerdicts() {
	r.t.Helper()
	compared, err := tape.Verdicts(context.WithoutCancel(r.t.Context()), r.tape.Open)
	if err != nil {
		r.t.Error(err)
	}
	if r.t.Logf("%d pyramids compared", compared); compared == 0 {
		r.t.Error("no pyramid was recorded")
	}
}

// replaysWhatTheWatchShowed looks at every second of the recording. Floors that changed just then are left out: the two
// processes do not look at the same instant.
func (r *recording) replaysWhatTheWatchShowed() {
	r.t.Helper()
	compared, end := 0, r.end()
	for at := r.watch.began.Add(behind); at.Add(behind).Before(end); at = at.Add(time.Second) {
		replayed := r.floorsAt(at)
		for floor, word := range r.watch.floorsAt(at) {
			slack := apart(floor)
			if r.watch.changed(floor, at.Add(-slack), at.Add(slack)) {
				continue
			}
			compared++
			if replayed[floor] != word {
				r.t.Errorf("at %s %s was %s, replayed it is %q", at.Format("15:04:05.000"), floor, word, replayed[floor])
			}
		}
	}
	if r.t.Logf("%d floors compared", compared); compared == 0 && end.Sub(r.watch.began) > 3*behind {
		r.t.Error("nothing was compared")
	}
}

// behind is how far one process may be behind the other on a busy host, where both are emulated.
const behind = 1500 * time.Millisecond

// apart is how far apart the two may show a change of a floor: each measures the signal every two seconds, and reads the handshakes
// of WireGuard every five.
func apart(floor string) time.Duration {
	if strings.HasSuffix(floor, " vpn") {
		return 5*time.Second + behind
	}
	return 2*time.Second + behind
}

// floorsAt is how the recording shows a moment, in the words of the watch.
func (r *recording) floorsAt(at time.Time) map[string]string {
	r.t.Helper()
	moment, err := observe.ParseMoment(at.UTC().Format(time.RFC3339Nano))
	must(r.t, err)
	s, err := observe.Once(context.WithoutCancel(r.t.Context()), observe.Options{
		Replay: &observe.Replay{Name: "tape", At: moment, Open: r.tape.Open, Warn: func(err error) { r.t.Error(err) }},
	})
	must(r.t, err)
	floors := map[string]string{}
	for _, stack := range inspect.Build(s).Stacks {
		for _, f := range stack.Floors {
			if word := shown.Word(f.Status.String(), string(f.Code)); word != "" {
				floors[stack.Interface+" "+strings.ToLower(f.Level.String())] = word
			}
		}
	}
	return floors
}

// hasNoSecrets looks for the lab's passphrases in all bytes of the recording.
func (r *recording) hasNoSecrets() {
	r.t.Helper()
	for _, secret := range []string{wifilab.Passphrase, wrongPassphrase} {
		if strings.Contains(string(r.tape.Bytes()), secret) {
			r.t.Errorf("%q is in the recording", secret)
		}
	}
}

// wrongPassphrase is the one of the scenarios.
const wrongPassphrase = "wrong horse"
