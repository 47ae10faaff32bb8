package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// carrier is one provider behind a channel, as the conformance suite needs it: what channels promise must hold whichever carrier brings the message.
type carrier struct {
	channel, provider string
	form              func(w *world) object
	hook              func(w *world, url string) // tells the provider where to report; nil when the address goes with each message
	// lost is the state that a message comes to when the answer was lost after acceptance: delivered where the carrier finds it again, unknown where nobody can say.
	lost string
	// report writes what the carrier would report about one of our messages, nil where nobody reports; secret is what the carrier signs with, "" = it signs nothing.
	report func(m told, arrived bool) (path, body string)
	secret string
}

var zaloForm = func(w *world) object {
	return object{"provider": "zalo", "name": "OA", "concurrency": 4, "zalo": object{"base_url": w.sim.ZaloURL(), "oauth_url": w.sim.ZaloOAuthURL(), "app_id": simulator.DefaultAppID, "oa_id": simulator.DefaultOAID},
		"secrets": object{"app_secret": simulator.DefaultAppSecret, "access_token": simulator.DefaultAccessToken, "refresh_token": simulator.DefaultRefreshToken, "webhook_secret": simulator.DefaultWebhookSecret}}
}

var esmsForm = func(w *world) object {
	return object{"provider": "esms", "name": "eSMS", "concurrency": 4, "esms": object{"base_url": w.sim.ESMSURL(), "brandname": simulator.DefaultBrandname, "price_per_part": 850},
		"secrets": object{"api_key": simulator.DefaultESMSKey, "secret_key": simulator.DefaultESMSSecret}}
}

var etelecomForm = func(w *world) object {
	return object{"provider": "etelecom", "name": "eTelecom", "concurrency": 4, "etelecom": object{"base_url": w.sim.ETelecomURL(), "oa_id": simulator.DefaultOAID}, "secrets": object{"api_key": simulator.DefaultETelecomKey}}
}

var carrierList = []carrier{
	{channel: "zns", provider: "zalo", lost: "delivered", form: zaloForm, hook: func(w *world, url string) { w.sim.SetZaloWebhook(simulator.DefaultAppID, url) }, report: zaloReport, secret: simulator.DefaultWebhookSecret},
	{channel: "zns", provider: "etelecom", lost: "delivered", form: etelecomForm, hook: func(w *world, url string) { w.sim.SetETelecomWebhook(url) }, report: etelecomReport},
	// Without a webhook eTelecom is asked: nothing that is known there stays open here.
	{channel: "zns", provider: "etelecom", lost: "delivered", form: etelecomForm},
	{channel: "sms", provider: "esms", lost: "delivered", form: esmsForm, report: esmsReport},
	{channel: "sms", provider: "speedsms", lost: "unknown", hook: func(w *world, url string) { w.sim.SetSpeedWebhook(url) }, report: speedReport,
		form: func(w *world) object {
			return object{"provider": "speedsms", "name": "SpeedSMS", "concurrency": 4, "speedsms": object{"base_url": w.sim.SpeedURL(), "sender": simulator.DefaultSpeedSender, "price_per_part": 250},
				"secrets": object{"api_key": simulator.DefaultSpeedToken}}
		}},
}

// TestCarriers is what every carrier of a channel must pass, on both databases: the set-up and its test, each cell of the channel's row of the status table, a call that is refused as too fast,
// a lost answer, reports that come twice, before the answer, in the wrong order and forged, a key that is refused, and the provider's code in words.
func TestCarriers(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "zns", "sent", "delivered", "processing", "failed")
	proof.Cells(t, "sms", "sent", "delivered", "processing", "failed")
	for i, c := range carrierList {
		name := c.channel + " by " + c.provider
		if c.report == nil {
			name += " without webhook"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("sqlite", func(t *testing.T) { t.Parallel(); carry(t, "", &carrierList[i]) })
			t.Run("postgres", func(t *testing.T) { t.Parallel(); carry(t, dbtest.PostgresURL(t), &carrierList[i]) })
		})
	}
}

