package message

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/db"
)

// block is the number of rows in one statement: large enough that the statement's own cost vanishes, small enough for SQLite's parameter limit.
const block = 1000

const legColumns = `id, workspace_id, run_id, contact_id, seq, rank, channel, connection_id, state, attempt, superseded, COALESCE(reason, ''), COALESCE(class_of, ''), price, COALESCE(quote, 0), COALESCE(due_at, 0),
 COALESCE(requested_at, 0), COALESCE(accepted_at, 0), COALESCE(delivered_at, 0), COALESCE(opened_at, 0), COALESCE(clicked_at, 0), COALESCE(answered_at, 0), COALESCE(failed_at, 0), COALESCE(bounced_at, 0), COALESCE(complained_at, 0), COALESCE(unsubscribed_at, 0)`

func scanLeg(row scanner, l *Leg) error {
	f := &l.Facts
	return row.Scan(&l.ID, &l.WorkspaceID, &l.RunID, &l.ContactID, &l.Seq, &l.Rank, &l.Channel, &l.ConnectionID, &l.State, &l.Attempt, &l.Superseded, &l.Reason, &l.Class, &l.Price, &l.Quote, &l.Due,
		&f[0], &f[1], &f[2], &f[3], &f[4], &f[5], &f[6], &f[7], &f[8], &f[9])
}

