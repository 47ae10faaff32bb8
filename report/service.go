package report

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"strings"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Deps is what the service is built from.
type Deps struct {
	DB        *db.DB
	Clock     *clock.Clock
	Messages  *message.Service
	Campaigns *campaign.Service
	// Connection reads a connection of the workspace; connection.not_found when there is none any more.
	Connection func(ctx context.Context, workspace, id int64) (Connection, error)
	// Explain gives the meaning of a provider's failure code on a channel: one provider's hosts can mean different things by one number.
	Explain func(provider string, ch channel.Channel, code string) Meaning
	// Summary puts a condition tree into words; nil leaves the words out.
	Summary func(ctx context.Context, lang string, workspace int64, condition json.RawMessage) string
	// Consents lists a contact's proof of consent, oldest first; Suppressions the entries of the suppression list that stop one of its addresses. Both may be nil: "Vì sao?" then
	// tells that there is none, or a suppression, but not since when.
	Consents     func(ctx context.Context, workspace, id int64) ([]contact.Consent, error)
	Suppressions func(ctx context.Context, workspace, id int64) ([]contact.Suppression, error)
	// Find gives the people whom a search finds, or many = true when they are more than most.
	Find func(ctx context.Context, workspace int64, search string, most int) (ids []int64, many bool, err error)
	// Zone is the workspace's time zone by its IANA name.
	Zone func(ctx context.Context, workspace int64) (string, error)
	// Quota is what a connection may still send today, of how many; known is false when its provider does not tell or cannot be asked. AuditWhole reports whether the audit log is
	// unbroken. Both may be nil, and may answer what was true some minutes ago.
	Quota      func(ctx context.Context, workspace, connection int64) (left, of int64, known bool)
	AuditWhole func(ctx context.Context, workspace int64) (bool, error)
}

// Connection is what reports need of a connection.
type Connection struct {
	ID       int64
	Name     string
	Provider string
	State    string // active | held | disabled
}

// Meaning is what a provider's code means, in both languages. Empty texts say that nobody knows.
type Meaning struct {
	Class, VI, EN, AdviceVI, AdviceEN string
}

// Service makes reports. It is safe for many goroutines.
type Service struct {
	Deps
	routes routes
	past   past
}

// New builds the service.
func New(d Deps) *Service { return &Service{Deps: d} }

//go:embed queries/*.sql
var files embed.FS

// query reads a statement of the folder queries without its comments, which name parameters, too. A missing one is a programmer's mistake.
func query(name string) string {
	raw, err := files.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	var lines []string
	for _, line := range strings.Split(string(raw), "\n") {
		if !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// connections remembers the connections that one answer needs.
type connections struct {
	s         *Service
	workspace int64
	known     map[int64]Connection
}

func (s *Service) connections(workspace int64) *connections {
	return &connections{s: s, workspace: workspace, known: map[int64]Connection{}}
}

// get reads a connection once; one that is gone has no name and no provider.
func (c *connections) get(ctx context.Context, id int64) (Connection, error) {
	if k, ok := c.known[id]; ok {
		return k, nil
	}
	k, err := c.s.Connection(ctx, c.workspace, id)
	if err != nil && !errs.Is(err, "connection.not_found") {
		return k, err
	}
	k.ID = id
	c.known[id] = k
	return k, nil
}

// started reads a campaign and its run; campaign.not_started before there is one.
func (s *Service) started(ctx context.Context, workspace, id int64) (*campaign.Campaign, *message.Run, error) {
	c, err := s.Campaigns.Get(ctx, workspace, id)
	if err != nil {
		return nil, nil, err
	}
	if c.RunID == 0 {
		return c, nil, errs.Conflict("campaign.not_started")
	}
	run, err := message.LoadRun(ctx, s.DB, workspace, c.RunID)
	return c, run, err
}

func collect[T any](rows *sql.Rows, read func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
