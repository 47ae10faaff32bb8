package getfly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// answers plays back "status body" lines and counts what was asked; the status 0 is an answer that is lost.
func answers(t *testing.T, script ...string) (*Client, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64) // the handler of a call whose answer is lost may end after the call
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		status, body, _ := strings.Cut(script[min(int(asked.Add(1)), len(script))-1], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		if code == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return client(t, srv.URL), asked
}

// client is a client of the server at base.
func client(t *testing.T, base string) *Client {
	t.Helper()
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &Client{BaseURL: base, APIKey: "geheim", HTTP: h}
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

// TestGoldenRequests compares every call, and the calls of a sync in their order, with their recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	w := wiretest.New(t, "")
	c := client(t, w.URL)
	ctx := context.Background()
	const doc = "developer.getfly.vn, "
	for name, x := range map[string]struct {
		section string
		script  []string
	}{
		"create":  {"6.1 account: detail, list, create; 6.0 needed_info: filtering", []string{"404 {}", none, `201 {"account_id":1}`}},
		"change":  {"6.1 account: detail, update", []string{known, "200 {}"}},
		"adopt":   {"6.1 account: detail, list, update", []string{"404 {}", other, "200 {}"}},
		"restore": {"6.1 account: detail, list, create, update; the restoring of a deleted customer as public integrations do it", []string{"404 {}", none, duplicate, "200 {}", "200 {}"}},
	} {
		w.Script(x.script...)
		if _, err := c.Put(ctx, an()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.Golden(name, doc+x.section, "geheim")
	}
	for _, x := range []struct {
		name, section, answer string
		call                  func() (any, error)
		want                  any
	}{
		{"sources", "6.0 customer: sources", `{"data":[{"id":5,"source_name":"Zalo","valid":1},{"id":4,"source_name":"Cũ","valid":0}]}`, func() (any, error) { return c.Sources(ctx) }, []string{"Zalo"}},
		{"types", "6.0 customer: customer_group", `[{"account_type_id":"1","account_type_name":"VIP","invalid":"0"},{"account_type_name":"Bỏ","invalid":"1"}]`, func() (any, error) { return c.Types(ctx) }, []string{"VIP"}},
		{"fields", "6.0 customer: custom_field", `[{"field_id":1,"field_htmltype":"select","field_name":"hang","field_description":"Hạng"}]`, func() (any, error) { return c.Fields(ctx) }, []Field{{"hang", "Hạng", "select"}}},
		{"ping", "6.1 account: list", none[4:], func() (any, error) { return nil, c.Ping(ctx) }, nil},
	} {
		w.Answer(x.answer)
		got, err := x.call()
		if d := cmp.Diff(x.want, got); err != nil || d != "" {
			t.Errorf("%s: %v, answer (-want +got):\n%s", x.name, err, d)
		}
		w.Golden(x.name, doc+x.section, "geheim")
	}
}

// TestPut holds the ways through a sync: it always looks first, so that no repetition makes a second customer.
func TestPut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		keep          bool
		script        []string
		calls         int64
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
		g, asked := answers(t, c.script...)
		p := an()
		p.Keep = c.keep
		r, err := g.Put(context.Background(), p)
		code := ""
		if e, ok := errors.AsType[*provider.Error](err); ok {
			code = e.Code
		}
		if asked.Load() != c.calls || r.Created != c.created || r.Kept != c.kept || code != c.code || provider.ClassOf(err) != c.class {
			t.Errorf("%s: got %d calls, %+v, %v; want %d calls, created %v, kept %v, code %q, class %q", c.name, asked.Load(), r, err, c.calls, c.created, c.kept, c.code, c.class)
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
