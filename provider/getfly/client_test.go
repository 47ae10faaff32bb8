package getfly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/provider"
)

// answers plays back "status body" lines and notes what was asked; the status 0 is an answer that is lost.
func answers(t *testing.T, script ...string) (*Client, func() []string) {
	t.Helper()
	// The handler of a call whose answer is lost may end after the call.
	var mu sync.Mutex
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		out := r.Method + " " + r.URL.RequestURI() + "\n"
		for _, h := range []string{"Content-Type", "User-Agent", "X-Api-Key"} {
			if v := r.Header.Get(h); v != "" {
				out += h + ": " + strings.ReplaceAll(v, "geheim", "***") + "\n"
			}
		}
		if len(raw) > 0 {
			out += "\n" + string(raw) + "\n"
		}
		mu.Lock()
		asked = append(asked, out)
		at := len(asked)
		mu.Unlock()
		status, body, _ := strings.Cut(script[min(at, len(script))-1], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		if code == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	client, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &Client{BaseURL: srv.URL, APIKey: "geheim", HTTP: client}, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func an() *Account {
	return &Account{Code: "LOA-7", Name: "Nguyễn An", Phone: "0901888484", Types: []string{"VIP"}, Sources: []string{"Loa"}, Custom: map[string]string{"hang": "Vàng"}}
}

const (
	none      = `200 {"data":[],"has_more":false}`
	duplicate = `400 {"message":"Số điện thoại không cho phép trùng"}`
	known     = `200 {"account_code":"LOA-7","account_type_details":[{"id":1,"label":"Khách lẻ"}]}`
	other     = `200 {"data":[{"account_code":"KH/2025/1","phone_office":"0901888484","account_type_details":[{"id":3,"label":"VIP"}]}]}`
)

// TestGolden holds every request against developer.getfly.vn: "6.1 account: detail, list, create, update", the restoring of deleted customers as public integrations do it, "6.0 customer: sources,
// customer_group, custom_field".
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, script := range map[string][]string{
		"create.golden":  {"404 {}", none, `201 {"account_id":1}`},
		"change.golden":  {known, "200 {}"},
		"adopt.golden":   {"404 {}", other, "200 {}"},
		"restore.golden": {"404 {}", none, duplicate, "200 {}", "200 {}"},
	} {
		c, asked := answers(t, script...)
		if _, err := c.Put(context.Background(), an()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		golden(t, name, strings.Join(asked(), "\n"))
	}
	ctx := context.Background()
	c, asked := answers(t, `200 {"data":[{"id":5,"source_name":"Zalo","valid":1},{"id":4,"source_name":"Cũ","valid":0}]}`, `200 [{"account_type_id":"1","account_type_name":"VIP","invalid":"0"},{"account_type_name":"Bỏ","invalid":"1"}]`,
		`200 [{"field_id":1,"field_htmltype":"select","field_name":"hang","field_description":"Hạng"}]`, none)
	sources, err := c.Sources(ctx)
	types, err2 := c.Types(ctx)
	fields, err3 := c.Fields(ctx)
	if err := errors.Join(err, err2, err3, c.Ping(ctx)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{[]string{"Zalo"}, []string{"VIP"}, []Field{{"hang", "Hạng", "select"}}}, []any{sources, types, fields}); d != "" {
		t.Error(d)
	}
	golden(t, "offer.golden", strings.Join(asked(), "\n"))
}

// TestPut holds the ways through a sync: it always looks first, so that no repetition makes a second customer.
func TestPut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		keep          bool
		script        []string
		calls         int
		created, kept bool
		code          string
		class         provider.Class
	}{
		{"new", false, []string{"404 {}", none, `201 {"account_id":1}`}, 3, true, false, "", ""},
		{"known", false, []string{known, "200 {}"}, 2, false, false, "", ""},
		{"known and kept", true, []string{known}, 1, false, true, "", ""},
		{"an answer without the customer", false, []string{`200 {"data":null}`, none, "201 {}"}, 3, true, false, "", ""},
		{"somebody like it", false, []string{"404 {}", `200 {"data":[{"account_code":"KH2","phone_office":"09018884840"}]}`, "201 {}"}, 3, true, false, "", ""},
		{"two with the telephone", false, []string{"404 {}", `200 {"data":[{"account_code":"KH1","phone_office":"0901888484"},{"account_code":"KH2","phone_office":"0901888484"}]}`}, 2, false, false, CodeAmbiguous, provider.Recipient},
		{"another has the mail", false, []string{"404 {}", none, duplicate, "404 {}"}, 4, false, false, CodeDuplicate, provider.Recipient},
		{"wrong key", false, []string{"401 {}"}, 1, false, false, "401", provider.Auth},
		{"no Getfly there", false, []string{"404 <html>"}, 2, false, false, "http.404", provider.Auth},
		{"wrong field", false, []string{"404 {}", none, `422 {"errors":{"birthday":["sai"]}}`}, 3, false, false, "400", provider.Content},
		{"a type that is none", false, []string{"404 {}", none, `400 {"message":"Loại khách hàng không tồn tại"}`}, 3, false, false, "400", provider.Content},
		{"slow down", false, []string{"429"}, 1, false, false, "http.429", provider.RateLimited},
		{"broken", false, []string{"503 <html>"}, 1, false, false, "http.503", provider.Temporary},
		{"create is lost", false, []string{"404 {}", none, "0"}, 3, false, false, provider.CodeLost, provider.Temporary},
		{"change is lost", false, []string{known, "0"}, 2, false, false, provider.CodeLost, provider.Temporary},
		{"gone meanwhile", false, []string{known, "404 {}"}, 2, false, false, "404", provider.Temporary},
	} {
		client, asked := answers(t, c.script...)
		p := an()
		p.Keep = c.keep
		r, err := client.Put(context.Background(), p)
		code := ""
		if e, ok := errors.AsType[*provider.Error](err); ok {
			code = e.Code
		}
		if len(asked()) != c.calls || r.Created != c.created || r.Kept != c.kept || code != c.code || provider.ClassOf(err) != c.class {
			t.Errorf("%s: got %d calls, %+v, %v; want %d calls, created %v, kept %v, code %q, class %q", c.name, len(asked()), r, err, c.calls, c.created, c.kept, c.code, c.class)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(400, []byte(`{"errors":{"email":["trùng"]}}`))
	f.Add(200, []byte(other[4:]))
	f.Add(200, []byte(`[{"account_code":1}]`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		entries(body)
		if e := refusal(provider.Answer{Status: status, Header: http.Header{}, Body: body, Wrote: true}); e.Class == "" || e.Code == "" {
			t.Errorf("status %d, body %q: got %+v, want a code and a class", status, body, e)
		}
	})
}
