package voucher

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// TestWaitingForCodes follows people who wait: for the first day, for codes that come later in the order of asking, and until the programme is over. Deleted customers get no code.
func TestWaitingForCodes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), context.Background()
		told := []string{}
		w.s.Tell = func(_ context.Context, _ *db.Tx, _ int64, legs []Told) error {
			for _, l := range legs {
				told = append(told, strings.TrimSpace(fmt.Sprintf("%d %s", l.LegID, l.Reason)))
			}
			slices.Sort(told)
			return nil
		}
		heard := func(what, want string) {
			t.Helper()
			if got := strings.Join(told, ", "); got != want {
				t.Errorf("%s: told %q, want %q", what, got, want)
			}
			told = told[:0]
		}
		people := make([]int64, 6)
		for i := range people {
			if err := d.Writer().QueryRow(`INSERT INTO contact (workspace_id, name, created_at, updated_at) VALUES ($1, 'Khách', 1, 1) RETURNING id`, w.ws).Scan(&people[i]); err != nil {
				t.Fatal(err)
			}
		}
		id := w.voucher("AAAA-1\nAAAA-2\n")
		from, until := noon.Add(time.Hour), noon.Add(48*time.Hour)
		if _, err := w.s.Update(ctx, w.ws, id, "user:1", Form{Name: "Giảm", ValidFrom: &from, ValidUntil: &until}); err != nil {
			t.Fatal(err)
		}
		ask := func(leg int, wait bool, who ...int) string {
			t.Helper()
			w.now = w.now.Add(time.Minute)
			a := Asking{Source: "campaign:1", CampaignID: 1, Wait: wait}
			for i, p := range who {
				a.People = append(a.People, Ask{ContactID: people[p], LegID: int64(leg + i)})
			}
			var out []string
			err := d.WithTx(ctx, func(tx *db.Tx) error {
				places, err := w.s.Ask(ctx, tx, w.ws, id, a)
				out = nil
				for _, p := range places {
					out = append(out, strings.TrimSpace(p.State+" "+p.Code+p.Reason))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(out, ", ")
		}
		if got, want := ask(10, true, 2, 0), "waiting, waiting"; got != want {
			t.Errorf("before the first day: got %q, want %q", got, want)
		}
		if got, want := ask(20, true, 1, 3, 4), "waiting, waiting, waiting"; got != want {
			t.Errorf("a minute later: got %q, want %q", got, want)
		}
		if got, want := ask(30, false, 3), "failed voucher.not_yet"; got != want {
			t.Errorf("somebody who does not wait about one who does: got %q, want %q", got, want)
		}
		heard("so far", "")
		if err := w.s.Delete(ctx, w.ws, id, "user:1"); !errs.Is(err, "voucher.waited_for") {
			t.Errorf("delete: got %v, want voucher.waited_for", err)
		}
		w.now = from
		if err := w.s.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		heard("on the first day", "10, 11")
		if _, err := d.Exec(ctx, `DELETE FROM contact WHERE id = $1`, people[1]); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Import(ctx, w.ws, id, "user:1", strings.NewReader("AAAA-3\n")); err != nil {
			t.Fatal(err)
		}
		heard("with one more code", "20 contact.not_found, 21, 30")
		if got, want := ask(40, true, 2, 5), "given AAAA-2, waiting"; got != want {
			t.Errorf("who has one and a new one: got %q, want %q", got, want)
		}
		w.now = until
		if err := w.s.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		heard("after the last day", "22 voucher.over, 41 voucher.over")
		if got, want := w.counts(id), (Counts{Codes: 3, Given: 3, Asked: 6, Failed: 3}); got != want {
			t.Errorf("in the end: got %+v, want %+v", got, want)
		}
	})
}
