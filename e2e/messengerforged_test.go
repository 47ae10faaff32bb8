package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/loa-project/loa/simulator"
)

// metaEvent is what a person does, as Facebook posts it.
func metaEvent(psid, mid string, at int, what string) []byte {
	return fmt.Appendf(nil, `{"object":"page","entry":[{"id":"%s","time":%d,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":%d,%s}]}]}`,
		simulator.DefaultPageID, at, psid, simulator.DefaultPageID, at, fmt.Sprintf(what, mid))
}

const metaSays = `"message":{"mid":"%s","text":"Shop ơi"}`

func metaSigned(secret string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// meta posts an event under a signature, "" = none, and returns the answer's status.
func (w *world) meta(hook, signature string, body []byte) int {
	w.t.Helper()
	r, err := http.NewRequest("POST", hook, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if signature != "" {
		r.Header.Set("X-Hub-Signature-256", signature)
	}
	res, err := direct.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// forged posts events that would make a contact, open a window and count a click if they were believed, and that nobody signed who may: each is refused. What a listener recorded long ago and
// sends again, signature and all, changes nothing either; the same event signed and new does.
func (w *world) forged(page int64) {
	w.t.Helper()
	if w.sim.Overview().Callbacks["forged"] == 0 {
		w.t.Error("the simulator forged nothing")
	}
	var c struct {
		HookURL string `json:"hook_url"`
	}
	w.call("GET", fmt.Sprintf("/connections/%d", page), nil, &c)
	state := func() string {
		return fmt.Sprintf("%d contacts, windows %d, %d events, %d clicks", w.number(`SELECT COUNT(*) FROM contact`), w.number(`SELECT SUM(last_in_at - 1700000000000) FROM conversation`),
			w.number(`SELECT COUNT(*) FROM chat_event`), w.number(`SELECT COUNT(*) FROM leg WHERE clicked_at IS NOT NULL`))
	}
	now, before := int(w.clk.Now().UnixMilli()), state()
	var leg struct {
		workspace, id int64
		attempt       int
	}
	if err := w.app.DB.QueryRow(w.t.Context(), `SELECT l.workspace_id, l.id, l.attempt FROM leg l JOIN identity i ON i.workspace_id = l.workspace_id AND i.contact_id = l.contact_id WHERE i.value = 'sim_never_1'`).
		Scan(&leg.workspace, &leg.id, &leg.attempt); err != nil {
		w.t.Fatal(err)
	}
	press := `"postback":{"mid":"%s","title":"Xem giá","payload":"loa:` + w.app.Messages.Keys.Key(leg.workspace, leg.id, leg.attempt) + `:GIA"}`
	for name, body := range map[string][]byte{"a new person": metaEvent("sim_new_1", "m_forged_1", now, metaSays), "a person whose window is over": metaEvent("sim_ok_old", "m_forged_2", now, metaSays),
		"a button of a real message": metaEvent("sim_never_1", "m_forged_3", now, press)} {
		right := metaSigned(simulator.DefaultFBSecret, body)
		for how, signature := range map[string]string{"unsigned": "", "signed with a guess": metaSigned("guessed", body), "with the signature of another body": metaSigned(simulator.DefaultFBSecret, append(body, ' ')),
			"with half a signature": right[:39], "with the older hash": "sha1=" + right[7:47]} {
			if got := w.meta(c.HookURL, signature, body); got != http.StatusUnauthorized {
				w.t.Errorf("%s, %s: got %d, want 401", name, how, got)
			}
		}
	}
	if after := state(); after != before {
		w.t.Errorf("after forged events: got %s, want %s", after, before)
	}
	spoke := w.number(`SELECT last_in_at FROM conversation WHERE value = 'sim_ok_old'`)
	replay := metaEvent("sim_ok_old", "m_in_"+hex.EncodeToString([]byte("sim_ok_old"))+"_say_"+time.UnixMilli(int64(spoke)).UTC().Format("20060102150405.000"), spoke, metaSays)
	for range 3 {
		if got := w.meta(c.HookURL, metaSigned(simulator.DefaultFBSecret, replay), replay); got != http.StatusOK {
			w.t.Errorf("replayed event: got %d, want 200", got)
		}
	}
	if after := state(); after != before {
		w.t.Errorf("after a replay: got %s, want %s", after, before)
	}
	truth := metaEvent("sim_never_1", "m_true_1", now, press)
	if got := w.meta(c.HookURL, metaSigned(simulator.DefaultFBSecret, truth), truth); got != http.StatusOK {
		w.t.Errorf("a true press: got %d, want 200", got)
	}
	if n := w.number(`SELECT COUNT(*) FROM leg WHERE id = $1 AND clicked_at IS NOT NULL`, leg.id); n != 1 {
		w.t.Error("a true press does not count: the forged one proves nothing")
	}
}
