package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// smsClick sends one SMS with a tracked link. Programs that look at it are no click; the phone's browser is one, and leads to the shop.
func (w *world) smsClick(connection int64) {
	w.t.Helper()
	const shop = "https://shop.example/uu-dai"
	var template, campaign struct{ ID int64 }
	w.contact(object{"name": "Người bấm", "phone": "+84977790001", "tags": []string{"bam"}})
	w.call("POST", "/templates", object{"name": "Ưu đãi", "channel": "sms", "content": object{"text": "Uu dai rieng cho ban: " + shop, "track_links": true}}, &template)
	w.call("POST", "/campaigns", object{"name": "Ưu đãi", "purpose": "care", "options": object{"track_clicks": true},
		"audience": object{"everyone": true, "condition": object{"field": "tag", "operator": "in", "value": []string{"bam"}}},
		"legs":     []object{{"channel": "sms", "connection_id": connection, "template_id": template.ID}}}, &campaign)
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaign.ID), nil, nil)
	w.same(w.settled(campaign.ID, 0), map[string]int64{"total": 1, "sent": 1, "delivered": 1, "clicked": 0})
	path := w.trackedPath("84977790001", "0977790001")
	w.clk.Advance(time.Minute)
	const bot, phone = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (Linux; Android 14; SM-A156E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
	w.visit("GET", path, bot, shop)
	w.visit("HEAD", path, "okhttp/4.12.0", shop)
	w.clk.Advance(2 * time.Minute)
	w.until("the programs to be known", time.Second, func() bool { return w.number(`SELECT COUNT(*) FROM hit WHERE verdict = 'machine'`) == 2 })
	w.same(w.counts(campaign.ID), map[string]int64{"delivered": 1, "clicked": 0})
	w.visit("GET", path, phone, shop)
	w.until("the click", 5*time.Second, func() bool { return w.counts(campaign.ID).Legs[0].Counts["clicked"] == 1 })
	w.visit("GET", path, phone, shop)
	w.until("the second click", 5*time.Second, func() bool { return w.number(`SELECT COUNT(*) FROM hit WHERE verdict = 'human'`) == 2 })
	c := w.counts(campaign.ID)
	w.same(c, map[string]int64{"total": 1, "sent": 1, "delivered": 1, "clicked": 1})
	w.addUp(c)
	w.verified()
}

// trackedPath is where the link in the newest message to a number leads on our side.
func (w *world) trackedPath(numbers ...string) string {
	w.t.Helper()
	for _, item := range w.sim.Inbox() {
		for _, n := range numbers {
			if _, rest, found := strings.Cut(item.Text, w.url); found && item.Recipient == n {
				path, _, _ := strings.Cut(rest, " ")
				return path
			}
		}
	}
	w.t.Fatalf("no tracked link for %v", numbers)
	return ""
}

// visit asks for a tracked link under a program's name and expects the way to the shop.
func (w *world) visit(method, path, agent, shop string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusFound || got != shop {
		w.t.Errorf("%s of the tracked link by %s: got %d to %q, want 302 to the shop", method, agent, res.StatusCode, got)
	}
}
