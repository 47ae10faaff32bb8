package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/app"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/simulator"
)

// shop is a world with the sample's connections and templates and with these people: "phone,mail" each.
func shop(t *testing.T, o simulator.Options, people []string) (*world, *app.Sample) {
	t.Helper()
	w := newWorld(t, "", o)
	var b strings.Builder
	b.WriteString("Mã KH,Họ và tên,Số điện thoại,Email\n")
	for i, p := range people {
		fmt.Fprintf(&b, "K%03d,Nguyễn Văn Người,%s\n", i, p)
	}
	file := filepath.Join(t.TempDir(), "khach.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s, err := w.app.Seed(ctx, app.SeedOptions{Contacts: file, SimulatorURL: w.sim.URL(), SimulatorSMTP: w.sim.SMTPAddr()})
	if err != nil {
		t.Fatal(err)
	}
	w.sim.SetZaloWebhook(simulator.DefaultAppID, s.Hooks["zalo"])
	w.sim.SetBounceTarget(s.Hooks["smtp"], "")
	_, secret, err := w.app.Workspaces.CreateKey(ctx, s.Workspace, httpx.Actor{WorkspaceID: s.Workspace, Role: httpx.Owner}, "test", httpx.Owner, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.auth = "Bearer " + secret
	return w, s
}

// phones makes n people with a phone number only; they have no magic ending.
func phones(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("09012340%02d,", 50+i))
	}
	return out
}

// launch activates a campaign over everybody with these channels in order.
func (w *world) launch(s *app.Sample, channels ...string) int64 {
	w.t.Helper()
	connections := map[string]int64{"zns": s.ZNS, "sms": s.SMS, "email": s.Email}
	templates := map[string]int64{"zns": s.Templates[0], "sms": s.Templates[1], "email": s.Templates[2]}
	var legs []object
	for _, c := range channels {
		legs = append(legs, object{"channel": c, "connection_id": connections[c], "template_id": templates[c]})
	}
	var made struct{ ID int64 }
	w.call("POST", "/campaigns", object{"name": strings.Join(channels, " "), "purpose": "care", "audience": object{"segment_ids": []int64{s.Segment}}, "legs": legs, "options": object{"track_opens": true, "track_clicks": true}}, &made)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", made.ID), nil, nil)
	return made.ID
}

type connectionState struct {
	State  string
	Reason string `json:"held_reason"`
	Text   string `json:"held_reason_text"`
}

func (w *world) connection(id int64) connectionState {
	w.t.Helper()
	var c connectionState
	w.call("GET", fmt.Sprintf("/connections/%d", id), nil, &c)
	return c
}

// held waits until a connection is held for a reason and checks that nobody's message failed for it.
func (w *world) held(connection int64, reason string, campaign int64, people int64) {
	w.t.Helper()
	var c connectionState
	w.until("the connection to be held", 0, func() bool { c = w.connection(connection); return c.State == "held" })
	if c.Reason != reason || c.Text == "" {
		w.t.Errorf("held: got %q (%s), want %s", c.Reason, c.Text, reason)
	}
	var n counts
	w.until("the messages to wait", 0, func() bool { n = w.counts(campaign); return n.Dispatched && n.Legs[0].Counts["sending"] == 0 })
	if n.Total["failed"] != 0 || n.Waiting != people {
		w.t.Errorf("while held: got %v, want %d waiting and none failed", n.Total, people)
	}
}

// want compares some words of a leg.
func (w *world) want(c counts, leg int, words map[string]int64) {
	w.t.Helper()
	for word, n := range words {
		if got := c.Legs[leg].Counts[word]; got != n {
			w.t.Errorf("leg %d %s: got %d, want %d (%v)", leg, word, got, n, c.Legs[leg].Counts)
		}
	}
}

// TestExpiredToken lets many calls at once meet an expired access token whose refresh token works only once: it is refreshed once and nobody's message fails.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, phones(40))
	w.clk.Advance(2 * time.Hour)
	if n := w.sim.ExpireZaloTokens(simulator.DefaultOAID); n == 0 {
		t.Fatal("no token expired")
	}
	c := w.settled(w.launch(s, "zns"), time.Second)
	w.want(c, 0, map[string]int64{"delivered": 40, "failed": 0, "unknown": 0})
	if got := w.connection(s.ZNS); got.State != "active" {
		t.Errorf("connection: got %+v, want active", got)
	}
	w.verified()
}

