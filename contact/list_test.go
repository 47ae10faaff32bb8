package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// namesOf reads all pages of a list.
func namesOf(t *testing.T, s *Service, ws int64, f Filter, newest bool, limit int) []string {
	t.Helper()
	var out []string
	w := Window{Newest: newest, Limit: limit}
	for {
		page, next, err := s.List(context.Background(), ws, f, w)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > limit {
			t.Fatalf("got %d people on a page of %d", len(page), limit)
		}
		for _, c := range page {
			out = append(out, c.Name)
		}
		if w.After = next; next == 0 {
			return out
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		_, other := newService(t, d)
		imported(t, s, ws, "a.csv", head+
			"KH001,Nguyễn Thị Quỳnh,0912345678,quynh.nguyen@example.com,,,,VIP\n"+
			"kh002,Trần Quỳnh Hương,0987654321,huong@example.com,,,,\n"+
			"Kh 003,Đặng Văn An,0168 234 5678,,,,,VIP\n"+
			"004,O'Hara 100%,,ohara_1@example.com,,,,\n", ImportOptions{})
		imported(t, s, other, "b.csv", head+"KH001,Nguyễn Thị Quỳnh,0912345678,,,,,\n", ImportOptions{})
		if err := d.WithTx(context.Background(), func(tx *db.Tx) error {
			people, _, err := s.List(context.Background(), ws, Filter{Search: "huong"}, Window{Limit: 9})
			if err != nil || len(people) != 1 {
				return fmt.Errorf("got %d people %w", len(people), err)
			}
			return s.AddIdentity(context.Background(), tx, ws, people[0].ID, Identity{Kind: KindPhone, Value: "0900000099"})
		}); err != nil {
			t.Fatal(err)
		}
		const q, h, a, o = "Nguyễn Thị Quỳnh", "Trần Quỳnh Hương", "Đặng Văn An", "O'Hara 100%"
		for _, c := range []struct {
			search string
			want   []string
		}{
			{"quynh", []string{q, h}}, {"QUỲNH", []string{q, h}}, {"quy", []string{q, h}}, {"ynh", nil},
			{"quynh thi", []string{q}}, {"thị  quỳnh", []string{q}}, {"nguyen huong", nil}, {"n q", []string{q}},
			{"dang", []string{a}}, {"Đặng van a", []string{a}},
			{"0912345678", []string{q}}, {"0912 345 678", []string{q}}, {"+84 912.345.678", []string{q}}, {"84912", []string{q}}, {"91234", []string{q}}, {"(0912) 345-678", []string{q}},
			{"0382345678", []string{a}}, {"0168 234 5678", []string{a}}, {"0900000099", []string{h}}, {"quynh 0912", []string{q}}, {"5678", nil},
			{"huong@", []string{h}}, {"HUONG@example.com", []string{h}}, {"ohara_1", []string{o}}, {"ohara%", nil}, {"100%", []string{o}},
			{"kh001", []string{q}}, {"KH002", []string{h}}, {"kh 003", []string{a}}, {"003", []string{a}}, {"004", []string{o}},
			{"không có ai", nil}, {"'; DROP TABLE contact", nil}, {"   ", []string{q, h, a, o}},
		} {
			if got := namesOf(t, s, ws, Filter{Search: c.search}, false, 1); !slices.Equal(got, c.want) {
				t.Errorf("%q: got %q, want %q", c.search, got, c.want)
			}
		}
		if got := namesOf(t, s, ws, Filter{}, true, 3); !slices.Equal(got, []string{o, a, h, q}) {
			t.Errorf("newest first: got %q", got)
		}
		if got := namesOf(t, s, ws, Filter{Tag: "vip"}, true, 1); !slices.Equal(got, []string{a, q}) {
			t.Errorf("tagged: got %q", got)
		}
		if got := namesOf(t, s, ws, Filter{Tag: "vip", Search: "quynh"}, true, 1); !slices.Equal(got, []string{q}) {
			t.Errorf("tagged and found: got %q", got)
		}
		if got := namesOf(t, s, ws, Filter{Tag: "không có"}, true, 1); got != nil {
			t.Errorf("no such tag: got %q", got)
		}
		if _, _, err := s.List(context.Background(), ws, Filter{Condition: json.RawMessage(`{}`)}, Window{Limit: 1}); !errs.Is(err, "contact.no_conditions") {
			t.Errorf("got %v", err)
		}
	})
}

