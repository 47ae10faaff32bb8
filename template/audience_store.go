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
	err = q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN `+reachable(ch, "$2")+` THEN 0 ELSE 1 END), 0)
 FROM contact c WHERE c.workspace_id = $1 AND (`+where+`)`, append([]any{workspaceID, int64(ch.Bit())}, args...)...).Scan(&people, &unreachable)
	if err != nil {
		return 0, 0, fmt.Errorf("count audience: %w", err)
	}
	return people, unreachable, nil
}

// reachable is the condition for people whom the channel reaches; acts are for everybody.
func reachable(ch channel.Channel, bit string) string {
	if ch.Act() {
		return `CAST(` + bit + ` AS bigint) <> 0`
	}
	return `((c.reach & CAST(` + bit + ` AS bigint)) <> 0 AND (c.blocked & CAST(` + bit + ` AS bigint)) = 0)`
}

// audienceAfter reads the next reachable people by id.
func audienceAfter(ctx context.Context, q db.Querier, workspaceID int64, ch channel.Channel, who Audience, need reads, after int64) ([]Person, error) {
	where, args := who(5)
	attrs := "'{}'"
	if need.attrs {
		attrs = "c.attrs"
	}
	rows, err := q.Query(ctx, `SELECT c.id, COALESCE(c.external_id, ''), c.name, COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.birthday, ''), COALESCE(c.gender, ''), `+attrs+`
 FROM contact c WHERE c.workspace_id = $1 AND c.id > $2 AND `+reachable(ch, "$4")+` AND (`+where+`) ORDER BY c.id LIMIT $3`,
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
	if need.vouchers {
		if err := fillVouchers(ctx, q, workspaceID, out); err != nil {
			return nil, err
		}
	}
	if need.tags {
		return out, fillTags(ctx, q, workspaceID, out)
	}
	return out, nil
}

func fillTags(ctx context.Context, q db.Querier, workspaceID int64, people []Person) error {
	ids := make([]int64, len(people))
	for i := range people {
		ids[i] = people[i].ID
	}
	tags, err := Tags(ctx, q, workspaceID, ids)
	for i := range people {
		people[i].Tags = tags[people[i].ID]
	}
	return err
}

func fillVouchers(ctx context.Context, q db.Querier, workspaceID int64, people []Person) error {
	ids := make([]int64, len(people))
	for i := range people {
		ids[i] = people[i].ID
	}
	held, err := Vouchers(ctx, q, workspaceID, ids)
	for i := range people {
		people[i].Vouchers = held[people[i].ID]
	}
	return err
}

// ReadsTags reports whether somebody's tags have to be read to fill the content in.
func (c *Compiled) ReadsTags() bool { return readsOf(c).tags }

// Tags reads the tags of at most 10,000 contacts for Person.Tags, by name.
func Tags(ctx context.Context, q db.Querier, workspaceID int64, contacts []int64) (map[int64][]string, error) {
	if len(contacts) == 0 {
		return nil, nil
	}
	args := make([]any, 1, len(contacts)+1)
	args[0] = workspaceID
	for _, id := range contacts {
		args = append(args, id)
	}
	rows, err := q.Query(ctx, `SELECT m.contact_id, t.name FROM contact_tag m JOIN tag t ON t.workspace_id = $1 AND t.id = m.tag_id WHERE m.workspace_id = $1 AND m.contact_id IN (`+db.In(2, len(contacts))+`) ORDER BY t.name`, args...)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	defer rows.Close()
	out := map[int64][]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("read tags: %w", err)
		}
		out[id] = append(out[id], name)
	}
	return out, rows.Err()
}