// TestWrongSecret holds the connection with its reason instead of failing people, and goes on once the secret is right.
func TestWrongSecret(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, phones(10))
	form := func(secret string) object {
		return object{"provider": "esms", "name": "SMS", "concurrency": 8, "esms": object{"base_url": w.sim.ESMSURL(), "brandname": simulator.DefaultBrandname}, "secrets": object{"secret_key": secret}}
	}
	path := fmt.Sprintf("/connections/%d", s.SMS)
	w.call("PUT", path, form("wrong"), nil)
	id := w.launch(s, "sms")
	w.held(s.SMS, "auth", id, 10)
	w.call("PUT", path, form(simulator.DefaultESMSSecret), nil)
	c := w.settled(id, time.Second)
	w.want(c, 0, map[string]int64{"delivered": 10, "failed": 0})
	w.verified()
}

// TestEmptyBalance holds the connection while there is no money, and a person resumes it.
func TestEmptyBalance(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, phones(10))
	var before int64
	w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { before, o.Balance = o.Balance, 0 })
	id := w.launch(s, "zns")
	w.held(s.ZNS, "balance", id, 10)
	w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Balance = before })
	w.call("POST", fmt.Sprintf("/connections/%d/resume", s.ZNS), nil, nil)
	c := w.settled(id, time.Second)
	w.want(c, 0, map[string]int64{"delivered": 10, "failed": 0})
	w.verified()
}

// TestBusyProvider answers a third of the calls with 429 and a Retry-After: all arrive in the end, once.
func TestBusyProvider(t *testing.T) {
	t.Parallel()
	busy := quick()
	busy.RateLimited = 0.3
	w, s := shop(t, simulator.Options{Zalo: busy}, phones(20))
	c := w.settled(w.launch(s, "zns"), 15*time.Second)
	w.want(c, 0, map[string]int64{"delivered": 20, "failed": 0, "unknown": 0})
	if sum := w.sim.Ledger().Summary()["zalo"]; sum.Refused["http 429"] == 0 || sum.Accepted != 20 {
		t.Errorf("simulator: got %+v, want refusals by 429 and 20 accepted", sum)
	}
	w.verified()
}

// TestAnswersInDoubt accepts every message and answers nonsense: each is unknown, none is sent again or falls back, and the receipt settles it.
func TestAnswersInDoubt(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"garbage", "huge", "zipped", "empty", "no_id", "redirect", "error500", "dropped"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			odd := quick()
			odd.ReceiptMinMS, odd.ReceiptMaxMS = 3_600_000, 3_600_000
			if odd.OddAnswer, odd.OddShare = how, 1; how == "dropped" {
				odd.OddAnswer, odd.OddShare, odd.DropAfterAccept = "", 0, 1
			}
			w, s := shop(t, simulator.Options{Zalo: odd}, phones(6))
			id := w.launch(s, "zns", "sms")
			w.until("six unknown", 0, func() bool { c := w.counts(id); return c.Dispatched && c.Total["unknown"] == 6 })
			w.clk.Advance(45 * time.Minute) // look-ups pass
			w.until("the look-ups", 0, func() bool { return w.counts(id).Total["unknown"] == 6 })
			w.clk.Advance(20 * time.Minute)
			w.until("the receipts", 0, func() bool { return w.counts(id).Total["delivered"] == 6 })
			c := w.settled(id, 0)
			w.want(c, 0, map[string]int64{"delivered": 6, "unknown": 0, "sent": 6})
			w.want(c, 1, map[string]int64{"total": 0})
			if sum := w.sim.Ledger().Summary(); sum["zalo"].Calls != 6 || sum["esms"].Calls != 0 {
				t.Errorf("calls: got %d and %d by SMS, want 6 and none", sum["zalo"].Calls, sum["esms"].Calls)
			}
			w.verified()
		})
	}
}

// TestOddReceipts sends every receipt before the answer, three times, and a forged one before it.
func TestOddReceipts(t *testing.T) {
	t.Parallel()
	odd := quick()
	odd.BeforeAnswer, odd.CallbackCopies, odd.Forged, odd.Reorder = 1, 2, 1, true
	w, s := shop(t, simulator.Options{Zalo: odd, ESMS: odd}, append(phones(12), "0901230118,", "0902230118,"))
	c := w.settled(w.launch(s, "zns", "sms"), 0)
	w.want(c, 0, map[string]int64{"delivered": 12, "failed": 2, "sent": 14})
	w.want(c, 1, map[string]int64{"delivered": 2, "failed": 0, "sent": 2})
	if calls := w.sim.Overview().Callbacks; calls["forged"] == 0 {
		t.Errorf("callbacks: got %v, want some forged", calls)
	}
	auth := w.auth
	w.auth = ""
	body := []byte(`{"app_id":"` + simulator.DefaultAppID + `","event_name":"user_received_message","timestamp":"1"}`)
	if status, _ := w.send("POST", strings.TrimPrefix(s.Hooks["zalo"], w.url), body); status != http.StatusUnauthorized {
		t.Errorf("unsigned callback: got %d, want 401", status)
	}
	if status, _ := w.send("POST", "/hooks/zalo/guessed", body); status != http.StatusNotFound {
		t.Errorf("callback to an address that nobody has: got %d, want 404", status)
	}
	w.auth = auth
	w.verified()
}

