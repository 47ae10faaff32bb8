package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestAICall calls people over Stringee, on both databases, while every event comes twice, some before the answer, in the wrong order or forged. It proves each cell of the row of the status
// table, what a lost answer and a refusal come to, how a call that nobody answered ended, the keys that people press, and the channel that follows a call that nobody answered.
func TestAICall(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "ai_call", "sent", "delivered", "failed", "answered")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); ring(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); ring(t, dbtest.PostgresURL(t)) })
}

// callees are the endings of the numbers that are called, see simulator.MagicRecipients.
var callees = []string{"0001", "0002", "0003", "0004", "0005", "0006", "0010", "0011", "0012", "0019", "0404", "0480", "0486", "0603", "0013"}

func ring(t *testing.T, url string) {
	b := quick()
	b.CallbackCopies, b.Reorder, b.Forged, b.BeforeAnswer = 1, true, 0.5, 0.4
	w := newWorld(t, url, simulator.Options{Stringee: b})
	w.found()
	connection, hook := w.stringee("geheim")
	for i, e := range callees {
		w.call("POST", "/contacts", object{"name": fmt.Sprintf("Nguyễn Thị %d", i), "phone": "+8490123" + e}, nil)
	}
	content := object{"script": "Chào {{ contact.first_name }}, Cửa hàng Mẫu có ưu đãi cho bạn.", "times": 2, "speed": -1,
		"keys": object{"prompt": "Bấm 1 để nhận ưu đãi, bấm 9 để không nhận cuộc gọi nữa.", "timeout_seconds": 5, "again": 1,
			"list": []object{{"digits": "1", "label": "Nhận ưu đãi", "reply": "Cảm ơn bạn."}, {"digits": "9", "label": "Từ chối", "opt_out": true}}}}
	campaign := w.act("Gọi mời", "ai_call", "care", connection, content)
	want := map[string]int64{"total": 15, "sent": 15, "delivered": 14, "answered": 9, "failed": 1, "unknown": 0, "skipped": 0, "queued": 0, "sending": 0, "processing": 0}
	got := w.rung(campaign, want)
	w.addUp(got)
	w.stringeeLedger(14, 9)
	for phone, words := range map[string]string{"0001": "đã nghe máy", "0002": "r = 4", "0486": "Máy bận", "0480": "không nghe máy", "0603": "từ chối cuộc gọi", "0404": "Không gọi được",
		"0011": "bấm phím 1 (Nhận ưu đãi)", "0012": "bấm phím 7", "0013": "bấm phím 1 (Nhận ưu đãi)", "0019": "từ chối nhận cuộc gọi tiếp theo", "0003": "Tổng đài đã nhận yêu cầu gọi", "0004": "đã nghe máy"} {
		w.why(campaign, "+8490123"+phone, words)
	}
	w.calledCauses(campaign)
	prompt := "Bấm 1 để nhận ưu đãi, bấm 9 để không nhận cuộc gọi nữa."
	for phone, want := range map[string][]string{"0011": {"Chào 7, Cửa hàng Mẫu có ưu đãi cho bạn.", prompt, "Cảm ơn bạn."}, "0010": {"Chào 6, Cửa hàng Mẫu có ưu đãi cho bạn.", prompt, prompt},
		"0012": {"Chào 8, Cửa hàng Mẫu có ưu đãi cho bạn.", prompt, prompt, "Cảm ơn bạn."}, "0013": {"Chào 14, Cửa hàng Mẫu có ưu đãi cho bạn.", prompt, prompt, "Cảm ơn bạn."}} {
		if heard := w.sim.StringeeHeard("+8490123" + phone); !slices.Equal(heard, want) {
			t.Errorf("%s heard %q, want %q", phone, heard, want)
		}
	}
	w.forgedCalls(hook, campaign, want)
	w.verified()
	w.callThenText(connection)
	w.verified()
	w.tryCall(connection)
	w.billed(connection)
	w.verified()
	w.lateAnswer(hook)
	w.verified()
	w.call("PUT", fmt.Sprintf("/connections/%d", connection), w.stringeeForm("sai"), nil)
	if ok, code := w.tested(connection); ok || code != "http.401" {
		t.Errorf("test of the connection with a wrong secret: got %v %s, want http.401", ok, code)
	}
}

