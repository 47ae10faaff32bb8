package voucher

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/proof"
)

var noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)

type world struct {
	t   *testing.T
	s   *Service
	now time.Time
	ws  int64
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: noon}
	w.s = New(Deps{DB: d, Now: func() time.Time { return w.now }, Audit: func(context.Context, *db.Tx, int64, string, string, string, map[string]any) error { return nil }})
	if err := d.Writer().QueryRow(`INSERT INTO workspace (name, created_at) VALUES ('Tiệm Hoa', 1) RETURNING id`).Scan(&w.ws); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) voucher(codes string) int64 {
	w.t.Helper()
	v, err := w.s.Create(context.Background(), w.ws, "user:1", Form{Name: "Giảm 50k", Worth: "Giảm 50.000 ₫"})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.Import(context.Background(), w.ws, v.ID, "user:1", strings.NewReader(codes)); err != nil {
		w.t.Fatal(err)
	}
	return v.ID
}

func (w *world) give(id int64, people ...int64) string {
	w.t.Helper()
	places, err := w.s.GiveNow(context.Background(), w.ws, id, "user:1", people)
	if err != nil {
		w.t.Fatal(err)
	}
	var words []string
	for _, p := range places {
		words = append(words, strings.TrimSuffix(fmt.Sprintf("%d %s %s%s", p.ContactID, p.State, p.Code, p.Reason), " "))
	}
	return strings.Join(words, ", ")
}

func (w *world) counts(id int64) Counts {
	w.t.Helper()
	v, err := w.s.Get(context.Background(), w.ws, id)
	if err != nil {
		w.t.Fatal(err)
	}
	c := v.Counts
	if c.Codes != c.Free+c.Given || c.Asked != c.Waiting+c.Given+c.Failed {
		w.t.Errorf("the figures do not add up: %+v", c)
	}
	return c
}

func TestEachCodeGoesToOnePerson(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "voucher", "sent", "delivered", "failed")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.voucher("code\nTET-0001\ntet-0002 \nTET-0001\n\"TET-0003\";50000\n!!\n")
		if got, want := w.counts(id), (Counts{Codes: 3, Free: 3}); got != want {
			t.Fatalf("after the import: got %+v, want %+v", got, want)
		}
		if got, want := w.give(id, 11, 12), "11 given TET-0001, 12 given TET-0002"; got != want {
			t.Errorf("two people: got %q, want %q", got, want)
		}
		if got, want := w.give(id, 12, 13, 14), "12 given TET-0002, 13 given TET-0003, 14 failed voucher.empty"; got != want {
			t.Errorf("one of them again, and one too many: got %q, want %q", got, want)
		}
		if got, want := w.counts(id), (Counts{Codes: 3, Given: 3, Asked: 4, Failed: 1}); got != want {
			t.Errorf("when it is empty: got %+v, want %+v", got, want)
		}
		if _, err := w.s.Generate(context.Background(), w.ws, id, "user:1", Generation{Count: 2, Prefix: "xuan-"}); err != nil {
			t.Fatal(err)
		}
		if n, err := w.s.Retry(context.Background(), w.ws, id); err != nil || n != 1 {
			t.Errorf("retry: got %d %v, want 1", n, err)
		}
		if got := w.give(id, 14); !strings.HasPrefix(got, "14 given XUAN-") || len(got) != len("14 given XUAN-")+8 {
			t.Errorf("after new codes came: got %q", got)
		}
		if err := w.s.Delete(context.Background(), w.ws, id, "user:1"); !errs.Is(err, "voucher.in_hands") {
			t.Errorf("delete: got %v, want voucher.in_hands", err)
		}
	})
}