// TestLostSMSAnswer repeats an SMS whose answer was lost under the same RequestId; eSMS says that it has it (124), and there is one copy.
func TestLostSMSAnswer(t *testing.T) {
	t.Parallel()
	lost := quick()
	lost.DropAfterAccept, lost.ReceiptMinMS, lost.ReceiptMaxMS = 1, 7_200_000, 7_200_000
	w, s := shop(t, simulator.Options{ESMS: lost}, phones(8))
	id := w.launch(s, "sms", "email")
	w.until("eight unknown", 0, func() bool { return w.counts(id).Total["unknown"] == 8 })
	w.until("eSMS to know them", 5*time.Second, func() bool { return w.counts(id).Total["processing"] == 8 })
	sum := w.sim.Ledger().Summary()["esms"]
	if sum.Accepted != 8 || sum.Keys != 8 || sum.CopiedKeys != 0 {
		t.Errorf("ledger: got %+v, want 8 accepted once each", sum)
	}
	w.verified()
}

// TestOutage cuts every call to eSMS; when it is over everybody gets exactly one SMS.
func TestOutage(t *testing.T) {
	t.Parallel()
	down := quick()
	down.Outage = true
	w, s := shop(t, simulator.Options{ESMS: down}, phones(8))
	id := w.launch(s, "sms")
	w.until("calls into the outage", 0, func() bool { c := w.counts(id); return c.Dispatched && c.Legs[0].Counts["sent"] > 0 })
	if got := w.sim.Ledger().Count("esms", "accepted"); got != 0 {
		t.Fatalf("accepted during the outage: got %d, want 0", got)
	}
	w.sim.SetBehaviour("esms", quick())
	w.until("everybody's SMS", 10*time.Second, func() bool { return w.counts(id).Total["delivered"] == 8 })
	if sum := w.sim.Ledger().Summary()["esms"]; sum.Accepted != 8 || sum.CopiedKeys != 0 {
		t.Errorf("ledger: got %+v, want 8 accepted once each", sum)
	}
	w.verified()
}

// TestBounce takes a mail, reports it as undeliverable later, and never sends to the address again.
func TestBounce(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, []string{",bounce@example.com", ",ok@example.com", ",complaint@example.com"})
	id := w.launch(s, "email")
	w.until("the bounce and the complaint", 0, func() bool { c := w.counts(id); return c.Total["bounced"] == 1 && c.Total["complained"] == 1 })
	var list struct{ Items []struct{ Reason string } }
	w.call("GET", "/suppressions", nil, &list)
	if len(list.Items) != 2 {
		t.Errorf("suppressed addresses: got %v, want two", list)
	}
	before := w.sim.Ledger().Count("smtp", "")
	c := w.settled(w.launch(s, "email"), 0)
	w.want(c, 0, map[string]int64{"skipped": 2, "sent": 1})
	if got := w.sim.Ledger().Count("smtp", "") - before; got != 1 {
		t.Errorf("mails of the second campaign: got %d, want 1", got)
	}
	w.verified()
}

var tracked = regexp.MustCompile(`/([cou])/([A-Za-z0-9_-]+)`)

