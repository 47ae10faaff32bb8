package jobs

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/db"
)

// takeBack makes the jobs available that a process of our name was running when it was killed, and gives up its leadership. Without it they would wait for RescueAfter and ticks
// for the end of the leader's term. These are River's tables, in which each engine keeps the list of names in its own type.
func (j *Jobs) takeBack(ctx context.Context) error {
	last := `json_extract(attempted_by, '$[#-1]')`
	if j.db.Dialect == db.Postgres {
		last = `attempted_by[array_upper(attempted_by, 1)]`
	}
	err := j.db.WithTx(ctx, func(tx *db.Tx) error {
		// A killed try does not count as failed, else a job could be given up for what it did not do.
		if _, err := tx.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END WHERE state = 'running' AND `+last+` = $1`, j.node); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM river_leader WHERE leader_id = $1`, j.node)
		return err
	})
	if err != nil {
		return fmt.Errorf("take back jobs: %w", err)
	}
	return nil
}
