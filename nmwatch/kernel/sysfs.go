package kernel

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"nmdebug/nmwatch/kernel/kerneltypes"
)

// deviceProbe reads from sysfs what a link's hardware is, once for every link. A virtual link has none and gets no measurement.
type deviceProbe struct {
	*reporter
	sys  string
	seen map[int]bool
}

func (p *deviceProbe) blind() bool { return false }

func (p *deviceProbe) close() {}

func (p *deviceProbe) look(ctx context.Context, links map[int]sight) (time.Duration, error) {
	seen := make(map[int]bool, len(links))
	for i, l := range links {
		seen[i] = true
		if p.seen[i] {
			continue
		}
		d, ok := readDevice(p.sys, i, l.name)
		if !ok {
			continue
		}
		if err := p.measured(ctx, whatDevice, l.name, d); err != nil {
			return 0, err
		}
	}
	p.seen = seen
	return 0, nil
}

// readDevice reads /sys/class/net/NAME. ok is false when there is nothing to tell.
func readDevice(sys string, index int, name string) (d kerneltypes.Device, ok bool) {
	if name == "" || strings.Contains(name, "/") || name == "." || name == ".." {
		return d, false
	}
	dir := filepath.Join(sys, "class/net", name)
	d.Index = index
	if driver, err := os.Readlink(filepath.Join(dir, "device/driver")); err == nil {
		d.Driver = filepath.Base(driver)
	}
	if phy, err := os.ReadFile(filepath.Join(dir, "phy80211/name")); err == nil {
		d.Phy = strings.TrimSpace(string(phy))
	}
	if d.Driver == "" && d.Phy == "" {
		return d, false
	}
	// sysfs shows the network namespace of whoever mounted it: the same name there may be another link.
	there, err := os.ReadFile(filepath.Join(dir, "ifindex"))
	return d, err == nil && strings.TrimSpace(string(there)) == strconv.Itoa(index)
}
