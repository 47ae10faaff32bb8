package message

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
)

func (x *world) ask(r Request) (Asked, error) {
	x.t.Helper()
	r.WorkspaceID = x.ws
	r.Definition.Zone = "Asia/Ho_Chi_Minh"
	var out Asked
	err := x.d.WithTx(context.Background(), func(tx *db.Tx) (err error) {
		out, err = x.s.Ask(context.Background(), tx, r)
		return err
	})
	return out, err
}

func (x *world) mustAsk(r Request) Asked {
	x.t.Helper()
	out, err := x.ask(r)
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func (x *world) leg(id int64) *Leg {
	x.t.Helper()
	l, err := x.s.FindLeg(context.Background(), x.d, x.ws, id)
	if err != nil || l == nil {
		x.t.Fatalf("leg %d: %v", id, err)
	}
	return l
}

func testMail(html string) Request {
	content, _ := json.Marshal(map[string]any{"subject": "Chào {{ contact.name }}", "html": html, "purpose": "care"})
	return Request{Kind: KindTest, SourceID: 7, Name: "Gửi thử", Purpose: Transaction, Definition: Definition{Legs: []LegPlan{{Channel: channel.Email, ConnectionID: 2, Content: content}}}}
}

// TestAskTest sends one message to an address that belongs to nobody, filled in with a contact's data.
func TestAskTest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(2)
		var got []*Outgoing
		var mu sync.Mutex
		x.mail.answer = func(m *Outgoing, n int) Outcome {
			mu.Lock()
			got = append(got, m)
			mu.Unlock()
			return accept(m, n)
		}
		r := testMail(`<p>{{ contact.name }} {{ params.ma }} {{ workspace.name }} <a href="https://shop.example/{{ params.ma }}">xem</a> <a href="{{ unsubscribe_url }}">hủy</a></p>`)
		r.Definition.TrackClicks = true
		r.To, r.Like, r.Params = "me@shop.example", 1, map[string]any{"ma": "A-1"}
		asked := x.mustAsk(r)
		sum := x.deliver(settled, asked.RunID)
		x.expect(sum, "total=1 processing=1")
		if len(got) != 1 || got[0].To != "me@shop.example" || got[0].Name != "" || !strings.Contains(got[0].Rendered.HTML, "Người 1 A-1 Cửa hàng") || got[0].Rendered.Subject != "Chào Người 1" {
			t.Fatalf("got %d mails, the first %+v", len(got), got[0])
		}
		if l := x.leg(asked.MessageID); l.ContactID != 0 || l.State != Accepted {
			t.Errorf("got contact %d, state %s; want nobody's, processing", l.ContactID, l.State)
		}
		_, rest, _ := strings.Cut(got[0].Rendered.HTML, "http://loa.test/c/")
		token, _, _ := strings.Cut(rest, `"`)
		target, found, err := x.s.Clicked(context.Background(), token, Visit{Agent: "Mozilla/5.0 (Windows) Gecko Firefox/140"})
		if err != nil || !found || target != "https://shop.example/A-1" {
			t.Errorf("click: got %q, %v, %v", target, found, err)
		}
		// The run ends by itself and the unsubscription closes the address that was written to, not the contact's.
		x.deliver(func(map[string]int64) bool {
			run, err := LoadRun(context.Background(), d, x.ws, asked.RunID)
			return err == nil && run.State == RunFinished
		}, asked.RunID)
		_, rest, _ = strings.Cut(got[0].Rendered.HTML, "http://loa.test/u/")
		token, _, _ = strings.Cut(rest, `"`)
		if found, err := x.s.Unsubscribed(context.Background(), token); err != nil || !found {
			t.Errorf("unsubscribe: %v, %v", found, err)
		}
		if len(x.blocks) != 1 || x.blocks[0].Address != "me@shop.example" || x.blocks[0].ContactID != 0 {
			t.Errorf("suppressions: got %+v, want the address of the test", x.blocks)
		}
		x.verify()
	})
}

// TestAskGate: the suppression list holds for tests; consent and hours of advertising do not.
func TestAskGate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(1)
		x.s.Suppressed = func(_ context.Context, _ db.Querier, _, _ int64, _ channel.Channel, list []string) (map[string]bool, error) {
			out := map[string]bool{}
			for _, a := range list {
				out[a] = strings.HasPrefix(a, "no")
			}
			return out, nil
		}
		html := `<p>{{ contact.attrs.diem }}</p>`
		good, bad := testMail(html), testMail(html)
		good.To, good.Sample = "yes@shop.example", true
		bad.To, bad.Sample = "no@shop.example", true
		a, b := x.mustAsk(good), x.mustAsk(bad)
		x.deliver(func(map[string]int64) bool {
			return x.leg(a.MessageID).State.Final() && x.leg(b.MessageID).State.Final()
		}, a.RunID)
		if l := x.leg(a.MessageID); l.State != Accepted {
			t.Errorf("got %s %s, want processing", l.State, l.Reason)
		}
		if l := x.leg(b.MessageID); l.State != Skipped || l.Reason != ReasonSuppressed {
			t.Errorf("got %s %s, want skipped suppressed", l.State, l.Reason)
		}
		x.verify()
	})
}

