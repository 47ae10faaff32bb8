package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

const (
	smsConnection  = 1
	mailConnection = 2
)

// carrier is a small provider inside the test process that answers by the address.
type carrier struct {
	answer func(m *message.Outgoing) message.Outcome
}

func (c *carrier) Send(_ context.Context, m *message.Outgoing) message.Outcome {
	o := c.answer(m)
	o.Asked = true
	return o
}

func (*carrier) Close() error { return nil }

func smsAnswer(m *message.Outgoing) message.Outcome {
	switch m.To {
	case "+84900000002":
		return message.Outcome{Class: provider.Recipient, Code: "108", Detail: "bad number", Raw: `{"CodeResult":"108"}`}
	case "+84900000003":
		return message.Outcome{Class: provider.Unknown, Code: "timeout"}
	}
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: "p" + m.Key, Price: 800, Delivered: true, Raw: `{"CodeResult":"100"}`}
}

func mailAnswer(m *message.Outgoing) message.Outcome {
	return message.Outcome{Class: message.OutcomeAccepted, ProviderID: "m" + m.Key}
}

type world struct {
	t      testing.TB
	d      *db.DB
	s      *Service
	clock  *clock.Clock
	ws     int64
	ids    map[string]int64 // name to contact
	people *contact.Service
	jobs   []campaign.DispatchArgs
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	ctx := context.Background()
	x := &world{t: t, d: d, clock: clock.NewSimulated(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), 1), ids: map[string]int64{}}
	x.must(d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&x.ws)
	}))
	sms, mail := &carrier{smsAnswer}, &carrier{mailAnswer}
	messages := message.New(message.Deps{DB: d, Clock: x.clock, Keys: message.NewKeyer([]byte("k")), Node: "t", PublicURL: "http://loa.test",
		Open: func(_ context.Context, _, connection int64) (message.Sender, message.Limits, error) {
			l := message.Limits{Channel: channel.SMS, Provider: "esms", Concurrency: 4, Timeout: 5 * time.Second}
			if connection == mailConnection {
				l.Channel, l.Provider = channel.Email, "smtp"
				return mail, l, nil
			}
			return sms, l, nil
		},
		Usable:   func(context.Context, int64, int64) (bool, error) { return true, nil },
		Suppress: func(context.Context, *db.Tx, int64, []message.Suppression) error { return nil },
	})
	templates := template.New(template.Deps{DB: d, Now: x.clock.Now})
	zone := func(context.Context, int64) (string, error) { return "Asia/Ho_Chi_Minh", nil }
	campaigns := campaign.New(campaign.Deps{DB: d, Clock: x.clock, Messages: messages, Templates: templates, Zone: zone,
		Segment: func(_ context.Context, _, id int64) (campaign.Segment, error) {
			if id != 1 {
				return campaign.Segment{}, errs.NotFound("segment")
			}
			return campaign.Segment{ID: 1, Name: "Khách Vàng", Condition: json.RawMessage(`{"hang":"vang"}`)}, nil
		},
		Expand: func(_ context.Context, _ int64, cond json.RawMessage) (json.RawMessage, error) { return cond, nil },
		Compile: func(_ context.Context, _ int64, _ time.Time, cond json.RawMessage) (message.Audience, error) {
			var v map[string]string
			if err := json.Unmarshal(cond, &v); err != nil {
				return nil, err
			}
			return func(first int) (string, []any) {
				return fmt.Sprintf(`CAST(c.attrs ->> 'hang' AS text) = $%d`, first), []any{v["hang"]}
			}, nil
		},
		Connection: func(_ context.Context, _, id int64) (campaign.Connection, error) {
			if id == mailConnection {
				return campaign.Connection{ID: id, Channels: channel.Of(channel.Email), State: "active"}, nil
			}
			return campaign.Connection{ID: id, Channels: channel.Of(channel.SMS), State: "active", PricePerPart: 800}, nil
		},
		Audit: func(context.Context, *db.Tx, int64, string, string, string, map[string]any) error { return nil },
		Enqueue: func(_ context.Context, _ *db.Tx, a campaign.DispatchArgs) error {
			x.jobs = append(x.jobs, a)
			return nil
		},
	})
	messages.OnFinished(campaigns.Finished)
	x.people = contact.New(contact.Deps{DB: d, Now: x.clock.Now})
	x.s = New(Deps{DB: d, Clock: x.clock, Messages: messages, Campaigns: campaigns, Find: x.people.Find, Zone: zone,
		Connection: func(_ context.Context, _, id int64) (Connection, error) {
			if id == mailConnection {
				return Connection{ID: id, Name: "SMTP", Provider: "smtp", State: "active"}, nil
			}
			return Connection{ID: id, Name: "Brandname", Provider: "esms", State: "active"}, nil
		},
		Summary: func(_ context.Context, _ string, _ int64, cond json.RawMessage) string {
			return "Hạng là " + string(cond)
		},
		Consents: func(_ context.Context, _, id int64) ([]contact.Consent, error) {
			if id == x.ids["dung"] {
				return []contact.Consent{{Granted: true, At: x.clock.Now()}, {At: x.clock.Now(), Source: "page"}}, nil
			}
			return []contact.Consent{}, nil
		},
		Suppressions: func(_ context.Context, _, id int64) ([]contact.Suppression, error) {
			if id == x.ids["chan"] {
				return []contact.Suppression{{Reason: contact.ReasonComplained, At: x.clock.Now()}}, nil
			}
			return []contact.Suppression{}, nil
		},
		Explain: func(provider string, _ channel.Channel, code string) Meaning {
			if provider == "esms" && code == "108" {
				return Meaning{Class: "recipient", VI: "Số điện thoại không hợp lệ.", EN: "The phone number is not valid.", AdviceVI: "Kiểm tra lại số điện thoại.", AdviceEN: "Check the number."}
			}
			return Meaning{}
		}})
	return x
}

