package kernel

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/mdlayher/ethtool"
	"golang.org/x/sys/unix"

	"nmdebug/nmwatch/kernel/kerneltypes"
	"nmdebug/nmwatch/record"
)

// speedProbe asks ethtool's netlink family for speed and duplex: of all links first, then of those whose carrier changed.
type speedProbe struct {
	*reporter
	client *ethtool.Client
	absent bool
	known  map[int]sight
}

func (p *speedProbe) blind() bool { return true }

func (p *speedProbe) close() {
	if p.client != nil {
		_ = p.client.Close()
	}
}

func (p *speedProbe) look(ctx context.Context, links map[int]sight) (time.Duration, error) {
	if p.absent {
		return 0, nil
	}
	if p.client == nil {
		p.known = links
		return 0, p.first(ctx)
	}
	was := p.known
	p.known = links
	for i, l := range links {
		if was[i] == l {
			continue
		}
		m, err := p.client.LinkMode(ethtool.Interface{Index: i})
		if err != nil {
			continue // it has no speed, or it is gone already
		}
		if err := p.tell(ctx, m); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// first opens the client and asks for all links at once.
func (p *speedProbe) first(ctx context.Context) error {
	client, err := ethtool.New()
	if err != nil {
		p.absent = true
		return p.note(ctx, absence(record.SourceEthtool, err))
	}
	p.client = client
	if err := p.note(ctx, record.Noted{Source: record.SourceEthtool, Event: record.Up}); err != nil {
		return err
	}
	modes, err := client.LinkModes()
	if err != nil {
		return p.note(ctx, absence(record.SourceEthtool, err))
	}
	for _, m := range modes {
		if err := p.tell(ctx, m); err != nil {
			return err
		}
	}
	return p.note(ctx, record.Noted{Source: record.SourceEthtool, Event: record.Synced})
}

func (p *speedProbe) tell(ctx context.Context, m *ethtool.LinkMode) error {
	if m.Interface.Name == "" {
		return nil
	}
	return p.measured(ctx, whatSpeed, m.Interface.Name, speedOf(m))
}

// speedOf translates: SPEED_UNKNOWN is -1 in 32 bits, and a duplex that is unknown is 0xff (linux/ethtool.h).
func speedOf(m *ethtool.LinkMode) kerneltypes.Speed {
	var s kerneltypes.Speed
	if m.SpeedMegabits > 0 && m.SpeedMegabits < 1<<31-1 {
		s.Mbps = m.SpeedMegabits
	}
	switch m.Duplex {
	case ethtool.Full:
		s.Duplex = "full"
	case ethtool.Half:
		s.Duplex = "half"
	case ethtool.Unknown:
	}
	if s.Mbps == 0 {
		s.Duplex = "" // a driver without carrier says "half", which is its zero
	}
	return s
}

// absence tells in the words of a note why a generic netlink family cannot be used.
func absence(source string, err error) record.Noted {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EPROTONOSUPPORT):
		return record.Noted{Source: source, Event: record.Absent}
	case errors.Is(err, fs.ErrPermission):
		return record.Noted{Source: source, Event: record.Denied, Detail: err.Error(), Right: "CAP_NET_ADMIN"}
	default:
		return record.Noted{Source: source, Event: record.Down, Detail: err.Error()}
	}
}
