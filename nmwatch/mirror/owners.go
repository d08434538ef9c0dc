package mirror

import (
	"slices"

	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

func (t *Talk) service(name string) *service {
	s, ok := t.services[name]
	if !ok {
		s = &service{}
		t.services[name] = s
	}
	return s
}

// heard notes that a sender lives: whoever sends is not silent. Who denies us is still denying after a signal, and
// only an answer shows otherwise.
func (t *Talk) heard(r record.Record, sender string, answer bool) {
	names := t.names[sender]
	if sender == busName {
		names = []string{busName}
	}
	for _, name := range names {
		if s := t.service(name); s.Status != Denied || answer {
			s.become(Present, r.Time, "")
		}
	}
}

// learn takes from an answer what it says about us, about owners, and about the service that was called.
func (t *Talk) learn(r record.Record, call, m wire.Message) {
	bus := call.Destination == busName && call.Interface == busIface
	switch {
	case bus && call.Member == "Hello" && m.Type == wire.MethodReturn:
		t.helloed(r, m)
	case bus && call.Member == "GetNameOwner":
		t.ownerAnswered(r, call, m)
	case isUnique(call.Destination) || call.Destination == busName:
	case m.Sender == busName:
		t.busRefused(r, call.Destination, m)
	case isUnique(m.Sender):
		if s := t.service(call.Destination); !s.told {
			t.setOwner(r, call.Destination, m.Sender)
		}
	}
}

// helloed notes our own name; the conversation begins. In what a monitor saw it is others who say Hello.
func (t *Talk) helloed(r record.Record, m wire.Message) {
	if r.Kind != record.DBusReceived {
		return
	}
	name, ok := firstString(m)
	if !ok {
		t.problems.add(busPath, "the answer to Hello is not a string")
		return
	}
	t.self = name
	t.emit(Event{Kind: BusUp, Record: r, Service: busName, Owner: name, Detail: t.address})
}

// ownerAnswered takes the answer to GetNameOwner: the owner, or that there is none.
func (t *Talk) ownerAnswered(r record.Record, call, m wire.Message) {
	name, ok := firstString(call)
	if !ok || isUnique(name) || name == busName {
		return
	}
	owner := ""
	if m.Type == wire.MethodReturn {
		if owner, ok = firstString(m); !ok {
			t.problems.add(busPath, "the answer to GetNameOwner is not a string")
			return
		}
	} else if m.ErrorName != errNameHasNoOwner {
		t.busRefused(r, name, m)
		return
	}
	t.service(name).told = true
	t.setOwner(r, name, owner)
}

// busRefused takes an error that the bus itself sent instead of the service. When the service refuses, it lives.
func (t *Talk) busRefused(r record.Record, name string, m wire.Message) {
	s := t.service(name)
	text, _ := firstString(m)
	switch m.ErrorName {
	case errServiceUnknown, errNameHasNoOwner:
		t.setOwner(r, name, "")
	case errAccessDenied:
		s.become(Denied, r.Time, text)
	case errNoReply: // the bus gave up waiting, or the service went away with our call
		if s.Owner != "" {
			s.become(Silent, r.Time, text)
		}
	}
}

// ownerChanged takes NameOwnerChanged(name, old, new).
func (t *Talk) ownerChanged(r record.Record, m wire.Message) {
	args, err := m.Args()
	var name, owner string
	ok := err == nil && len(args) == 3
	if ok {
		name, ok = args[0].(string)
	}
	if ok {
		owner, ok = args[2].(string)
	}
	switch {
	case !ok:
		t.problems.add(busPath, "NameOwnerChanged does not carry three strings")
	case isUnique(name):
		if owner == "" {
			t.gone(name)
		}
	default:
		t.service(name).told = true
		t.setOwner(r, name, owner)
	}
}

// gone forgets the calls of somebody who left the bus: nobody waits for their answers.
func (t *Talk) gone(unique string) {
	for key := range t.calls {
		if key.sender == unique {
			delete(t.calls, key)
		}
	}
}

// setOwner notes who owns a name now ("" for nobody) and emits what changed.
func (t *Talk) setOwner(r record.Record, name, owner string) {
	s := t.service(name)
	old := s.Owner
	switch {
	case owner == "":
		s.become(Absent, r.Time, "nobody owns the name")
	case owner != old:
		s.become(Present, r.Time, "")
	}
	if owner == old {
		return
	}
	s.Owner = owner
	t.renameOwner(name, old, owner)
	e := Event{Record: r, Service: name, Owner: owner, OldOwner: old}
	switch {
	case old == "":
		e.Kind = OwnerGained
	case owner == "":
		e.Kind = OwnerLost
	default:
		e.Kind = OwnerChanged
	}
	t.emit(e)
}

// renameOwner keeps the way back from unique to well-known names. The lists are in events: they are replaced, never
// changed.
func (t *Talk) renameOwner(name, old, owner string) {
	if names := t.names[old]; len(names) > 1 {
		t.names[old] = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
	} else {
		delete(t.names, old)
	}
	if owner != "" {
		names := append(slices.Clone(t.names[owner]), name)
		slices.Sort(names)
		t.names[owner] = names
	}
}

func firstString(m wire.Message) (string, bool) {
	args, err := m.Args()
	if err != nil || len(args) == 0 {
		return "", false
	}
	s, ok := args[0].(string)
	return s, ok
}
