package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Stringee signs its requests with HMAC-SHA1
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/loa-project/loa/simulator"
)

// The steps of this file stand at the end of the scenarios of their channels: what a provider tells hours after a campaign has ended still counts, starts nothing and sends nothing.

// lateHours is how long the providers of these steps keep silent.
const lateHours = 3

// late lets a provider tell everything hours after the message.
func (w *world) late(provider string) {
	w.t.Helper()
	b := w.sim.Behaviour(provider)
	b.ReceiptMinMS, b.ReceiptMaxMS = (lateHours * time.Hour).Milliseconds(), (lateHours*time.Hour + time.Minute).Milliseconds()
	b.BeforeAnswer, b.Reorder = 0, false
	if !w.sim.SetBehaviour(provider, b) {
		w.t.Fatalf("the simulator does not know %s", provider)
	}
}

// afterEnd activates a campaign, waits for its end with the counts of before, then for hours, and expects those of after, an ended campaign and no further call to a provider.
func (w *world) afterEnd(campaign int64, before, after map[string]int64) {
	w.t.Helper()
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign), nil, nil)
	got := w.settledRun(campaign)
	w.until(fmt.Sprintf("campaign %d to end before its receipts", campaign), 0, func() bool {
		got = w.counts(campaign)
		return got.State == "finished" && maps.Equal(only(got.Legs[0].Counts, before), before)
	})
	w.addUp(got)
	calls := w.sim.Ledger().Count("", "")
	w.clk.Advance(lateHours * time.Hour)
	w.until(fmt.Sprintf("the late receipts of campaign %d", campaign), 10*time.Minute, func() bool {
		got = w.counts(campaign)
		return w.sim.Waiting() == 0 && maps.Equal(only(got.Legs[0].Counts, after), after)
	})
	w.addUp(got)
	if got.State != "finished" || got.Waiting != 0 {
		w.t.Errorf("campaign %d after its late receipts: got %s with %d waiting, want finished with none", campaign, got.State, got.Waiting)
	}
	if n := w.sim.Ledger().Count("", ""); n != calls {
		w.t.Errorf("campaign %d: got %d calls to providers after its end, want none", campaign, n-calls)
	}
	w.verified()
}

// lateMail sends to three mailboxes whose servers report hours after the campaign has ended: a mail that comes back, a complaint, and for a service an ordinary delivery.
func (w *world) lateMail(template int64) {
	w.t.Helper()
	w.late("smtp")
	for _, name := range []string{"plain", simulator.ServiceMailgun} {
		after := map[string]int64{"total": 3, "sent": 3, "processing": 0, "delivered": 2, "failed": 1, "bounced": 1, "complained": 1, "unknown": 0}
		if name == "plain" && failuresOnly(w.app.Config.DatabaseURL) { // nothing is told about the one that arrived
			after["processing"], after["delivered"] = 1, 1
		}
		tag := "muon-" + name
		for _, mailbox := range []string{"an", "bounce", "complaint"} {
			w.contact(object{"name": mailbox, "email": mailbox + "+" + tag + "@example.com", "tags": []string{tag}})
		}
		closed := w.number(`SELECT COUNT(*) FROM suppression`)
		id := w.mailCampaign(tag, int64(w.number(`SELECT id FROM connection WHERE name = $1`, name)), template)
		w.afterEnd(id, map[string]int64{"total": 3, "sent": 3, "processing": 3, "delivered": 0, "failed": 0}, after)
		if got := w.number(`SELECT COUNT(*) FROM suppression`) - closed; got != 2 {
			w.t.Errorf("addresses closed by late reports through %s: got %d, want the one that bounced and the one that complained", name, got)
		}
	}
}

// lateWatermark answers everybody of the Page once more; the watermarks that say what arrived and was read come hours after the end.
func (w *world) lateWatermark(page, template int64) {
	w.t.Helper()
	w.late("messenger")
	w.afterEnd(w.campaign("Muộn", "care", page, template), map[string]int64{"total": 7, "sent": 6, "processing": 5, "delivered": 0, "failed": 1, "skipped": 1, "unknown": 0},
		map[string]int64{"total": 7, "sent": 6, "processing": 1, "delivered": 4, "opened": 1, "failed": 1, "skipped": 1, "unknown": 0})
}

// lateSeen writes once more to who is left at the OA; what they received and saw is told hours after the end.
func (w *world) lateSeen(oa, text int64) {
	w.t.Helper()
	w.late("zalo")
	w.afterEnd(w.oaCampaign("Muộn", "care", oa, text), map[string]int64{"total": 8, "sent": 5, "delivered": 0, "opened": 0, "skipped": 3},
		map[string]int64{"total": 8, "sent": 5, "delivered": 2, "opened": 1, "skipped": 3})
}

// lateAnswer lets Stringee say, signed, that a call which had ended as busy was answered after all, when the SMS that replaced it has long gone out: the call counts as answered, and nothing
// more is sent, however often it is said.
func (w *world) lateAnswer(hook string) {
	w.t.Helper()
	campaign := int64(w.number(`SELECT id FROM campaign WHERE name = 'Nhắc hạn'`))
	was, calls := w.counts(campaign), w.sim.Ledger().Count("", "")
	w.clk.Advance(lateHours * time.Hour)
	list := w.sim.Ledger().Find("stringee", "", "84901230486", 10)
	if len(list) != 2 {
		w.t.Fatalf("calls of the busy person: got %d, want 2", len(list))
	}
	call := list[0]
	if list[1].At > call.At {
		call = list[1]
	}
	body, err := json.Marshal(object{"type": "stringee_call", "call_status": "answered", "call_id": call.MessageID, "timestamp_ms": w.clk.Now().UnixMilli(),
		"from": object{"number": simulator.DefaultStringeeNumber}, "to": object{"number": "84901230486"}})
	if err != nil {
		w.t.Fatal(err)
	}
	for range 2 {
		if status := w.stringeeEvent(hook, body); status != http.StatusOK {
			w.t.Errorf("late event: got %d, want 200", status)
		}
	}
	want := maps.Clone(was.Legs[0].Counts)
	want["answered"]++
	want["cost"] += 400 // an answered call is charged
	var got counts
	w.until("the late answer", time.Minute, func() bool {
		got = w.counts(campaign)
		return maps.Equal(only(got.Legs[0].Counts, want), want) && w.number(`SELECT COUNT(*) FROM callback WHERE state = 2`) == 0
	})
	w.addUp(got)
	if !maps.Equal(only(got.Legs[1].Counts, was.Legs[1].Counts), was.Legs[1].Counts) {
		w.t.Errorf("SMS after the late answer: got %v, want %v", got.Legs[1].Counts, was.Legs[1].Counts)
	}
	if n := w.sim.Ledger().Count("", ""); n != calls {
		w.t.Errorf("calls to providers after the late answer: got %d, want none", n-calls)
	}
}

// stringeeEvent posts an event that the test signs as Stringee does and returns the answer's status.
func (w *world) stringeeEvent(hook string, body []byte) int {
	w.t.Helper()
	mac := hmac.New(sha1.New, []byte(simulator.DefaultStringeeSigning))
	mac.Write(body)
	r, err := http.NewRequest("POST", hook, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Stringee-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
