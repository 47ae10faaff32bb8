package contact

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/phone"
)

// Profile is what a Page or an OA knows about one of its people.
type Profile struct {
	Address
	Name     string
	Phone    string   // as the person told it there, "" = not told
	Birthday string   // YYYY-MM-DD, "" = not told
	Tags     []string // to add
}

// Acquaint finds the people behind profiles by their addresses, makes contacts of those who are not known, and gives each the tags, and the name, phone number and birthday where they lack one. A
// number that another contact has already joins nobody: whoever writes a number into a form has not proved that it is theirs. Nobody gets a consent by it. All is done in a fixed number of
// statements; the answer is in the order of ps, and profiles whose address is none have contact 0.
func (s *Service) Acquaint(ctx context.Context, tx *db.Tx, workspace int64, ps []Profile) ([]Met, error) {
	out := make([]Met, len(ps))
	if len(ps) == 0 {
		return out, nil
	}
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return nil, err
	}
	records := make([]Record, 0, len(ps))
	for i := range ps {
		a, err := ps[i].normal()
		if err != nil {
			ps[i].Value = ""
			continue
		}
		ps[i].Address = a
		if n, kind, _ := phone.Parse(ps[i].Phone); kind != phone.Mobile {
			ps[i].Phone = ""
		} else {
			ps[i].Phone = n
		}
		records = append(records, Record{Phone: ps[i].Phone})
	}
	b, err := loadBatch(ctx, tx, workspace, records)
	if err != nil {
		return nil, err
	}
	known, err := s.acquainted(ctx, tx, workspace, b, ps)
	if err != nil {
		return nil, err
	}
	people := make([]*person, len(ps))
	for i := range ps {
		f := &ps[i]
		if f.Value == "" {
			continue
		}
		p := known[f.Address]
		if p == nil {
			p = &person{fresh: true, extra: []Identity{Identity(f.Address)}, more: []Identity{Identity(f.Address)}}
			known[f.Address], out[i].New = p, true
			b.people = append(b.people, p)
		}
		people[i] = p
		if p.name == "" {
			p.name, _ = cut(tidy(f.Name, false), maxName)
		}
		if p.birthday == "" && f.Birthday != "" {
			p.birthday, _ = parseBirthday(f.Birthday, s.Now()) // one that cannot be is left out
		}
		if p.phone == "" && f.Phone != "" && !p.has(KindPhone, "", f.Phone) {
			p.phone, p.fresh = f.Phone, true
			b.byPhone[f.Phone] = append(b.byPhone[f.Phone], p)
		}
		for _, t := range f.Tags {
			if tags, _ := splitTags(t); len(tags) == 1 {
				p.tag(tags[0])
			}
		}
	}
	if _, err := s.store(ctx, tx, workspace, b, upsertOptions{}); err != nil {
		return nil, fmt.Errorf("acquaint: %w", err)
	}
	for i, p := range people {
		if p != nil {
			out[i].ContactID = p.id
		}
	}
	return out, nil
}

// acquainted loads the owners of the addresses into the batch.
func (s *Service) acquainted(ctx context.Context, tx *db.Tx, workspace int64, b *batch, ps []Profile) (map[Address]*person, error) {
	byScope := map[Address][]string{}
	for i := range ps {
		if ps[i].Value != "" {
			k := Address{Kind: ps[i].Kind, Scope: ps[i].Scope}
			byScope[k] = append(byScope[k], ps[i].Value)
		}
	}
	ids := map[Address]int64{}
	for k, values := range byScope {
		if err := inBlocks(values, blockIn, func(block []string) error {
			args := []any{workspace, k.Kind, k.Scope}
			for _, v := range block {
				args = append(args, v)
			}
			rows, err := tx.Query(ctx, `SELECT value, MIN(contact_id) FROM identity WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value IN (`+db.In(4, len(block))+`) GROUP BY value`, args...)
			if err != nil {
				return fmt.Errorf("find people by address: %w", err)
			}
			return eachAddress(rows, k, ids)
		}); err != nil {
			return nil, err
		}
	}
	var missing []int64
	for _, id := range ids {
		if b.stored[id] == nil {
			missing = append(missing, id)
		}
	}
	loaded := map[int64]*person{}
	if err := loadBy(ctx, tx, workspace, "id", missing, func(p *person) {
		if b.stored[p.id] == nil {
			b.stored[p.id], loaded[p.id] = p, p
			b.people = append(b.people, p)
		}
	}); err != nil {
		return nil, err
	}
	if err := loadMore(ctx, tx, workspace, loaded); err != nil {
		return nil, err
	}
	out := make(map[Address]*person, len(ids))
	for a, id := range ids {
		if p := b.stored[id]; p != nil {
			out[a] = p
		}
	}
	return out, nil
}