// TestAskOnce repeats a call with the same key 50 times at once.
func TestAskOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(1)
		r := Request{Kind: KindAPI, SourceID: 3, Name: "API", Purpose: Transaction, ContactID: 1, Definition: Definition{Legs: []LegPlan{smsPlan()}}, Repeat: Repeat{Key: "k1", Route: "send", Body: []byte("một")}}
		ids := make([]Asked, 50)
		var callers sync.WaitGroup
		for i := range ids {
			callers.Go(func() { ids[i] = x.mustAsk(r) })
		}
		callers.Wait()
		fresh := 0
		for _, id := range ids {
			if !id.Repeated {
				fresh++
			}
			if id.MessageID != ids[0].MessageID || id.RunID != ids[0].RunID {
				t.Errorf("got message %d, want %d", id.MessageID, ids[0].MessageID)
			}
		}
		if fresh != 1 {
			t.Errorf("%d calls made a message, want 1", fresh)
		}
		other := r
		other.Repeat.Body = []byte("hai")
		if _, err := x.ask(other); !errs.Is(err, "idempotency.other_body") {
			t.Errorf("another body: got %v", err)
		}
		other.Repeat.Key = "k2"
		second := x.mustAsk(other)
		if second.MessageID == ids[0].MessageID || second.RunID != ids[0].RunID {
			t.Errorf("another key: got %+v, want another message of run %d", second, ids[0].RunID)
		}
		x.expect(x.deliver(settled, second.RunID), "total=2 processing=2")
		x.clock.Advance(answersLast)
		if again := x.mustAsk(r); again.Repeated {
			t.Errorf("after a day: got the first answer, want a new message")
		}
		if err := x.s.ForgetAnswers(context.Background()); err != nil {
			t.Error(err)
		}
		var left int
		if err := d.QueryRow(context.Background(), `SELECT COUNT(*) FROM idempotency`).Scan(&left); err != nil || left != 1 {
			t.Errorf("answers left: got %d, %v, want the newest", left, err)
		}
		x.verify()
	})
}

// TestAskStream: messages of the API share a run until its content changes; fallbacks go to the same address.
func TestAskStream(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		x.people(3)
		second := smsPlan()
		second.ConnectionID = 3
		x.sms.answer = func(m *Outgoing, n int) Outcome {
			if m.To == "+84911000000" {
				return Outcome{Class: provider.Recipient, Code: "112"}
			}
			return accept(m, n)
		}
		r := Request{Kind: KindAPI, SourceID: 3, Name: "API", Purpose: Transaction, To: "+84911000000", Definition: Definition{Legs: []LegPlan{smsPlan(), second}}}
		first := x.mustAsk(r)
		for i := range 3 {
			r.To, r.ContactID = "", int64(i+1)
			if next := x.mustAsk(r); next.RunID != first.RunID {
				t.Errorf("got run %d, want %d", next.RunID, first.RunID)
			}
		}
		sum := x.deliver(func(sum map[string]int64) bool {
			return sum["1.total"] == 1 && settled(sum)
		}, first.RunID)
		x.expect(sum, "0.total=4 0.processing=3 0.failed=1 1.total=1")
		changed := r
		changed.Definition.Legs = []LegPlan{{Channel: channel.SMS, ConnectionID: 1, Content: json.RawMessage(`{"text":"Khac"}`)}}
		next := x.mustAsk(changed)
		if next.RunID == first.RunID {
			t.Errorf("changed content joined run %d", first.RunID)
		}
		x.deliver(func(map[string]int64) bool {
			run, err := LoadRun(context.Background(), d, x.ws, first.RunID)
			return err == nil && run.State == RunFinished && x.leg(next.MessageID).State.Final()
		}, first.RunID)
		x.verify()
	})
}

func TestAskRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		for code, change := range map[string]func(*Request){
			"message.no_recipient":     func(r *Request) { r.To = "" },
			"message.address_kind":     func(r *Request) { r.Definition.Legs = append(r.Definition.Legs, smsPlan()) },
			"idempotency.key_too_long": func(r *Request) { r.Repeat.Key = strings.Repeat("k", 256) },
			"contact.not_found":        func(r *Request) { r.To, r.ContactID = "", 4711 },
		} {
			r := testMail("<p>x</p>")
			r.To = "me@shop.example"
			change(&r)
			if _, err := x.ask(r); !errs.Is(err, code) {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		var n int
		if err := d.QueryRow(context.Background(), `SELECT COUNT(*) FROM leg`).Scan(&n); err != nil || n != 0 {
			t.Errorf("legs: got %d, %v, want none", n, err)
		}
	})
}
