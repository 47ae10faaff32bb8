package app

import (
	"context"
	"slices"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/local"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/segment"
	"github.com/loa-project/loa/template"
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

// lacks names what the content of an act refers to and cannot be used.
func (a *App) lacks(ctx context.Context, workspace int64, c *template.Compiled) (string, error) {
	var err error
	switch {
	case c.Voucher != nil:
		return a.Vouchers.Usable(ctx, workspace, c.Voucher.VoucherID)
	case c.Action == nil:
	case c.Action.Attribute != "":
		defs, err := a.Contacts.Attributes(ctx, workspace)
		if err != nil || slices.ContainsFunc(defs, func(d contact.Attribute) bool { return d.Key == c.Action.Attribute }) {
			return "", err
		}
		return local.CodeNoAttribute, nil
	case c.Action.ListID != 0:
		var g *segment.Segment
		if g, err = a.Segments.Get(ctx, workspace, c.Action.ListID); err == nil && g.Kind != segment.KindStatic {
			return local.CodeNotAList, nil
		}
	case c.Action.Notice != nil:
		var k *connection.Connection
		want := map[string]string{"email": "smtp", "webhook": "http"}[c.Action.Notice.Via]
		k, err = a.Connections.Get(ctx, workspace, c.Action.Notice.ConnectionID)
		if err == nil && (k.Provider != want || k.State == connection.Disabled) || errs.Is(err, "connection.not_found") {
			return local.CodeNoNotice, nil
		}
	}
	if e, ok := errs.As(err); ok {
		return e.Code, nil
	}
	return "", err
}

// merged moves what a customer has to the one that remains.
func (a *App) merged(ctx context.Context, tx *db.Tx, workspace, keep, drop int64) error {
	if err := a.Messages.Merge(ctx, tx, workspace, keep, drop); err != nil {
		return err
	}
	return a.Vouchers.Merge(ctx, tx, workspace, keep, drop)
}

// builtin is the connection of a channel that Loa carries by itself; 0 for the others.
func (a *App) builtin(ctx context.Context, workspace int64, ch channel.Channel) (int64, error) {
	if !connection.LocalChannels.Has(ch) {
		return 0, nil
	}
	return a.Connections.Local(ctx, workspace)
}
