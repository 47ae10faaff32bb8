package zns

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const selectTemplate = `SELECT template_id, name, status, quality, tag, price, price_uid, price_before, price_changed_at, reason, timeout_ms, preview_url, params, buttons, wording, made_at, detail_at, gone FROM zns_template`

func scanTemplate(row interface{ Scan(...any) error }) (t Template, err error) {
	var params, buttons string
	var made, detail, gone, changed int64
	if err = row.Scan(&t.ID, &t.Name, &t.Status, &t.Quality, &t.Tag, &t.PriceVND, &t.PriceUIDVND, &t.PriceBeforeVND, &changed, &t.Reason, &t.TimeoutMS, &t.PreviewURL, &params, &buttons, &t.Wording, &made, &detail, &gone); err != nil {
		return t, err
	}
	t.MadeAt, t.DetailAt, t.Gone, t.PriceChangedAt = clock.FromMillis(made), clock.FromMillis(detail), gone != 0, clock.FromMillis(changed)
	t.Params, t.Buttons = []Param{}, []Button{}
	if err = errors.Join(json.Unmarshal([]byte(params), &t.Params), json.Unmarshal([]byte(buttons), &t.Buttons)); err != nil {
		return t, fmt.Errorf("decode ZNS template %s: %w", t.ID, err)
	}
	t.Sendable = t.Status == enabled && !t.Gone && detail != 0
	return t, nil
}

func find(ctx context.Context, q db.Querier, workspace, connection int64, id string) (Template, error) {
	t, err := scanTemplate(q.QueryRow(ctx, selectTemplate+` WHERE workspace_id = $1 AND connection_id = $2 AND template_id = $3`, workspace, connection, id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, errs.NotFound("zns_template")
	}
	if err != nil {
		return t, fmt.Errorf("read ZNS template: %w", err)
	}
	return t, nil
}

// maxListed bounds one catalogue.
const maxListed = 5000

func (c *Catalogue) list(ctx context.Context, workspace, connection int64) (out List, err error) {
	out.Items = []Template{}
	rows, err := c.DB.Query(ctx, selectTemplate+` WHERE workspace_id = $1 AND connection_id = $2 ORDER BY gone, name, template_id LIMIT $3`, workspace, connection, maxListed)
	if err != nil {
		return out, fmt.Errorf("list ZNS templates: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		t, err := scanTemplate(rows)
		if err != nil {
			return out, fmt.Errorf("list ZNS templates: %w", err)
		}
		out.Items = append(out.Items, t)
	}
	if err := rows.Err(); err != nil {
		return out, fmt.Errorf("list ZNS templates: %w", err)
	}
	var lease, synced, tried int64
	err = c.DB.QueryRow(ctx, `SELECT lease_until, synced_at, tried_at, failure FROM zns_sync WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection).Scan(&lease, &synced, &tried, &out.Failure)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return out, fmt.Errorf("read ZNS sync: %w", err)
	}
	out.SyncedAt, out.TriedAt, out.Running = clock.FromMillis(synced), clock.FromMillis(tried), lease > clock.Millis(c.Now())
	out.Account, err = c.Account(ctx, workspace, connection)
	return out, err
}

func setWording(ctx context.Context, d *db.DB, workspace, connection int64, id, wording string) error {
	n, err := d.Exec(ctx, `UPDATE zns_template SET wording = $4 WHERE workspace_id = $1 AND connection_id = $2 AND template_id = $3`, workspace, connection, id, wording)
	if err != nil {
		return fmt.Errorf("write wording: %w", err)
	}
	if n == 0 {
		return errs.NotFound("zns_template")
	}
	return nil
}

// take leases the reading of a catalogue; false when somebody else has it.
func (c *Catalogue) take(ctx context.Context, workspace, connection int64, now time.Time) (bool, error) {
	taken := false
	err := c.DB.WithTx(ctx, func(tx *db.Tx) error {
		var until int64
		err := tx.QueryRow(ctx, `INSERT INTO zns_sync (workspace_id, connection_id, lease_until, tried_at) VALUES ($1, $2, $3, $4)
 ON CONFLICT (workspace_id, connection_id) DO UPDATE SET lease_until = excluded.lease_until, tried_at = excluded.tried_at WHERE zns_sync.lease_until <= $4 RETURNING lease_until`,
			workspace, connection, clock.Millis(now.Add(syncTime+10*time.Second)), clock.Millis(now)).Scan(&until)
		if errors.Is(err, sql.ErrNoRows) {
			taken = false
			return nil
		}
		taken = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lease ZNS sync: %w", err)
	}
	return taken, nil
}

// finish ends the lease and says how it went.
func (c *Catalogue) finish(ctx context.Context, workspace, connection int64, failure string) error {
	query := `UPDATE zns_sync SET lease_until = 0, failure = $3, synced_at = CASE WHEN $3 = '' THEN CAST($4 AS bigint) ELSE synced_at END WHERE workspace_id = $1 AND connection_id = $2`
	if _, err := c.DB.Exec(ctx, query, workspace, connection, failure, clock.Millis(c.Now())); err != nil {
		return fmt.Errorf("finish ZNS sync: %w", err)
	}
	return nil
}

// changed is true of a template whose price is another than the one that was read before.
const changed = `zns_template.price <> excluded.price AND zns_template.detail_at > 0 AND excluded.detail_at > zns_template.detail_at`

// put writes what was read; wordings stay. whole says that the list is complete: what is not in it is gone.
func (c *Catalogue) put(ctx context.Context, workspace, connection int64, list []Template, whole bool) error {
	return c.DB.WithTx(ctx, func(tx *db.Tx) error {
		if whole {
			if _, err := tx.Exec(ctx, `UPDATE zns_template SET gone = 1 WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection); err != nil {
				return fmt.Errorf("mark ZNS templates: %w", err)
			}
		}
		for i := range list {
			t := &list[i]
			params, err := json.Marshal(t.Params)
			if err != nil {
				return fmt.Errorf("encode parameters: %w", err)
			}
			buttons, err := json.Marshal(t.Buttons)
			if err != nil {
				return fmt.Errorf("encode buttons: %w", err)
			}
			_, err = tx.Exec(ctx, `INSERT INTO zns_template (workspace_id, connection_id, template_id, name, status, quality, tag, price, price_uid, timeout_ms, preview_url, params, buttons, made_at, detail_at, gone)
 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)
 ON CONFLICT (workspace_id, connection_id, template_id) DO UPDATE SET price_before = CASE WHEN `+changed+` THEN zns_template.price ELSE zns_template.price_before END,
 price_changed_at = CASE WHEN `+changed+` THEN excluded.detail_at ELSE zns_template.price_changed_at END, reason = CASE WHEN excluded.status = 'ENABLE' THEN '' ELSE zns_template.reason END,
 name = excluded.name, status = excluded.status, quality = excluded.quality, tag = excluded.tag, price = excluded.price,
 price_uid = excluded.price_uid, timeout_ms = excluded.timeout_ms, preview_url = excluded.preview_url, params = excluded.params, buttons = excluded.buttons, made_at = excluded.made_at,
 detail_at = excluded.detail_at, gone = 0`,
				workspace, connection, t.ID, t.Name, t.Status, t.Quality, t.Tag, t.PriceVND, t.PriceUIDVND, t.TimeoutMS, t.PreviewURL, string(params), string(buttons), clock.Millis(t.MadeAt), clock.Millis(t.DetailAt))
			if err != nil {
				return fmt.Errorf("write ZNS template: %w", err)
			}
		}
		return nil
	})
}