// TestSearchIndex compares the index with plain comparing, through changes of names and departures.
func TestSearchIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		imported(t, s, ws, "a.csv", phoneBook(3000), ImportOptions{})
		people := everybody(t, s, ws)
		r := rand.New(rand.NewSource(2))
		for i := range 20 {
			p := people[r.Intn(len(people))]
			if i%4 == 3 {
				if err := s.Delete(ctx, ws, p.ID, "user:1"); err != nil && !errs.Is(err, "contact.not_found") {
					t.Fatal(err)
				}
				continue
			}
			if err := s.Update(ctx, ws, p.ID, "user:1", Change{Name: ptr("Zoe " + bookName(r))}, nil); err != nil && !errs.Is(err, "contact.not_found") {
				t.Fatal(err)
			}
		}
		people = everybody(t, s, ws)
		for _, text := range []string{"zoe", "quynh", "nguyen thi", "tran van quynh", "le khue", "uoc", "x", "ngo ba", "kh00012", "0910001"} {
			var want []int64
			for _, p := range people {
				if words := " " + Fold(p.Name) + " " + p.Email + " " + p.Phone + " " + Fold(p.ExternalID); all(parseSearch(text).terms, func(t term) bool {
					return slices.ContainsFunc(t.beginnings(), func(w string) bool { return strings.Contains(words, " "+w) })
				}) {
					want = append(want, p.ID)
				}
			}
			var got []int64
			page, next, err := s.List(ctx, ws, Filter{Search: text}, Window{Limit: 5000})
			if err != nil || next != 0 {
				t.Fatal(next, err)
			}
			for _, p := range page {
				got = append(got, p.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: got %d people, want %d", text, len(got), len(want))
			}
			if n, err := s.Count(ctx, ws, Filter{Search: text}, false); err != nil || n != (Counted{int64(len(want)), true}) {
				t.Errorf("%q: counted %+v %v, want %d", text, n, err, len(want))
			}
		}
		if err := s.IndexWords(ctx, ws); err != nil {
			t.Fatal(err)
		}
		if page, _, err := s.List(ctx, ws, Filter{Search: "zoe"}, Window{Limit: 100}); err != nil || len(page) == 0 {
			t.Errorf("indexed again: got %d people %v", len(page), err)
		}
		gone := page0(t, s, ws, "zoe")
		if _, err := s.Erase(ctx, ws, gone, "user:1"); err != nil {
			t.Fatal(err)
		}
		if ids, _, err := byWord(ctx, d, ws, "", 1_000_000); err != nil || slices.Contains(ids, gone) {
			t.Errorf("the index still names an erased person (%v)", err)
		}
	})
}

func page0(t *testing.T, s *Service, ws int64, search string) int64 {
	t.Helper()
	page, _, err := s.List(context.Background(), ws, Filter{Search: search}, Window{Limit: 1})
	if err != nil || len(page) == 0 {
		t.Fatalf("got %d people %v", len(page), err)
	}
	return page[0].ID
}

func all[T any](list []T, f func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !f(v) })
}

func TestUpdateVersion(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		id, err := s.Create(ctx, ws, "user:1", Change{Phone: ptr("0900000001"), Name: ptr("An")})
		if err != nil {
			t.Fatal(err)
		}
		read, err := s.Get(ctx, ws, id)
		if err != nil {
			t.Fatal(err)
		}
		s.Now = func() time.Time { return testDay.Add(time.Minute) }
		if err := s.Update(ctx, ws, id, "user:2", Change{Name: ptr("Bình")}, &read.UpdatedAt); err != nil {
			t.Fatal(err)
		}
		if err := s.Update(ctx, ws, id, "user:1", Change{Name: ptr("Chi")}, &read.UpdatedAt); !errs.Is(err, "contact.changed") {
			t.Errorf("an edit of what somebody else changed: got %v, want contact.changed", err)
		}
		if now, err := s.Get(ctx, ws, id); err != nil || now.Name != "Bình" {
			t.Errorf("got %+v %v", now, err)
		}
		if err := s.Update(ctx, ws, id+99, "user:1", Change{}, &read.UpdatedAt); !errs.Is(err, "contact.not_found") {
			t.Errorf("got %v", err)
		}
	})
}

func FuzzParseSearch(f *testing.F) {
	for _, s := range []string{"quynh", "0912 345 678", "+84", "%_\\", "a b c d e f g h i k", "đ\u0300", "((((", "00840912"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := parseSearch(text)
		n := 0
		if len(s.terms) > termsMost {
			t.Errorf("%d terms", len(s.terms))
		}
		s.where(func(any) string { n++; return "$1" })
		for _, term := range s.terms {
			if len(term.beginnings()) == 0 || strings.ContainsAny(term.word, " \n\t") {
				t.Errorf("%q gives %+v", text, term)
			}
		}
	})
}