func TestTimesAndClosing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		id := w.voucher("AAAA-1\nAAAA-2\nAAAA-3\n")
		from, until := noon.Add(time.Hour), noon.Add(48*time.Hour)
		if _, err := w.s.Update(ctx, w.ws, id, "user:1", Form{Name: "Giảm", ValidFrom: &from, ValidUntil: &until}); err != nil {
			t.Fatal(err)
		}
		redeem := func(code, ref string) string {
			r, err := w.s.Redeem(ctx, w.ws, "key:1", Redemption{Code: code, Reference: ref})
			if e, ok := errs.As(err); ok {
				return e.Code
			}
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%d %v", r.ContactID, r.Again)
		}
		for _, step := range []struct {
			at   time.Time
			do   func() string
			want string
		}{
			{from.Add(-time.Millisecond), func() string { return w.give(id, 1) }, "1 failed voucher.not_yet"},
			{from, func() string { return w.give(id, 1) }, "1 given AAAA-1"},
			{from, func() string { return redeem("aaaa-1 ", "don-7") }, "1 false"},
			{from, func() string { return redeem("AAAA-1", "don-7") }, "1 true"},
			{from, func() string { return redeem("AAAA-1", "don-8") }, "voucher.code_used"},
			{from, func() string { return redeem("AAAA-2", "don-8") }, "voucher_code.not_found"},
			{from, func() string { return redeem("không phải mã", "don-8") }, "voucher_code.not_found"},
			{until.Add(-time.Millisecond), func() string { return w.give(id, 2) }, "2 given AAAA-2"},
			{until, func() string { return w.give(id, 3) }, "3 failed voucher.over"},
			{until, func() string { return redeem("AAAA-2", "don-9") }, "voucher.over"},
			{until, func() string { return redeem("AAAA-1", "don-7") }, "1 true"},
		} {
			w.now = step.at
			if got := step.do(); got != step.want {
				t.Errorf("at %s: got %q, want %q", step.at, got, step.want)
			}
		}
		w.now = from
		if _, err := w.s.Close(ctx, w.ws, id, "user:1", false); err != nil {
			t.Fatal(err)
		}
		if got, want := w.give(id, 3), "3 failed voucher.closed"; got != want {
			t.Errorf("closed: got %q, want %q", got, want)
		}
		if got, want := redeem("AAAA-2", "don-9"), "2 false"; got != want {
			t.Errorf("a code in people's hands after closing: got %q, want %q", got, want)
		}
	})
}

var errBroken = errors.New("the giver was killed")

// TestContendersForTheLastCode lets 200 givers run for one code on two nodes, a fifth of which die between taking the code and the commit: exactly one person ends up with it.
func TestContendersForTheLastCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		id := w.voucher("LAST-ONE\n")
		other := New(w.s.Deps) // a second node on the same store
		var wait sync.WaitGroup
		for i := range 200 {
			node := []*Service{w.s, other}[i%2]
			wait.Go(func() {
				err := d.WithTx(ctx, func(tx *db.Tx) error {
					if _, err := node.Give(ctx, tx, w.ws, id, "user:1", []int64{int64(i + 1)}); err != nil {
						return err
					}
					if i%5 == 0 {
						return errBroken
					}
					return nil
				})
				if err != nil && !errors.Is(err, errBroken) {
					t.Errorf("giver %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		if got, want := w.counts(id), (Counts{Codes: 1, Given: 1, Asked: 160, Failed: 159}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestGeneratedCodesDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	id := w.voucher("")
	sum, err := w.s.Generate(context.Background(), w.ws, id, "user:1", Generation{Count: 2500, Length: 6})
	if err != nil || sum.Added != 2500 || w.counts(id).Free != 2500 {
		t.Errorf("got %+v %v, want 2,500 codes", sum, err)
	}
	for want, g := range map[string]Generation{"voucher.code_short": {Count: 1, Length: 5}, "voucher.code_prefix": {Count: 1, Prefix: "tết"}} {
		if _, err := w.s.Generate(context.Background(), w.ws, id, "user:1", g); !errs.Is(err, want) {
			t.Errorf("%+v: got %v, want %s", g, err, want)
		}
	}
}

func FuzzCleanCode(f *testing.F) {
	for _, s := range []string{"TET-0001", " a b c d ", "ĐẸP", "\x00\xff", strings.Repeat("A", 65), "''; --"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		code, ok := cleanCode(raw)
		if again, fine := cleanCode(code); ok && (!fine || again != code) {
			t.Errorf("%q: cleaned to %q, and that to %q", raw, code, again)
		}
	})
}
