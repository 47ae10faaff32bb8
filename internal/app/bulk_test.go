package app

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/segment"
)

// TestBulkList filters customers by a condition, puts them on a list, finds them by the list, and takes them off again: the packages that do not know each other, wired.
func TestBulkList(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := newShop(t, url), context.Background()
			a, ws := s.app, s.sample.Workspace
			for i := range 6 {
				gender := []string{"male", "female"}[i%2]
				phone, name := fmt.Sprintf("09700000%02d", i), fmt.Sprintf("Bulk %d", i)
				if _, err := a.Contacts.Create(ctx, ws, "user:1", contact.Change{Phone: &phone, Name: &name, Gender: &gender}); err != nil {
					t.Fatal(err)
				}
			}
			women := contact.Filter{Search: "bulk", Condition: json.RawMessage(`{"field":"gender","operator":"eq","value":"female"}`)}
			count := func(f contact.Filter, want int64) {
				t.Helper()
				if n, err := a.Contacts.Count(ctx, ws, f, false); err != nil || n.N != want || !n.Exact {
					t.Errorf("%+v: got %+v %v, want %d", f, n, err, want)
				}
			}
			count(women, 3)
			list, err := a.Segments.Create(ctx, ws, "user:1", segment.Form{Name: "Khách chọn", Kind: segment.KindStatic})
			if err != nil {
				t.Fatal(err)
			}
			done, err := a.Contacts.StartBulk(ctx, ws, "user:1", contact.BulkForm{Action: contact.BulkListAdd, ListID: list.ID, Filter: &women})
			if err != nil || done.State != contact.BulkFinished || done.Changed != 3 {
				t.Fatalf("got %+v %v, want 3 people on the list", done, err)
			}
			members := contact.Filter{Condition: json.RawMessage(fmt.Sprintf(`{"field":"segment","operator":"in","value":[%d]}`, list.ID))}
			count(members, 3)
			if done, err := a.Contacts.StartBulk(ctx, ws, "user:1", contact.BulkForm{Action: contact.BulkListRemove, ListID: list.ID, Filter: &members}); err != nil || done.Changed != 3 {
				t.Errorf("got %+v %v, want 3 people off the list", done, err)
			}
			count(members, 0)
			rule, err := a.Segments.Create(ctx, ws, "user:1", segment.Form{Name: "Tất cả", Condition: json.RawMessage(`{"op":"and","items":[]}`)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Contacts.StartBulk(ctx, ws, "user:1", contact.BulkForm{Action: contact.BulkListAdd, ListID: rule.ID, Filter: &women}); !errs.Is(err, "segment.not_a_list") {
				t.Errorf("got %v, want segment.not_a_list", err)
			}
			if _, _, err := a.Contacts.List(ctx, ws, contact.Filter{Condition: json.RawMessage(`{"field":"nix","operator":"eq"}`)}, contact.Window{Limit: 1}); !errs.Is(err, "segment.condition_invalid") {
				t.Errorf("got %v, want segment.condition_invalid", err)
			}
		})
	}
}
