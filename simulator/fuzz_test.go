package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/loa-project/loa/simulator"
)

// FuzzZaloSend: whatever the body, the answer is HTTP 200 with a code and there is one record.
func FuzzZaloSend(f *testing.F) {
	for _, s := range []string{`{"phone":"84901234567","template_id":"100003","template_data":{"customer_name":"An"},"tracking_id":"k"}`, `{"template_data":[1]}`, `{`, ``, `null`,
		`{"phone":84901234567,"template_id":100001,"template_data":{"amount":1e99}}`, `{"phone":"84`, `{"phone":"84999999999999"}`, "{\"phone\":\"84\xff\"}"} {
		f.Add(s)
	}
	s, _ := start(f, simulator.Options{SMTPAddr: "off"})
	f.Fuzz(func(t *testing.T, body string) {
		before := s.Ledger().Count("zalo", "")
		status, out := post(t, s.ZaloURL()+"/message/template", body, "access_token", simulator.DefaultAccessToken)
		if out["lost"] != nil || status == http.StatusTooManyRequests {
			return // a magic number
		}
		if status != 200 || out["error"] == nil {
			t.Errorf("%q: got %d %v", body, status, out)
		}
		if n := s.Ledger().Count("zalo", "") - before; n != 1 {
			t.Errorf("%q: got %d records, want 1", body, n)
		}
	})
}

// FuzzESMSSend: whatever the body, the answer is HTTP 200 with a code or "Invalid request".
func FuzzESMSSend(f *testing.F) {
	for _, s := range []string{`{"ApiKey":"sim-esms-key","SecretKey":"sim-esms-secret","Phone":"0901234567","Content":"a","Brandname":"LOASHOP","SmsType":2,"RequestId":"r"}`,
		`{"ApiKey":1}`, `[]`, ``, `{"ApiKey":"sim-esms-key","SecretKey":"sim-esms-secret","SmsType":"2","Phone":"8"}`} {
		f.Add(s)
	}
	s, _ := start(f, simulator.Options{SMTPAddr: "off"})
	f.Fuzz(func(t *testing.T, body string) {
		status, out := post(t, s.ESMSURL()+"/SendMultipleMessage_V4_post_json/", body)
		if out["lost"] != nil {
			return // a magic number
		}
		if status != 200 || out["CodeResult"] == nil && out["error"] != "Invalid request" {
			t.Errorf("%q: got %d %v", body, status, out)
		}
	})
}

// FuzzMailRead: no mail makes the reader, the check report or the header search fail, and nothing outside this machine is ever found worth fetching.
func FuzzMailRead(f *testing.F) {
	f.Add("Subject: a\r\n b\r\n\r\nbody")
	f.Add("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src=http://127.0.0.1/x><a href=http://example.com>\r\n--b--")
	f.Add("Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGltZyBzcmM9aHR0cDovL2xvY2FsaG9zdDoxL28+")
	f.Fuzz(func(t *testing.T, raw string) {
		simulator.CheckMail([]byte(raw))
		pixel, links := simulator.Look([]byte(raw))
		for _, u := range append(links, pixel) {
			if u != "" && !strings.Contains(u, "127.") && !strings.Contains(u, "localhost") && !strings.Contains(u, "::1") && !strings.Contains(u, "[0:") {
				t.Errorf("got %q from %q", u, raw)
			}
		}
		if v := simulator.HeaderValue([]byte(raw), "Subject"); strings.ContainsAny(v, "\n") && utf8.ValidString(raw) {
			t.Errorf("header with a line break: %q", v)
		}
	})
}

// FuzzUndot: taking the dots out is the reverse of putting them in.
func FuzzUndot(f *testing.F) {
	f.Add(".\r\n..\r\n.a\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		stuffed := strings.ReplaceAll("\r\n"+body, "\r\n.", "\r\n..")[2:]
		if got := string(simulator.Undot([]byte(stuffed))); got != body {
			t.Errorf("got %q, want %q", got, body)
		}
	})
}
