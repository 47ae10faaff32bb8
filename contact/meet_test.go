package contact

import (
	"context"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestMeet makes contacts of people who speak at a Page, once each, and forgets what was heard from them when they are erased; who was erased stays blocked when they speak again.
func TestMeet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		lan := Address{Kind: KindMessenger, Scope: "9", Value: "psid-1"}
		meet := func(es ...Encounter) (out []Met) {
			t.Helper()
			if err := d.WithTx(ctx, func(tx *db.Tx) (err error) { out, err = s.Meet(ctx, tx, ws, es); return err }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		first := meet(Encounter{Address: lan}, Encounter{Address: lan}, Encounter{Address: Address{Kind: KindMessenger, Scope: "8", Value: "psid-1"}, Name: "Bình"})
		if len(first) != 3 || !first[0].New || first[1].New || first[0].ContactID != first[1].ContactID || !first[2].New || first[2].ContactID == first[0].ContactID {
			t.Fatalf("got %+v, want one person for each address at each Page", first)
		}
		if again := meet(Encounter{Address: lan}); again[0].New || again[0].ContactID != first[0].ContactID {
			t.Errorf("met again: got %+v, want the same person", again)
		}
		for _, name := range []string{" Nguyễn  Thị Lan ", "Tên Khác"} {
			if err := d.WithTx(ctx, func(tx *db.Tx) error { return s.Introduce(ctx, tx, ws, lan, name) }); err != nil {
				t.Fatal(err)
			}
		}
		c, err := s.Get(ctx, ws, first[0].ContactID)
		if err != nil || c.Name != "Nguyễn Thị Lan" || len(c.Reach) != 1 || c.Reach[0] != channel.Messenger || len(c.Consent) != 0 {
			t.Errorf("got %+v %v, want the first name, Messenger alone and no consent", c, err)
		}
		if err := d.WithTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO conversation (workspace_id, kind, scope, value, last_in_at) VALUES ($1, 'messenger', '9', 'psid-1', 5), ($1, 'messenger', '8', 'psid-1', 5)`, ws)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Erase(ctx, ws, first[0].ContactID, "user:1"); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM conversation WHERE workspace_id = $1`, ws).Scan(&left); err != nil || left != 1 {
			t.Errorf("conversations: got %d %v, want the other Page's alone", left, err)
		}
		back := meet(Encounter{Address: lan})
		if c, err = s.Get(ctx, ws, back[0].ContactID); err != nil || len(c.Blocked) != 1 || c.Blocked[0] != channel.Messenger {
			t.Errorf("back after the erasure: got %+v %v, want blocked on Messenger", c, err)
		}
	})
}