func (w *world) stringeeForm(secret string) object {
	if secret == "geheim" {
		secret = simulator.DefaultStringeeSecret
	}
	return object{"provider": "stringee", "name": "Tổng đài", "concurrency": 4, "stringee": object{"base_url": w.sim.StringeeURL(), "from": "+84 2471 000 000", "voice": "hatieumai", "price_per_call": 400},
		"secrets": object{"api_key": simulator.DefaultStringeeSID, "secret_key": secret, "webhook_secret": simulator.DefaultStringeeSigning}}
}

// stringee connects the number and presses "Thử kết nối".
func (w *world) stringee(secret string) (id int64, hook string) {
	w.t.Helper()
	var made struct {
		ID      int64
		Channel string
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", w.stringeeForm(secret), &made)
	if made.Channel != "ai_call" {
		w.t.Errorf("channel: got %s, want ai_call", made.Channel)
	}
	w.sim.SetStringeeWebhook(made.HookURL)
	if ok, code := w.tested(made.ID); !ok {
		w.t.Errorf("test of the connection: got %s, want ok", code)
	}
	return made.ID, made.HookURL
}

// rung waits until the calls are over and their counts are as wanted.
func (w *world) rung(campaign int64, want map[string]int64) counts {
	w.t.Helper()
	var got counts
	w.until("the calls to be placed", 0, func() bool { // a clock that leaps would end calls before they are made
		got = w.counts(campaign)
		return got.Dispatched && got.Legs[0].Counts["total"] == want["total"] && got.Legs[0].Counts["queued"]+got.Legs[0].Counts["sending"] == 0
	})
	w.until("the calls to end", 5*time.Second, func() bool {
		got = w.counts(campaign)
		return got.Dispatched && got.Waiting == 0 && w.sim.Waiting() == 0 && maps.Equal(only(got.Legs[0].Counts, want), want) && w.number(`SELECT COUNT(*) FROM callback WHERE state = 2`) == 0
	})
	return got
}

// stringeeLedger expects the simulator to know as many calls as we do, none placed twice, and each that was answered on the bill.
func (w *world) stringeeLedger(accepted, answered int64) {
	w.t.Helper()
	sum := w.sim.Ledger().Summary()["stringee"]
	if sum.Accepted != accepted || sum.CopiedKeys != 0 || sum.Delivered != answered || sum.BillVND != answered*400 {
		w.t.Errorf("Stringee's ledger: got %d accepted, %d copies, %d answered, %d VND; want %d, 0, %d, %d", sum.Accepted, sum.CopiedKeys, sum.Delivered, sum.BillVND, accepted, answered, answered*400)
	}
}

// calledCauses expects the ends of unanswered calls among the causes, as delivered messages with advice.
func (w *world) calledCauses(campaign int64) {
	w.t.Helper()
	var list struct {
		Items []struct {
			Status string
			Count  int
			Cause  struct{ Code, Meaning, Advice string }
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/failures", campaign), nil, &list)
	found := map[string]string{}
	for _, f := range list.Items {
		found[f.Cause.Code] = f.Status
		if f.Count != 1 || f.Cause.Meaning == "" || f.Cause.Advice == "" {
			w.t.Errorf("cause: got %+v, want one with meaning and advice", f)
		}
	}
	if want := map[string]string{"4": "failed", "busy": "delivered", "no_answer": "delivered", "rejected": "delivered", "unreachable": "delivered"}; !maps.Equal(found, want) {
		w.t.Errorf("causes: got %v, want %v", found, want)
	}
}

// forgedCalls posts what only Stringee may post and expects that nothing changes.
func (w *world) forgedCalls(hook string, campaign int64, want map[string]int64) {
	w.t.Helper()
	if w.sim.Overview().Callbacks["forged"] == 0 {
		w.t.Error("nothing was forged: the test proves nothing")
	}
	path := strings.TrimPrefix(hook, w.url)
	answered := object{"type": "stringee_call", "call_status": "answered", "call_id": w.sim.Ledger().Find("stringee", "", "84901230486", 1)[0].MessageID, "timestamp_ms": 1}
	for name, c := range map[string]struct {
		path string
		body any
		want int
	}{
		"unsigned event":   {path, answered, http.StatusUnauthorized},
		"guessed address":  {path + "x", answered, http.StatusNotFound},
		"key of nobody":    {path + "/w1l1a1k0000000000", object{"dtmf": "9", "call_id": "x"}, http.StatusUnauthorized},
		"unreadable bytes": {path, []byte("\x00{"), http.StatusUnauthorized},
	} {
		if status, _ := w.send("POST", c.path, c.body); status != c.want {
			w.t.Errorf("%s: got %d, want %d", name, status, c.want)
		}
	}
	if after := w.counts(campaign); !maps.Equal(only(after.Legs[0].Counts, want), want) {
		w.t.Errorf("after forged events: got %v, want %v", only(after.Legs[0].Counts, want), want)
	}
	if n := w.number(`SELECT COUNT(*) FROM suppression`); n != 1 {
		w.t.Errorf("suppressed: got %d, want the one who pressed 9", n)
	}
}

// callThenText calls and sends an SMS to everybody who did not answer within five minutes; who refused further calls gets the SMS at once.
func (w *world) callThenText(connection int64) {
	w.t.Helper()
	var esms struct{ ID int64 }
	w.call("POST", "/connections", esmsForm(w), &esms)
	var call, text, campaign struct {
		ID      int64
		State   string
		Missing []string
	}
	w.call("POST", "/templates", object{"name": "Gọi nhắc", "channel": "ai_call", "content": object{"script": "Chào {{ contact.first_name }}, mai là hạn cuối."}}, &call)
	w.call("POST", "/templates", object{"name": "Nhắc", "channel": "sms", "content": object{"text": "Cua hang cam on {{ contact.first_name | no_accents }} da mua hang."}}, &text)
	w.call("POST", "/campaigns", object{"name": "Nhắc hạn", "purpose": "care", "audience": object{"everyone": true}, "legs": []object{
		{"channel": "ai_call", "connection_id": connection, "template_id": call.ID, "fallback_after_seconds": 300}, {"channel": "sms", "connection_id": esms.ID, "template_id": text.ID}}}, &campaign)
	if campaign.State != "pending_activation" {
		w.t.Fatalf("campaign: got %s (%v), want pending_activation", campaign.State, campaign.Missing)
	}
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil, nil)
	w.rung(campaign.ID, map[string]int64{"total": 14, "sent": 14, "delivered": 13, "answered": 8, "failed": 1, "unknown": 0})
	var got counts
	w.until("the SMS to follow", 10*time.Second, func() bool {
		got = w.counts(campaign.ID)
		return got.Legs[1].Counts["total"] == 7 && got.Waiting == 0 && got.Legs[1].Counts["unknown"] == 0
	})
	w.addUp(got)
	if got.Legs[0].Counts["delivered"] != 13 || got.Legs[0].Counts["answered"] != 8 {
		w.t.Errorf("calls after the SMS: got %v, want 13 delivered, 8 answered", got.Legs[0].Counts)
	}
	w.stringeeLedger(27, 17)
}

// tryCall calls a number that is nobody's, loses the answer, and finds the call in Stringee's log.
func (w *world) tryCall(connection int64) {
	w.t.Helper()
	var template struct{ ID int64 }
	w.call("POST", "/templates", object{"name": "Thử", "channel": "ai_call", "content": object{"script": "Đây là cuộc gọi thử."}}, &template)
	var asked struct {
		MessageID int64 `json:"message_id"`
	}
	w.call("POST", fmt.Sprintf("/templates/%d/test", template.ID), object{"connection_id": connection, "to": "0977770004"}, &asked)
	var m struct{ Leg struct{ Status string } }
	w.until("the trial to be placed", 0, func() bool {
		w.call("GET", fmt.Sprintf("/messages/%d", asked.MessageID), nil, &m)
		return m.Leg.Status != "queued" && m.Leg.Status != "sending"
	})
	w.until("the trial to be found", 5*time.Second, func() bool {
		w.call("GET", fmt.Sprintf("/messages/%d", asked.MessageID), nil, &m)
		return m.Leg.Status == "answered"
	})
	if calls := w.sim.Ledger().Find("stringee", "", "84977770004", 10); len(calls) != 1 {
		w.t.Errorf("trial: got %d calls, want one", len(calls))
	}
}

// billed compares the forecast, which takes it that everybody answers, with the bill, to the đồng: somebody is busy and somebody does not answer, and neither costs anything. Then it brings the
// bill of all calls in.
func (w *world) billed(connection int64) {
	w.t.Helper()
	before := w.sim.Ledger().Summary()["stringee"].BillVND
	var tag, template, campaign struct{ ID int64 }
	for i, end := range []string{"1000", "1001", "1002", "0486", "0480"} {
		w.call("POST", "/contacts", object{"name": fmt.Sprintf("Bà %d", i), "phone": "+8497777" + end, "tags": []string{"goi"}}, &tag)
	}
	w.call("POST", "/templates", object{"name": "Báo", "channel": "ai_call", "content": object{"script": "Đơn hàng của bạn đã tới kho."}}, &template)
	w.call("POST", "/campaigns", object{"name": "Báo", "purpose": "care", "audience": object{"everyone": true, "condition": object{"field": "tag", "operator": "in", "value": []string{"goi"}}},
		"legs": []object{{"channel": "ai_call", "connection_id": connection, "template_id": template.ID}}}, &campaign)
	var f struct {
		People  int64
		CostVND int64 `json:"cost_vnd"`
		Notes   []string
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/forecast", campaign.ID), nil, &f)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil, nil)
	got := w.rung(campaign.ID, map[string]int64{"total": 5, "delivered": 5, "answered": 3})
	if f.People != 5 || f.CostVND != 5*400 || !slices.Contains(f.Notes, "forecast.answered_only") {
		w.t.Errorf("forecast: got %d people for %d VND with %v, want 5 for at most 2000", f.People, f.CostVND, f.Notes)
	}
	bill := w.sim.Ledger().Summary()["stringee"].BillVND
	if bill-before != 3*400 || got.Total["cost"] != bill-before {
		w.t.Errorf("cost: got %d VND, the bill says %d, want 1200", got.Total["cost"], bill-before)
	}
	if ours := w.number(`SELECT SUM(price) FROM leg WHERE channel = 'ai_call'`); int64(ours) != bill { // with the answers that were lost and found, and the trial
		w.t.Errorf("cost of all calls: got %d VND, the bill says %d", ours, bill)
	}
	lines := []string{"call_id,amount"}
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if r.Provider == "stringee" && r.Charged {
			lines = append(lines, fmt.Sprintf("%s,%d", r.MessageID, r.Price))
		}
		return true
	})
	type found map[string]struct {
		Count             int64
		Charged, Expected int64
	}
	bring := func(csv []string) found {
		var inv struct{ Summary struct{ Verdicts found } }
		w.call("POST", fmt.Sprintf("/connections/%d/invoices?month=%s&name=bang-ke.csv&id_column=call_id&amount_column=amount", connection, w.clk.Now().Format("2006-01")), []byte(strings.Join(csv, "\n")), &inv)
		return inv.Summary.Verdicts
	}
	if v := bring(lines); v["match"].Count != int64(len(lines)-1) || len(v) != 1 {
		w.t.Errorf("the bill: got %v, want %d calls that match", v, len(lines)-1)
	}
	busy := w.sim.Ledger().Find("stringee", "", "84977770486", 1)[0].MessageID
	if v := bring(append(lines[:len(lines)-1:len(lines)-1], busy+",400")); v["match"].Count != int64(len(lines)-2) || v["not_charged"].Count != 1 || v["price"].Count != 1 || v["price"].Expected != 0 || len(v) != 3 {
		w.t.Errorf("a bill with a busy call and without an answered one: got %v", v)
	}
}
