package report

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
)

// BenchmarkReport reads a campaign with 1,000,000 messages: the first page of everybody, of the few who complained, of one person by name, and the causes. LOA_BENCH=1 runs it on
// PostgreSQL, too.
func BenchmarkReport(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite}
	if os.Getenv("LOA_BENCH") != "" {
		engines["postgres"] = dbtest.Postgres
	}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			d, ctx := open(b), context.Background()
			x := newWorld(b, d)
			c := x.broadcast()
			c, err := x.s.Campaigns.Activate(ctx, x.ws, c.ID, "user:1")
			x.must(err)
			_, err = d.Exec(ctx, `INSERT INTO contact (workspace_id, name, search, phone, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
SELECT CAST($1 AS bigint), 'Khách ' || CAST(i AS text), 'khach ' || CAST(i AS text) || ' +849' || CAST(20000000 + i AS text), '+849' || CAST(20000000 + i AS text), 1, 1 FROM n`, x.ws)
			x.must(err)
			_, err = d.Exec(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, reason, class_of, requested_at, accepted_at, failed_at, complained_at)
SELECT c.workspace_id, CAST($2 AS bigint), c.id, 0, CASE c.id % 2 WHEN 0 THEN 'sms' ELSE 'email' END, 1, CASE c.id % 10 WHEN 0 THEN 5 ELSE 3 END, CASE c.id % 10 WHEN 0 THEN '108' END, CASE c.id % 10 WHEN 0 THEN 'recipient' END, 1,
 CASE c.id % 10 WHEN 0 THEN NULL ELSE 2 END, CASE c.id % 10 WHEN 0 THEN 2 END, CASE c.id % 250001 WHEN 0 THEN 3 END FROM contact c WHERE c.workspace_id = $1`, x.ws, c.RunID)
			x.must(err)
			x.must(x.people.IndexWords(ctx, x.ws))
			x.must(d.Analyze(ctx, "leg", "contact", "contact_word"))
			for _, q := range []struct {
				name string
				f    Filter
			}{{"first page", Filter{}}, {"complained", Filter{Status: message.StatusComplained}}, {"failed", Filter{Status: message.StatusFailed}}, {"person", Filter{Search: "khách 999999"}}, {"phone", Filter{Search: "0920 999 999"}}, {"everybody", Filter{Search: "khach"}}} {
				b.Run(q.name, func(b *testing.B) {
					for range b.N {
						began := time.Now()
						page, _, err := x.s.Activity(ctx, "vi", x.ws, c.ID, q.f)
						x.must(err)
						b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms")
						b.ReportMetric(float64(len(page)), "lines")
					}
				})
			}
			b.Run("causes", func(b *testing.B) {
				for range b.N {
					began := time.Now()
					_, err := x.s.Failures(ctx, "vi", x.ws, c.ID)
					x.must(err)
					b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms")
				}
			})
		})
	}
}
