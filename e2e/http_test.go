package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestHTTPRequest calls a system of the shop about each person, on both databases. It proves the row of the status table (success = 200, everything else failed), the option for any 2xx, that
// a lost answer is asked again only where that does no harm, the signature, the saved values, and "Vì sao?".
func TestHTTPRequest(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "http", "delivered", "failed")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); httpRequest(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); httpRequest(t, dbtest.PostgresURL(t)) })
}

func httpRequest(t *testing.T, url string) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	secret := []byte("a secret of twenty-four b")
	end := &simulator.Endpoint{Credential: "Bearer shop", Secret: secret, Now: w.clk.Now}
	srv := httptest.NewServer(end)
	defer srv.Close()
	for _, key := range []string{"ma_kh", "diem"} {
		w.call("POST", "/attributes", object{"id": 0, "key": key, "label": key, "type": "text"}, nil)
	}
	for i := 1; i <= 6; i++ {
		w.call("POST", "/contacts", object{"name": fmt.Sprintf("Khách \"%d\"", i), "phone": fmt.Sprintf("+8490123000%d", i)}, nil)
	}
	w.call("POST", "/contacts", object{"name": "Chỉ có mail", "email": "an@example.vn"}, nil)
	var c struct{ ID int64 }
	w.call("POST", "/connections", object{"provider": "http", "name": "CRM", "concurrency": 2, "http": object{"base_url": srv.URL + "/api"},
		"secrets": object{"api_key": "Bearer shop", "webhook_secret": "whsec_" + base64.StdEncoding.EncodeToString(secret)}}, &c)
	var test struct {
		OK     bool
		Detail string
	}
	if w.call("POST", fmt.Sprintf("/connections/%d/test", c.ID), nil, &test); !test.OK {
		t.Errorf("test of the connection: got %s, want ok", test.Detail)
	}

	content := object{"method": "POST", "path": "/customers?name={{ contact.name }}", "body": `{"phone":"{{ contact.phone }}","name":"{{ contact.name }}"}`,
		"headers": []object{{"name": "X-Shop", "value": "hoa"}, {"name": "Authorization", "value": "stolen"}}, "save": object{"ma_kh": "/customer/code", "diem": "/customer/points"}}
	strict := w.act("Nghiêm ngặt", "http_request", "marketing", c.ID, content)
	w.same(w.settled(strict, 50*time.Millisecond), map[string]int64{"total": 7, "sent": 7, "delivered": 1, "failed": 5, "unknown": 1, "skipped": 0, "processing": 0})
	w.why(strict, "+84901230002", "HTTP 201")
	w.why(strict, "+84901230003", "HTTP 404")
	first := end.Calls()
	for _, call := range first {
		if call.Phone == "+84901230001" && (!strings.HasPrefix(call.Path, "/api/customers?name=Kh%C3%A1ch%20%221%22") || call.Head.Get("X-Shop") != "hoa" || !strings.Contains(call.Body, `"name":"Khách \"1\""`)) {
			t.Errorf("call: got %+v", call)
		}
		if call.Status == http.StatusUnauthorized {
			t.Errorf("call %+v: not signed or without the credential", call)
		}
	}
	var saved struct {
		Attrs map[string]any
	}
	w.call("GET", fmt.Sprintf("/contacts/%d", w.number(`SELECT id FROM contact WHERE phone = $1`, "+84901230001")), nil, &saved)
	if saved.Attrs["ma_kh"] != "KH-0001" || saved.Attrs["diem"] != "120" {
		t.Errorf("saved values: got %v, want ma_kh KH-0001 and diem 120", saved.Attrs)
	}
	if n := w.number(`SELECT COUNT(*) FROM audit WHERE action IN ('campaign.act', 'contact.update')`); n != 1 {
		t.Errorf("lines about saved values in the audit log: got %d, want one for the step", n)
	}
	w.verified()

	content["any_success"], content["repeat"] = true, true
	lenient := w.act("Rộng rãi", "http_request", "care", c.ID, content)
	w.same(w.settled(lenient, 10*time.Second), map[string]int64{"total": 7, "delivered": 4, "failed": 3, "unknown": 0})
	if got := end.Acted("+84901230005"); got != 2 { // once in each campaign
		t.Errorf("acts after a lost answer: got %d, want 2", got)
	}
	w.verified()
}

// act makes a template and a campaign of one act for everybody and starts it.
func (w *world) act(name, channel, purpose string, connection int64, content object) int64 {
	w.t.Helper()
	template := w.written(channel, name, content)
	id := w.complete(object{"name": name, "purpose": purpose, "audience": object{"everyone": true}, "legs": []object{{"channel": channel, "connection_id": connection, "template_id": template}}})
	w.call("POST", fmt.Sprintf("/campaigns/%d/activate", id), object{"confirm_values": true}, nil) // some people's values are broken on purpose
	return id
}

// why asks "Vì sao?" about the owner of a phone number.
func (w *world) why(campaign int64, phone, words string) {
	w.t.Helper()
	status, raw := w.send("GET", fmt.Sprintf("/api/v1/campaigns/%d/contacts/%d/why", campaign, w.number(`SELECT id FROM contact WHERE phone = $1`, phone)), nil)
	if status != http.StatusOK || !strings.Contains(string(raw), words) {
		w.t.Errorf("why of %s: got %d %s, want words with %q", phone, status, raw, words)
	}
}
