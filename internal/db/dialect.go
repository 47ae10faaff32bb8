package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Dialect is everything in which the two engines differ. The SQL text of the whole program is one; this file is where it bends.
type Dialect string

// The engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

type positional struct {
	text  string
	order []int // argument of each ?, 0-based; nil when they come in order
}

var rewritten sync.Map // query text → positional, for texts short enough to come again

// Rewrite turns $n placeholders into plain ? for SQLite and puts the arguments in the order of the text. Plain ones, because the driver asks for the name of every parameter and
// SQLite answers that by walking the list of numbered ones: a batch of 10,000 numbered parameters costs a hundred times more than one of plain ones (measured).
func (d Dialect) Rewrite(query string, args []any) (string, []any) {
	if d == Postgres || len(args) == 0 {
		return query, args
	}
	var p positional
	if kept, ok := rewritten.Load(query); ok {
		p = kept.(positional)
	} else {
		p = parsePlaceholders(query)
		if len(query) < 4096 {
			rewritten.Store(query, p)
		}
	}
	if p.order == nil {
		return p.text, args
	}
	out := make([]any, len(p.order))
	for i, n := range p.order {
		if n >= len(args) {
			return query, args // the driver reports the missing argument
		}
		out[i] = args[n]
	}
	return p.text, out
}

func parsePlaceholders(query string) positional {
	b := make([]byte, 0, len(query))
	order := make([]int, 0, 16)
	inOrder, quoted := true, false
	for i := 0; i < len(query); i++ {
		c := query[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '$' || quoted || i+1 >= len(query) || query[i+1] < '0' || query[i+1] > '9' {
			b = append(b, c)
			continue
		}
		n := 0
		for i+1 < len(query) && query[i+1] >= '0' && query[i+1] <= '9' {
			i++
			n = n*10 + int(query[i]-'0')
		}
		inOrder = inOrder && n == len(order)+1
		order = append(order, n-1)
		b = append(b, '?')
	}
	if inOrder {
		order = nil
	}
	return positional{string(b), order}
}

// SkipLocked ends a SELECT that takes rows for this transaction alone. SQLite has one writer and needs nothing.
func (d Dialect) SkipLocked() string {
	if d == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ForUpdate ends a SELECT of rows that this transaction is going to change.
func (d Dialect) ForUpdate() string {
	if d == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// JSON makes a text expression of a SELECT or VALUES fit a JSON column, which is text on SQLite. A bare parameter of an INSERT needs no help.
func (d Dialect) JSON(expr string) string {
	if d == Postgres {
		return "CAST(" + expr + " AS jsonb)"
	}
	return expr
}

// Match compares text with a pattern bound to placeholder: a GLOB of SQLite, a regular expression of PostgreSQL. Package segment writes both so that they accept the same texts.
func (d Dialect) Match(expr, placeholder string) string {
	if d == Postgres {
		return expr + " ~ " + placeholder
	}
	return expr + " GLOB " + placeholder
}

// Elements is a FROM item named e whose column value runs through the JSON array under key of a JSON column; no rows when there is none. The key must be checked: it stands in the text.
func (d Dialect) Elements(column, key string) string {
	if d == Postgres {
		array := column + " -> '" + key + "'"
		return "jsonb_array_elements_text(CASE WHEN jsonb_typeof(" + array + ") = 'array' THEN " + array + " ELSE '[]' END) AS e (value)"
	}
	return "json_each(" + column + ", '$." + key + "') AS e"
}

// Analyze lets PostgreSQL's planner see a table that has just grown much; it would notice by itself after a minute, and walk whole tables until then. SQLite works with the fixed
// statistics of its first migration.
func (d *DB) Analyze(ctx context.Context, tables ...string) error {
	if d.Dialect != Postgres || len(tables) == 0 {
		return nil
	}
	if _, err := d.write.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", ")); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

// Unique reports whether err says that a unique constraint was broken.
func Unique(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "23505"
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// Full reports whether err says that the disk is full or cannot be written.
func Full(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "53100"
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
			return true
		}
	}
	return false
}

// Unavailable reports whether err says that the store cannot be reached or is too busy for now: full, locked, restarting, out of connections. Nothing was committed.
func Unavailable(err error) bool {
	var ce *pgconn.ConnectError
	if Full(err) || errors.As(err, &ce) {
		return true
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return strings.HasPrefix(pe.Code, "53") || pe.Code == "57P03" || retryable(err)
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code()&0xff == sqlite3.SQLITE_BUSY || se.Code()&0xff == sqlite3.SQLITE_LOCKED
	}
	return false
}

// retryable reports whether the whole transaction may be run again: it was rolled back for somebody else's sake.
func retryable(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "40001" || pe.Code == "40P01"
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}
