package segment

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// million makes n contacts with attributes like those of a shop's list, two tags, and one campaign to all of them.
func million(t testing.TB, d *db.DB, n int) *world {
	t.Helper()
	x := newWorld(t, d)
	x.campaigns(1, 1)
	attrs := `'{"diem":' || CAST(i % 100 AS text) || ',"hang":"' || CASE i % 3 WHEN 0 THEN 'Vàng' WHEN 1 THEN 'Bạc' ELSE 'Kim cương' END || '","tinh_thanh":"Thừa Thiên Huế","tong_chi_tieu":' || CAST(i * 37 % 50000000 AS text) || '}'`
	x.exec(`INSERT INTO contact (workspace_id, name, phone, email, attrs, reach, consent, birthday, birth_md, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
SELECT 1, CASE i % 4 WHEN 0 THEN 'Bùi Minh Quỳnh' WHEN 1 THEN 'Đặng Thị Ánh' WHEN 2 THEN 'Nguyễn Văn Nam' ELSE 'Lê Hoàng Yến' END, '+849' || CAST(10000000 + i AS text), 'khach' || CAST(i AS text) || '@example.com',
 `+d.Dialect.JSON(attrs)+`, 7 - i % 2, 7, '1990-11-21', '11-21', 1, 1 FROM n`, n)
	x.exec(`INSERT INTO tag (id, workspace_id, name, folded, created_at) VALUES (1, 1, 'VIP', 'vip', 1), (2, 1, 'hiếm', 'hiem', 1)`)
	x.exec(`INSERT INTO contact_tag (workspace_id, tag_id, contact_id) SELECT 1, 1, id FROM contact WHERE workspace_id = 1 AND id % 5 = 0`)
	x.exec(`INSERT INTO contact_tag (workspace_id, tag_id, contact_id) SELECT 1, 2, id FROM contact WHERE workspace_id = 1 AND id % 1000 = 0`)
	x.exec(`INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, requested_at, delivered_at, opened_at)
SELECT 1, 101, id, 0, 'zns', 1, 4, 1, 1, CASE id % 4 WHEN 0 THEN CAST(2 AS bigint) ELSE NULL END FROM contact WHERE workspace_id = 1 AND id % 2 = 0`)
	x.must(d.Analyze(context.Background(), "contact", "contact_tag", "leg"))
	return x
}

// BenchmarkCount counts segments over 1,000,000 contacts on SQLite. LOA_BENCH=1 adds PostgreSQL.
func BenchmarkCount(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite}
	if os.Getenv("LOA_BENCH") != "" {
		engines["postgres"] = dbtest.Postgres
	}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			x := million(b, open(b), 1_000_000)
			for _, c := range []struct{ name, condition string }{
				{"attribute+money+tag", `{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"},{"field":"attr.tong_chi_tieu","operator":"gt","value":10000000},{"field":"tag","operator":"in","value":["VIP"]}]}`},
				{"attribute+money+rare tag", `{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"},{"field":"attr.tong_chi_tieu","operator":"gt","value":10000000},{"field":"tag","operator":"in","value":["hiếm"]}]}`},
				{"attribute+money+reach", `{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"},{"field":"attr.tong_chi_tieu","operator":"gt","value":10000000},{"field":"reach.zns","operator":"is","value":true}]}`},
				{"attribute or tag", `{"op":"or","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"},{"field":"tag","operator":"in","value":["VIP"]}]}`},
				{"not tag", `{"field":"tag","operator":"not_in","value":["VIP"]}`},
				{"name contains", `{"field":"name","operator":"contains","value":"quynh"}`},
				{"attribute contains", `{"field":"attr.hang","operator":"contains","value":"vang"}`},
				{"birthday", `{"field":"birthday","operator":"birthday_next_days","value":7}`},
				{"opened", `{"field":"campaign","operator":"did","event":"opened","campaign_id":101}`},
				{"not opened", `{"field":"campaign","operator":"did_not","event":"opened","campaign_id":101}`},
				{"not opened any", `{"field":"campaign","operator":"did_not","event":"opened"}`},
			} {
				b.Run(c.name, func(b *testing.B) {
					var n int64
					began := time.Now()
					for range b.N {
						var err error
						if n, err = x.s.CountCondition(context.Background(), 1, []byte(c.condition)); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(time.Since(began).Milliseconds())/float64(b.N), "ms")
					b.ReportMetric(float64(n), "people")
				})
			}
		})
	}
}
