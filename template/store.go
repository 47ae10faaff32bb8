package template

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

const selectTemplate = `SELECT t.id, t.workspace_id, t.name, t.channel, v.version, v.content, t.created_by, t.created_at, t.updated_at
FROM template t JOIN template_version v ON v.workspace_id = t.workspace_id AND v.template_id = t.id`

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (t Template, err error) {
	var content string
	var created, updated int64
	if err = row.Scan(&t.ID, &t.WorkspaceID, &t.Name, &t.Channel, &t.Version, &content, &t.CreatedBy, &created, &updated); err != nil {
		return t, err
	}
	if t.Content, err = canonical(t.Channel, []byte(content)); err != nil {
		return t, err
	}
	t.CreatedAt, t.UpdatedAt = clock.FromMillis(created), clock.FromMillis(updated)
	return t, nil
}

func one(row scanner, what string) (Template, error) {
	t, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return t, errs.NotFound("template")
	}
	if err != nil {
		return t, fmt.Errorf("%s: %w", what, err)
	}
	return t, nil
}

// get reads the newest version of a template that is not deleted.
func get(ctx context.Context, q db.Querier, workspaceID, id int64) (Template, error) {
	row := q.QueryRow(ctx, selectTemplate+` WHERE t.workspace_id = $1 AND v.workspace_id = $1 AND t.id = $2 AND t.deleted_at = 0 AND v.version = t.version`, workspaceID, id)
	return one(row, "read template")
}

// getVersion reads one version, also of a deleted template, because a campaign may still be sending it.
func getVersion(ctx context.Context, q db.Querier, workspaceID, id int64, version int) (Template, error) {
	row := q.QueryRow(ctx, selectTemplate+` WHERE t.workspace_id = $1 AND v.workspace_id = $1 AND t.id = $2 AND v.version = $3`, workspaceID, id, version)
	return one(row, "read template version")
}

// lock takes the row of a template for the rest of the transaction and gives its newest version number.
func lock(ctx context.Context, tx *db.Tx, workspaceID, id int64) error {
	var version int
	err := tx.QueryRow(ctx, `SELECT version FROM template WHERE workspace_id = $1 AND id = $2 AND deleted_at = 0`+tx.Dialect.ForUpdate(), workspaceID, id).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return errs.NotFound("template")
	}
	if err != nil {
		return fmt.Errorf("lock template: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx *db.Tx, t *Template) error {
	err := tx.QueryRow(ctx, `INSERT INTO template (workspace_id, name, channel, version, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		t.WorkspaceID, t.Name, string(t.Channel), t.Version, t.CreatedBy, clock.Millis(t.CreatedAt), clock.Millis(t.UpdatedAt)).Scan(&t.ID)
	if err != nil {
		return fmt.Errorf("insert template: %w", err)
	}
	return insertVersion(ctx, tx, t, t.CreatedBy)
}

func insertVersion(ctx context.Context, tx *db.Tx, t *Template, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO template_version (workspace_id, template_id, version, content, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.WorkspaceID, t.ID, t.Version, string(t.Content), by, clock.Millis(t.UpdatedAt))
	if err != nil {
		return fmt.Errorf("insert template version: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx *db.Tx, t *Template) error {
	_, err := tx.Exec(ctx, `UPDATE template SET name = $1, version = $2, updated_at = $3 WHERE workspace_id = $4 AND id = $5`, t.Name, t.Version, clock.Millis(t.UpdatedAt), t.WorkspaceID, t.ID)
	if err != nil {
		return fmt.Errorf("update template: %w", err)
	}
	return nil
}

func markDeleted(ctx context.Context, tx *db.Tx, workspaceID, id int64, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE template SET deleted_at = $1 WHERE workspace_id = $2 AND id = $3 AND deleted_at = 0`, clock.Millis(at), workspaceID, id)
	if err != nil {
		return fmt.Errorf("delete template: %w", err)
	}
	return nil
}

// Filter says which templates to list. Zero values do not restrict.
type Filter struct {
	Search  string // part of the name, without regard to case and accents
	Channel channel.Channel
	Before  int64 // only ids below: the key of the next page
	Limit   int   // 1 to 200, 0 = 50
}
