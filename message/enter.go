package message

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// What became of a contact that was to enter a run.
const (
	Entered        = "entered" // the contact has a message now; a skipped one when no channel may reach it
	EnteredAlready = "already" // it was in the run before, whatever became of its message; a run is entered once
	EnteredUnknown = "unknown" // the workspace has no such contact
)

// Entry is what Enter did about one contact.
type Entry struct {
	ContactID int64
	Result    string // Entered, EnteredAlready or EnteredUnknown
	Skipped   string // of Entered: the rule that keeps every channel from the contact, "" = something will be sent
}

// Enter puts contacts into a running run that people enter one by one, in the caller's transaction: each at the first rank that may reach it, as Enlist does, due after the delay. Who
// is in the run already is left alone, so that it may be called again with the same contacts. The answers are in the order of the contacts, one for each, also for one that comes twice.
// The caller keeps two transactions from entering the same run at once. run.wrong_state when the run is not running, is not one for entering, or takes nobody any more.
func (s *Service) Enter(ctx context.Context, tx *db.Tx, run *Run, contacts []int64, delay time.Duration) ([]Entry, error) {
	if run.State != RunRunning || !run.Definition.Entry || run.Dispatched {
		return nil, errs.Conflict("run.wrong_state")
	}
	ids := slices.Clone(contacts)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	due := s.now() + delay.Milliseconds()
	found := make(map[int64]Entry, len(ids))
	count := counters{}
	for part := range slices.Chunk(ids, block) {
		if err := enterBlock(ctx, tx, run, part, due, found, count); err != nil {
			return nil, fmt.Errorf("enter run %d: %w", run.ID, err)
		}
	}
	if err := count.write(ctx, tx, run.WorkspaceID); err != nil {
		return nil, err
	}
	tx.AfterCommit(s.Wake)
	out := make([]Entry, len(contacts))
	for i, id := range contacts {
		e, ok := found[id]
		if !ok {
			e = Entry{ContactID: id, Result: EnteredUnknown}
		}
		out[i] = e
		if e.Result == Entered { // the second time it is in
			found[id] = Entry{ContactID: id, Result: EnteredAlready}
		}
	}
	return out, nil
}

func enterBlock(ctx context.Context, tx *db.Tx, run *Run, ids []int64, due int64, found map[int64]Entry, count counters) error {
	args := []any{run.WorkspaceID, run.ID, due}
	for _, id := range ids {
		args = append(args, id)
	}
	in := db.In(4, len(ids))
	rows, err := tx.Query(ctx, enlistSQL(run, `c.id IN (`+in+`) AND NOT EXISTS (SELECT 1 FROM leg x WHERE x.workspace_id = $1 AND x.run_id = $2 AND x.contact_id = c.id)`), args...)
	if err != nil {
		return err
	}
	if err := eachRow(rows, func(r *sql.Rows) error {
		l, err := enlistedLeg(r, run)
		if err != nil {
			return err
		}
		found[l.ContactID] = Entry{ContactID: l.ContactID, Result: Entered, Skipped: l.Reason}
		count.leg(l, 1)
		return nil
	}); err != nil {
		return err
	}
	rows, err = tx.Query(ctx, `SELECT DISTINCT contact_id FROM leg WHERE workspace_id = $1 AND run_id = $2 AND contact_id IN (`+db.In(3, len(ids))+`)`, append([]any{run.WorkspaceID, run.ID}, args[3:]...)...)
	if err != nil {
		return err
	}
	return eachRow(rows, func(r *sql.Rows) error {
		var id int64
		if err := r.Scan(&id); err != nil {
			return err
		}
		if _, new := found[id]; !new {
			found[id] = Entry{ContactID: id, Result: EnteredAlready}
		}
		return nil
	})
}
