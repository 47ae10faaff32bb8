package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestFlow goes the two ways from one step to the next that time and other campaigns open, on both databases: a wait of two days in front of a ZNS with an SMS behind it, and a start of
// another campaign that people enter one by one.
func TestFlow(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "wait", "sent")
	proof.Cells(t, "start_flow", "sent", "delivered", "failed")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); flow(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); flow(t, dbtest.PostgresURL(t)) })
}

func flow(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	znsConnection, _ := w.carrier(carrierOf("zalo"))
	smsConnection, _ := w.carrier(carrierOf("esms"))
	zns := object{"channel": "zns", "connection_id": znsConnection, "template_id": w.carrierTemplate("zns", znsConnection)}
	sms := object{"channel": "sms", "connection_id": smsConnection, "template_id": w.carrierTemplate("sms", smsConnection)}
	people := []int64{w.contact(object{"name": "An", "phone": "0901230001"}), w.contact(object{"name": "Bình không có Zalo", "phone": "0901230118"}), w.contact(object{"name": "Chi", "email": "chi@example.vn"})}
	everyone := object{"everyone": true}

	waiting := w.made("Sau hai ngày", everyone, w.step("wait", object{"seconds": 2 * 24 * 3600}), zns, sms)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", waiting), nil, nil)
	var c counts
	w.until("everybody to wait", 0, func() bool { c = w.counts(waiting); return c.Dispatched && c.Legs[0].Counts["processing"] == 3 })
	w.same(c, map[string]int64{"total": 3, "sent": 3, "processing": 3, "superseded": 0})
	w.why(waiting, "+84901230001", "Bước tiếp theo bắt đầu lúc 09:")
	w.clk.Advance(47 * time.Hour)
	w.call("POST", fmt.Sprintf("/campaigns/%d/pause", waiting), nil, nil)
	w.clk.Advance(2 * time.Hour) // in the pause the wait ends, and what follows is held
	w.until("the waits to end", 0, func() bool { c = w.counts(waiting); return c.Legs[0].Counts["waited"] == 3 })
	if c.State != "paused" || c.Legs[1].Counts["sent"] != 0 {
		t.Errorf("in the pause: got %s, %v, want nothing sent", c.State, c.Legs[1].Counts)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/resume", waiting), nil, nil)
	w.until("the campaign to end", time.Second, func() bool {
		c = w.counts(waiting)
		return c.State == "finished" && c.Legs[1].Counts["delivered"] == 1 && c.Legs[2].Counts["delivered"] == 1
	})
	w.want(c, 0, map[string]int64{"total": 3, "sent": 3, "waited": 3, "processing": 0, "superseded": 3})
	w.want(c, 1, map[string]int64{"total": 3, "sent": 2, "delivered": 1, "failed": 1, "skipped": 1, "superseded": 1})
	w.want(c, 2, map[string]int64{"total": 1, "delivered": 1})
	if c.People != 3 || c.Total["delivered"] != 2 {
		t.Errorf("people: got %d with %v, want 3, of whom 2 got a message", c.People, c.Total)
	}
	w.addUp(c)
	w.why(waiting, "+84901230118", "đã chờ xong")
	var page struct{ Items []struct{ Status string } }
	if w.call("GET", fmt.Sprintf("/campaigns/%d/activity?status=waited", waiting), nil, &page); len(page.Items) != 3 {
		t.Errorf("people who waited: got %d, want 3", len(page.Items))
	}
	w.verified()
	w.starts(people, sms)
}

// starts starts a campaign that people enter from others: all three cells, once for each person.
func (w *world) starts(people []int64, sms object) {
	w.t.Helper()
	entry, everyone := object{"entry": true}, object{"everyone": true}
	welcome := w.made("Chào mừng", entry, sms)
	from := []object{w.step("start_flow", object{"campaign_id": welcome, "after_seconds": 600})}
	early := w.made("Từ sớm", everyone, from[0])
	if status, code, fields := w.refused("POST", fmt.Sprintf("/campaigns/%d/activate", early), nil); status != 422 || code != "campaign.not_ready" || !slices.Contains(fields, "campaign.start_not_running") {
		w.t.Errorf("start of a campaign that does not run: got %d %s %v", status, code, fields)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", welcome), nil, nil)
	var in struct {
		People []struct {
			ContactID int64 `json:"contact_id"`
			Result    string
			Skipped   string
		}
	}
	enter := object{"contact_ids": []int64{people[0], people[2], 424242}}
	if w.call("POST", fmt.Sprintf("/campaigns/%d/people", welcome), enter, &in); fmt.Sprint(in.People) != fmt.Sprintf("[{%d entered } {%d entered no_address} {424242 unknown }]", people[0], people[2]) {
		w.t.Errorf("entered: got %v", in.People)
	}
	if w.call("POST", fmt.Sprintf("/campaigns/%d/people", welcome), enter, &in); in.People[0].Result != "already" {
		w.t.Errorf("entered again: got %v, want already", in.People)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", early), nil, nil)
	c := w.settledRun(early)
	w.same(c, map[string]int64{"total": 3, "sent": 3, "delivered": 3, "failed": 0, "unknown": 0})
	if c.State != "finished" {
		w.t.Errorf("the first campaign: got %s, want finished", c.State)
	}
	w.until("everybody to be in", time.Minute, func() bool { c = w.counts(welcome); return c.Total["delivered"] == 2 && c.Total["sent"] == 2 })
	w.same(c, map[string]int64{"total": 3, "sent": 2, "skipped": 1})
	if c.State != "running" || c.Dispatched {
		w.t.Errorf("the started campaign: got %s, want it open", c.State)
	}
	w.why(welcome, "+84901230118", "đã được đưa vào chiến dịch này")

	late := w.made("Từ muộn", everyone, from[0])
	w.call("PUT", fmt.Sprintf("/campaigns/%d", late), object{"name": "Từ muộn", "purpose": "care", "audience": everyone, "legs": from, "schedule_at": w.clk.Now().Add(time.Hour)}, nil)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", late), nil, nil)
	w.call("POST", fmt.Sprintf("/campaigns/%d/end", welcome), nil, nil)
	w.until("the started campaign to end", 0, func() bool { return w.counts(welcome).State == "finished" })
	if _, code, _ := w.refused("POST", fmt.Sprintf("/campaigns/%d/people", welcome), enter); code != "campaign.not_running" {
		w.t.Errorf("into a finished campaign: got %s", code)
	}
	w.clk.Advance(time.Hour)
	w.until("the late campaign to start", 0, func() bool { return w.counts(late).Total["failed"] == 3 })
	w.same(w.counts(late), map[string]int64{"total": 3, "sent": 3, "delivered": 0, "failed": 3})
	w.why(late, "+84901230001", "Chiến dịch cần bắt đầu không ở trạng thái Đang chạy")
	if n := w.counts(welcome).Total["total"]; n != 3 {
		w.t.Errorf("the ended campaign: got %d people, want 3", n)
	}
	w.verified()
}

func carrierOf(provider string) *carrier {
	return &carrierList[slices.IndexFunc(carrierList, func(c carrier) bool { return c.provider == provider })]
}

func (w *world) contact(who object) int64 {
	w.t.Helper()
	var made struct{ ID int64 }
	w.call("POST", "/contacts", who, &made)
	return made.ID
}

// step makes a template of an act and the leg that uses it; its connection is built in.
func (w *world) step(channel string, content object) object {
	w.t.Helper()
	var made struct{ ID int64 }
	w.call("POST", "/templates", object{"name": channel, "channel": channel, "content": content}, &made)
	return object{"channel": channel, "template_id": made.ID}
}

// made saves a campaign for care.
func (w *world) made(name string, audience object, legs ...object) int64 {
	w.t.Helper()
	return w.complete(object{"name": name, "purpose": "care", "audience": audience, "legs": legs})
}

// complete makes a campaign that lacks nothing but its activation.
func (w *world) complete(campaign object) int64 {
	w.t.Helper()
	var out struct {
		ID      int64
		State   string
		Missing []string
	}
	w.call("POST", "/campaigns", campaign, &out)
	if out.State != "pending_activation" {
		w.t.Fatalf("campaign %s: got %s (%v), want pending_activation", campaign["name"], out.State, out.Missing)
	}
	return out.ID
}

// linked makes a campaign for everybody on one channel, with tracked links.
func (w *world) linked(channel, name, purpose string, connection, template int64) int64 {
	w.t.Helper()
	return w.complete(object{"name": name, "purpose": purpose, "audience": object{"everyone": true}, "options": object{"track_clicks": true},
		"legs": []object{{"channel": channel, "connection_id": connection, "template_id": template}}})
}

// written makes a template.
func (w *world) written(channel, name string, content object) int64 {
	w.t.Helper()
	var out struct{ ID int64 }
	w.call("POST", "/templates", object{"name": name, "channel": channel, "content": content}, &out)
	return out.ID
}

// settledRun is settled for a campaign of acts: no provider is waited for.
func (w *world) settledRun(campaign int64) counts {
	w.t.Helper()
	var c counts
	w.until(fmt.Sprintf("campaign %d to settle", campaign), 0, func() bool {
		c = w.counts(campaign)
		return c.State == "finished" && c.Dispatched && c.Waiting == 0
	})
	return c
}