// endings are the simulator's: delivered, refused, silent, answer lost, report twice and early, too fast the first time.
var endings = []string{"0001", "0002", "0003", "0004", "0005", "0006"}

func carry(t *testing.T, url string, c *carrier) {
	b := quick()
	b.CallbackCopies, b.Reorder, b.Forged, b.BeforeAnswer = 1, true, 0.5, 0.3
	w := newWorld(t, url, simulator.Options{Zalo: b, ESMS: b, ETelecom: b, SpeedSMS: b})
	w.found()
	connection, hook := w.carrier(c)
	for i, e := range endings {
		w.call("POST", "/contacts", object{"external_id": "KH" + e, "name": fmt.Sprintf("Khách %d", i), "phone": "090123" + e}, nil)
	}
	template := w.carrierTemplate(c.channel, connection)
	campaign := w.carried(c.channel, connection, template)
	want := map[string]int64{"total": 6, "sent": 6, "delivered": 3, "failed": 1, "processing": 1, "unknown": 0, "skipped": 0, "queued": 0, "sending": 0}
	want[c.lost]++
	var got counts
	w.until("the carrier to bring what it can", 20*time.Second, func() bool {
		got = w.counts(campaign)
		return got.Dispatched && got.Waiting == 0 && w.sim.Waiting() == 0 && maps.Equal(only(got.Legs[0].Counts, want), want)
	})
	w.addUp(got)
	sum := w.sim.Ledger().Summary()[c.provider]
	if sum.Accepted != 5 || sum.CopiedKeys != 0 || got.Legs[0].Counts["sent"] != 6 {
		t.Errorf("ledger of %s: got %d accepted with %d copies, want 5 with none", c.provider, sum.Accepted, sum.CopiedKeys)
	}
	w.hours(3, campaign, want)
	if c.report != nil {
		w.doubted(c, hook, campaign, want)
	}
	w.carrierWords(campaign)
	w.verified()
	w.carrierKey(c, connection, template)
}

// only takes the words that are asked for.
func only(have, want map[string]int64) map[string]int64 {
	out := map[string]int64{}
	for word := range want {
		out[word] = have[word]
	}
	return out
}

// carrier connects the provider and presses "Thử kết nối".
func (w *world) carrier(c *carrier) (id int64, hook string) {
	w.t.Helper()
	var made struct {
		ID      int64
		Channel string
		HookURL string `json:"hook_url"`
	}
	w.call("POST", "/connections", c.form(w), &made)
	if made.Channel != c.channel {
		w.t.Errorf("channel of %s: got %s, want %s", c.provider, made.Channel, c.channel)
	}
	if c.hook != nil {
		c.hook(w, made.HookURL)
	}
	if ok, code := w.tested(made.ID); !ok {
		w.t.Errorf("test of %s: got %s, want ok", c.provider, code)
	}
	return made.ID, made.HookURL
}

func (w *world) tested(connection int64) (bool, string) {
	w.t.Helper()
	var test struct {
		OK   bool
		Code string
	}
	w.call("POST", fmt.Sprintf("/connections/%d/test", connection), nil, &test)
	return test.OK, test.Code
}

func (w *world) carrierTemplate(channel string, connection int64) int64 {
	w.t.Helper()
	content := object{"text": "Cua hang cam on {{ contact.first_name | no_accents }} da mua hang."}
	if channel == "zns" {
		content = object{"template_id": "100003", "connection_id": connection, "params": object{"customer_name": "{{ contact.name | truncate: 30 }}"},
			"schema": []object{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}}, "price_vnd": 200, "timeout_ms": 7200000, "tag": "CUSTOMER_CARE"}
	}
	return w.written(channel, "Cảm ơn", content)
}

func (w *world) carried(channel string, connection, template int64) int64 {
	w.t.Helper()
	id := w.made("Cảm ơn", object{"everyone": true}, object{"channel": channel, "connection_id": connection, "template_id": template})
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
	return id
}

