package message

import (
	"context"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestWordsOfTheMergedAreForgotten: who is joined to another takes the ratings of ended campaigns along, and an erasure of the one who stays takes the words away, also from the report that
// brought them. The stars of all stay, and so do the words of others.
func TestWordsOfTheMergedAreForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		x := newWorld(t, d)
		x.people(3)
		run := x.start(Care, smsPlan())
		x.deliver(func(sum map[string]int64) bool { return settled(sum) && x.state(run) == RunFinished }, run)
		rows, err := d.Query(ctx, `SELECT id FROM leg WHERE workspace_id = $1 AND run_id = $2 ORDER BY contact_id`, x.ws, run)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var receipts []Receipt
		for rows.Next() {
			var leg int64
			if err := rows.Scan(&leg); err != nil {
				t.Fatal(err)
			}
			receipts = append(receipts, Receipt{Key: x.s.Keys.Key(x.ws, leg, 1), Fact: FactDelivered, At: x.clock.Now(), Raw: "chị Hoa giao chậm",
				Rating: &Rating{Stars: 2, Note: "chị Hoa giao chậm", Choices: []string{"Giao chậm"}, At: x.clock.Now()}})
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if err := x.s.Receive(ctx, x.ws, 1, "zalo", receipts); err != nil {
			t.Fatal(err)
		}
		words := func() (n int) {
			t.Helper()
			var raws int
			if err := d.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM rating WHERE workspace_id = $1 AND note <> '' AND choices <> '[]'), (SELECT COUNT(*) FROM callback WHERE workspace_id = $1 AND raw <> '')`, x.ws).Scan(&n, &raws); err != nil {
				t.Fatal(err)
			}
			if n != raws {
				t.Errorf("got words in %d ratings and in %d reports, want as many", n, raws)
			}
			return n
		}
		if got := words(); got != 3 {
			t.Fatalf("got words of %d people, want 3", got)
		}
		err = d.WithTx(ctx, func(tx *db.Tx) error {
			if err := x.s.Merge(ctx, tx, x.ws, 1, 2); err != nil {
				return err
			}
			return x.s.ForgetRatings(ctx, tx, x.ws, 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := words(); got != 1 {
			t.Errorf("after the erasure: got words of %d people, want 1", got)
		}
		if sums, err := x.s.RunRatings(ctx, x.ws, run); err != nil || sums[0].Count != 3 {
			t.Errorf("got %+v, %v, want the stars of all 3", sums, err)
		}
	})
}
