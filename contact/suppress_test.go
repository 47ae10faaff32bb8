package contact

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

func TestSuppressMany(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		other, _ := newService(t, d)
		ctx := context.Background()
		for i := range 3 {
			if _, err := s.Create(ctx, ws, "user:1", Change{Phone: ptr(fmt.Sprintf("090000000%d", i)), Email: ptr(fmt.Sprintf("k%d@example.com", i))}); err != nil {
				t.Fatal(err)
			}
		}
		lines := []string{"0900 000 000", " +84900000001 ", "", "K2@Example.com", "0900000000", "không phải số", strings.Repeat("ă", 90)}
		got, err := s.SuppressMany(ctx, ws, "user:1", lines, nil, "khách gọi điện")
		if err != nil {
			t.Fatal(err)
		}
		if got.Added != 3 || got.Already != 1 || got.People != 3 || got.Bad != 2 || got.Refused[0] != (RefusedSource{6, "không phải số", "address"}) || len(got.Refused[1].Text) > 100 {
			t.Errorf("got %+v", got)
		}
		if again, err := s.SuppressMany(ctx, ws, "user:1", lines[:4], nil, ""); err != nil || again.Added != 0 || again.Already != 3 {
			t.Errorf("said again: got %+v %v", again, err)
		}
		for i, want := range []channel.Set{channel.ByPhone, channel.ByPhone, channel.ByEmail} {
			var blocked channel.Set
			if err := d.QueryRow(ctx, `SELECT blocked FROM contact WHERE workspace_id = $1 AND phone = $2`, ws, fmt.Sprintf("+8490000000%d", i)).Scan(&blocked); err != nil || blocked != want {
				t.Errorf("person %d: blocked on %v %v, want %v", i, blocked.List(), err, want.List())
			}
		}
		if got, err := s.SuppressMany(ctx, ws, "user:1", []string{"a@example.com", "0911111111"}, []channel.Channel{channel.SMS}, ""); err != nil || got.Added != 1 || got.Refused[0].Code != "channel" {
			t.Errorf("SMS only: got %+v %v", got, err)
		}
		counts, err := s.CountSuppressions(ctx, ws)
		if err != nil || counts.Active != 4 || counts.Lifted != 0 || len(counts.Reasons) != 1 || counts.Reasons[0] != (SuppressionCount{ReasonManual, 4}) || fmt.Sprint(counts.Channels) != "[{zns 2} {sms 3} {email 1} {zalo_oa 0} {messenger 0} {ai_call 2}]" {
			t.Errorf("got %+v %v", counts, err)
		}
		found := func(f SuppressionFilter, want int) []Suppression {
			t.Helper()
			list, err := s.Suppressions(ctx, ws, f, 10)
			if err != nil || len(list) != want {
				t.Fatalf("%+v: got %d entries %v, want %d", f, len(list), err, want)
			}
			return list
		}
		found(SuppressionFilter{}, 4)
		found(SuppressionFilter{Search: "0911 111 111"}, 1)
		found(SuppressionFilter{Search: "0911111112"}, 0)
		found(SuppressionFilter{Channel: channel.ZNS}, 2)
		found(SuppressionFilter{Reason: ReasonBounced}, 0)
		if _, err := s.Suppressions(ctx, ws, SuppressionFilter{Search: "lan"}, 10); !errs.Is(err, "suppression.search_invalid") {
			t.Errorf("got %v", err)
		}
		if list, err := other.Suppressions(ctx, ws+1000, SuppressionFilter{Search: "0911111111"}, 10); err != nil || len(list) != 0 {
			t.Errorf("another workspace sees %+v %v", list, err)
		}
		entry := found(SuppressionFilter{Search: "0900000000"}, 1)[0]
		if err := s.Lift(ctx, ws, entry.ID, "user:1", "khách đăng ký lại"); err != nil {
			t.Fatal(err)
		}
		found(SuppressionFilter{State: "lifted"}, 1)
		found(SuppressionFilter{State: "active"}, 3)
		var blocked int64
		if err := d.QueryRow(ctx, `SELECT blocked FROM contact WHERE workspace_id = $1 AND phone = '+84900000000'`, ws).Scan(&blocked); err != nil || blocked != 0 {
			t.Errorf("after lifting: blocked %d %v, want 0", blocked, err)
		}
		if _, err := s.SuppressMany(ctx, ws, "user:1", make([]string, MaxSuppress+1), nil, ""); !errs.Is(err, "suppression.too_many") {
			t.Errorf("got %v", err)
		}
		big := make([]string, 3000)
		for i := range big {
			big[i] = fmt.Sprintf("098%07d", i)
		}
		if got, err := s.SuppressMany(ctx, ws, "user:1", big, nil, ""); err != nil || got.Added != 3000 {
			t.Errorf("3,000 lines: got %+v %v", got, err)
		}
	})
}

func ptr[T any](v T) *T { return &v }

// FuzzAddressOf: what is read as an address reads the same again, and its masked form never shows the whole.
func FuzzAddressOf(f *testing.F) {
	for _, text := range []string{"0912 345 678", "+84912345678", "Lan@Example.com", "mailto:a@b.vn", "@", "", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := AddressOf(text)
		if err != nil {
			return
		}
		if again, err := AddressOf(a.Value); err != nil || again != a {
			t.Errorf("%q: got %+v, then %+v %v", text, a, again, err)
		}
		if hint := mask(a); hint == a.Value {
			t.Errorf("%q: the hint %q shows the address", text, hint)
		}
	})
}
