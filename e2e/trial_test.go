package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/simulator"
)

// TestTrial sends each kind of template once, for real, to an address that belongs to no customer, on both databases.
func TestTrial(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); trial(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); trial(t, dbtest.PostgresURL(t)) })
}

func trial(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	hooks, connections := w.connect()
	w.sim.SetZaloWebhook(simulator.DefaultAppID, hooks["zalo"])
	templates := w.templates(connections[0])
	send := func(template int, to string, more object) int64 {
		body := object{"connection_id": connections[template], "to": to}
		for k, v := range more {
			body[k] = v
		}
		var out struct {
			ID int64 `json:"message_id"`
		}
		w.call("POST", fmt.Sprintf("/templates/%d/test", templates[template]), body, &out)
		return out.ID
	}
	status := func(id int64) string {
		var m struct {
			Kind string
			Leg  struct{ Status, Reason string }
		}
		w.call("GET", fmt.Sprintf("/messages/%d", id), nil, &m)
		if m.Kind != "test" {
			t.Errorf("kind of message %d: got %q, want test", id, m.Kind)
		}
		return m.Leg.Status + " " + m.Leg.Reason
	}
	for _, c := range []struct {
		template int
		to, want string
		more     object
	}{
		{0, "0901 230 001", "delivered ", nil},
		{1, "0901230001", "processing ", nil},
		{1, "0901230001", "processing ", object{"content": object{"text": "Noi dung chua luu {{ params.ma }}"}, "params": object{"ma": "A1"}}},
		{2, "OK1@example.com", "processing ", nil},
		{2, "unknown@example.com", "failed 5.1.1", nil},
	} {
		id, got := send(c.template, c.to, c.more), ""
		w.until(fmt.Sprintf("trial to %s", c.to), 0, func() bool {
			got = status(id)
			return got == c.want || c.template == 1 && got == "delivered "
		})
	}
	if n := w.sim.Ledger().Count("", ""); n != 5 {
		t.Errorf("calls: got %d, want 5", n)
	}
	// A suppressed address gets nothing, and says why.
	w.call("POST", "/suppressions", object{"kind": "email", "value": "stop@example.com"}, nil)
	id := send(2, "Stop@example.com", nil)
	w.until("the refused trial", 0, func() bool { return status(id) == "skipped suppressed" })
	if n := w.sim.Ledger().Count("", ""); n != 5 {
		t.Errorf("calls: got %d, want 5", n)
	}
	for _, c := range []struct {
		template int
		body     object
		status   int
		code     string
	}{
		{2, object{"connection_id": connections[2], "to": "không phải thư"}, http.StatusUnprocessableEntity, "trial.to_invalid"},
		{2, object{"connection_id": connections[1], "to": "a@example.com"}, http.StatusUnprocessableEntity, "trial.channel_differs"},
		{2, object{"connection_id": 4711, "to": "a@example.com"}, http.StatusNotFound, "connection.not_found"},
		{2, object{"connection_id": connections[2], "to": "a@example.com", "contact_id": 4711}, http.StatusNotFound, "contact.not_found"},
		{2, object{"connection_id": connections[2], "to": "a@example.com", "content": object{"subject": "{{", "html": "x"}}, http.StatusUnprocessableEntity, "template.unclosed"},
	} {
		if status, code, _ := w.refused("POST", fmt.Sprintf("/templates/%d/test", templates[c.template]), c.body); status != c.status || code != c.code {
			t.Errorf("%v: got %d %s, want %d %s", c.body, status, code, c.status, c.code)
		}
	}
	var overview struct{ Messages map[string]int64 }
	w.call("GET", "/overview", nil, &overview)
	if n := overview.Messages["total"]; n != 0 {
		t.Errorf("messages of the overview: got %d, want none: trials count nowhere", n)
	}
	// A receiver that blames our sending domain would refuse every further mail: the connection is held, the message waits, and no further trial is taken.
	waits := send(2, "auth@example.com", nil)
	w.until("the hold for the sending domain", 0, func() bool { return w.connection(connections[2]).State == "held" })
	if c := w.connection(connections[2]); c.Reason != "sender_domain" {
		t.Errorf("reason of the hold: got %q, want sender_domain", c.Reason)
	}
	w.until("the waiting trial", 0, func() bool { return status(waits) == "queued retry:5.7.26" })
	if status, code, _ := w.refused("POST", fmt.Sprintf("/templates/%d/test", templates[2]), object{"connection_id": connections[2], "to": "a@example.com"}); status != http.StatusConflict || code != "trial.connection_inactive" {
		t.Errorf("trial on a held connection: got %d %s", status, code)
	}
	w.verified()
}
