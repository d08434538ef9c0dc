package kernel

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// maxPeerLogs bounds the devices of which events are kept.
const maxPeerLogs = 1024

// blue follows Bluetooth: how the adapters stand, and what happened to connections.
type blue struct {
	adapters []kerneltypes.Adapter
	logs     map[string]kerneltypes.PeerLog // by the address of the peer
	dirty    bool
}

// adaptersAre takes the newest look at all adapters.
func (b *blue) adaptersAre(value json.RawMessage) (bool, error) {
	var found []kerneltypes.Adapter
	if err := json.Unmarshal(value, &found); err != nil {
		return false, fmt.Errorf("cannot read value: %w", err)
	}
	if len(found) > maxAdapters {
		return false, fmt.Errorf("more than %d adapters", maxAdapters)
	}
	if reflect.DeepEqual(found, b.adapters) {
		return false, nil
	}
	b.adapters = found
	return true, nil
}

// happened takes an event.
func (b *blue) happened(value json.RawMessage) (bool, error) {
	var e kerneltypes.PeerEvent
	if err := json.Unmarshal(value, &e); err != nil {
		return false, fmt.Errorf("cannot read value: %w", err)
	}
	log, known := b.logs[e.Address]
	if !known && len(b.logs) >= maxPeerLogs {
		return false, fmt.Errorf("events of more than %d devices", maxPeerLogs)
	}
	switch e.What {
	case kerneltypes.PeerConnected:
		log.Connected = e
	case kerneltypes.PeerDisconnected:
		log.Disconnected = e
	case kerneltypes.PeerConnectFailed:
		log.Failed = e
	default:
		return false, nil
	}
	if b.logs == nil {
		b.logs = map[string]kerneltypes.PeerLog{}
	}
	b.logs[e.Address], b.dirty = log, true
	return true, nil
}

func (b *blue) publish(s *kerneltypes.State) {
	s.Adapters = b.adapters
	if b.dirty || s.Peers == nil {
		b.dirty = false
		s.Peers = maps.Clone(b.logs)
	}
}
