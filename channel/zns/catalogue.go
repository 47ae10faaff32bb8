package zns

import (
	"context"
	"errors"
	"log/slog"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
)

// Ref names a connection of a workspace.
type Ref struct{ WorkspaceID, ConnectionID int64 }

// CatalogueDeps is what a catalogue is built from.
type CatalogueDeps struct {
	DB  *db.DB
	Now func() time.Time
	Log *slog.Logger
	// Open gives the source of a connection; connection.not_found when there is none, zns.not_zalo when it is no OA.
	Open func(ctx context.Context, workspace, connection int64) (Source, error)
	// Refresh renews an access token that Zalo refused and reports whether another call is worth it.
	Refresh func(ctx context.Context, workspace, connection int64, refused string) (bool, error)
	// Due lists the OAs of all workspaces that may be asked.
	Due func(ctx context.Context) ([]Ref, error)
	// Of lists the connections of a workspace that send for an OA; nil = only the one that an event came to.
	Of func(ctx context.Context, workspace int64, oa string) ([]int64, error)
	// QuotaChanged is told that what is remembered of a connection's quota is old; nil tells nobody.
	QuotaChanged func(workspace, connection int64)
}

// Catalogue keeps what Zalo says about the templates of each OA. It is safe for many goroutines.
type Catalogue struct{ CatalogueDeps }

// NewCatalogue builds the catalogue.
func NewCatalogue(d CatalogueDeps) *Catalogue {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Catalogue{d}
}

// List is the catalogue of one OA.
type List struct {
	Items []Template `json:"items"` // by name; those that Zalo does not list any more at the end
	// SyncedAt is when everything was read for the last time; zero = never.
	SyncedAt time.Time `json:"synced_at,omitzero"`
	TriedAt  time.Time `json:"tried_at,omitzero"`
	// Failure is the code of what went wrong the last time, "" = nothing; FailureText and Advice say it in the caller's language.
	Failure     string `json:"failure,omitempty"`
	FailureText string `json:"failure_text,omitempty"`
	Advice      string `json:"advice,omitempty"`
	Running     bool   `json:"running"` // somebody is reading just now
	// Account is what Zalo told about the OA itself.
	Account Account `json:"account"`
}

// List reads the catalogue of a connection as it is stored.
func (c *Catalogue) List(ctx context.Context, workspace, connection int64) (List, error) {
	if _, err := c.Open(ctx, workspace, connection); err != nil {
		return List{}, err
	}
	return c.list(ctx, workspace, connection)
}

// Find reads one template; zns_template.not_found when the catalogue does not have it.
func (c *Catalogue) Find(ctx context.Context, workspace, connection int64, id string) (Template, error) {
	return find(ctx, c.DB, workspace, connection, id)
}

// Describe keeps the wording of a template, with its <placeholders>, for previews.
func (c *Catalogue) Describe(ctx context.Context, workspace, connection int64, id, wording string) (Template, error) {
	if _, err := c.Open(ctx, workspace, connection); err != nil {
		return Template{}, err
	}
	wording = norm.NFC.String(wording)
	if len(wording) > maxWording || !utf8.ValidString(wording) {
		return Template{}, errs.Invalid("zns.wording_too_long").With("max", "16384").Field("wording", "zns.wording_too_long")
	}
	if err := setWording(ctx, c.DB, workspace, connection, id, wording); err != nil {
		return Template{}, err
	}
	return c.Find(ctx, workspace, connection, id)
}

// What went wrong where Zalo has no code for it.
const (
	codeTooSlow = "zns.sync_too_slow"
	codeFailed  = "zns.sync_failed"
)

// codeOf is what went wrong, for the store and for people.
func codeOf(err error) string {
	var p *provider.Error
	var e *errs.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return codeTooSlow
	case errors.As(err, &p):
		return p.Code
	case errors.As(err, &e):
		return e.Code
	}
	return codeFailed
}
