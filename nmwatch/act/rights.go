package act

import (
	"context"
	"slices"
)

// The polkit actions that guard what this package does.
const (
	MayControl    = service + ".network-control"
	MayCheckpoint = service + ".checkpoint-rollback"
	MaySwitchWifi = service + ".enable-disable-wifi"
)

// Missing gives those of some polkit actions that the caller may not do without being asked for a password.
func (n *Network) Missing(ctx context.Context, actions ...string) ([]string, error) {
	var granted map[string]string // "yes", "auth" or "no"
	if err := n.bus.Call(ctx, method(rootPath, service, "GetPermissions"), []any{&granted}); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return granted[a] == "yes" }), nil
}