func (x *world) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *world) person(name, phone, email, hang string, consent, shared channel.Set) {
	x.t.Helper()
	ctx := context.Background()
	var id int64
	x.must(x.d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO contact (workspace_id, name, search, phone, email, attrs, reach, consent, shared, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 7, $7, $8, 1, 1) RETURNING id`,
			x.ws, name, strings.ToLower(name)+" "+phone, phone, email, `{"hang":"`+hang+`"}`, int64(consent), int64(shared)).Scan(&id)
	}))
	x.ids[name] = id
}

// broadcast makes the people and the campaign of these tests: SMS to gold customers, e-mail as fallback. It returns the campaign before its activation.
func (x *world) broadcast() *campaign.Campaign {
	x.t.Helper()
	ctx := context.Background()
	x.person("an", "+84900000001", "an@example.com", "vang", 7, 2)
	x.person("binh", "+84900000002", "binh@example.com", "vang", 7, 0)
	x.person("=cuong", "+84900000003", "cuong@example.com", "vang", 7, 0)
	x.person("dung", "+84900000004", "dung@example.com", "vang", 0, 0)
	x.person("em", "+84900000005", "em@example.com", "bac", 7, 0)
	x.person("an hai", "+84900000001", "", "vang", 2, 2)
	var legs []campaign.Leg
	for _, l := range []struct {
		ch      channel.Channel
		conn    int64
		content string
	}{{channel.SMS, smsConnection, `{"text":"[QC] Chao {{ contact.name }}. Tu choi: soan TC"}`}, {channel.Email, mailConnection, `{"subject":"[QC] Chào","html":"<p>x <a href=\"{{ unsubscribe_url }}\">hủy</a></p>"}`}} {
		t, err := x.s.Campaigns.Templates.Create(ctx, x.ws, "user:1", "Mẫu", l.ch, json.RawMessage(l.content))
		x.must(err)
		legs = append(legs, campaign.Leg{Channel: l.ch, ConnectionID: l.conn, TemplateID: t.ID})
	}
	c, err := x.s.Campaigns.Create(ctx, x.ws, "user:1", campaign.Form{Name: "Tết", Audience: campaign.Audience{SegmentIDs: []int64{1}}, Legs: legs})
	x.must(err)
	return c
}

// run activates the campaign and lets the ledger work until nothing is left to send.
func (x *world) run(id int64) {
	x.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err := x.s.Campaigns.Activate(ctx, x.ws, id, "user:1")
	x.must(err)
	for _, a := range x.jobs {
		x.must(x.s.Campaigns.Dispatch(ctx, a))
	}
	engine := message.NewEngine(x.s.Messages)
	sweeper := message.NewSweeper(engine)
	ended := make(chan struct{})
	go func() { engine.Run(ctx); close(ended) }()
	deadline := time.After(20 * time.Second)
	for {
		x.must(sweeper.Sweep(ctx))
		c, err := x.s.Campaigns.Get(ctx, x.ws, id)
		x.must(err)
		if c.State == campaign.Finished {
			break
		}
		select {
		case <-deadline:
			x.t.Fatalf("gave up waiting; the campaign is %s with %v", c.State, c.Counts)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	<-ended
}

func TestBroadcastReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.broadcast()
		x.why(c.ID, "vi", "an", "not_started", "Chiến dịch chưa bắt đầu (trạng thái: Chờ kích hoạt).")
		if _, err := x.s.Counts(ctx, x.ws, c.ID); !errs.Is(err, "campaign.not_started") {
			t.Fatalf("got %v before the start, want campaign.not_started", err)
		}
		x.run(c.ID)

		got, err := x.s.Counts(ctx, x.ws, c.ID)
		x.must(err)
		if got.People != 5 || got.Waiting != 0 || got.Spent != 800 || len(got.Legs) != 2 || len(got.Channels) != 2 {
			t.Errorf("got %+v, want 5 people, nothing waiting, 800 VND", got)
		}
		for _, l := range got.Legs {
			sum := int64(0)
			for _, w := range exclusive {
				sum += l.Counts[string(w)]
			}
			if sum != l.Counts["total"] {
				t.Errorf("rank %d: got states that add up to %d, want %d: %v", l.Rank, sum, l.Counts["total"], l.Counts)
			}
		}
		if l := got.Legs[0].Counts; l["total"] != 5 || l["sent"] != 3 || l["delivered"] != 1 || l["failed"] != 1 || l["unknown"] != 1 || l["skipped"] != 2 || l["superseded"] != 1 {
			t.Errorf("got %v by SMS, want 5: 1 delivered, 1 failed, 1 unknown, 2 skipped", l)
		}
		if l := got.Legs[1].Counts; l["total"] != 1 || l["processing"] != 1 {
			t.Errorf("got %v by e-mail, want 1 processing", l)
		}

		x.why(c.ID, "vi", "an", "delivered", "Khách hàng thuộc nhóm người nhận của chiến dịch.", "Tin SMS đã đến tay khách hàng lúc")
		x.why(c.ID, "vi", "binh", "processing", "Tin SMS gửi thất bại lúc", "Số điện thoại không hợp lệ (mã 108).", "Hệ thống chuyển sang kênh dự phòng Email.", "Đang chờ báo cáo")
		x.why(c.ID, "en", "binh", "processing", "The phone number is not valid (code 108).", "The fallback E-mail took over.")
		x.why(c.ID, "vi", "=cuong", "unknown", "không nhận được câu trả lời", "Kết quả sẽ được tra cứu lúc")
		x.why(c.ID, "vi", "dung", "skipped", "khách hàng chưa đồng ý nhận quảng cáo", "Kênh Email không dùng được: khách hàng chưa đồng ý", "Khách hàng đã rút lại đồng ý lúc")
		x.why(c.ID, "vi", "em", "left_out", "không thuộc nhóm người nhận", "Khách hàng không thuộc nhóm “Khách Vàng”.", "Chưa đạt điều kiện: Hạng là")
		x.why(c.ID, "vi", "an hai", "skipped", "khách hàng khác có cùng địa chỉ", "dùng chung với khách hàng “an”")
		x.person("moi", "+84900000009", "moi@example.com", "vang", 7, 0)
		x.why(c.ID, "vi", "moi", "joined_later", "chỉ đạt điều kiện sau khi chiến dịch đã bắt đầu")
		x.person("chan", "+84900000008", "chan@example.com", "bac", 7, 0)
		_, err = d.Exec(ctx, `UPDATE contact SET blocked = 7 WHERE workspace_id = $1 AND id = $2`, x.ws, x.ids["chan"])
		x.must(err)
		x.why(c.ID, "vi", "chan", "left_out", "Kênh SMS không dùng được: địa chỉ nằm trong danh sách chặn.", "khách hàng đã báo xấu")
		_, err = d.Exec(ctx, `DELETE FROM contact WHERE workspace_id = $1 AND id = $2`, x.ws, x.ids["binh"])
		x.must(err)
		x.why(c.ID, "vi", "binh", "processing", "đã được xóa")
		if _, err := x.s.Why(ctx, "vi", x.ws, c.ID, 9999); !errs.Is(err, "contact.not_found") {
			t.Errorf("got %v for nobody, want contact.not_found", err)
		}

		failures, err := x.s.Failures(ctx, "vi", x.ws, c.ID)
		x.must(err)
		var lines []string
		for _, f := range failures {
			lines = append(lines, fmt.Sprintf("%d %s %s %d", f.Rank, f.Status, f.Cause.Code, f.Count))
		}
		if got, want := strings.Join(lines, ", "), "0 failed 108 1, 0 skipped duplicate_address 1, 0 skipped no_consent 1"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		x.export(c.ID)
		x.singles(c.ID)
	})
}

// TestResolving decides about the unknown message: not sent, so the next channel takes over.
func TestResolving(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.broadcast()
		x.run(c.ID)
		one, err := x.s.Why(ctx, "vi", x.ws, c.ID, x.ids["an"])
		x.must(err)
		if err := x.s.Campaigns.ResolveMessage(ctx, x.ws, one.Legs[0].ID, "user:1", true, "hỏi nhà mạng"); !errs.Is(err, "message.not_unknown") {
			t.Errorf("got %v for a delivered message, want message.not_unknown", err)
		}
		n, err := x.s.Campaigns.Resolve(ctx, x.ws, c.ID, "user:1", false, "nhà mạng xác nhận không nhận được")
		x.must(err)
		if n != 1 {
			t.Errorf("got %d messages resolved, want 1", n)
		}
		x.why(c.ID, "vi", "=cuong", "queued", "có người xác nhận tin này đã không được gửi", "Hệ thống chuyển sang kênh dự phòng Email.")
		if n, err := x.s.Campaigns.Resolve(ctx, x.ws, c.ID, "user:1", false, "lần nữa"); err != nil || n != 0 {
			t.Errorf("got %d, %v the second time, want nothing to do", n, err)
		}
	})
}

// why compares outcome and sentences.
func (x *world) why(id int64, lang, name, outcome string, want ...string) {
	x.t.Helper()
	w, err := x.s.Why(context.Background(), lang, x.ws, id, x.ids[name])
	x.must(err)
	var text []string
	for _, s := range w.Sentences {
		text = append(text, s.Text)
		if (strings.ContainsAny(s.Text, "{}") && s.Code != "why.condition_words") || s.Text == s.Code {
			x.t.Errorf("%s: got sentence %q with a gap", name, s.Text)
		}
	}
	all := strings.Join(text, " | ")
	if w.Outcome != outcome {
		x.t.Errorf("%s: got outcome %s, want %s: %s", name, w.Outcome, outcome, all)
	}
	for _, s := range want {
		if !strings.Contains(all, s) {
			x.t.Errorf("%s: got %q, want it to say %q", name, all, s)
		}
	}
}

func (x *world) export(id int64) {
	x.t.Helper()
	var buf bytes.Buffer
	x.must(x.s.Export(context.Background(), "vi", x.ws, id, Filter{}, &buf, func(string) {}))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(buf.String(), "\ufeff"))).ReadAll()
	x.must(err)
	if len(rows) != 7 || rows[0][8] != "Trạng thái" {
		x.t.Fatalf("got %d rows with head %v, want 6 lines", len(rows), rows[0])
	}
	for _, r := range rows[1:] {
		for i, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				x.t.Errorf("got cell %q in column %s, want no formula", cell, rows[0][i])
			}
		}
	}
	if all := buf.String(); !strings.Contains(all, "'=cuong") || !strings.Contains(all, "Gửi thất bại") || !strings.Contains(all, "Kiểm tra lại số điện thoại.") {
		x.t.Errorf("got %s, want words, advice and a harmless name", all)
	}
}

// singles reads a contact's activity, single messages and the overview.
func (x *world) singles(id int64) {
	x.t.Helper()
	ctx := context.Background()
	page, next, err := x.s.OfContact(ctx, "vi", x.ws, x.ids["an"], 0, 10)
	x.must(err)
	if len(page) != 1 || next != 0 || page[0].CampaignID != id || page[0].Status != message.StatusDelivered {
		x.t.Fatalf("got %+v, want one delivered message", page)
	}
	m, err := x.s.Message(ctx, "vi", x.ws, fmt.Sprint(page[0].MessageID))
	x.must(err)
	if len(m.Leg.Attempts) != 1 || m.Leg.Attempts[0].Raw != `{"CodeResult":"100"}` || m.CampaignID != id {
		x.t.Errorf("got %+v, want one attempt with its raw answer", m.Leg)
	}
	byKey, err := x.s.Message(ctx, "vi", x.ws, m.Leg.Key)
	x.must(err)
	if byKey.Leg.ID != m.Leg.ID {
		x.t.Errorf("got message %d by key, want %d", byKey.Leg.ID, m.Leg.ID)
	}
	for _, mark := range []string{fmt.Sprint(page[0].MessageID), m.Leg.Key} {
		if _, err := x.s.Message(ctx, "vi", x.ws+1, mark); !errs.Is(err, "message.not_found") {
			x.t.Errorf("got %v from another workspace, want message.not_found", err)
		}
	}
	o, err := x.s.Overview(ctx, x.ws)
	x.must(err)
	if o.Campaigns["finished"] != 1 || o.Messages["total"] != 6 || o.Unknown != 1 || o.Contacts != 7 {
		x.t.Errorf("got %+v, want one finished campaign with 6 messages, 1 unknown", o)
	}
}

// TestEveryNumberOpensItsPeople makes random messages and compares the report's filter of each word with the ledger's own counting of the same messages.
func TestEveryNumberOpensItsPeople(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		c := x.broadcast()
		_, err := x.s.Campaigns.Activate(ctx, x.ws, c.ID, "user:1")
		x.must(err)
		c, err = x.s.Campaigns.Get(ctx, x.ws, c.ID)
		x.must(err)
		r := rand.New(rand.NewPCG(3, 4))
		want := map[message.Status]int{}
		const people = 300
		total := 0
		x.must(d.WithTx(ctx, func(tx *db.Tx) error {
			for i := 1; i <= people; i++ {
				for rank := range 1 + r.IntN(2) {
					l := message.Leg{State: message.State(1 + r.IntN(7)), Channel: []channel.Channel{channel.SMS, channel.Email}[rank]}
					args := []any{x.ws, c.RunID, int64(i), rank, string(l.Channel), int64(rank + 1), int64(l.State)}
					for f := range l.Facts {
						var at any
						if r.IntN(3) == 0 {
							l.Facts[f] = int64(1000 + f)
							at = l.Facts[f]
						}
						args = append(args, at)
					}
					for _, w := range l.Counts() {
						want[w]++
					}
					total++
					if _, err := tx.Exec(ctx, `INSERT INTO leg (workspace_id, run_id, contact_id, rank, channel, connection_id, state, requested_at, accepted_at, delivered_at, opened_at, clicked_at, answered_at, failed_at, bounced_at, complained_at, unsubscribed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`, args...); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		read := func(f Filter) (n int) {
			seen := map[int64]bool{}
			for f.Limit = 37; ; {
				page, next, err := x.s.Activity(ctx, "vi", x.ws, c.ID, f)
				x.must(err)
				for _, a := range page {
					if seen[a.MessageID] {
						t.Fatalf("message %d comes twice", a.MessageID)
					}
					seen[a.MessageID] = true
				}
				n += len(page)
				if f.After = next; next == (Mark{}) {
					return n
				}
			}
		}
		if got := read(Filter{}); got != total {
			t.Errorf("got %d lines, want %d", got, total)
		}
		sum := 0
		for _, w := range words {
			got := read(Filter{Status: w})
			if got != want[w] {
				t.Errorf("%s: got %d lines, want %d", w, got, want[w])
			}
			for _, e := range exclusive {
				if e == w {
					sum += got
				}
			}
		}
		if sum != total {
			t.Errorf("got states that add up to %d, want %d", sum, total)
		}
		one := 1
		if a, b := read(Filter{Rank: &one}), read(Filter{Channel: channel.Email}); a != b || a == 0 {
			t.Errorf("got %d by rank and %d by channel, want the same", a, b)
		}
		x.must(x.people.IndexWords(ctx, x.ws))
		if got := read(Filter{Search: "AN"}); got == 0 || got > 4 {
			t.Errorf("got %d lines for a person, want those of an and an hai", got)
		}
		if got := read(Filter{Search: "0900 000 001"}); got == 0 || got > 2 {
			t.Errorf("got %d lines for a phone number as people type it, want those of its owner", got)
		}
		if got := read(Filter{Search: "%"}); got != 0 {
			t.Errorf("got %d lines for a percent sign, want none", got)
		}
		if _, _, err := x.s.Activity(ctx, "vi", x.ws, c.ID, Filter{Status: "lost"}); !errs.Is(err, "report.status_unknown") {
			t.Errorf("got %v, want report.status_unknown", err)
		}
	})
}