func queryLegs(ctx context.Context, q db.Querier, query string, args ...any) ([]*Leg, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read legs: %w", err)
	}
	defer rows.Close()
	var out []*Leg
	for rows.Next() {
		l := new(Leg)
		if err := scanLeg(rows, l); err != nil {
			return nil, fmt.Errorf("scan leg: %w", err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// loadLegs reads legs by id for change, in id order so that two nodes never wait for each other in a circle.
func loadLegs(ctx context.Context, tx *db.Tx, workspace int64, ids []int64) (map[int64]*Leg, error) {
	out := make(map[int64]*Leg, len(ids))
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	for len(ids) > 0 {
		part := ids[:min(block, len(ids))]
		ids = ids[len(part):]
		args := make([]any, 0, len(part)+1)
		args = append(args, workspace)
		for _, id := range part {
			args = append(args, id)
		}
		legs, err := queryLegs(ctx, tx, `SELECT `+legColumns+` FROM leg WHERE workspace_id = $1 AND id IN (`+db.In(2, len(part))+`) ORDER BY id`+tx.Dialect.ForUpdate(), args...)
		if err != nil {
			return nil, err
		}
		for _, l := range legs {
			out[l.ID] = l
		}
	}
	return out, nil
}

// The columns that change after the insert. A set of them is a bit mask; rows with equal masks share one UPDATE.
const (
	colState = 1 << iota
	colAttempt
	colSuperseded
	colReason
	colClass
	colPrice
	colQuote
	colDue
	colFacts // and the nine after it
)

var columnNames = [...]string{"state", "attempt", "superseded", "reason", "class_of", "price", "quote", "due_at",
	"requested_at", "accepted_at", "delivered_at", "opened_at", "clicked_at", "answered_at", "failed_at", "bounced_at", "complained_at", "unsubscribed_at"}
var columnTypes = [...]string{"smallint", "smallint", "smallint", "text", "text", "bigint", "bigint", "bigint",
	"bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint"}

func diff(a, b *Leg) (mask int) {
	set := func(bit int, changed bool) {
		if changed {
			mask |= bit
		}
	}
	set(colState, a.State != b.State)
	set(colAttempt, a.Attempt != b.Attempt)
	set(colSuperseded, a.Superseded != b.Superseded)
	set(colReason, a.Reason != b.Reason)
	set(colClass, a.Class != b.Class)
	set(colPrice, a.Price != b.Price)
	set(colQuote, a.Quote != b.Quote)
	set(colDue, a.Due != b.Due)
	for i := range a.Facts {
		set(colFacts<<i, a.Facts[i] != b.Facts[i])
	}
	return mask
}

func (l *Leg) column(i int) any {
	orNull := func(v int64) any {
		if v == 0 {
			return nil
		}
		return v
	}
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch i {
	case 0:
		return int64(l.State)
	case 1:
		return int64(l.Attempt)
	case 2:
		if l.Superseded {
			return int64(1)
		}
		return int64(0)
	case 3:
		return text(l.Reason)
	case 4:
		return text(l.Class)
	case 5:
		return l.Price
	case 6:
		return orNull(l.Quote)
	case 7:
		return orNull(l.Due)
	}
	return orNull(l.Facts[i-8])
}

// updateLegs writes what differs between before and after, rows with the same changed columns in one statement.
func updateLegs(ctx context.Context, tx *db.Tx, workspace int64, changed []touched) error {
	groups := map[int][]*Leg{}
	for _, c := range changed {
		if m := diff(&c.before, c.leg); m != 0 {
			groups[m] = append(groups[m], c.leg)
		}
	}
	masks := make([]int, 0, len(groups))
	for m := range groups {
		masks = append(masks, m)
	}
	sort.Ints(masks)
	for _, mask := range masks {
		var cols []int
		for i := range columnNames {
			if mask&(1<<i) != 0 {
				cols = append(cols, i)
			}
		}
		legs := groups[mask]
		for len(legs) > 0 {
			n := min(len(legs), block)
			if err := updateBlock(ctx, tx, workspace, cols, legs[:n]); err != nil {
				return err
			}
			legs = legs[n:]
		}
	}
	return nil
}

func updateBlock(ctx context.Context, tx *db.Tx, workspace int64, cols []int, legs []*Leg) error {
	var names, sets strings.Builder
	casts := []string{"bigint"}
	for _, c := range cols {
		names.WriteString(", " + columnNames[c])
		if sets.Len() > 0 {
			sets.WriteString(", ")
		}
		sets.WriteString(columnNames[c] + " = v." + columnNames[c])
		casts = append(casts, columnTypes[c])
	}
	args := make([]any, 0, len(legs)*(len(cols)+1)+1)
	args = append(args, workspace)
	for _, l := range legs {
		args = append(args, l.ID)
		for _, c := range cols {
			args = append(args, l.column(c))
		}
	}
	query := `WITH v (id` + names.String() + `) AS (VALUES ` + db.Values(2, len(legs), casts...) + `) UPDATE leg SET ` + sets.String() + ` FROM v WHERE leg.workspace_id = $1 AND leg.id = v.id`
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("update legs: %w", err)
	}
	return nil
}

// insertLegs writes new rows and gives them their ids; a row whose message and rank exist already is left out and keeps id 0. It returns the ones that are new.
func insertLegs(ctx context.Context, tx *db.Tx, legs []*Leg) ([]*Leg, error) {
	var fresh []*Leg
	for len(legs) > 0 {
		part := legs[:min(block, len(legs))]
		legs = legs[len(part):]
		args := make([]any, 0, len(part)*10)
		for _, l := range part {
			args = append(args, l.WorkspaceID, l.RunID, l.ContactID, l.Seq, l.Rank, string(l.Channel), l.ConnectionID, int64(l.State), l.column(3), l.column(7))
		}
		rows, err := tx.Query(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, seq, rank, channel, connection_id, state, reason, due_at) VALUES `+
			db.Values(1, len(part), "bigint", "bigint", "bigint", "bigint", "smallint", "text", "bigint", "smallint", "text", "bigint")+
			` ON CONFLICT (workspace_id, run_id, contact_id, seq, rank) DO NOTHING RETURNING id, run_id, contact_id, seq, rank`, args...)
		if err != nil {
			return nil, fmt.Errorf("insert legs: %w", err)
		}
		byKey := make(map[[4]int64]*Leg, len(part))
		for _, l := range part {
			byKey[[4]int64{l.RunID, l.ContactID, l.Seq, int64(l.Rank)}] = l
		}
		if err := eachRow(rows, func(r *sql.Rows) error {
			var id int64
			var k [4]int64
			if err := r.Scan(&id, &k[0], &k[1], &k[2], &k[3]); err != nil {
				return err
			}
			l := byKey[k]
			l.ID = id
			fresh = append(fresh, l)
			return nil
		}); err != nil {
			return nil, fmt.Errorf("insert legs: %w", err)
		}
	}
	return fresh, nil
}

func eachRow(rows *sql.Rows, f func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// flight is one call of a claim.
type flight struct {
	leg     int64
	attempt int
}

// flights writes the calls of a claim as "leg:attempt,leg:attempt".
func flights(fs []flight) string {
	b := make([]byte, 0, len(fs)*10)
	for i, f := range fs {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, f.leg, 10)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(f.attempt), 10)
	}
	return string(b)
}

func readFlights(text string) (out []flight) {
	for _, part := range strings.Split(text, ",") {
		leg, attempt, ok := strings.Cut(part, ":")
		if !ok {
			continue
		}
		var f flight
		f.leg, _ = strconv.ParseInt(leg, 10, 64)
		f.attempt, _ = strconv.Atoi(attempt)
		out = append(out, f)
	}
	return out
}
