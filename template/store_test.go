package template

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// twoWorkspaces makes two workspaces and a service with a standing clock.
func twoWorkspaces(t *testing.T, d *db.DB) (s *Service, a, b int64) {
	t.Helper()
	ctx := context.Background()
	err := d.WithTx(ctx, func(tx *db.Tx) error {
		for _, id := range []*int64{&a, &b} {
			if err := tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ($1, $2) RETURNING id`, "Cửa hàng Mẫu", 1).Scan(id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return New(Deps{DB: d, Now: func() time.Time { return time.UnixMilli(1_780_000_000_000).UTC() }}), a, b
}

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s, ws, other := twoWorkspaces(t, d)
		first, err := s.Create(ctx, ws, "user:1", "  Quà   Tết ", channel.SMS, raw(t, SMSContent{Text: "Chào {{ contact.name }}"}))
		if err != nil {
			t.Fatal(err)
		}
		if first.Name != "Quà Tết" || first.Version != 1 || first.ID == 0 {
			t.Errorf("Create = %+v, want version 1 with a tidy name", first)
		}
		if _, err := s.Create(ctx, ws, "user:1", "x", channel.SMS, raw(t, SMSContent{Text: "{{ a"})); !errs.Is(err, "template.unclosed") {
			t.Errorf("Create of a broken text = %v, want template.unclosed", err)
		}
		if _, err := s.Create(ctx, ws, "user:1", " ", channel.SMS, raw(t, SMSContent{Text: "a"})); !errs.Is(err, "template.name_empty") {
			t.Errorf("Create without a name = %v, want template.name_empty", err)
		}

		// A new content is a new version; the old one stays; the same content again is none.
		content := raw(t, SMSContent{Text: "Kính chào {{ contact.name }}"})
		second, err := s.Update(ctx, ws, "user:2", first.ID, Change{Content: content, Base: 1})
		if err != nil || second.Version != 2 {
			t.Fatalf("Update = %+v, %v, want version 2", second, err)
		}
		if again, err := s.Update(ctx, ws, "user:2", first.ID, Change{Content: content}); err != nil || again.Version != 2 {
			t.Errorf("Update with the same content = version %d, %v, want 2", again.Version, err)
		}
		if _, err := s.Update(ctx, ws, "user:2", first.ID, Change{Content: content, Base: 1}); !errs.Is(err, "template.changed") {
			t.Errorf("Update from an old version = %v, want template.changed", err)
		}
		old, err := s.Version(ctx, ws, first.ID, 1)
		if err != nil || string(old.Content) != string(first.Content) {
			t.Errorf("Version(1) = %s, %v, want %s", old.Content, err, first.Content)
		}
		c, err := s.Compiled(ctx, ws, first.ID, 2)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Render(Data{Contact: Person{Name: "An"}}); err != nil || got.Text != "Kinh chao An" {
			t.Errorf("Render of version 2 = %q, %v", got.Text, err)
		}

		// Another workspace sees nothing.
		for name, err := range map[string]error{
			"get":     second2(s.Get(ctx, other, first.ID)),
			"version": second2(s.Version(ctx, other, first.ID, 1)),
			"update":  second2(s.Update(ctx, other, "user:3", first.ID, Change{Content: content})),
			"clone":   second2(s.Clone(ctx, other, "user:3", first.ID, "x")),
			"delete":  s.Delete(ctx, other, first.ID),
		} {
			if !errs.Is(err, "template.not_found") {
				t.Errorf("%s from another workspace = %v, want template.not_found", name, err)
			}
		}

		clone, err := s.Clone(ctx, ws, "user:2", first.ID, "Bản sao")
		if err != nil || clone.Version != 1 || string(clone.Content) != string(second.Content) {
			t.Errorf("Clone = %+v, %v, want version 1 with the newest content", clone, err)
		}
		if err := s.Delete(ctx, ws, first.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(ctx, ws, first.ID); !errs.Is(err, "template.not_found") {
			t.Errorf("Get of a deleted template = %v, want template.not_found", err)
		}
		if _, err := s.Version(ctx, ws, first.ID, 2); err != nil {
			t.Errorf("Version of a deleted template = %v, want it kept", err)
		}
	})
}

func second2(_ Template, err error) error { return err }

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s, ws, other := twoWorkspaces(t, d)
		make := func(ws int64, name string, ch channel.Channel, content any) {
			if _, err := s.Create(ctx, ws, "user:1", name, ch, raw(t, content)); err != nil {
				t.Fatal(err)
			}
		}
		make(ws, "Đặt hàng", channel.SMS, SMSContent{Text: "a"})
		make(ws, "Sinh nhật", channel.ZNS, ZNSContent{TemplateID: "1"})
		make(ws, "ĐẶT LỊCH", channel.SMS, SMSContent{Text: "b"})
		make(other, "Đặt bàn", channel.SMS, SMSContent{Text: "c"})
		tests := []struct {
			name string
			f    Filter
			want []string
			more bool
		}{
			{"all", Filter{}, []string{"ĐẶT LỊCH", "Sinh nhật", "Đặt hàng"}, false},
			{"channel", Filter{Channel: channel.ZNS}, []string{"Sinh nhật"}, false},
			{"folded search", Filter{Search: "dat"}, []string{"ĐẶT LỊCH", "Đặt hàng"}, false},
			{"first page", Filter{Search: "đặt", Limit: 1}, []string{"ĐẶT LỊCH"}, true},
			{"nothing", Filter{Search: "%"}, nil, false},
		}
		for _, tt := range tests {
			page, next, err := s.List(ctx, ws, tt.f)
			var got []string
			for _, p := range page {
				got = append(got, p.Name)
			}
			if err != nil || !equal(got, tt.want) || (next != 0) != tt.more {
				t.Errorf("%s: List = %q, next %d, %v; want %q, more %v", tt.name, got, next, err, tt.want, tt.more)
			}
			if tt.more {
				tt.f.Before = next
				if page, next, err := s.List(ctx, ws, tt.f); err != nil || len(page) != 1 || page[0].Name != "Đặt hàng" || next != 0 {
					t.Errorf("%s: second page = %+v, next %d, %v", tt.name, page, next, err)
				}
			}
		}
	})
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestCheck(t *testing.T) {
	t.Parallel()
	r, err := Check(channel.SMS, raw(t, SMSContent{Text: "Gia {{ contact.attrs.gia | money_vnd }} {{ contact.nmae }}", Unicode: true}), Data{}, 470)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Gia 1.250.000 đ"; r.Sample.Text != want || r.PriceVND != 470 || !equal(r.Unknown, []string{"contact.nmae"}) || !equal(r.Warnings, []string{"template.unknown_variable", "template.sms_offending"}) {
		t.Errorf("Check = %+v", r)
	}
}
