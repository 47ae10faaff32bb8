package message

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/provider"
)

// trace finds a leg in the provider's log and keeps the provider's id, so that what the provider told meanwhile, and tells later, finds the leg.
func (w *Sweeper) trace(ctx context.Context, tracer Tracer, l *Leg, pid, to string) (Receipt, bool) {
	s := w.e.s
	own, err := readParticulars(ctx, s.DB, l)
	if err != nil {
		s.Log.Warn("look up message", "leg_id", l.ID, "error", err)
		return Receipt{}, false
	}
	if own.To != "" { // a single message may name an address of its own
		to = own.To
	}
	if to == "" && pid == "" {
		return Receipt{}, false
	}
	r, found, err := tracer.Trace(ctx, pid, to, time.UnixMilli(l.Facts[FactRequested]))
	if l.Quote > 0 { // what the price table said at the call; the log knows no prices, and the sender's guess is for calls that nobody quoted
		r.Price = 0
	}
	if err == nil && found && pid == "" && r.ProviderID != "" {
		found, err = s.keepID(ctx, l, r.ProviderID)
	}
	if err != nil {
		s.Log.Warn("look up message", "leg_id", l.ID, "error", err)
	}
	return r, found && err == nil
}

// keepID writes the provider's id to the newest attempt of a leg; false when the id is another leg's.
func (s *Service) keepID(ctx context.Context, l *Leg, id string) (ok bool, err error) {
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var taken int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM attempt WHERE workspace_id = $1 AND provider_id = $2 AND leg_id <> $3`, l.WorkspaceID, id, l.ID).Scan(&taken); err != nil {
			return fmt.Errorf("look for the provider's id: %w", err)
		}
		if ok = taken == 0; !ok {
			return nil
		}
		n, err := tx.Exec(ctx, `UPDATE attempt SET provider_id = $4 WHERE workspace_id = $1 AND leg_id = $2 AND no = $3 AND provider_id IS NULL`, l.WorkspaceID, l.ID, l.Attempt, id)
		if err == nil && n == 0 { // the process ended before it could write what became of its call
			at := l.Facts[FactRequested]
			_, err = tx.Exec(ctx, `INSERT INTO attempt (workspace_id, leg_id, no, started_at, ended_at, class, provider_id) VALUES ($1, $2, $3, $4, $4, $5, $6) ON CONFLICT DO NOTHING`,
				l.WorkspaceID, l.ID, l.Attempt, at, string(provider.Unknown), id)
		}
		if err != nil {
			return fmt.Errorf("keep the provider's id: %w", err)
		}
		return nil
	})
	return ok, err
}

// learn keeps provider's ids that receipts under our keys name, where the answer that should have named them was lost.
func learn(ctx context.Context, tx *db.Tx, workspace int64, in []inbound) error {
	for i := range in {
		r := &in[i]
		if !r.Names || r.leg == 0 || r.ProviderID == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE attempt SET provider_id = $4 WHERE workspace_id = $1 AND leg_id = $2 AND no = $3 AND provider_id IS NULL AND NOT EXISTS (SELECT 1 FROM attempt o WHERE o.workspace_id = $1 AND o.provider_id = $4)`,
			workspace, r.leg, int64(r.attempt), r.ProviderID); err != nil {
			return fmt.Errorf("keep the provider's id: %w", err)
		}
	}
	return nil
}

// learnLate does the same for calls whose answer is given up for lost only after such a receipt has come.
func learnLate(ctx context.Context, tx *db.Tx, workspace int64, batch []recorded) error {
	for i := range batch {
		b := &batch[i]
		if b.c.leg.Channel != channel.AICall || b.out.Class != provider.Unknown {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE attempt SET provider_id = (SELECT MAX(k.provider_id) FROM callback k WHERE k.workspace_id = $1 AND k.leg_id = $2 AND k.attempt_no = $3) WHERE workspace_id = $1 AND leg_id = $2 AND no = $3 AND provider_id IS NULL`,
			workspace, b.c.leg.ID, int64(b.c.leg.Attempt)); err != nil {
			return fmt.Errorf("keep the provider's id: %w", err)
		}
	}
	return nil
}