// carrierWords expects a cause with words and advice for the refused message, and an id of the provider's for the delivered one.
func (w *world) carrierWords(campaign int64) {
	w.t.Helper()
	var page struct {
		Items []struct {
			Status string
			Cause  *struct{ Code, Meaning, Advice string }
		}
	}
	w.call("GET", fmt.Sprintf("/campaigns/%d/activity?limit=50", campaign), nil, &page)
	failed := slices.IndexFunc(page.Items, func(i struct {
		Status string
		Cause  *struct{ Code, Meaning, Advice string }
	}) bool {
		return i.Status == "failed"
	})
	if failed < 0 || page.Items[failed].Cause == nil || page.Items[failed].Cause.Meaning == "" || page.Items[failed].Cause.Advice == "" {
		w.t.Errorf("cause of the refused message: got %+v, want meaning and advice", page.Items)
	}
}

// carrierKey gives the connection a wrong key and sends to three people: the connection is held for its credentials, nobody's message fails, and with the right key everybody gets it, once.
func (w *world) carrierKey(c *carrier, connection, template int64) {
	w.t.Helper()
	at := fmt.Sprintf("/connections/%d", connection)
	form := c.form(w)
	secrets := form["secrets"].(object)
	right := maps.Clone(secrets)
	if access, refresh, ok := w.sim.ZaloTokens(simulator.DefaultOAID); ok && c.provider == "zalo" { // they have been renewed since
		right["access_token"], right["refresh_token"] = access, refresh
	}
	for _, name := range []string{"api_key", "access_token", "refresh_token"} {
		if secrets[name] != nil {
			secrets[name] = "sai"
		}
	}
	w.call("PUT", at, form, nil)
	for i := range 3 {
		w.contact(object{"name": fmt.Sprintf("Bà %d", i), "phone": fmt.Sprintf("+849777%d0001", i), "tags": []string{"khoa"}})
	}
	accepted := w.sim.Ledger().Summary()[c.provider].Accepted
	id := w.made("Sai khóa", object{"everyone": true, "condition": object{"field": "tag", "operator": "in", "value": []string{"khoa"}}}, object{"channel": c.channel, "connection_id": connection, "template_id": template})
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), nil, nil)
	var held struct {
		State  string
		Reason string `json:"held_reason"`
		Words  string `json:"held_reason_text"`
	}
	w.until("the connection to be held", 0, func() bool { w.call("GET", at, nil, &held); return held.State == "held" })
	want := "auth"
	if c.provider == "zalo" { // its tokens could not be renewed
		want = "auth_lost"
	}
	if held.Reason != want || held.Words == "" {
		w.t.Errorf("%s with a wrong key: got %+v, want it held for %s in words", c.provider, held, want)
	}
	if ok, _ := w.tested(connection); ok {
		w.t.Errorf("test of %s with a wrong key: got ok", c.provider)
	}
	var got counts
	w.until("everybody to wait", time.Second, func() bool { got = w.counts(id); return got.Dispatched && got.Legs[0].Counts["queued"] == 3 })
	w.addUp(got)
	w.same(got, map[string]int64{"total": 3, "failed": 0, "unknown": 0, "skipped": 0, "delivered": 0})
	if n := w.sim.Ledger().Summary()[c.provider].Accepted; n != accepted {
		w.t.Errorf("%s took %d messages with a wrong key", c.provider, n-accepted)
	}
	form["secrets"] = right
	if w.call("PUT", at, form, &held); held.State != "active" {
		w.t.Errorf("%s with the right key: got %s, want active", c.provider, held.State)
	}
	w.until("everybody to get it", 5*time.Second, func() bool {
		got = w.counts(id)
		return got.State == "finished" && got.Legs[0].Counts["delivered"] == 3
	})
	w.addUp(got)
	w.same(got, map[string]int64{"total": 3, "sent": 3, "failed": 0, "unknown": 0, "skipped": 0})
	if n := w.sim.Ledger().Summary()[c.provider].Accepted - accepted; n != 3 {
		w.t.Errorf("%s took %d messages with the right key, want 3", c.provider, n)
	}
	w.verified()
}
