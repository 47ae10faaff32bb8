package getfly

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/loa-project/loa/provider"
)

// put syncs one customer against a server that plays back "status body" lines, and returns what was asked.
func put(t *testing.T, script ...string) (Result, error, string) {
	t.Helper()
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked = append(asked, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), raw)))
		if r.Header.Get("X-API-KEY") != "geheim" {
			t.Errorf("X-API-KEY: got %q, want geheim", r.Header.Get("X-API-KEY"))
		}
		status, body, _ := strings.Cut(script[min(len(asked), len(script))-1], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	defer srv.Close()
	client, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	r, err := (&Client{BaseURL: srv.URL, APIKey: "geheim", HTTP: client}).Put(context.Background(), &Account{Code: "LOA-7", Name: "Nguyễn An", Phone: "0901888484", Sources: []string{"Loa"}, Custom: map[string]string{"hang": "Vàng"}})
	return r, err, strings.Join(asked, "\n")
}

const (
	look   = "GET /api/v6.1/account?account_code=LOA-7&fields=account_code"
	body   = `"account_code":"LOA-7","account_name":"Nguyễn An","phone_office":"0901888484","account_source_names":["Loa"],"custom_fields":{"hang":"Vàng"}}`
	create = "POST /api/v6.1/account {" + body
	change = `PUT /api/v6.1/account {"current_account_code":"LOA-7",` + body
)

// TestPut holds the requests of developer.getfly.vn, "6.1 account", and the ways through them.
func TestPut(t *testing.T) {
	t.Parallel()
	duplicate := `400 {"message":"Số điện thoại không cho phép trùng"}`
	for _, c := range []struct {
		name, asked string
		created     bool
		class       provider.Class
		script      []string
	}{
		{"new", look + "\n" + create, true, "", []string{"404 {}", `201 {"account_id":1}`}},
		{"known", look + "\n" + change, false, "", []string{`200 {"account_code":"LOA-7"}`, "200 {}"}},
		{"deleted", look + "\n" + create + "\nPOST /api/v6.1/account/restore {\"account_code\":\"LOA-7\"}\n" + change, false, "", []string{"404 {}", duplicate, "200 {}", "200 {}"}},
		{"another has the telephone", look + "\n" + create + "\nPOST /api/v6.1/account/restore {\"account_code\":\"LOA-7\"}", false, provider.Recipient, []string{"404 {}", duplicate, "404 {}"}},
		{"wrong key", look, false, provider.Auth, []string{"401 {}"}},
		{"wrong field", look + "\n" + create, false, provider.Content, []string{"404 {}", `422 {"errors":{"birthday":["sai"]}}`}},
		{"slow down", look, false, provider.RateLimited, []string{"429"}},
		{"broken", look, false, provider.Unknown, []string{"503 <html>"}},
	} {
		r, err, asked := put(t, c.script...)
		if asked != c.asked || r.Created != c.created || provider.ClassOf(err) != c.class {
			t.Errorf("%s: got created %v, class %q, asked\n%s\nwant %v, %q,\n%s", c.name, r.Created, provider.ClassOf(err), asked, c.created, c.class, c.asked)
		}
	}
}
