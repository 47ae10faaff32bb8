package contact

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

const contactColumns = `id, COALESCE(external_id, ''), name, COALESCE(phone, ''), COALESCE(email, ''), COALESCE(birthday, ''), COALESCE(gender, ''), COALESCE(timezone, ''), CAST(attrs AS text),
	reach, consent, blocked, shared, created_at`

func scanPerson(rows *sql.Rows) (*person, error) {
	p := &person{}
	var attrs string
	if err := rows.Scan(&p.id, &p.external, &p.name, &p.phone, &p.email, &p.birthday, &p.gender, &p.timezone, &attrs, &p.reach, &p.consent, &p.blocked, &p.shared, &p.created); err != nil {
		return nil, fmt.Errorf("scan contact: %w", err)
	}
	var err error
	if p.attrs, err = parseAttrs(attrs); err != nil {
		return nil, fmt.Errorf("read attributes of contact %d: %w", p.id, err)
	}
	before := p.row
	p.before = &before
	return p, nil
}

// inBlocks runs f over blocks of at most size values.
func inBlocks[T any](values []T, size int, f func(block []T) error) error {
	for len(values) > 0 {
		n := min(size, len(values))
		if err := f(values[:n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

const blockIn = 2000

// loadBy reads the contacts whose column (external_id, phone, email or id) has one of the values.
func loadBy[T any](ctx context.Context, q db.Querier, workspace int64, column string, values []T, each func(*person)) error {
	return inBlocks(values, blockIn, func(block []T) error {
		args := make([]any, 0, len(block)+1)
		args = append(args, workspace)
		for _, v := range block {
			args = append(args, v)
		}
		rows, err := q.Query(ctx, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = $1 AND `+column+` IN (`+db.In(2, len(block))+`) ORDER BY id`, args...)
		if err != nil {
			return fmt.Errorf("load contacts by %s: %w", column, err)
		}
		defer rows.Close()
		for rows.Next() {
			p, err := scanPerson(rows)
			if err != nil {
				return err
			}
			each(p)
		}
		return rows.Err()
	})
}

// owners finds who has one of the addresses as a further one.
func owners(ctx context.Context, q db.Querier, workspace int64, kind string, values []string, each func(value string, contact int64)) error {
	return inBlocks(values, blockIn, func(block []string) error {
		args := make([]any, 0, len(block)+2)
		args = append(args, workspace, kind)
		for _, v := range block {
			args = append(args, v)
		}
		rows, err := q.Query(ctx, `SELECT value, contact_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND scope = '' AND value IN (`+db.In(3, len(block))+`) ORDER BY contact_id`, args...)
		if err != nil {
			return fmt.Errorf("find identities: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var v string
			var id int64
			if err := rows.Scan(&v, &id); err != nil {
				return fmt.Errorf("scan identity: %w", err)
			}
			each(v, id)
		}
		return rows.Err()
	})
}

// loadMore fills the further addresses and the tags of stored people.
func loadMore(ctx context.Context, q db.Querier, workspace int64, people map[int64]*person) error {
	ids := make([]int64, 0, len(people))
	for id := range people {
		ids = append(ids, id)
	}
	return inBlocks(ids, blockIn, func(block []int64) error {
		args := make([]any, 0, len(block)+1)
		args = append(args, workspace)
		for _, id := range block {
			args = append(args, id)
		}
		rows, err := q.Query(ctx, `SELECT contact_id, kind, scope, value FROM identity WHERE workspace_id = $1 AND contact_id IN (`+db.In(2, len(block))+`) ORDER BY id`, args...)
		if err != nil {
			return fmt.Errorf("load identities: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var i Identity
			if err := rows.Scan(&id, &i.Kind, &i.Scope, &i.Value); err != nil {
				return fmt.Errorf("scan identity: %w", err)
			}
			people[id].extra = append(people[id].extra, i)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		tags, err := q.Query(ctx, `SELECT ct.contact_id, t.folded FROM contact_tag ct JOIN tag t ON t.workspace_id = $1 AND t.id = ct.tag_id
			WHERE ct.workspace_id = $2 AND ct.contact_id IN (`+db.In(3, len(block))+`)`, append([]any{workspace}, args...)...)
		if err != nil {
			return fmt.Errorf("load tags: %w", err)
		}
		defer tags.Close()
		for tags.Next() {
			var id int64
			var folded string
			if err := tags.Scan(&id, &folded); err != nil {
				return fmt.Errorf("scan tag: %w", err)
			}
			people[id].tags = append(people[id].tags, folded)
		}
		return tags.Err()
	})
}

// tuples writes rows of parameters: "(head$n,…,tail),(…)". head and tail hold the parameters that all rows have in common.
func tuples(head, tail string, first, rows, cols int) string {
	var b strings.Builder
	b.Grow(rows * (len(head) + len(tail) + cols*6 + 2))
	n := first
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		b.WriteString(head)
		for c := range cols {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			n++
		}
		b.WriteString(tail)
		b.WriteByte(')')
	}
	return b.String()
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func monthDay(birthday string) any {
	if len(birthday) != 10 {
		return nil
	}
	return birthday[5:]
}

// blockWrite is how many rows one inserting statement has.
const blockWrite = 400

type triple struct{ external, phone, email string }

// insertPeople stores new people and gives them their ids. Two new people of a batch never agree in external id, phone and e-mail, so these name the returned rows.
func insertPeople(ctx context.Context, tx *db.Tx, workspace, at int64, people []*person) error {
	const cols = 15
	return inBlocks(people, blockWrite, func(block []*person) error {
		args := make([]any, 0, len(block)*cols+2)
		args = append(args, workspace, at)
		byKey := make(map[triple][]*person, len(block))
		for _, p := range block {
			folded := Fold(p.name)
			args = append(args, null(p.external), p.name, p.search(folded), sortKey(folded), null(p.phone), null(p.email), null(p.birthday), monthDay(p.birthday), null(p.gender), null(p.timezone),
				attrsJSON(p.attrs), int64(p.reach), int64(p.consent), int64(p.blocked), int64(p.shared))
			k := triple{p.external, p.phone, p.email}
			byKey[k] = append(byKey[k], p)
		}
		rows, err := tx.Query(ctx, `INSERT INTO contact (workspace_id, external_id, name, search, sort_key, phone, email, birthday, birth_md, gender, timezone, attrs, reach, consent, blocked, shared, created_at, updated_at)
			VALUES `+tuples("$1,", ",$2,$2", 3, len(block), cols)+` RETURNING id, COALESCE(external_id, ''), COALESCE(phone, ''), COALESCE(email, ''), name, blocked`, args...)
		if err != nil {
			return fmt.Errorf("insert contacts: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var k triple
			var name string
			var blocked channel.Set
			if err := rows.Scan(&id, &k.external, &k.phone, &k.email, &name, &blocked); err != nil {
				return fmt.Errorf("scan contact id: %w", err)
			}
			// People who are only known at a Page or an OA have none of the three; of those who are alike in the rest, too, either may have the row.
			for _, p := range byKey[k] {
				if p.id == 0 && p.name == name && p.blocked == blocked {
					p.id, p.created = id, at
					break
				}
			}
		}
		return rows.Err()
	})
}

// updatePeople stores changed people.
func updatePeople(ctx context.Context, tx *db.Tx, workspace, at int64, people []*person) error {
	casts := []string{"bigint", "text", "text", "text", "text", "text", "text", "text", "text", "text", "text", "text", "bigint", "bigint", "bigint", "bigint"}
	return inBlocks(people, blockWrite, func(block []*person) error {
		args := make([]any, 0, len(block)*len(casts)+2)
		for _, p := range block {
			folded := Fold(p.name)
			args = append(args, p.id, null(p.external), p.name, p.search(folded), sortKey(folded), null(p.phone), null(p.email), null(p.birthday), monthDay(p.birthday), null(p.gender), null(p.timezone),
				attrsJSON(p.attrs), int64(p.reach), int64(p.consent), int64(p.blocked), int64(p.shared))
		}
		n := len(args)
		args = append(args, at, workspace)
		_, err := tx.Exec(ctx, fmt.Sprintf(`WITH v (id, external_id, name, search, sort_key, phone, email, birthday, birth_md, gender, timezone, attrs, reach, consent, blocked, shared) AS (VALUES %s)
			UPDATE contact SET external_id = v.external_id, name = v.name, search = v.search, sort_key = v.sort_key, phone = v.phone, email = v.email, birthday = v.birthday, birth_md = v.birth_md,
				gender = v.gender, timezone = v.timezone, attrs = %s, reach = v.reach, consent = v.consent, blocked = v.blocked, shared = v.shared, updated_at = $%d
			FROM v WHERE contact.workspace_id = $%d AND contact.id = v.id`, db.Values(1, len(block), casts...), tx.Dialect.JSON("v.attrs"), n+1, n+2), args...)
		if err != nil {
			return fmt.Errorf("update contacts: %w", err)
		}
		return nil
	})
}

// insertIdentities stores the further addresses that the batch added.
func insertIdentities(ctx context.Context, tx *db.Tx, workspace, at int64, people []*person) error {
	type line struct {
		contact int64
		Identity
	}
	var lines []line
	for _, p := range people {
		for _, i := range p.more {
			lines = append(lines, line{p.id, i})
		}
	}
	return inBlocks(lines, blockWrite, func(block []line) error {
		args := make([]any, 0, len(block)*4+2)
		args = append(args, workspace, at)
		for _, l := range block {
			args = append(args, l.contact, l.Kind, l.Scope, l.Value)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO identity (workspace_id, created_at, contact_id, kind, scope, value) VALUES `+tuples("$1,$2,", "", 3, len(block), 4)+` ON CONFLICT DO NOTHING`, args...); err != nil {
			return fmt.Errorf("insert identities: %w", err)
		}
		return nil
	})
}

// insertTags stores the tags that the batch added; ids are the workspace's tags by folded name.
func insertTags(ctx context.Context, tx *db.Tx, workspace int64, people []*person, ids map[string]int64) error {
	type pair struct{ tag, contact int64 }
	var pairs []pair
	for _, p := range people {
		for _, t := range p.newTags {
			id, ok := ids[t] // most names of a file are written in one way
			if !ok {
				id = ids[Fold(t)]
				ids[t] = id
			}
			pairs = append(pairs, pair{id, p.id})
		}
	}
	return inBlocks(pairs, 1000, func(block []pair) error {
		args := make([]any, 0, len(block)*2+1)
		args = append(args, workspace)
		for _, x := range block {
			args = append(args, x.tag, x.contact)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) VALUES `+tuples("$1,", "", 2, len(block), 2)+` ON CONFLICT DO NOTHING`, args...); err != nil {
			return fmt.Errorf("tag contacts: %w", err)
		}
		return nil
	})
}

// tagIDs finds the ids of tags by folded name and makes the missing ones.
func tagIDs(ctx context.Context, tx *db.Tx, workspace, at int64, names []string) (map[string]int64, error) {
	ids := map[string]int64{}
	if len(names) == 0 {
		return ids, nil
	}
	byFold := map[string]string{}
	var folded []any
	for _, n := range names {
		if f := Fold(n); byFold[f] == "" {
			byFold[f] = n
			folded = append(folded, f)
		}
	}
	read := func() error {
		return inBlocks(folded, blockIn, func(block []any) error {
			rows, err := tx.Query(ctx, `SELECT id, folded FROM tag WHERE workspace_id = $1 AND folded IN (`+db.In(2, len(block))+`)`, append([]any{workspace}, block...)...)
			if err != nil {
				return fmt.Errorf("find tags: %w", err)
			}
			defer rows.Close()
			for rows.Next() {
				var id int64
				var f string
				if err := rows.Scan(&id, &f); err != nil {
					return fmt.Errorf("scan tag: %w", err)
				}
				ids[f] = id
			}
			return rows.Err()
		})
	}
	if err := read(); err != nil {
		return nil, err
	}
	made := false
	for _, f := range folded {
		if _, ok := ids[f.(string)]; ok {
			continue
		}
		made = true
		if _, err := tx.Exec(ctx, `INSERT INTO tag (workspace_id, name, folded, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, workspace, byFold[f.(string)], f, at); err != nil {
			return nil, fmt.Errorf("make tag: %w", err)
		}
	}
	if made {
		return ids, read()
	}
	return ids, nil
}

// lockPeople makes everybody who matches and writes people of the workspace wait for this transaction, so that two of them never add the same person. SQLite has one writer anyway.
func lockPeople(ctx context.Context, tx *db.Tx, workspace int64) error {
	if _, err := tx.Exec(ctx, `INSERT INTO rate_bucket (workspace_id, bucket, tat) VALUES ($1, 'contact.write', 0) ON CONFLICT (workspace_id, bucket) DO UPDATE SET tat = rate_bucket.tat`, workspace); err != nil {
		return fmt.Errorf("lock people: %w", err)
	}
	return nil
}

// someIdentity reports whether the workspace has any further address of the kind.
func someIdentity(ctx context.Context, q db.Querier, workspace int64, kind string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM identity WHERE workspace_id = $1 AND kind = $2 LIMIT 1) AS x`, workspace, kind).Scan(&n)
	return n > 0, err
}
