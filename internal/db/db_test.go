package db_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

func TestMigrationsPair(t *testing.T) {
	t.Parallel()
	names := func(engine string) (out []string) {
		entries, err := fs.ReadDir(os.DirFS("migrations"), engine)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	a, b := names("sqlite"), names("postgres")
	if len(a) != len(b) {
		t.Fatalf("got %d sqlite and %d postgres migrations, want pairs", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("got %s beside %s, want equal names", a[i], b[i])
		}
	}
}

func TestTransactions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		stop := errors.New("stop")
		put := func(key string, end error) error {
			return d.WithTx(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2)`, key, "$1 stays"); err != nil {
					return err
				}
				return end
			})
		}
		if err := put("kept", nil); err != nil {
			t.Fatal(err)
		}
		if err := put("dropped", stop); !errors.Is(err, stop) {
			t.Fatalf("got %v, want the error of the function", err)
		}
		if err := put("kept", nil); !db.Unique(err) {
			t.Errorf("got %v, want a unique violation", err)
		}
		var n int
		var v string
		if err := d.QueryRow(ctx, `SELECT COUNT(*), MAX(value) FROM setting WHERE key IN ('kept', 'dropped')`).Scan(&n, &v); err != nil {
			t.Fatal(err)
		}
		if n != 1 || v != "$1 stays" {
			t.Errorf("got %d rows, value %q, want 1 row %q", n, v, "$1 stays")
		}
		if err := d.Migrate(ctx); err != nil {
			t.Errorf("migrate again: %v", err)
		}
	})
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		args []any
		want string
		out  []any
	}{
		{"SELECT $1, $2", []any{1, 2}, "SELECT ?, ?", []any{1, 2}},
		{"SELECT $2, $1, $2", []any{1, 2}, "SELECT ?, ?, ?", []any{2, 1, 2}},
		{"SELECT '$1', $1", []any{1}, "SELECT '$1', ?", []any{1}},
		{"SELECT 'it''s $1', $10 FROM t WHERE $a = 1", []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "SELECT 'it''s $1', ? FROM t WHERE $a = 1", []any{10}},
		{"SELECT 1", nil, "SELECT 1", nil},
	} {
		got, out := db.SQLite.Rewrite(c.in, c.args)
		if got != c.want || !slices.Equal(out, c.out) {
			t.Errorf("%s: got %s %v, want %s %v", c.in, got, out, c.want, c.out)
		}
		if got, out := db.Postgres.Rewrite(c.in, c.args); got != c.in || !slices.Equal(out, c.args) {
			t.Errorf("%s: PostgreSQL's text was changed to %s", c.in, got)
		}
	}
}
