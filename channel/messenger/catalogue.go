package messenger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/messenger"
)

// approved is Meta's word for a template that may be sent.
const approved = "APPROVED"

// CatalogueDeps is what the catalogue is built from. All fields are needed.
type CatalogueDeps struct {
	DB  *db.DB
	Now func() time.Time
	Log *slog.Logger
	// Open gives a client and the access token of a Page; connection.not_found, or messenger.not_page for another connection.
	Open func(ctx context.Context, workspace, connection int64) (*messenger.Client, string, error)
	// Due lists the Pages of all workspaces that may be asked now.
	Due func(ctx context.Context) ([]Ref, error)
}

// Ref names a connection.
type Ref struct{ WorkspaceID, ConnectionID int64 }

// Catalogue is our copy of what Meta says about the utility templates of Pages.
type Catalogue struct{ CatalogueDeps }

// NewCatalogue builds the catalogue.
func NewCatalogue(d CatalogueDeps) *Catalogue { return &Catalogue{d} }

// Template is an utility template of a Page.
type Template struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	ID       string `json:"id" doc:"Meta's number"`
	Status   string `json:"status" doc:"Meta's word: APPROVED, PENDING, REJECTED, PAUSED, DISABLED"`
	Category string `json:"category"`
	Sendable bool   `json:"sendable"`
}

// List is what is known about a Page.
type List struct {
	Items    []Template `json:"items"`
	SyncedAt time.Time  `json:"synced_at,omitzero" doc:"When everything was read for the last time; absent = never"`
	TriedAt  time.Time  `json:"tried_at,omitzero"`
	Failure  string     `json:"failure" doc:"Code of what went wrong the last time; empty = nothing"`
}

// List reads our copy; the errors are those of Open.
func (c *Catalogue) List(ctx context.Context, workspace, connection int64) (List, error) {
	out := List{Items: make([]Template, 0)}
	if _, _, err := c.Open(ctx, workspace, connection); err != nil {
		return out, err
	}
	var synced, tried int64
	err := c.DB.QueryRow(ctx, `SELECT synced_at, tried_at, failure FROM messenger_sync WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection).Scan(&synced, &tried, &out.Failure)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return out, fmt.Errorf("read catalogue: %w", err)
	}
	out.SyncedAt, out.TriedAt = clock.FromMillis(synced), clock.FromMillis(tried)
	rows, err := c.DB.Query(ctx, `SELECT name, language, meta_id, status, category FROM messenger_template WHERE workspace_id = $1 AND connection_id = $2 ORDER BY name, language`, workspace, connection)
	if err != nil {
		return out, fmt.Errorf("read catalogue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t Template
		if err := rows.Scan(&t.Name, &t.Language, &t.ID, &t.Status, &t.Category); err != nil {
			return out, fmt.Errorf("read catalogue: %w", err)
		}
		t.Sendable = t.Status == approved
		out.Items = append(out.Items, t)
	}
	return out, rows.Err()
}

// Sync reads everything from Meta. What Meta refuses is kept as the failure, beside what was read before; it is no error.
func (c *Catalogue) Sync(ctx context.Context, workspace, connection int64) error {
	client, token, err := c.Open(ctx, workspace, connection)
	if err != nil {
		return err
	}
	defer client.HTTP.CloseIdleConnections()
	list, err := client.Templates(ctx, token)
	failure := ""
	if e, ok := errors.AsType[*provider.Error](err); ok {
		failure = e.Code
	} else if err != nil {
		return err
	}
	now := clock.Millis(c.Now())
	err = c.DB.WithTx(ctx, func(tx *db.Tx) error {
		synced := now
		if failure != "" {
			synced = 0
		}
		if _, err := tx.Exec(ctx, `INSERT INTO messenger_sync (workspace_id, connection_id, synced_at, tried_at, failure) VALUES ($1, $2, $3, $4, $5)
 ON CONFLICT (workspace_id, connection_id) DO UPDATE SET synced_at = CASE WHEN excluded.synced_at > 0 THEN excluded.synced_at ELSE messenger_sync.synced_at END, tried_at = excluded.tried_at, failure = excluded.failure`,
			workspace, connection, synced, now, failure); err != nil || failure != "" {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM messenger_template WHERE workspace_id = $1 AND connection_id = $2`, workspace, connection); err != nil {
			return err
		}
		for _, t := range list {
			if _, err := tx.Exec(ctx, `INSERT INTO messenger_template (workspace_id, connection_id, name, language, meta_id, status, category) VALUES ($1, $2, $3, $4, $5, $6, $7)
 ON CONFLICT (workspace_id, connection_id, name, language) DO UPDATE SET meta_id = excluded.meta_id, status = excluded.status, category = excluded.category`, workspace, connection, t.Name, t.Language, t.ID, t.Status, t.Category); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep catalogue: %w", err)
	}
	return nil
}

// SyncAll reads the templates of every Page that may be asked.
func (c *Catalogue) SyncAll(ctx context.Context) error {
	refs, err := c.Due(ctx)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if err := c.Sync(ctx, r.WorkspaceID, r.ConnectionID); err != nil {
			c.Log.Warn("utility templates are not read", "connection_id", r.ConnectionID, "error", err)
		}
	}
	return ctx.Err()
}

// Unsendable says what stands in the way of an utility template: nil when nothing does, or when nothing was read yet.
func (c *Catalogue) Unsendable(ctx context.Context, workspace, connection int64, name, language string) (*errs.Field, error) {
	var status string
	err := c.DB.QueryRow(ctx, `SELECT status FROM messenger_template WHERE workspace_id = $1 AND connection_id = $2 AND name = $3 AND language = $4`, workspace, connection, name, language).Scan(&status)
	switch {
	case err == nil && status == approved:
		return nil, nil
	case err == nil:
		return &errs.Field{Code: "campaign.messenger_not_approved", Params: map[string]string{"template": name, "status": status}}, nil
	case !errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	var read int
	if err := c.DB.QueryRow(ctx, `SELECT COUNT(*) FROM messenger_sync WHERE workspace_id = $1 AND connection_id = $2 AND synced_at > 0`, workspace, connection).Scan(&read); err != nil || read == 0 {
		return nil, err
	}
	return &errs.Field{Code: "campaign.messenger_unknown", Params: map[string]string{"template": name, "language": language}}, nil
}

// Register adds the routes of the catalogue.
func (c *Catalogue) Register(api *httpx.API) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/connections/{id}/messenger-templates" + path, ID: id, Summary: summary, Tag: "connections", Role: role}
	}
	httpx.Register(api, op("GET", "", "list-messenger-templates", "Utility templates of a Page, as they were read last", httpx.Viewer), func(ctx context.Context, in *pageInput) (*listOutput, error) {
		out, err := c.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
		return &listOutput{out}, err
	})
	httpx.Register(api, op("POST", "/sync", "sync-messenger-templates", "Read the utility templates of a Page from Meta now", httpx.Marketer), func(ctx context.Context, in *pageInput) (*listOutput, error) {
		workspace := httpx.ActorFrom(ctx).WorkspaceID
		if err := c.Sync(ctx, workspace, in.ID); err != nil {
			return nil, err
		}
		out, err := c.List(ctx, workspace, in.ID)
		return &listOutput{out}, err
	})
}

type pageInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type listOutput struct{ Body List }
