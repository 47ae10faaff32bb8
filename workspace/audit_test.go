package workspace

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

func TestAuditChain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		owner := w.owner()
		_, theirs := w.other()
		parallel(8, func(i int) {
			ws := int64(1)
			if i%2 == 1 {
				ws = theirs.ID
			}
			for range 5 {
				err := d.WithTx(ctx, func(tx *db.Tx) error {
					return w.s.Audit(ctx, tx, ws, "system", "test.act", fmt.Sprintf("thing:%d", i), map[string]any{"b": 1e21, "a": "Đẹp <b>\x00\u2028", "n": 12345678901234567, "deep": []any{map[string]any{"z\x00": nil, "y": 1.50}}})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
		check := func(want AuditCheck) {
			t.Helper()
			got, err := w.s.VerifyAudit(ctx, 1)
			if err != nil || got != want {
				t.Errorf("got %+v %v, want %+v", got, err, want)
			}
		}
		check(AuditCheck{OK: true, Rows: 21})
		if got := owner.want(200, "", "GET", "/audit/check", nil); !strings.Contains(got, `"ok":true`) {
			t.Errorf("got %s", got)
		}
		var page struct {
			Items []AuditEntry `json:"items"`
			Next  string       `json:"next"`
		}
		owner.into(&page, "GET", "/audit?limit=15&action=test.", nil)
		first := len(page.Items)
		owner.into(&page, "GET", "/audit?limit=15&action=test.act&cursor="+page.Next, nil)
		if first != 15 || len(page.Items) != 5 {
			t.Errorf("pages of %d and %d, want 15 and 5", first, len(page.Items))
		}
		var ids []int64
		rows, err := d.Query(ctx, `SELECT id FROM audit WHERE workspace_id = 1 ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		rows.Close()
		exec := func(query string, args ...any) {
			t.Helper()
			if n, err := d.Exec(ctx, query, args...); err != nil || n != 1 {
				t.Fatalf("%s: %d rows, %v", query, n, err)
			}
		}
		exec(`UPDATE audit SET actor = 'user:99' WHERE workspace_id = 1 AND id = $1`, ids[7])
		check(AuditCheck{Rows: 8, BrokenAt: ids[7]})
		exec(`UPDATE audit SET actor = 'system' WHERE workspace_id = 1 AND id = $1`, ids[7])
		check(AuditCheck{OK: true, Rows: 21})
		exec(`UPDATE audit SET detail = '{}' WHERE workspace_id = 1 AND id = $1`, ids[9])
		check(AuditCheck{Rows: 10, BrokenAt: ids[9]})
		exec(`DELETE FROM audit WHERE workspace_id = 1 AND id = $1`, ids[9])
		check(AuditCheck{Rows: 10, BrokenAt: ids[10]})
		for _, id := range ids[10:] {
			exec(`DELETE FROM audit WHERE workspace_id = 1 AND id = $1`, id)
		}
		check(AuditCheck{Rows: 9}) // the end is cut off
	})
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`{"b":1,"a":[1.50,"\\u0000x"]}`: `{"a":[1.5,"\\u0000x"],"b":1}`, `null`: `null`, `"a\u0000b"`: `"ab"`} {
		got, err := canonical(json.RawMessage(in))
		if err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", in, got, err, want)
		}
	}
	if got, _ := canonical(nil); got != "{}" {
		t.Errorf("nil: got %s", got)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, code := range map[string]string{
		goodPassword: "", "ngắn": "user.password_short", "1234567890": "user.password_weak", "aaaaaaaaaaaa": "user.password_weak", "Matkhau1234": "user.password_weak",
		"lanhoang2026": "user.password_weak", "LanHoang@example.vn": "user.password_weak", strings.Repeat("ab1 ", 51): "user.password_long", "hoa hồng đỏ thắm": "",
	} {
		err := checkPassword(password, "lanhoang@example.vn", "Hoàng Thị Lan")
		if got := fmt.Sprint(err); (code == "") != (err == nil) || code != "" && !strings.HasPrefix(got, code) {
			t.Errorf("%q: got %v, want %q", password, err, code)
		}
	}
}

func FuzzCheckEmail(f *testing.F) {
	f.Add("lan@example.vn")
	f.Add("Lan <lan@example.vn>")
	f.Fuzz(func(t *testing.T, text string) {
		folded, err := checkEmail(text)
		if err != nil {
			return
		}
		if again, err := checkEmail(folded); err != nil || again != folded || strings.ContainsAny(folded, "\r\n<> ") && !strings.Contains(folded, `"`) {
			t.Errorf("%q: %q, then %q %v", text, folded, again, err)
		}
	})
}
