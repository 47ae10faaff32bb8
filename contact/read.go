package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Get reads a person with tags and all addresses; contact.not_found when there is none in the workspace.
func (s *Service) Get(ctx context.Context, workspace, id int64) (*Contact, error) {
	list, err := s.read(ctx, `c.workspace_id = $1 AND c.id = $2`, workspace, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound("contact")
	}
	c := list[0]
	if err := s.readTags(ctx, workspace, map[int64]*Contact{id: c}); err != nil {
		return nil, err
	}
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

// read reads people without their tags.
func (s *Service) read(ctx context.Context, where string, args ...any) ([]*Contact, error) {
	rows, err := s.DB.Query(ctx, `SELECT `+contactColumns+`, updated_at FROM contact c WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	defer rows.Close()
	var out []*Contact
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return out, nil
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
