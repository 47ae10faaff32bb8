package app

import (
	"context"

	"github.com/loa-project/loa/cost"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/jobs"
	"github.com/loa-project/loa/internal/phone"
	"github.com/loa-project/loa/message"
)

// openSender opens a connection for the engine, and its price table with it: what is claimed from now on is priced by what the table says now.
func (a *App) openSender(ctx context.Context, workspace, id int64) (message.Sender, message.Limits, error) {
	if _, err := a.Costs.Load(ctx, workspace, id); err != nil {
		return nil, message.Limits{}, err
	}
	return a.senders.get(ctx, workspace, id)
}

// price asks the price table about a message at the moment of its call.
func (a *App) price(workspace, connection int64, m *message.Outgoing, at int64) (int64, bool) {
	u := cost.Unit{Network: phone.Carrier(m.To), Serial: m.Leg}
	if m.Content.ZNS != nil {
		u.Template = m.Content.ZNS.TemplateID
	}
	if z := m.Content.ZaloOA; z != nil {
		if u.Named, u.Template = true, cost.Consultation; z.Template != nil {
			u.Template = z.Template.TemplateID
		}
	}
	if m.Rendered.SMS != nil {
		u.Parts = int64(m.Rendered.SMS.Parts)
	}
	vnd, ok := a.Costs.Price(workspace, connection, u, at)
	if !ok && u.Template == cost.Consultation {
		return cost.ConsultationVND, true
	}
	return vnd, ok
}

// costConnection tells the price table what it needs of a connection. Nothing is charged in Zalo's development mode and in eSMS's sandbox.
func (a *App) costConnection(ctx context.Context, workspace, id int64) (cost.Connection, error) {
	c, err := a.Connections.Get(ctx, workspace, id)
	if err != nil {
		return cost.Connection{}, err
	}
	return cost.Connection{Provider: c.Provider, Free: c.Zalo != nil && c.Zalo.Development || c.ETelecom != nil && c.ETelecom.Development || c.ESMS != nil && c.ESMS.Sandbox}, nil
}

// ourLeg reads the leg out of a key of ours.
func (a *App) ourLeg(key string) (workspace, leg int64, ok bool) {
	workspace, leg, _, ok = a.Messages.Keys.Parse(key)
	return workspace, leg, ok
}

// enqueueCompare lets a worker compare a bill with the ledger.
func (a *App) enqueueCompare(ctx context.Context, tx *db.Tx, args cost.CompareArgs) error {
	_, err := a.Jobs.Enqueue(ctx, tx, args, jobs.Queue(jobs.Bulk))
	return err
}
