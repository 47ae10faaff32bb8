package message

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/policy"
)

const day = int64(24 * 60 * 60 * 1000)

// ownRules reads the workspace's own hours and caps in the claim's transaction, so that a change holds from the next claim on, also for runs that are under way.
func (s *Service) ownRules(ctx context.Context, q db.Querier, workspace int64) (policy.Own, error) {
	var settings string
	if err := q.QueryRow(ctx, `SELECT settings FROM workspace WHERE id = $1`, workspace).Scan(&settings); err != nil {
		return policy.Own{}, fmt.Errorf("read own rules: %w", err)
	}
	return policy.ReadOwn(settings)
}

// OwnRules are the sending hours and caps that a workspace has of its own, as every claim will read them.
func (s *Service) OwnRules(ctx context.Context, workspace int64) (policy.Own, error) {
	return s.ownRules(ctx, s.DB, workspace)
}

// overCap finds the legs of a marketing run whose people got as many adverts on this kind of channel in the last 24 hours, over all campaigns of the workspace, as the law and the
// workspace's own caps allow. It reads what is committed, in the claim's transaction; calls under way count, and what certainly failed does not: nobody got it. A campaign's own messages do
// not count against each other: one person gets one. A stream of single messages does count its own, those of the same claim too.
func (s *Service) overCap(ctx context.Context, tx *db.Tx, p *plan, own policy.Caps, found []candidate, now int64) (map[int64]bool, error) {
	if p.run.Purpose != Marketing || len(found) == 0 || found[0].leg.Channel.Act() { // an act is no advert; connections carry acts or messages
		return nil, nil
	}
	stream := p.run.Kind == KindAPI
	kind, limit := own.Daily(found[0].leg.Channel, now)
	if limit == 0 {
		return nil, nil
	}
	runs, running, err := s.otherAdverts(ctx, tx, p.run, now)
	if err != nil || (len(runs) == 0 && !stream) {
		return nil, err
	}
	if (running || stream) && tx.Dialect == db.Postgres {
		if err := lockPeople(ctx, tx, p.run.WorkspaceID, found); err != nil {
			return nil, err
		}
	}
	var channels []string
	for _, c := range kind.List() {
		channels = append(channels, "'"+string(c)+"'")
	}
	counts := func(runs string) string {
		return `FROM leg WHERE workspace_id = $1 AND run_id IN (` + runs + `) AND channel IN (` + strings.Join(channels, ",") + `) AND (state = 2 OR (state <> 5 AND requested_at > $2))`
	}
	got := map[int64]int{}             // by contact, from other runs
	mine := map[int64]map[int64]bool{} // by contact, the numbers of this stream's messages
	for start := 0; start < len(found); start += block {
		part := found[start:min(start+block, len(found))]
		args := []any{p.run.WorkspaceID, now - day}
		for i := range part {
			args = append(args, part[i].leg.ContactID)
		}
		people := ` AND contact_id IN (` + db.In(3, len(part)) + `)`
		if len(runs) > 0 {
			rows, err := tx.Query(ctx, `SELECT contact_id, COUNT(*) `+counts(strings.Join(runs, ","))+people+` GROUP BY contact_id`, args...)
			if err == nil {
				err = eachRow(rows, func(r *sql.Rows) error {
					var contact int64
					var n int
					err := r.Scan(&contact, &n)
					got[contact] = n
					return err
				})
			}
			if err != nil {
				return nil, fmt.Errorf("count adverts: %w", err)
			}
		}
		if !stream {
			continue
		}
		rows, err := tx.Query(ctx, `SELECT DISTINCT contact_id, seq `+counts(strconv.FormatInt(p.run.ID, 10))+people, args...)
		if err == nil {
			err = eachRow(rows, func(r *sql.Rows) error {
				var contact int64
				var seq int64
				err := r.Scan(&contact, &seq)
				if mine[contact] == nil {
					mine[contact] = map[int64]bool{}
				}
				mine[contact][seq] = true
				return err
			})
		}
		if err != nil {
			return nil, fmt.Errorf("count adverts: %w", err)
		}
	}
	over := map[int64]bool{}
	for i := range found {
		l := &found[i].leg
		n := got[l.ContactID] + len(mine[l.ContactID])
		if mine[l.ContactID][l.Seq] {
			n-- // the message itself, on a channel before
		}
		if over[l.ID] = n >= limit; stream && !over[l.ID] {
			if mine[l.ContactID] == nil {
				mine[l.ContactID] = map[int64]bool{}
			}
			mine[l.ContactID][l.Seq] = true
		}
	}
	return over, nil
}

// lockPeople makes claims for the same people wait for each other where several transactions write at once: else two campaigns that go out together would each see that the other has
// sent nothing yet. The ids are locked in order, so that two claims never wait for one another in a circle; the count that follows sees what the one before committed.
func lockPeople(ctx context.Context, tx *db.Tx, workspace int64, found []candidate) error {
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].leg.ContactID
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, block) {
		args := []any{workspace}
		for _, id := range part {
			args = append(args, id)
		}
		rows, err := tx.Query(ctx, `SELECT id FROM contact WHERE workspace_id = $1 AND id IN (`+db.In(2, len(part))+`) ORDER BY id FOR NO KEY UPDATE`, args...)
		if err == nil {
			err = eachRow(rows, func(*sql.Rows) error { return nil })
		}
		if err != nil {
			return fmt.Errorf("lock people: %w", err)
		}
	}
	return nil
}

// otherAdverts lists the other marketing runs that may have sent something in the last 24 hours, as numbers for an IN list, and whether one of them may be sending now. There are few.
func (s *Service) otherAdverts(ctx context.Context, tx *db.Tx, run *Run, now int64) (out []string, running bool, err error) {
	rows, err := tx.Query(ctx, `SELECT id, state FROM run WHERE workspace_id = $1 AND id <> $2 AND purpose = 'marketing' AND (finished_at = 0 OR finished_at > $3) ORDER BY id DESC LIMIT 200`, run.WorkspaceID, run.ID, now-day)
	if err != nil {
		return nil, false, fmt.Errorf("list adverts: %w", err)
	}
	err = eachRow(rows, func(r *sql.Rows) error {
		var id int64
		var state RunState
		err := r.Scan(&id, &state)
		out, running = append(out, strconv.FormatInt(id, 10)), running || state == RunRunning
		return err
	})
	return out, running, err
}
