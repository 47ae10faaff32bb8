package workspace

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/httpx"
)

func TestDevices(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		signIn := fields{"email": "lan@example.vn", "password": goodPassword}
		phone, laptop := w.client("User-Agent", "Điện thoại "+strings.Repeat("x", 400)), w.client("User-Agent", "Laptop")
		phone.want(200, "", "POST", "/session", signIn)
		laptop.want(200, "", "POST", "/session", signIn)
		_, theirs := w.other()
		stranger := w.client("User-Agent", "Quốc's")
		stranger.want(200, "", "POST", "/session", fields{"email": "quoc@example.vn", "password": goodPassword})
		var list []Device
		laptop.into(&list, "GET", "/sessions", nil)
		if len(list) != 3 {
			t.Fatalf("got %d sessions, want 3: %+v", len(list), list)
		}
		byAgent := map[string]Device{}
		for _, x := range list {
			byAgent[strings.Fields(x.Agent)[0]] = x
			if x.Current != (x.Agent == "Laptop") || x.Address == "" || x.StartedAt.IsZero() || x.SeenAt.Sub(x.StartedAt).Abs() > 10*time.Minute || x.EndsAt.Sub(x.StartedAt) < 29*24*time.Hour || len(x.Agent) > 300 {
				t.Errorf("got %+v", x)
			}
		}
		lost := byAgent["Điện"]
		stranger.want(404, "session.not_found", "DELETE", "/sessions/"+lost.ID, nil)
		laptop.want(204, "", "DELETE", "/sessions/"+lost.ID, nil)
		laptop.want(404, "session.not_found", "DELETE", "/sessions/"+lost.ID, nil)
		phone.want(401, "access.sign_in", "GET", "/session", nil)
		owner.want(200, "", "GET", "/session", nil)
		if got := laptop.want(200, "", "POST", "/sessions/end-others", nil); !strings.Contains(got, `"ended":1`) {
			t.Errorf("got %s, want one ended", got)
		}
		if got := laptop.want(200, "", "POST", "/sessions/end-others", nil); !strings.Contains(got, `"ended":0`) {
			t.Errorf("got %s, want none ended", got)
		}
		owner.want(401, "access.sign_in", "GET", "/session", nil)
		laptop.want(200, "", "GET", "/session", nil)
		stranger.want(200, "", "GET", "/session", nil)
		_, key := w.key(theirs.ID, httpx.Owner)
		key.want(403, "access.users_only", "GET", "/sessions", nil)
	})
}

func TestSeveralWorkspaces(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		owner.want(422, "workspace.name_invalid", "POST", "/workspaces", fields{"name": " "})
		owner.want(422, "workspace.timezone_unknown", "POST", "/workspaces", fields{"name": "Hai", "timezone": "Mars"})
		var made Membership
		owner.into(&made, "POST", "/workspaces", fields{"name": "Tiệm  Hai"})
		if made.Name != "Tiệm Hai" || made.Role != httpx.Owner || made.Timezone != DefaultZone {
			t.Errorf("got %+v", made)
		}
		var me sessionBody
		owner.into(&me, "GET", "/session", nil)
		if len(me.Workspaces) != 2 || me.Workspace.WorkspaceID != 1 {
			t.Errorf("got %+v", me)
		}
		owner.header.Set(WorkspaceHeader, fmt.Sprint(made.WorkspaceID))
		owner.into(&me, "GET", "/session", nil)
		if me.Workspace.Name != "Tiệm Hai" {
			t.Errorf("got %+v", me)
		}
		if got := owner.want(200, "", "GET", "/audit", nil); strings.Count(got, `"id"`) != 1 || !strings.Contains(got, "workspace.create") {
			t.Errorf("log of the new workspace: got %s", got)
		}
		// Somebody who owns nothing makes nothing.
		if _, _, err := w.s.AddMember(context.Background(), 1, httpx.Actor{UserID: 1, Role: httpx.Owner}, "Mai", "mai@example.vn", goodPassword, "", httpx.Marketer); err != nil {
			t.Fatal(err)
		}
		mai := w.client()
		mai.want(200, "", "POST", "/session", fields{"email": "mai@example.vn", "password": goodPassword})
		mai.want(403, "workspace.owners_only", "POST", "/workspaces", fields{"name": "Của Mai"})
	})
}

