package wifi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"nmdebug/cmd/nmdebug/observe"
	"nmdebug/inspect"
	"nmdebug/nmwatch/record"
	"nmdebug/testenv"
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
	first, err := r.tape.Now(s.t.Context())
	must(s.t, err)
	s.t.Cleanup(func() { // before the watch ends
		ending, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
		defer cancel()
		if !s.t.Failed() {
			must(s.t, testenv.Await(ending, "the recording comes to show what the watch shows", r.agrees))
		}
		must(s.t, r.tape.End(ending))
		if !s.t.Failed() {
			r.replaysItsOwnVerdicts()
			r.replaysWhatTheWatchShowed(first.At)
			r.hasNoSecrets()
		}
	})
}

// agrees is an error while the recording shows something else than the watch.
func (r *recording) agrees(ctx context.Context) error {
	now, err := r.tape.Now(ctx)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(r.watch.now(), floorsOf(now)); diff != "" {
		return fmt.Errorf("(-watch +recording):\n%s", diff)
	}
	return nil
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

// replaysWhatTheWatchShowed looks at every second of the recording. The two processes do not look at the same instant: what one
// shows, the other has to show at about that time, but for what came and went meanwhile.
func (r *recording) replaysWhatTheWatchShowed(began time.Time) {
	r.t.Helper()
	var replayed []map[string]string // in each second, and at the end
	end := r.end()
	for at := began; at.Before(end); at = at.Add(time.Second) {
		replayed = append(replayed, r.floorsAt(at))
	}
	replayed = append(replayed, r.floorsAt(end))
	compared := 0
	for i, floors := range replayed {
		at := began.Add(time.Duration(i) * time.Second)
		for floor, word := range r.watch.floorsAt(at) {
			compared++
			slack := apart(floor)
			near := int(slack / time.Second)
			around := replayed[max(0, i-near):min(len(replayed), i+near+1)]
			if !r.watch.shows(floor, floors[floor], at, slack) && !shows(around, floor, word) && !r.watch.passes(floor, at, slack) {
				r.t.Errorf("at %s %s was %s, replayed it is %q", at.Format("15:04:05.000"), floor, word, floors[floor])
			}
		}
	}
	if r.t.Logf("%d floors compared", compared); compared == 0 {
		r.t.Error("nothing was compared")
	}
}

// shows says whether a floor is so in one of the seconds.
func shows(seconds []map[string]string, floor, word string) bool {
	return slices.ContainsFunc(seconds, func(floors map[string]string) bool { return floors[floor] == word })
}

// behind is how far one process may be behind the other on a busy host, where both are emulated.
const behind = 3 * time.Second

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
	return floorsOf(inspect.Build(s))
}

// floorsOf are the floors of a pyramid as the watch tells them.
func floorsOf(p inspect.Pyramid) map[string]string {
	floors := map[string]string{}
	for _, stack := range p.Stacks {
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
