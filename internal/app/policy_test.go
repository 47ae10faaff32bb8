package app

import (
	"context"
	"testing"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/template"
)

// TestZNSUnsendable asks about templates in every state that the catalogue may know.
func TestZNSUnsendable(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := newShop(t, url), context.Background()
			a, ws, oa := s.app, s.sample.Workspace, s.sample.ZNS
			exec := func(query string, args ...any) {
				t.Helper()
				if _, err := a.DB.Exec(ctx, query, args...); err != nil {
					t.Fatal(err)
				}
			}
			expect := func(id, want string) {
				t.Helper()
				f, err := a.znsUnsendable(ctx, ws, oa, id)
				got := ""
				if f != nil {
					got = f.Code + " " + f.Params["template"] + " " + f.Params["status"]
				}
				if err != nil || got != want {
					t.Errorf("%s: got %q (%v), want %q", id, got, err, want)
				}
			}
			exec(`DELETE FROM zns_template WHERE workspace_id = $1`, ws)
			exec(`DELETE FROM zns_sync WHERE workspace_id = $1`, ws)
			expect("1", "") // nothing was ever read: nobody knows
			exec(`INSERT INTO zns_sync (workspace_id, connection_id, synced_at) VALUES ($1, $2, 0)`, ws, oa)
			expect("1", "")
			exec(`UPDATE zns_sync SET synced_at = 5 WHERE workspace_id = $1`, ws)
			expect("1", "campaign.zns_unknown 1 ")
			for _, r := range []struct {
				id, status   string
				detail, gone int64
				want         string
			}{
				{"11", "ENABLE", 5, 0, ""},
				{"12", "ENABLE", 0, 0, ""}, // its parameters are about to be read
				{"13", "PENDING_REVIEW", 5, 0, "campaign.zns_not_sendable Mẫu 13 PENDING_REVIEW"},
				{"14", "REJECT", 5, 0, "campaign.zns_not_sendable Mẫu 14 REJECT"},
				{"15", "DISABLE", 5, 0, "campaign.zns_not_sendable Mẫu 15 DISABLE"},
				{"16", "DELETE", 5, 0, "campaign.zns_not_sendable Mẫu 16 DELETE"},
				{"17", "ENABLE", 5, 1, "campaign.zns_not_sendable Mẫu 17 DELETE"},
				{"18", "ENABLE", 0, 1, "campaign.zns_not_sendable Mẫu 18 DELETE"},
			} {
				exec(`INSERT INTO zns_template (workspace_id, connection_id, template_id, name, status, quality, detail_at, gone) VALUES ($1, $2, $3, $4, $5, 'UNDEFINED', $6, $7)`, ws, oa, r.id, "Mẫu "+r.id, r.status, r.detail, r.gone)
				expect(r.id, r.want)
			}
			for tag, want := range map[string]string{"": "", "CUSTOMER_CARE": "", "PROMOTION": "campaign.zalo_oa_tag", "OTP": "campaign.zalo_oa_otp"} {
				exec(`UPDATE zns_template SET tag = $2 WHERE workspace_id = $1 AND template_id = '11'`, ws, tag)
				f, err := a.unsendable(ctx, ws, oa, &template.Compiled{ZaloOA: &template.ZaloOAContent{Template: &template.ZaloOATemplate{TemplateID: "11", Tag: "TRANSACTION"}}})
				if got := ""; err != nil || f != nil && f.Code != want || f == nil && want != got {
					t.Errorf("a template to a user id that Zalo counts as %q: got %v %v, want %q", tag, f, err, want)
				}
			}
			if f, err := a.znsUnsendable(ctx, ws, s.sample.SMS, "11"); f != nil || err != nil {
				t.Errorf("a connection that is no OA: got %v %v, want nothing", f, err)
			}
		})
	}
}
