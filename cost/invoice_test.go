package cost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

const (
	ours  = 1 // the connection of the bill, at eSMS
	other = 2 // another one of the workspace
	oa    = 3 // one whose provider charges on delivery
)

// books is a service over one store with a ledger that the test writes itself.
type books struct {
	t    *testing.T
	d    *db.DB
	s    *Service
	ws   int64
	jobs []CompareArgs
}

func newBooks(t *testing.T, d *db.DB) *books {
	t.Helper()
	b := &books{t: t, d: d}
	ctx := context.Background()
	b.must(d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&b.ws)
	}))
	b.s = New(Deps{DB: d, Now: func() time.Time { return day(30) },
		Connection: func(_ context.Context, _, id int64) (Connection, error) {
			if id > oa {
				return Connection{}, errs.NotFound("connection")
			}
			return Connection{Provider: map[int64]string{ours: "esms", other: "esms", oa: "zalo"}[id]}, nil
		},
		Leg: func(key string) (workspace, leg int64, ok bool) {
			n, _ := fmt.Sscanf(key, "k-%d-%d", &workspace, &leg)
			return workspace, leg, n == 2
		},
		Zone:  func(context.Context, int64) (string, error) { return "Asia/Ho_Chi_Minh", nil },
		Audit: func(context.Context, *db.Tx, int64, string, string, string, map[string]any) error { return nil }})
	return b
}

func (b *books) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) run(started, finished time.Time) (id int64) {
	b.t.Helper()
	end := int64(0)
	if !finished.IsZero() {
		end = finished.UnixMilli()
	}
	ctx := context.Background()
	b.must(b.d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO run (workspace_id, kind, source_id, name, state, purpose, class, definition, started_at, finished_at) VALUES ($1, 'campaign', 1, 'a', 'finished', 'care', 1, '{}', $2, $3) RETURNING id`, b.ws, started.UnixMilli(), end).Scan(&id)
	}))
	return id
}

// legs writes n messages; the provider's ids are prefix-0, prefix-1 …
func (b *books) legs(run, connection int64, state int, price int64, accepted time.Time, prefix string, n int) (ids []int64) {
	b.t.Helper()
	ctx := context.Background()
	b.must(b.d.WithTx(ctx, func(tx *db.Tx) error {
		for i := range n {
			var at any
			if !accepted.IsZero() {
				at = accepted.UnixMilli()
			}
			var id, next int64
			if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(contact_id), 0) + 1 FROM leg WHERE workspace_id = $1 AND run_id = $2`, b.ws, run).Scan(&next); err != nil {
				return err
			}
			err := tx.QueryRow(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, attempt, price, accepted_at) VALUES ($1, $2, $3, 0, 'sms', $4, $5, 1, $6, $7) RETURNING id`, b.ws, run, next, connection, state, price, at).Scan(&id)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO attempt (workspace_id, leg_id, no, started_at, ended_at, class, provider_id) VALUES ($1, $2, 1, 1, 1, 'accepted', $3)`, b.ws, id, fmt.Sprintf("%s-%d", prefix, i)); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	}))
	return ids
}

func (b *books) bring(connection int64, file string) *Invoice {
	b.t.Helper()
	inv, err := b.s.Import(context.Background(), b.ws, connection, "user:1", "2026-11", "bảng kê.csv", Columns{}, strings.NewReader(file))
	b.must(err)
	return inv
}

// found writes a summary as "match 3 2550/2550 …", verdicts in the order of the constants.
func found(inv *Invoice) string {
	var out []string
	for _, v := range []string{Match, PriceDiff, NotSent, FailedLeg, Twice, UnknownLeg, NotCharged} {
		if t, ok := inv.Summary.Verdicts[v]; ok {
			out = append(out, fmt.Sprintf("%s %d %d/%d", v, t.Count, t.Charged, t.Expected))
		}
	}
	return strings.Join(out, ", ")
}

