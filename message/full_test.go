package message

import (
	"context"
	"fmt"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestFullDisk lets the store run full in the middle of a run (SQLITE_FULL from the engine itself) and gives it room again: no call without its committed attempt, nobody twice, nobody lost,
// and delivery goes on by itself.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t)
	x := newWorld(t, d)
	x.faulty = true
	x.people(3000)
	run := x.start(Marketing, smsPlan())
	ctx := context.Background()
	pages := func(n int) {
		if _, err := d.Writer().ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Error(err)
		}
	}
	var now int
	if err := d.QueryRow(ctx, `SELECT page_count FROM pragma_page_count`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	pages(now + 40)
	full := false
	sum := x.deliver(func(sum map[string]int64) bool {
		if !full {
			err := d.WithTx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO setting (key, value) VALUES ('filler', $1)`, string(make([]byte, 400_000)))
				return err
			})
			if full = db.Full(err); full {
				pages(now + 100_000) // somebody makes room
			}
		}
		return full && settled(sum)
	}, run)
	if !full {
		t.Error("the store never ran full: the test shows nothing")
	}
	x.expect(sum, "total=3000 processing=3000 unknown=0")
	for k, n := range x.sms.copies {
		if n != 1 {
			t.Errorf("key %s was sent %d times", k, n)
		}
	}
	if len(x.sms.copies) != 3000 {
		t.Errorf("got %d keys, want 3000", len(x.sms.copies))
	}
	x.verify()
}
