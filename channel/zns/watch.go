package zns

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

// Watch reads callbacks as read does and, of those that passed its check, takes what concerns templates into the catalogue. Zalo repeats events and promises no order, so an event is taken
// at once and the catalogue becomes due: the next tick asks Zalo for the truth.
func (c *Catalogue) Watch(workspace, connection int64, read message.ReadHook) message.ReadHook {
	return func(r *http.Request, rest string, body []byte) ([]message.Receipt, error) {
		list, err := read(r, rest, body)
		if err != nil {
			return list, err
		}
		e, err := zalo.ParseEvent(body)
		if err != nil || c.Now().Sub(clock.FromMillis(e.Timestamp)).Abs() > 24*time.Hour {
			return list, nil //nolint:nilerr // read has said what there is to say
		}
		switch e.Name {
		case "change_template_status", "change_template_quality", "change_template_quota", "change_oa_template_tags", "change_oa_daily_quota":
			if err := c.note(r.Context(), workspace, connection, &e); err != nil {
				c.Log.Error("note change of ZNS template", "workspace_id", workspace, "connection_id", connection, "error", err)
				return nil, fmt.Errorf("%w: %w", message.ErrLater, err)
			}
		}
		return list, nil
	}
}

// note writes what one event says. The app's webhook may bring events of another OA of the workspace, so the template is looked for in all its catalogues.
func (c *Catalogue) note(ctx context.Context, workspace, connection int64, e *zalo.Event) error {
	due := clock.Millis(c.Now().Add(-syncEvery))
	about := []int64{connection}
	if c.Of != nil && e.OAID != "" {
		var err error
		if about, err = c.Of(ctx, workspace, e.OAID); err != nil {
			return err
		}
	}
	err := c.DB.WithTx(ctx, func(tx *db.Tx) error {
		for _, id := range about {
			var err error
			switch e.Name {
			case "change_oa_daily_quota":
				err = noteQuota(ctx, tx, workspace, id, e)
			case "change_oa_template_tags":
				err = noteKinds(ctx, tx, workspace, id)
			}
			if err != nil {
				return err
			}
		}
		if e.Name == "change_oa_daily_quota" {
			return nil // nothing in the catalogue speaks of it
		}
		if e.NewStatus != "" {
			if _, err := tx.Exec(ctx, `UPDATE zns_template SET status = $3, reason = $4 WHERE workspace_id = $1 AND template_id = $2`, workspace, cut(e.TemplateID), cut(e.NewStatus), cut(e.Reason)); err != nil {
				return fmt.Errorf("write status: %w", err)
			}
		}
		if e.Quality != "" {
			if _, err := tx.Exec(ctx, `UPDATE zns_template SET quality = $3 WHERE workspace_id = $1 AND template_id = $2`, workspace, cut(e.TemplateID), cut(e.Quality)); err != nil {
				return fmt.Errorf("write quality: %w", err)
			}
		}
		for _, id := range append(about, connection) {
			if err := c.makeDue(ctx, tx, workspace, id, e.TemplateID, due); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && c.QuotaChanged != nil && (e.Name == "change_oa_daily_quota" || e.Name == "change_template_quota") {
		for _, id := range about {
			c.QuotaChanged(workspace, id)
		}
	}
	return err
}

// makeDue lets the next tick read a connection's catalogue, and those of others that have the template.
func (c *Catalogue) makeDue(ctx context.Context, tx *db.Tx, workspace, connection int64, template string, due int64) error {
	_, err := tx.Exec(ctx, `UPDATE zns_sync SET tried_at = 0, synced_at = CASE WHEN synced_at > $4 THEN CAST($4 AS bigint) ELSE synced_at END WHERE workspace_id = $1
 AND (connection_id = $2 OR connection_id IN (SELECT t.connection_id FROM zns_template t WHERE t.workspace_id = $1 AND t.template_id = $3))`, workspace, connection, cut(template), due)
	if err != nil {
		return fmt.Errorf("make catalogue due: %w", err)
	}
	return nil
}