func TestAuditFilters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		at := func(offset time.Duration, actor, action, target string) {
			t.Helper()
			w.clock.Set(time.Date(2026, 3, 5, 3, 0, 0, 0, time.UTC).Add(offset), 0)
			if err := d.WithTx(context.Background(), func(tx *db.Tx) error {
				return w.s.Audit(context.Background(), tx, 1, actor, action, target, nil)
			}); err != nil {
				t.Fatal(err)
			}
		}
		at(0, "user:5", "campaign.pause", "campaign:7")
		at(time.Hour, "key:5", "campaign.resume", "campaign:70")
		at(2*time.Hour, "user:5", "import.start", "import:7")
		for query, want := range map[string]int{
			"actor=user:5": 2, "actor=key:5": 1, "actor=user:55": 0, "target=campaign:7": 1, "target=campaign:": 2, "action=campaign.&actor=key:5": 1,
			"from=2026-03-05T03:00:00Z": 3, "from=2026-03-05T03:00:00.001Z": 2, "from=2026-03-05T03:00:00Z&to=2026-03-05T05:00:00Z": 2, "from=2026-03-05T10:00:00%2B07:00": 3,
		} {
			var page httpx.Page[AuditEntry]
			owner.into(&page, "GET", "/audit?"+query, nil)
			if len(page.Items) != want {
				t.Errorf("%s: got %d lines, want %d", query, len(page.Items), want)
			}
		}
	})
}

func TestSendingNow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d) // ten in the morning in Vietnam
		owner := w.owner()
		ask := func(body any) map[string]SendingLine {
			t.Helper()
			var got Sending
			owner.into(&got, "POST", "/workspace/sending", body)
			lines := map[string]SendingLine{}
			for _, l := range got.Lines {
				lines[strings.TrimSpace(string(l.Channel)+" "+l.Purpose+" "+l.Kind)] = l
				for _, h := range l.Windows {
					if (h.Source == nil) != (h.Name == "workspace.hours") {
						t.Errorf("%s: got the source %v", h.Name, h.Source)
					}
				}
			}
			if len(lines) != 27 || len(got.Caps) != 3 || got.Caps[0].Source == nil {
				t.Errorf("got %d lines and %d caps, want 27 (six channels and three kinds with hours of their own, for three purposes) and 3", len(lines), len(got.Caps))
			}
			return lines
		}
		if l := ask(fields{})["sms marketing"]; !l.Open || len(l.Windows) != 1 || l.Windows[0].Name != "decree91.messages" {
			t.Errorf("got %+v", l)
		}
		for what, want := range map[string]int{"zns transaction": 0, "zns transaction CUSTOMER_CARE": 1, "zns marketing PROMOTION": 2, "zalo_oa transaction TEMPLATE_PROMOTION": 1} {
			if l, ok := ask(fields{})[what]; !ok || len(l.Windows) != want {
				t.Errorf("%s: got %+v, want %d windows", what, l, want)
			}
		}
		lines := ask(fields{"hours": fields{"sms": fields{"from": "13:00", "to": "15:00"}, "email": fields{"from": "23:00", "to": "23:30"}}})
		if l := lines["sms marketing"]; l.Open || l.Never || len(l.Windows) != 2 || l.OpensAt.Format(time.TimeOnly) != "06:00:00" {
			t.Errorf("got %+v", l)
		}
		if l := lines["sms transaction"]; !l.Open || len(l.Windows) != 0 {
			t.Errorf("got %+v", l)
		}
		if l := lines["email marketing"]; l.Open || !l.Never {
			t.Errorf("got %+v", l)
		}
		owner.want(422, "workspace.hours_never", "PATCH", "/workspace", fields{"settings": fields{"hours": fields{"email": fields{"from": "23:00", "to": "23:30"}}}})
		owner.want(422, "workspace.window_invalid", "PATCH", "/workspace", fields{"settings": fields{"hours": fields{"fax": fields{"from": "10:00", "to": "11:00"}}}})
		owner.want(200, "", "PATCH", "/workspace", fields{"settings": fields{"hours": fields{"sms": fields{"from": "13:00", "to": "15:00"}}, "caps": fields{"messages": 1}}})
		if l := ask(fields{})["sms care"]; l.Open {
			t.Errorf("got %+v, want what is stored", l)
		}
	})
}
