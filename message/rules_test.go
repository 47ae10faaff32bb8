package message

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/template"
)

func smsText(text string) LegPlan {
	content, _ := json.Marshal(map[string]string{"text": text})
	return LegPlan{Channel: channel.SMS, ConnectionID: 1, Content: content}
}

func mailText(subject, html string) LegPlan {
	content, _ := json.Marshal(map[string]string{"subject": subject, "html": html, "purpose": "care"})
	return LegPlan{Channel: channel.Email, ConnectionID: 2, Content: content}
}

// TestContentRulesHoldInTheClaim: label and refusal are asked again before the call, of campaigns that were activated all the same, and of the API's messages as of a campaign's. What an
// author tries on a phone of their own is no advert.
func TestContentRulesHoldInTheClaim(t *testing.T) {
	t.Parallel()
	const label, refusal = "[QC] Giam 20%", ". Tu choi: soan TC gui 1900"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(2)
		ctx := context.Background()
		for _, c := range []struct {
			name    string
			purpose Purpose
			plan    LegPlan
			want    string // reason, "" = it goes out
		}{
			{"advert with everything", Marketing, smsText(label + refusal), ""},
			{"no label", Marketing, smsText("Giam 20%" + refusal), "decree91.label"},
			{"no refusal", Marketing, smsText(label), "decree91.opt_out"},
			{"care", Care, smsText("Cam on"), ""},
			{"mail without a label", Marketing, mailText("Ưu đãi", `<a href="{{ unsubscribe_url }}">Hủy</a>`), "decree91.label"},
			{"mail without a way out", Marketing, mailText("[QC] Ưu đãi", "<p>x</p>"), "decree91.mail_opt_out"},
			{"mail with both", Marketing, mailText("[QC] Ưu đãi", `<a href="{{ unsubscribe_url }}">Hủy</a>`), ""},
			{"mail of a transaction", Transaction, mailText("Đơn hàng", "<p>x</p>"), ""},
			{"a promotion of Zalo's for care", Care, LegPlan{Channel: channel.ZNS, ConnectionID: 3, Content: json.RawMessage(`{"template_id":"1","params":{},"tag":"PROMOTION"}`)}, "zns.promotion"},
		} {
			if c.plan.Channel != channel.ZNS {
				run := x.start(c.purpose, c.plan)
				x.deliver(settled, run)
				x.reasons(c.name+", campaign", run, 2, c.want)
			}
			// The caps have tests of their own: everybody begins anew.
			if _, err := d.Exec(ctx, `DELETE FROM leg WHERE workspace_id = $1 AND state <> 7`, x.ws); err != nil {
				t.Fatal(err)
			}
			gate := func(kind string, purpose Purpose) verdict {
				run := &Run{WorkspaceID: x.ws, Kind: kind, Purpose: purpose, Definition: Definition{Zone: "Asia/Ho_Chi_Minh", Legs: []LegPlan{c.plan}}}
				return x.gate(run, c.plan)
			}
			if got := gate(KindAPI, c.purpose); got.skip != c.want {
				t.Errorf("%s, API: got %q, want %q", c.name, got.skip, c.want)
			}
			if got := gate(KindTest, Transaction); got != (verdict{}) {
				t.Errorf("%s, trial: got %+v, want that it goes out", c.name, got)
			}
		}
	})
}

// TestTrialsKeepThePlatformsHours: Zalo does not know that a message is a trial.
func TestTrialsKeepThePlatformsHours(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		for tag, waits := range map[string]bool{"PROMOTION": true, "CUSTOMER_CARE": true, "TRANSACTION": false, "OTP": false} {
			plan := LegPlan{Channel: channel.ZNS, ConnectionID: 3, Content: json.RawMessage(`{"template_id":"1","params":{},"tag":"` + tag + `"}`)}
			run := &Run{WorkspaceID: x.ws, Kind: KindTest, Purpose: Transaction, Definition: Definition{Zone: "Europe/London", Legs: []LegPlan{plan}}} // three in the morning there
			if got := x.gate(run, plan); got.skip != "" || (got.until > 0) != waits {
				t.Errorf("%s: got %+v, want waits = %v", tag, got, waits)
			}
		}
	})
}

// TestStreamsAreCapped: the API's adverts to one person count against each other, also those that one claim takes at once, and against the campaigns'.
func TestStreamsAreCapped(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(2)
		r := Request{Kind: KindAPI, SourceID: 3, Name: "API", Purpose: Marketing, Definition: Definition{Legs: []LegPlan{smsPlan()}}}
		var run int64
		for range 5 {
			for contact := range int64(2) {
				r.ContactID = contact + 1
				run = x.mustAsk(r).RunID
			}
		}
		x.expect(x.deliver(settled, run), "total=10 sent=6 skipped=4")
		x.reasons("a fourth", run, 4, ReasonCap)
		r.ContactID = 1
		run = x.mustAsk(r).RunID
		x.expect(x.deliver(settled, run), "total=11 sent=6 skipped=5")
		x.expect(x.deliver(settled, x.start(Marketing, smsPlan())), "total=2 sent=0 skipped=2")
		x.expect(x.deliver(settled, x.start(Care, smsPlan())), "total=2 sent=2 skipped=0")
		x.verify()
	})
}

// gate asks the rules about somebody who may be reached and agreed to everything.
func (x *world) gate(r *Run, plans ...LegPlan) verdict {
	x.t.Helper()
	p := &plan{run: r, compiled: compiled(x.t, plans)}
	c := &candidate{leg: Leg{WorkspaceID: x.ws, ContactID: 1, Channel: plans[0].Channel}, phone: "+84900000001", email: "a@example.com", reach: channel.Every, consent: channel.Every}
	return x.s.gate(p, c, nil, x.s.now())
}

// reasons expects n skipped legs of a run, all for one reason; none when it is empty.
func (x *world) reasons(name string, run int64, n int, want string) {
	x.t.Helper()
	var all, as int
	if err := x.d.QueryRow(context.Background(), `SELECT COUNT(*), COALESCE(SUM(CASE WHEN reason = $3 THEN 1 ELSE 0 END), 0) FROM leg WHERE workspace_id = $1 AND run_id = $2 AND state = 7`, x.ws, run, want).Scan(&all, &as); err != nil {
		x.t.Fatal(err)
	}
	if want == "" {
		n = 0
	}
	if all != n || (want != "" && as != n) {
		x.t.Errorf("%s: got %d skipped, %d for %q; want %d", name, all, as, want, n)
	}
}

func compiled(t *testing.T, plans []LegPlan) []*template.Compiled {
	t.Helper()
	out := make([]*template.Compiled, len(plans))
	for i, p := range plans {
		var err error
		if out[i], err = template.CompileContent(p.Channel, p.Content); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
