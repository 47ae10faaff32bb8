package app

import (
	"context"

	"github.com/loa-project/loa/message"
)

// findHook finds who reads the callbacks of an address; those of Zalo also keep the catalogue of templates.
func (a *App) findHook(ctx context.Context, name, token string) (int64, int64, message.ReadHook, error) {
	workspace, connection, read, err := a.senders.findHook(ctx, name, token)
	if name == "zalo" && read != nil {
		read = a.ZNS.Watch(workspace, connection, read)
	}
	return workspace, connection, read, err
}
