package template

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// countAudience counts the people of an audience and those of them whom the channel cannot reach.
func countAudience(ctx context.Context, q db.Querier, workspaceID int64, ch channel.Channel, who Audience) (people, unreachable int64, err error) {
	where, args := who(3)
	err = q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN (c.reach & CAST($2 AS bigint)) = 0 OR (c.blocked & CAST($2 AS bigint)) <> 0 THEN 1 ELSE 0 END), 0)
 FROM contact c WHERE c.workspace_id = $1 AND (`+where+`)`, append([]any{workspaceID, int64(ch.Bit())}, args...)...).Scan(&people, &unreachable)
	if err != nil {
		return 0, 0, fmt.Errorf("count audience: %w", err)
	}
	return people, unreachable, nil
}

// audienceAfter reads the next reachable people by id.
func audienceAfter(ctx context.Context, q db.Querier, workspaceID int64, ch channel.Channel, who Audience, need reads, after int64) ([]Person, error) {
	where, args := who(5)
	attrs := "'{}'"
	if need.attrs {
		attrs = "c.attrs"
	}
	rows, err := q.Query(ctx, `SELECT c.id, COALESCE(c.external_id, ''), c.name, COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.birthday, ''), COALESCE(c.gender, ''), `+attrs+`
 FROM contact c WHERE c.workspace_id = $1 AND c.id > $2 AND (c.reach & CAST($4 AS bigint)) <> 0 AND (c.blocked & CAST($4 AS bigint)) = 0 AND (`+where+`) ORDER BY c.id LIMIT $3`,
		append([]any{workspaceID, after, audienceBatch, int64(ch.Bit())}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read audience: %w", err)
	}
	defer rows.Close()
	out := make([]Person, 0, audienceBatch)
	for rows.Next() {
		var p Person
		var values string
		if err := rows.Scan(&p.ID, &p.ExternalID, &p.Name, &p.Phone, &p.Email, &p.Birthday, &p.Gender, &values); err != nil {
			return nil, fmt.Errorf("read audience: %w", err)
		}
		if len(values) > 2 && strings.HasPrefix(values, "{") {
			if err := json.Unmarshal([]byte(values), &p.Attrs); err != nil {
				return nil, fmt.Errorf("read attributes of contact %d: %w", p.ID, err)
			}
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read audience: %w", err)
	}
	if need.tags {
		return out, fillTags(ctx, q, workspaceID, out)
	}
	return out, nil
}

func fillTags(ctx context.Context, q db.Querier, workspaceID int64, people []Person) error {
	if len(people) == 0 {
		return nil
	}
	at := make(map[int64]*Person, len(people))
	args := make([]any, 1, len(people)+1)
	args[0] = workspaceID
	for i := range people {
		at[people[i].ID] = &people[i]
		args = append(args, people[i].ID)
	}
	rows, err := q.Query(ctx, `SELECT m.contact_id, t.name FROM contact_tag m JOIN tag t ON t.workspace_id = $1 AND t.id = m.tag_id WHERE m.workspace_id = $1 AND m.contact_id IN (`+db.In(2, len(people))+`) ORDER BY t.name`, args...)
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
		at[id].Tags = append(at[id].Tags, name)
	}
	return rows.Err()
}