func eachAddress(rows *sql.Rows, k Address, ids map[Address]int64) error {
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&k.Value, &id); err != nil {
			return fmt.Errorf("scan address: %w", err)
		}
		ids[k] = id
	}
	return rows.Err()
}

// TagPeople gives the people behind addresses a tag, or takes it away; addresses of nobody are left out. It returns for how many that changed something.
func (s *Service) TagPeople(ctx context.Context, tx *db.Tx, workspace int64, list []Address, name string, give bool) (int64, error) {
	names, _ := splitTags(name)
	if len(names) != 1 || len(list) == 0 {
		return 0, nil
	}
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return 0, err
	}
	var ids []int64
	for _, a := range list {
		a, err := a.normal()
		if err != nil {
			continue
		}
		id, err := owner(ctx, tx, workspace, a)
		if err != nil {
			return 0, err
		}
		if id != 0 {
			ids = append(ids, id)
		}
	}
	now := s.Now().UnixMilli()
	if !give {
		var tag int64
		err := tx.QueryRow(ctx, `SELECT id FROM tag WHERE workspace_id = $1 AND folded = $2`, workspace, Fold(names[0])).Scan(&tag)
		if err == sql.ErrNoRows || len(ids) == 0 {
			return 0, nil
		}
		if err != nil {
			return 0, fmt.Errorf("find tag: %w", err)
		}
		return s.tagMany(ctx, tx, workspace, now, false, []int64{tag}, ids)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	tags, err := tagIDs(ctx, tx, workspace, now, names)
	if err != nil {
		return 0, err
	}
	return s.tagMany(ctx, tx, workspace, now, true, []int64{tags[Fold(names[0])]}, ids)
}

// Reopen lifts the suppressions of an address that have this source, because their cause is over by the person's own act, and unblocks its owners where no other one holds.
func (s *Service) Reopen(ctx context.Context, tx *db.Tx, workspace int64, a Address, source string) error {
	a, err := a.normal()
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE suppression SET lifted_at = $1 WHERE workspace_id = $2 AND kind = $3 AND address_hash = $4 AND source = $5 AND lifted_at = 0`, s.Now().UnixMilli(), workspace, a.Kind, s.hash(workspace, a), source)
	if err != nil {
		return fmt.Errorf("lift suppression: %w", err)
	}
	if n == 0 {
		return nil
	}
	ids, err := idsOf(ctx, tx, `SELECT contact_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = $4 ORDER BY contact_id`, workspace, a.Kind, a.Scope, a.Value)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.refresh(ctx, tx, workspace, id); err != nil {
			return err
		}
	}
	return nil
}

// Leave closes one channel of an address because its owner left; who had closed it before has it closed as before. Source names the cause, for Reopen.
func (s *Service) Leave(ctx context.Context, tx *db.Tx, workspace int64, a Address, ch channel.Channel, source string) error {
	return s.Suppress(ctx, tx, workspace, a, []channel.Channel{ch}, ReasonUnsubscribed, source)
}