// TestFindings brings in a bill as providers write them: a mark at the beginning, titles, semicolons, quotes, apostrophes before numbers, points in amounts, blank rows, sums, and one of each
// kind of fault. Later somebody decides about what was unknown, and the comparison is made again.
func TestFindings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, ctx := newBooks(t, d), context.Background()
		run := b.run(day(5), day(6))
		b.legs(run, ours, legAccepted, 850, day(5), "good", 3)
		b.legs(run, ours, legDelivered, 850, day(5), "dear", 1)
		keyed := b.legs(run, ours, legDelivered, 1700, day(5), "keyed", 1)
		b.legs(run, ours, legFailed, 850, day(5), "failed", 2)
		unknown := b.legs(run, ours, legUnknown, 850, time.Time{}, "unknown", 2)
		b.legs(run, ours, legDelivered, 850, day(5), "missing", 2)
		b.legs(run, ours, legAccepted, 0, day(5), "free", 1)      // costs nothing, so that nobody misses it
		b.legs(run, ours, 2, 0, time.Time{}, "calling", 1)        // the call is under way
		b.legs(run, ours, 7, 0, time.Time{}, "skipped", 1)        // never asked
		b.legs(run, other, legDelivered, 850, day(5), "other", 1) // another connection's
		old := b.run(day(1).AddDate(0, -2, 0), day(1).AddDate(0, -1, 0))
		b.legs(old, ours, legDelivered, 850, day(1).AddDate(0, -2, 0), "old", 1)
		// The month is that of the zone: the last millisecond of October and the first of December there are not the bill's.
		zone := time.FixedZone("ICT", 7*3600)
		b.legs(run, ours, legDelivered, 850, time.Date(2026, 11, 1, 0, 0, 0, 0, zone).Add(-time.Millisecond), "before", 1)
		b.legs(run, ours, legDelivered, 850, time.Date(2026, 12, 1, 0, 0, 0, 0, zone), "after", 1)
		b.legs(run, ours, legDelivered, 850, time.Date(2026, 11, 1, 0, 0, 0, 0, zone), "first", 1)
		file := "\ufeffBẢNG KÊ SẢN LƯỢNG;;;\r\nKhách hàng: \"Cửa hàng \"\"Mẫu\"\"\";;;\r\n;;;\r\nSTT;Mã tin nhắn;Tracking ID;Số điện thoại;Thành tiền (VNĐ)\r\n" +
			"1;good-0;;0901234567;850\r\n2;'good-1;;84901234568;\"850,00\"\r\n3;good-2;;0901234569;850 đ\r\n" +
			"4;dear-0;;0901234570;1.200\r\n" + // another price
			fmt.Sprintf("5;;k-%d-%d;0901234571;1.700\r\n", b.ws, keyed[0]) + // by our key alone
			"6;failed-0;;0901234572;850\r\n7;failed-1;;0901234572;0\r\n" + // the second was not charged, as it should be
			"8;unknown-0;;0901234573;850\r\n9;unknown-1;;0901234573;850\r\n" +
			"10;good-0;;0901234567;850\r\n" + // twice
			"11;nobody-1;;0901234574;850\r\n12;other-0;;0901234575;850\r\n13;calling-0;;;850\r\n14;skipped-0;;;850\r\n15;nobody-2;;;0\r\n" +
			fmt.Sprintf("16;;k-%d-%d;0901234571;850\r\n", b.ws+1, keyed[0]) + // the key of another workspace
			"17;nobody-3;;;-500\r\n" + // a credit
			";;;;\r\n;;;Tổng cộng;12.345\r\n"
		inv := b.bring(ours, file)
		const want = "match 6 4250/4250, price 1 1200/850, not_sent 6 3750/0, failed 1 850/0, twice 1 850/0, unknown 2 1700/0, not_charged 3 0/2550"
		if got := found(inv); got != want || inv.State != Ready || inv.Compared != 17 || inv.Summary.Lines != 17 || inv.Summary.Passed != 2 {
			t.Errorf("got  %s\nwant %s\n%+v", got, want, inv)
		}
		for verdict, ids := range map[string]string{NotSent: "nobody-1 other-0 calling-0 skipped-0  nobody-3", UnknownLeg: "unknown-0 unknown-1", FailedLeg: "failed-0", Twice: "good-0", PriceDiff: "dear-0", NotCharged: "missing-0 missing-1 first-0"} {
			lines, err := b.s.Lines(ctx, b.ws, ours, inv.ID, verdict, 0, 50)
			b.must(err)
			var got []string
			for _, l := range lines {
				if got = append(got, l.ProviderID); len(l.Hint) > 8 || (verdict == NotSent) != (l.MessageID == 0) {
					t.Errorf("%s: got %+v", verdict, l)
				}
			}
			if strings.Join(got, " ") != ids {
				t.Errorf("%s: got %v, want %s", verdict, got, ids)
			}
		}
		// One unknown turns out to have arrived, the other to have failed; a receipt tells of a failure of what was charged and good.
		for query, leg := range map[string]int64{`UPDATE leg SET state = 4, accepted_at = delivered_at WHERE id = $1`: unknown[0], `UPDATE leg SET state = 5 WHERE id = $1`: unknown[1]} {
			if _, err := d.Exec(ctx, query, leg); err != nil {
				t.Fatal(err)
			}
		}
		again, err := b.s.Check(ctx, b.ws, ours, inv.ID, "user:1")
		b.must(err)
		const settled = "match 7 5100/5100, price 1 1200/850, not_sent 6 3750/0, failed 2 1700/0, twice 1 850/0, not_charged 3 0/2550"
		if got := found(again); got != settled || again.Summary.Charged != inv.Summary.Charged || again.Summary.Passed != 2 {
			t.Errorf("after the decision: got %s (%+v), want %s", got, again.Summary, settled)
		}
		b.must(b.s.Remove(ctx, b.ws, ours, inv.ID, "user:1"))
		if n := b.count(`SELECT COUNT(*) FROM invoice_line`) + b.count(`SELECT COUNT(*) FROM invoice`); n != 0 {
			t.Errorf("got %d rows after the removal, want none", n)
		}
	})
}

