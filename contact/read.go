package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Get reads a person with tags and all addresses; contact.not_found when there is none in the workspace.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Contact, error) {
	list, err := s.read(ctx, workspace, `c.id = $2`, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound("contact")
	}
	c := list[0]
	rows, err := s.DB.Query(ctx, `SELECT kind, scope, value FROM identity WHERE workspace_id = $1 AND contact_id = $2 ORDER BY id LIMIT 200`, workspace, id)
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var i Identity
		if err := rows.Scan(&i.Kind, &i.Scope, &i.Value); err != nil {
			return nil, fmt.Errorf("read addresses: %w", err)
		}
		c.Identities = append(c.Identities, i)
	}
	return c, rows.Err()
}

// Filter narrows a list of people. Zero fields do not.
type Filter struct {
	Search string // part of name, phone, e-mail or code, without regard to case and accents
	Tag    string
	After  int64 // id that ended the page before
	Limit  int
}

// List reads a page of people by id. next is where the next page begins, 0 at the end.
func (s *Service) List(ctx context.Context, workspace int64, f Filter) (page []*Contact, next int64, err error) {
	where, args := `c.id > $2`, []any{f.After}
	add := func(format string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(format, len(args)+1)
	}
	if t := Fold(strings.TrimSpace(f.Search)); t != "" {
		if local, ok := strings.CutPrefix(t, "0"); ok && isDigits(t) {
			t = local // people type 09…, the stored form is +849…
		}
		add(` AND c.search LIKE $%d ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(t)+"%")
	}
	if t := Fold(strings.TrimSpace(f.Tag)); t != "" {
		add(` AND EXISTS (SELECT 1 FROM contact_tag ct JOIN tag t ON t.workspace_id = $1 AND t.id = ct.tag_id WHERE ct.workspace_id = $1 AND ct.contact_id = c.id AND t.folded = $%d)`, t)
	}
	args = append(args, f.Limit+1)
	page, err = s.read(ctx, workspace, where+fmt.Sprintf(` ORDER BY c.id LIMIT $%d`, len(args)+1), args...)
	if err == nil && len(page) > f.Limit {
		page = page[:f.Limit]
		next = page[f.Limit-1].ID
	}
	return page, next, err
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func (s *Service) read(ctx context.Context, workspace int64, where string, args ...any) ([]*Contact, error) {
	rows, err := s.DB.Query(ctx, `SELECT `+contactColumns+`, updated_at FROM contact c WHERE c.workspace_id = $1 AND `+where, append([]any{workspace}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	defer rows.Close()
	out := []*Contact{}
	byID := map[int64]*Contact{}
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		byID[c.ID] = c
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return out, s.readTags(ctx, workspace, byID)
}

func scanContact(rows *sql.Rows) (*Contact, error) {
	var p person
	var attrs string
	var updated int64
	if err := rows.Scan(&p.id, &p.external, &p.name, &p.phone, &p.email, &p.birthday, &p.gender, &p.timezone, &attrs, &p.reach, &p.consent, &p.blocked, &p.shared, &p.created, &updated); err != nil {
		return nil, fmt.Errorf("scan contact: %w", err)
	}
	c := &Contact{ID: p.id, ExternalID: p.external, Name: p.name, Phone: p.phone, Email: p.email, Birthday: p.birthday, Gender: p.gender, Timezone: p.timezone, Attrs: map[string]json.RawMessage{}, Tags: []string{},
		Identities: []Identity{}, Reach: p.reach.List(), Consent: p.consent.List(), Blocked: p.blocked.List(), Shared: p.shared.List(), CreatedAt: clock.FromMillis(p.created), UpdatedAt: clock.FromMillis(updated)}
	if err := json.Unmarshal([]byte(attrs), &c.Attrs); err != nil {
		return nil, fmt.Errorf("read attributes of contact %d: %w", c.ID, err)
	}
	return c, nil
}

func (s *Service) readTags(ctx context.Context, workspace int64, byID map[int64]*Contact) error {
	ids := make([]int64, 0, len(byID))
	for id := range byID {
		ids = append(ids, id)
	}
	return inBlocks(ids, 1000, func(part []int64) error {
		args := []any{workspace}
		for _, id := range part {
			args = append(args, id)
		}
		rows, err := s.DB.Query(ctx, `SELECT ct.contact_id, t.name FROM contact_tag ct JOIN tag t ON t.workspace_id = $1 AND t.id = ct.tag_id WHERE ct.workspace_id = $1 AND ct.contact_id IN (`+db.In(2, len(part))+`) ORDER BY t.folded`, args...)
		if err != nil {
			return fmt.Errorf("read tags: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				return fmt.Errorf("read tags: %w", err)
			}
			byID[id].Tags = append(byID[id].Tags, name)
		}
		return rows.Err()
	})
}

// Tag is a label with the number of people who have it.
type Tag struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	People int64  `json:"people"`
}

// Tags lists the labels of the workspace, most used first.
func (s *Service) Tags(ctx context.Context, workspace int64) ([]Tag, error) {
	rows, err := s.DB.Query(ctx, `SELECT t.id, t.name, COUNT(ct.contact_id) AS n FROM tag t LEFT JOIN contact_tag ct ON ct.workspace_id = $1 AND ct.tag_id = t.id WHERE t.workspace_id = $1 GROUP BY t.id, t.name ORDER BY n DESC, t.id LIMIT 1000`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	defer rows.Close()
	out := []Tag{}
	for rows.Next() {
		var t Tag
		if err := rows.Scan(&t.ID, &t.Name, &t.People); err != nil {
			return nil, fmt.Errorf("list tags: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
