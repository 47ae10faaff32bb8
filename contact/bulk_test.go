package contact

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

func tagsOf(t *testing.T, s *Service, ws int64) map[string]int64 {
	t.Helper()
	list, err := s.Tags(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, x := range list {
		out[x.Name] = x.People
	}
	return out
}

func TestBulk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		_, other := newService(t, d)
		ctx := context.Background()
		var logged []string
		s.Audit = func(_ context.Context, _ *db.Tx, _ int64, actor, action, target string, detail any) error {
			logged = append(logged, fmt.Sprint(actor, " ", action, " ", detail))
			return nil
		}
		imported(t, s, ws, "a.csv", head+"A,An,0900000001,,,,,VIP\nB,Bình,0900000002,,,,,\nC,Chi,0900000003,,,,,\n", ImportOptions{})
		imported(t, s, other, "b.csv", head+"X,Xa,0900000004,,,,,\n", ImportOptions{})
		people, stranger := everybody(t, s, ws), everybody(t, s, other)[0].ID
		ids := []int64{people[1].ID, people[0].ID, stranger, people[0].ID}
		logged = nil
		got, err := s.StartBulk(ctx, ws, "user:1", BulkForm{Action: BulkTag, Tags: []string{"vip", "Mới"}, IDs: ids})
		if err != nil || got.State != BulkFinished || got.Total != 3 || got.Done != 3 || got.Changed != 2 || got.FinishedAt.IsZero() {
			t.Fatalf("got %+v %v", got, err)
		}
		if tags := tagsOf(t, s, ws); tags["VIP"] != 2 || tags["Mới"] != 2 {
			t.Errorf("got %v", tags)
		}
		if len(tagsOf(t, s, other)) != 0 {
			t.Error("a person of another workspace was tagged")
		}
		if !slices.Equal(logged, []string{"user:1 contact.bulk map[action:tag people:3 tags:[vip Mới]]"}) {
			t.Errorf("logged %q", logged)
		}
		if again, err := s.StartBulk(ctx, ws, "user:1", BulkForm{Action: BulkTag, Tags: []string{"VIP"}, Filter: &Filter{Search: "binh"}}); err != nil || again.Total != 1 || again.Changed != 0 || again.form.Filter != nil || again.form.IDs != nil {
			t.Errorf("said again: got %+v %v", again, err)
		}
		if gone, err := s.StartBulk(ctx, ws, "user:1", BulkForm{Action: BulkUntag, Tags: []string{"VIP", "không có"}, Filter: &Filter{}}); err != nil || gone.Total != 3 || gone.Changed != 2 || tagsOf(t, s, ws)["VIP"] != 0 {
			t.Errorf("untagged: got %+v %v %v", gone, err, tagsOf(t, s, ws))
		}
		for code, f := range map[string]BulkForm{
			"bulk.tags_missing": {Action: BulkTag, IDs: ids}, "bulk.nobody_named": {Action: BulkTag, Tags: []string{"a"}}, "bulk.list_missing": {Action: BulkListAdd, ListID: 1, IDs: ids},
			"bulk.action_unknown": {Action: "delete", IDs: ids}, "bulk.too_many": {Action: BulkTag, Tags: []string{"a"}, IDs: make([]int64, MaxBulkIDs+1)},
		} {
			if _, err := s.StartBulk(ctx, ws, "user:1", f); !errs.Is(err, code) {
				t.Errorf("got %v, want %s", err, code)
			}
		}
	})
}

// TestBulkGoesOn kills a large change in its middle, runs it twice and cancels another.
func TestBulkGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		var queued []int64
		s.EnqueueBulk = func(_ context.Context, _ *db.Tx, _, id int64) error { queued = append(queued, id); return nil }
		if _, err := d.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, reach, created_at, updated_at)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5500) SELECT CAST($1 AS bigint), 'Khách', '+849' || CAST(10000000 + i AS text), 0, 1, 1 FROM n`, ws); err != nil {
			t.Fatal(err)
		}
		var calls, failAt int
		s.AddMembers = func(_ context.Context, _ *db.Tx, _, _ int64, contacts []int64) (int64, error) {
			if calls++; calls == failAt {
				return 0, fmt.Errorf("the machine stops")
			}
			return int64(len(contacts)), nil
		}
		s.RemoveMembers = s.AddMembers
		failAt = 4
		b, err := s.StartBulk(ctx, ws, "user:1", BulkForm{Action: BulkListAdd, ListID: 7, Filter: &Filter{}})
		if err != nil || b.State != BulkQueued || b.Total != 5500 || !slices.Equal(queued, []int64{b.ID}) {
			t.Fatalf("got %+v %v, queued %v", b, err, queued)
		}
		if err := s.RunBulk(ctx, ws, b.ID); err == nil {
			t.Fatal("the failure was lost")
		}
		if b, err = s.Bulk(ctx, ws, b.ID); err != nil || b.State != BulkRunning || b.Done != 2000 {
			t.Errorf("after the stop: got %+v %v", b, err)
		}
		if _, err := s.Create(ctx, ws, "user:1", Change{Phone: ptr("0999999999")}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.RunBulk(ctx, ws, b.ID); err != nil {
				t.Fatal(err)
			}
		}
		if b, err = s.Bulk(ctx, ws, b.ID); err != nil || b.State != BulkFinished || b.Done != 5500 || b.Changed != 5500 {
			t.Errorf("got %+v %v, want all 5,500 once, and not who came later", b, err)
		}
		if err := s.CancelBulk(ctx, ws, b.ID, "user:1"); !errs.Is(err, "bulk.over") {
			t.Errorf("got %v", err)
		}
		tag, err := s.StartBulk(ctx, ws, "user:1", BulkForm{Action: BulkTag, Tags: []string{"Tất cả"}, Filter: &Filter{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CancelBulk(ctx, ws, tag.ID, "user:1"); err != nil {
			t.Fatal(err)
		}
		if err := s.RunBulk(ctx, ws, tag.ID); err != nil || tagsOf(t, s, ws)["Tất cả"] != 0 {
			t.Errorf("a cancelled change ran: %v %v", tagsOf(t, s, ws), err)
		}
		if _, err := s.Bulk(ctx, ws+1, tag.ID); !errs.Is(err, "bulk.not_found") {
			t.Errorf("another workspace: got %v", err)
		}
		if err := s.RunBulk(ctx, ws, 999); err != nil {
			t.Errorf("a change that is gone: got %v", err)
		}
	})
}