// TestTracking follows the links of a mail as people and machines do.
func TestTracking(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{Inspect: true}, []string{",ok@example.com"})
	id := w.launch(s, "email")
	w.settled(id, 0)
	raws := w.sim.Inspected()
	if len(raws) != 1 || len(raws[0].Problems) > 0 {
		t.Fatalf("mails: got %d, want 1 without problems: %+v", len(raws), raws)
	}
	raw := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=").Replace(raws[0].Raw)
	token := map[string]string{}
	for _, m := range tracked.FindAllStringSubmatch(raw, -1) {
		token[m[1]] = m[2]
	}
	if len(token) != 3 {
		t.Fatalf("addresses in the mail: got %v, want pixel, link and unsubscribe", token)
	}
	w.clk.Advance(time.Minute)
	visit := func(method, path, agent string) *http.Response {
		r, err := http.NewRequest(method, w.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", agent)
		res, err := direct.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res
	}
	const person = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
	check := func(when string, words map[string]int64) { t.Helper(); t.Log(when); w.want(w.counts(id), 0, words) }
	visit("GET", "/o/"+token["o"], "Mozilla/5.0")
	visit("GET", "/c/"+token["c"], "Barracuda Sentinel")
	visit("GET", "/u/"+token["u"], person)
	check("after machines and a look at the page", map[string]int64{"opened": 0, "clicked": 0, "unsubscribed": 0})
	for _, kind := range []string{"c", "u"} {
		for i := 0; i < len(token[kind]); i += 3 {
			flipped := []byte(token[kind])
			if flipped[i]++; !tracked.MatchString("/c/" + string(flipped[i])) {
				flipped[i] = 'A'
			}
			if bytes.Equal(flipped, []byte(token[kind])) || i == len(flipped)-1 { // the last letter holds spare bits
				continue
			}
			if res := visit("GET", "/"+kind+"/"+string(flipped)+"?url=https://evil.example", person); res.StatusCode != http.StatusNotFound {
				t.Errorf("altered token of /%s/ at %d: got %s to %q, want 404", kind, i, res.Status, res.Header.Get("Location"))
			}
		}
	}
	visit("GET", "/o/"+token["o"], person)
	check("after a person opened", map[string]int64{"opened": 1, "clicked": 0})
	if res := visit("GET", "/c/"+token["c"]+"?url=https://evil.example", person); res.Header.Get("Location") != "https://cuahangmau.example/uu-dai" {
		t.Errorf("redirect: got %s %q, want the stored target", res.Status, res.Header.Get("Location"))
	}
	check("after a person clicked", map[string]int64{"opened": 1, "clicked": 1})
	if res := visit("POST", "/u/"+token["u"], "mail client"); res.StatusCode != http.StatusOK {
		t.Errorf("one-click unsubscribe: got %s", res.Status)
	}
	check("after the unsubscribe", map[string]int64{"unsubscribed": 1})
	c := w.settled(w.launch(s, "email"), 0)
	w.want(c, 0, map[string]int64{"skipped": 1, "sent": 0})
	w.verified()
}

// TestSuppressedDuringRun takes addresses off while the campaign waits with everybody enlisted: what was committed before the claim wins.
func TestSuppressedDuringRun(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, phones(20))
	var balance int64
	w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { balance, o.Balance = o.Balance, 0 })
	id := w.launch(s, "zns")
	w.held(s.ZNS, "balance", id, 20)
	gone := []string{"84901234051", "84901234060", "84901234069"}
	for _, p := range gone {
		w.call("POST", "/suppressions", object{"kind": "phone", "value": "+" + p}, nil)
	}
	w.sim.ChangeZaloOA(simulator.DefaultOAID, func(o *simulator.ZaloOA) { o.Balance = balance })
	w.call("POST", fmt.Sprintf("/connections/%d/resume", s.ZNS), nil, nil)
	c := w.settled(id, time.Second)
	w.want(c, 0, map[string]int64{"delivered": 17, "skipped": 3})
	w.sim.Ledger().Each(func(r simulator.Record) bool {
		if slices.Contains(gone, r.Recipient) && r.Outcome == "accepted" {
			t.Errorf("a suppressed person got a message: %+v", r)
		}
		return true
	})
	w.verified()
}

// TestLateFailure reports an SMS as failed hours after the campaign was over: the mail behind it still goes out, once.
func TestLateFailure(t *testing.T) {
	t.Parallel()
	late := quick()
	late.FailedLater, late.ReceiptMinMS, late.ReceiptMaxMS, late.CallbackCopies = 1, 7_200_000, 7_200_000, 2
	w, s := shop(t, simulator.Options{ESMS: late}, []string{"0901234051,a@example.com", "0901234052,b@example.com"})
	id := w.launch(s, "sms", "email")
	w.until("both accepted", 0, func() bool { c := w.counts(id); return c.Dispatched && c.Total["processing"] == 2 })
	w.until("the end of the campaign", time.Minute/4, func() bool { return w.counts(id).State == "finished" })
	if got := w.sim.Ledger().Count("smtp", ""); got != 0 {
		t.Fatalf("mails before the failure: got %d, want 0", got)
	}
	w.clk.Advance(3 * time.Hour)
	w.until("the mails", 0, func() bool { return w.sim.Ledger().Count("smtp", "accepted") == 2 })
	c := w.settled(id, 0)
	w.want(c, 0, map[string]int64{"failed": 2})
	w.want(c, 1, map[string]int64{"sent": 2, "total": 2})
	w.verified()
}
