package message

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/db"
)

// Merge hands what campaigns have under way for a person who is being joined to another over to the one who stays, in the caller's transaction: in every run that has not ended, unless the one who
// stays is in it, too. Else a wait of days would end at somebody who is no more. A run whose people are still being enlisted is left alone, because its rows say how far that is.
// Ratings of any run go along, so that an erasure of the one who stays finds the words.
func (s *Service) Merge(ctx context.Context, tx *db.Tx, workspace, keep, drop int64) error {
	if _, err := tx.Exec(ctx, `UPDATE rating SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2`, workspace, drop, keep); err != nil {
		return fmt.Errorf("hand over ratings: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT r.id FROM run r WHERE r.workspace_id = $1 AND r.state IN ('running', 'paused') AND r.kind = 'campaign'
 AND (r.dispatched = 1 OR COALESCE(CAST(r.definition ->> 'entry' AS text), '') IN ('true', '1'))
 AND EXISTS (SELECT 1 FROM leg d WHERE d.workspace_id = $1 AND d.run_id = r.id AND d.contact_id = $2)
 AND NOT EXISTS (SELECT 1 FROM leg k WHERE k.workspace_id = $1 AND k.run_id = r.id AND k.contact_id = $3)`, workspace, drop, keep)
	if err != nil {
		return fmt.Errorf("read runs of a person: %w", err)
	}
	var runs []string
	if err := eachRow(rows, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		runs = append(runs, strconv.FormatInt(id, 10))
		return err
	}); err != nil {
		return fmt.Errorf("read runs of a person: %w", err)
	}
	if len(runs) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE leg SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2 AND run_id IN (`+strings.Join(runs, ",")+`)`, workspace, drop, keep); err != nil {
		return fmt.Errorf("hand over messages: %w", err)
	}
	return nil
}