// TestChargedOnDelivery: of an OA only what was delivered is missed on a bill; what was only accepted may still be returned for nothing.
func TestChargedOnDelivery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBooks(t, d)
		run := b.run(day(5), time.Time{})
		b.legs(run, oa, legAccepted, 300, day(5), "taken", 2)
		b.legs(run, oa, legDelivered, 300, day(5), "there", 2)
		if got, want := found(b.bring(oa, "msg_id,price\nthere-0,300\ntaken-0,300\n")), "match 2 600/600, not_charged 1 0/300"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// TestLongBill compares a bill in the background: cut off after every few pages, by two workers at once, and again; the result is that of one go.
func TestLongBill(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, ctx := newBooks(t, d), context.Background()
		b.s.Enqueue = func(_ context.Context, _ *db.Tx, a CompareArgs) error { b.jobs = append(b.jobs, a); return nil }
		run := b.run(day(5), day(6))
		b.legs(run, ours, legDelivered, 850, day(5), "a", 2600)
		b.legs(b.run(day(7), day(8)), ours, legDelivered, 850, day(7), "b", 40)
		var file strings.Builder
		file.WriteString("id,amount\n")
		for i := range 2700 {
			fmt.Fprintf(&file, "a-%d,850\n", i%2500) // 200 twice, across pages; 100 and the second run are not charged
		}
		inv := b.bring(ours, file.String())
		if inv.State != Comparing || inv.Compared != 0 || inv.Summary.Lines != 2700 || len(b.jobs) != 1 {
			t.Fatalf("got %+v and %d jobs, want a bill that waits for its job", inv, len(b.jobs))
		}
		if _, err := b.s.Check(ctx, b.ws, ours, inv.ID, "user:1"); !errs.Is(err, "invoice.busy") {
			t.Errorf("check while comparing: got %v, want invoice.busy", err)
		}
		for range 3 {
			b.must(d.WithTx(ctx, func(tx *db.Tx) error { _, err := b.s.step(ctx, tx, b.ws, inv.ID); return err }))
		}
		broken := errors.New("killed")
		if err := d.WithTx(ctx, func(tx *db.Tx) error {
			if _, err := b.s.step(ctx, tx, b.ws, inv.ID); err != nil {
				return err
			}
			return broken
		}); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		half, err := b.s.Invoice(ctx, b.ws, ours, inv.ID)
		b.must(err)
		if half.Compared != 3*page || half.State != Comparing || half.Summary.Verdicts[Match].Count != 3*page {
			t.Errorf("half way: got %+v, want %d lines compared", half, 3*page)
		}
		var workers sync.WaitGroup
		for range 2 {
			workers.Go(func() {
				if err := b.s.Compare(ctx, b.jobs[0]); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		const want = "match 2500 2125000/2125000, twice 200 170000/0, not_charged 140 0/119000"
		done, err := b.s.Invoice(ctx, b.ws, ours, inv.ID)
		b.must(err)
		if got := found(done); got != want || done.State != Ready || done.Compared != 2700 {
			t.Errorf("got %s, %s; want %s, ready", got, done.State, want)
		}
		if n := b.count(`SELECT COUNT(*) FROM invoice_line`); n != 2840 {
			t.Errorf("got %d lines, want 2840", n)
		}
		_, err = b.s.Check(ctx, b.ws, ours, inv.ID, "user:1")
		b.must(err)
		b.must(b.s.Compare(ctx, b.jobs[1]))
		if again, err := b.s.Invoice(ctx, b.ws, ours, inv.ID); err != nil || found(again) != want {
			t.Errorf("again: got %s (%v), want %s", found(again), err, want)
		}
		b.must(b.s.Remove(ctx, b.ws, ours, inv.ID, "user:1"))
		b.must(b.s.Compare(ctx, b.jobs[1])) // a job that comes after the removal
	})
}

// broken fails after what it holds.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestUploadBreaksOff: of a file that cannot be read to its end nothing is kept.
func TestUploadBreaksOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, ctx := newBooks(t, d), context.Background()
		long := "id,amount\n" + strings.Repeat("x,850\n", 3*page)
		for name, file := range map[string]io.Reader{"line": broken{strings.NewReader(long)}, "names": strings.NewReader("a,b\n1,2\n"), "quote": strings.NewReader("id,amount\n\"x,850\n")} {
			if _, err := b.s.Import(ctx, b.ws, ours, "user:1", "2026-11", "a.csv", Columns{}, file); err == nil {
				t.Errorf("%s: got no error", name)
			}
		}
		if _, err := b.s.Import(ctx, b.ws, 9, "user:1", "2026-11", "a.csv", Columns{}, strings.NewReader(long)); !errs.Is(err, "connection.not_found") {
			t.Errorf("got %v, want connection.not_found", err)
		}
		if _, err := b.s.Import(ctx, b.ws, ours, "user:1", "11/2026", "a.csv", Columns{}, strings.NewReader(long)); !errs.Is(err, "invoice.month_invalid") {
			t.Errorf("got %v, want invoice.month_invalid", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM invoice_line`) + b.count(`SELECT COUNT(*) FROM invoice`); n != 0 {
			t.Errorf("got %d rows, want none", n)
		}
	})
}

func (b *books) count(query string) (n int) {
	b.t.Helper()
	b.must(b.d.QueryRow(context.Background(), query).Scan(&n))
	return n
}
