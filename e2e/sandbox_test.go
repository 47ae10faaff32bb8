package e2e

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/loa-project/loa/simulator"
)

// TestSandbox sends by SMS while the connection is in eSMS's sandbox, one by one and as a batch of adverts: eSMS checks and sends nothing, so that nobody counts as sent, nothing costs, nothing
// is asked for later, and the next channel does not take over. What eSMS refuses fails as it would for real.
func TestSandbox(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, url string) {
		w := newWorld(t, url, simulator.Options{})
		w.found()
		connect := func(form object) int64 {
			form["esms"].(object)["sandbox"] = true
			id, _ := w.carrier(&carrier{channel: "sms", provider: "esms", form: func(*world) object { return form }})
			return id
		}
		care, adverts := connect(esmsForm(w)), connect(advertForm(w))
		oa, _ := w.carrier(&carrier{channel: "zns", provider: "zalo", form: zaloForm})
		first := w.znsPerson("0901231000")
		for i := 1; i < 30; i++ {
			w.allow(w.znsPerson(fmt.Sprintf("090123%04d", 1000+i)), "sms")
		}
		w.allow(first, "sms")

		template := w.smsTemplate("Cam on anh chi da mua hang.")
		var out struct{ ID int64 }
		w.call("POST", "/campaigns", object{"name": "Chạy thử", "purpose": "care", "audience": object{"everyone": true}, "legs": []object{
			{"channel": "sms", "connection_id": care, "template_id": template}, {"channel": "zns", "connection_id": oa, "template_id": w.carrierTemplate("zns", oa)}}}, &out)
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", out.ID), nil, nil)
		for _, campaign := range []int64{out.ID, w.advert("sms", adverts, w.smsTemplate(advertText))} {
			got := w.settled(campaign, time.Second)
			w.addUp(got)
			w.same(got, map[string]int64{"total": 30, "skipped": 30, "sent": 0, "processing": 0, "delivered": 0, "cost": 0})
			if n := got.Total["total"]; n != 30 {
				t.Errorf("messages: got %d, want 30 and none on the next channel", n)
			}
			w.until("the campaign to end", time.Minute, func() bool { return w.counts(campaign).State == "finished" })
			if status, raw := w.send("GET", fmt.Sprintf("/api/v1/campaigns/%d/contacts/%d/why", campaign, first), nil); status != 200 || !bytes.Contains(raw, []byte("sandbox")) {
				t.Errorf("why: got %d %s, want that it was the sandbox", status, raw)
			}
		}
		w.clk.Advance(48 * time.Hour)
		if calls, due := w.sim.Ledger().Count("", ""), w.number(`SELECT COUNT(*) FROM leg WHERE due_at IS NOT NULL`); calls != 0 || due != 0 {
			t.Errorf("after two days: got %d calls in the simulator's ledger and %d messages that are looked after, want none", calls, due)
		}

		// A number that eSMS refuses is found out.
		w.znsPerson("0901230002")
		w.same(w.settled(w.carried("sms", care, template), time.Second), map[string]int64{"total": 31, "skipped": 30, "failed": 1, "cost": 0})
		w.verified()
	})
}
