package redact

import (
	"nmdebug/nmwatch/mirror/wire"
	"nmdebug/nmwatch/record"
)

// mostCalls bounds the calls that are remembered. An answer to a forgotten one is taken for secret.
const mostCalls = 8192

// callKey names a call: serials are per sender. Our own calls have the sender "".
type callKey struct {
	sender string
	serial uint32
}

func callOf(rec record.Record, m wire.Message) callKey {
	if rec.Kind == record.DBusSent {
		return callKey{"", m.Serial}
	}
	return callKey{m.Sender, m.Serial}
}

func answerOf(rec record.Record, m wire.Message) callKey {
	if rec.Kind == record.DBusReceived {
		return callKey{"", m.ReplySerial}
	}
	return callKey{m.Destination, m.ReplySerial}
}

// calls are those that wait for their answers. Two generations make forgetting cheap: when the younger is full, the
// older is dropped.
type calls struct {
	young, old map[callKey]pending
}

func (c *calls) made(key callKey, m wire.Message, p pending) {
	if m.Flags&wire.NoReplyExpected != 0 {
		return
	}
	if c.young == nil || len(c.young) >= mostCalls/2 {
		c.young, c.old = make(map[callKey]pending), c.young
	}
	c.young[key] = p
}

func (c *calls) answered(key callKey) pending {
	for _, generation := range []map[callKey]pending{c.young, c.old} {
		if p, ok := generation[key]; ok {
			delete(generation, key)
			return p
		}
	}
	return pending{answer: unknown}
}
