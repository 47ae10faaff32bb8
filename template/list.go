package template

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// Line is one template in a list. It has no content, because mails are long.
type Line struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Channel      channel.Channel `json:"channel"`
	Version      int             `json:"version"`
	About        string          `json:"about"`                   // what tells it from others: the beginning of the text, the subject of the mail, the number of the ZNS template, the line of a request
	ConnectionID int64           `json:"connection_id,omitempty"` // of a ZNS template: the OA whose template it is
	UseCount     int             `json:"use_count"`               // campaigns that name it
	CreatedBy    string          `json:"created_by"`
	CreatedAt    time.Time       `json:"created_at"` // UTC
	UpdatedAt    time.Time       `json:"updated_at"` // UTC
}

// maxAbout is the longest About in characters.
const maxAbout = 160

func lineOf(t *Template) Line {
	l := Line{ID: t.ID, Name: t.Name, Channel: t.Channel, Version: t.Version, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	// Stored content is readable; what would not be is shown without a word about it.
	switch c, _ := read(t.Channel, t.Content); c := c.(type) {
	case *ZNSContent:
		l.About, l.ConnectionID = c.TemplateID, c.ConnectionID
	case *SMSContent:
		l.About = c.Text
	case *EmailContent:
		l.About = c.Subject
	case *MessengerContent:
		if l.About = cmp.Or(c.Text, c.Image); len(c.Cards) > 0 {
			l.About = c.Cards[0].Title
		} else if c.Utility != nil {
			l.About = c.Utility.Name
		}
	case *ZaloOAContent:
		l.About = c.about()
	case *AICallContent:
		l.About = c.Script
	case *HTTPContent:
		l.About = c.Method + " " + c.Path
	case *SyncContent:
		l.About = c.ListName
	case *ActionContent:
		if l.About = cmp.Or(strings.Join(c.Tags, ", "), c.Attribute); c.Notice != nil {
			l.About = c.Notice.Subject
		}
	}
	l.About = cut(strings.Join(strings.Fields(l.About), " "), maxAbout)
	return l
}

// about is the first words of a message of an OA.
func (m *ZaloOAContent) about() string {
	switch {
	case len(m.Items) > 0:
		return m.Items[0].Title
	case m.Ask != nil:
		return m.Ask.Title
	case m.Template != nil:
		return m.Template.TemplateID
	}
	return cmp.Or(m.Text, m.Image, m.File)
}

// list reads newest first, from below the id before. The search looks at names folded in Go, because the engines fold differently and a workspace has few templates; it reads on
// until the page is full.
func list(ctx context.Context, q db.Querier, workspaceID int64, f Filter) ([]Line, error) {
	query := selectTemplate + ` WHERE t.workspace_id = $1 AND v.workspace_id = $1 AND t.deleted_at = 0 AND v.version = t.version AND ($2 = 0 OR t.id < $2) AND ($3 = '' OR t.channel = $3) ORDER BY t.id DESC`
	query = strings.NewReplacer("$2", "CAST($2 AS bigint)", "$3", "CAST($3 AS text)").Replace(query)
	rows, err := q.Query(ctx, query, workspaceID, f.Before, string(f.Channel))
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	defer rows.Close()
	out := []Line{}
	for want := fold(f.Search); rows.Next() && len(out) < f.Limit; {
		t, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list templates: %w", err)
		}
		if strings.Contains(fold(t.Name), want) {
			out = append(out, lineOf(&t))
		}
	}
	return out, rows.Err()
}

// countUses says of each line how many campaigns name it.
func (s *Service) countUses(ctx context.Context, workspaceID int64, page []Line) error {
	if len(page) == 0 {
		return nil
	}
	of := make(map[int64]bool, len(page))
	for i := range page {
		of[page[i].ID] = true
	}
	found, err := uses(ctx, s.deps.DB, workspaceID, of)
	for i := range page {
		page[i].UseCount = len(found[page[i].ID])
	}
	return err
}
