package campaign

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// BenchmarkForecast forecasts a campaign to a third of 1,000,000 contacts and to all of them. LOA_BENCH=1 runs it on PostgreSQL, too.
func BenchmarkForecast(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite}
	if os.Getenv("LOA_BENCH") != "" {
		engines["postgres"] = dbtest.Postgres
	}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			ctx := context.Background()
			x := newWorld(b, d)
			_, err := d.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, attrs, reach, consent, blocked, shared, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
SELECT CAST($1 AS bigint), 'Khách hàng số ' || CAST(i AS text), '+849' || CAST(10000000 + i - i % 50 / 49 AS text), 'khach' || CAST(i AS text) || '@example.com',
 CASE i % 3 WHEN 0 THEN '{"hang":"vang","tong_chi_tieu":1250000}' ELSE '{"hang":"bac","tong_chi_tieu":250000}' END`+cast(d)+`,
 CASE i % 20 WHEN 0 THEN 1 WHEN 1 THEN 6 ELSE 7 END, CASE i % 7 WHEN 0 THEN 0 ELSE 7 END, CASE i % 100 WHEN 0 THEN 7 ELSE 0 END, CASE WHEN i % 50 >= 48 THEN 6 ELSE 0 END, 1, 1 FROM n`, x.ws)
			x.must(err)
			for _, everyone := range []bool{true, false} {
				f := x.full()
				if everyone {
					f.Audience = Audience{Everyone: true}
				}
				c := x.create(f)
				label := map[bool]string{true: "everyone", false: "segment"}[everyone]
				b.Run(label, func(b *testing.B) {
					for range b.N {
						began := time.Now()
						got, err := x.s.Forecast(ctx, "vi", x.ws, c.ID)
						x.must(err)
						b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms")
						b.ReportMetric(float64(got.People), "people")
						b.ReportMetric(float64(got.Duplicates), "duplicates")
					}
				})
			}
		})
	}
}

// BenchmarkValues checks the values of 100,000 people on three channels, as an activation does. LOA_BENCH=1 runs it on PostgreSQL, too.
func BenchmarkValues(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite}
	if os.Getenv("LOA_BENCH") != "" {
		engines["postgres"] = dbtest.Postgres
	}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			d, ctx := open(b), context.Background()
			x := newWorld(b, d)
			_, err := d.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, attrs, reach, consent, blocked, shared, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
SELECT CAST($1 AS bigint), CASE WHEN i % 1000 = 0 THEN '' ELSE 'Khách hàng số ' || CAST(i AS text) END, '+849' || CAST(10000000 + i AS text), 'khach' || CAST(i AS text) || '@example.com',
 '{"hang":"vang","tong_chi_tieu":1250000}'`+cast(d)+`, 7, 7, 0, 0, 1, 1 FROM n`, x.ws)
			x.must(err)
			c := x.create(x.full())
			b.ResetTimer()
			for range b.N {
				began := time.Now()
				_, err := x.s.Activate(ctx, x.ws, c.ID, "user:1")
				b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms")
				if e, ok := errs.As(err); !ok || e.Code != "campaign.values_refused" || e.Params["people"] != "100" {
					b.Fatalf("got %v, want 100 people refused", err)
				}
			}
		})
	}
}

func cast(d *db.DB) string {
	if d.Dialect == db.Postgres {
		return "::jsonb"
	}
	return ""
}
