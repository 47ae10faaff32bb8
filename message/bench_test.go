package message

import (
	"context"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// BenchmarkLedger measures the ledger alone: 100,000 people enlisted, claimed, called (an in-process carrier that answers at once), recorded.
func BenchmarkLedger(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				ledgerOnce(b, open(b))
			}
		})
	}
}

func ledgerOnce(b *testing.B, d *db.DB) {
	const people = 100_000
	t := &testing.T{}
	x := newWorld(t, d)
	ctx := context.Background()
	if _, err := d.Exec(ctx, `INSERT INTO contact (workspace_id, name, phone, email, reach, consent, created_at, updated_at)
 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS bigint)) SELECT $1, 'Người ' || CAST(i AS text), '+849' || CAST(10000000 + i AS text), CAST(i AS text) || '@example.com', 7, 7, 1, 1 FROM n`, x.ws, people); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	run := x.start(Marketing, smsPlan())
	enlisted := time.Now()
	engine, cancel := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() { x.e.Run(engine); close(finished) }()
	for x.sum(run)["processing"] < people {
		<-time.After(5 * time.Millisecond)
	}
	sent := time.Now()
	cancel()
	<-finished
	b.ReportMetric(people/enlisted.Sub(began).Seconds(), "enlisted/s")
	b.ReportMetric(people/sent.Sub(enlisted).Seconds(), "sent/s")
	b.ReportMetric(people/sent.Sub(began).Seconds(), "messages/s")
}
