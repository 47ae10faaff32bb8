package app

import (
	"context"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/local"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
)

// localSender carries out what happens in our own database.
func (a *App) localSender(workspace int64) message.Sender {
	return &local.Sender{DB: a.DB, Workspace: workspace, Outside: a.outside, Acts: map[channel.Channel]local.Act{
		channel.Voucher:   a.giveVouchers,
		channel.Action:    a.act,
		channel.StartFlow: local.Start(a.Campaigns.EnterIn),
		channel.Wait:      local.Wait,
	}}
}

// merged moves what a customer has to the one that remains.
func (a *App) merged(ctx context.Context, tx *db.Tx, workspace, keep, drop int64) error {
	return a.Vouchers.Merge(ctx, tx, workspace, keep, drop)
}

// builtin is the connection of a channel that Loa carries by itself; 0 for the others.
func (a *App) builtin(ctx context.Context, workspace int64, ch channel.Channel) (int64, error) {
	if !connection.LocalChannels.Has(ch) {
		return 0, nil
	}
	return a.Connections.Local(ctx, workspace)
}
