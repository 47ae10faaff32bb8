package getresponse

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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/wiretest"
	"github.com/loa-project/loa/provider"
)

// answers plays back "status body" lines and counts what was asked; the status 0 is an answer that is lost.
func answers(t testing.TB, script ...string) (*Client, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64) // the handler of a call whose answer is lost may end after the call
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		at := int(asked.Add(1))
		if at > len(script) {
			w.WriteHeader(500)
			return
		}
		status, body, _ := strings.Cut(script[at-1], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		if code == 0 {
			panic(http.ErrAbortHandler)
		}
		if code == 429 {
			w.Header().Set("X-RateLimit-Reset", "3 seconds")
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return client(t, srv.URL), asked
}

// client is a client of the server at base.
func client(t testing.TB, base string) *Client {
	t.Helper()
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &Client{BaseURL: base + "/v3", APIKey: "geheim", HTTP: h}
}

func an() *Contact {
	return &Contact{Email: "an@example.vn", Name: "Nguyễn An", ListID: "p86zQ", Fields: map[string]string{"y8jnp": "30-44", "a1": "x"}, TagIDs: []string{"m7E2"}}
}

const exists = `409 {"httpStatus":409,"code":1008,"message":"exists"}`

// TestGoldenRequests compares every call, and the calls of a sync in their order, with their recorded bytes.
func TestGoldenRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := wiretest.New(t, "")
	c := client(t, w.URL)
	const doc = "apidocs.getresponse.com/v3, "
	w.Script("202")
	if r, err := c.Put(ctx, an()); err != nil || !r.Created || r.Status != 202 {
		t.Errorf("create: got %+v %v, want created with 202", r, err)
	}
	w.Golden("create", doc+"Create a new contact", "geheim")
	w.Script(exists, `200 [{"contactId":"k1","email":"lan@example.vn"},{"contactId":"z9","email":"AN@example.vn"}]`, "200 {}")
	big := *c
	big.Domain = "shop.example"
	if r, err := big.Put(ctx, an()); err != nil || r.Created || r.Status != 200 {
		t.Errorf("change: got %+v %v, want a change with 200", r, err)
	}
	w.Golden("change", doc+"Create a new contact, Get contact list, Update contact, Upsert the tags of a contact, Upsert the custom fields of a contact; Authentication (X-Domain of GetResponse MAX)", "geheim")
	for _, x := range []struct {
		name, section, answer string
		call                  func() (any, error)
		want                  any
	}{
		{"lists", "Get a list of campaigns", `[{"campaignId":"p86zQ","name":"khach_moi"}]`, func() (any, error) { return c.Lists(ctx) }, []List{{"p86zQ", "khach_moi"}}},
		{"tags", "Get the list of tags", `[{"tagId":"m7E2","name":"vip"}]`, func() (any, error) { return c.Tags(ctx) }, []Tag{{"m7E2", "vip"}}},
		{"fields", "Get a list of custom fields", `[{"customFieldId":"y8jnp","name":"tuoi","valueType":"string","values":["18-29","30-44"]}]`, func() (any, error) { return c.Fields(ctx) }, []Field{{"y8jnp", "tuoi", "string", []string{"18-29", "30-44"}}}},
		{"ping", "Get a list of campaigns", "[]", func() (any, error) { return nil, c.Ping(ctx) }, nil},
	} {
		w.Answer(x.answer)
		got, err := x.call()
		if d := cmp.Diff(x.want, got); err != nil || d != "" {
			t.Errorf("%s: %v, answer (-want +got):\n%s", x.name, err, d)
		}
		w.Golden(x.name, doc+x.section, "geheim")
	}
}

// TestPut holds the ways through a sync: no step of any of them makes a second entry, and only what cannot be known to have failed is tried again.
func TestPut(t *testing.T) {
	t.Parallel()
	listed := `200 [{"contactId":"z9","email":"an@example.vn"}]`
	for _, c := range []struct {
		name   string
		keep   bool
		script []string
		calls  int64
		kept   bool
		code   string
		class  provider.Class
	}{
		{"exists and is kept", true, []string{exists}, 1, true, "", ""},
		{"lost and found", false, []string{"0", listed, "200", "200", "200"}, 5, false, "", ""},
		{"lost, found and kept", true, []string{"0", listed}, 2, true, "", ""},
		{"lost and not made", false, []string{"0", "200 []"}, 2, false, provider.CodeLost, provider.Temporary},
		{"lost twice", false, []string{"0", "0"}, 2, false, provider.CodeLost, provider.Temporary},
		{"broken and found", false, []string{"502 <html>", listed, "200", "200", "200"}, 5, false, "", ""},
		{"exists and is not listed", false, []string{exists, "200 []"}, 2, false, codeUnlisted, provider.Temporary},
		{"only somebody like it is listed", false, []string{exists, `200 [{"contactId":"k1","email":"lan@example.vn"}]`}, 2, false, codeUnlisted, provider.Temporary},
		{"change is lost", false, []string{exists, listed, "200", "0"}, 4, false, provider.CodeLost, provider.Temporary},
		{"conflict without a body", false, []string{"409", listed, "200", "200", "200"}, 5, false, "", ""},
	} {
		g, asked := answers(t, c.script...)
		p := an()
		p.Keep = c.keep
		r, err := g.Put(context.Background(), p)
		code := ""
		if e, ok := errors.AsType[*provider.Error](err); ok {
			code = e.Code
		}
		if asked.Load() != c.calls || r.Kept != c.kept || r.Created || code != c.code || provider.ClassOf(err) != c.class {
			t.Errorf("%s: got %d calls, %+v, %v; want %d calls, kept %v, code %q, class %q", c.name, asked.Load(), r, err, c.calls, c.kept, c.code, c.class)
		}
	}
}

func TestRefusalsAreClassified(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]provider.Class{
		`400 {"code":1000,"message":"validation"}`:  provider.Content,
		`400 {"code":1002,"message":"blacklisted"}`: provider.Recipient,
		`400 {"code":1999,"message":"new"}`:         provider.Content,
		`401 {"code":1014}`:                         provider.Auth,
		`401`:                                       provider.Auth,
		`403`:                                       provider.Auth,
		`429 {"code":1015}`:                         provider.RateLimited,
		`429 <html>`:                                provider.RateLimited,
		`500 {"code":1}`:                            provider.Temporary,
		`409 {"code":"1008","message":"making"}`:    provider.Temporary,
	} {
		c, _ := answers(t, script, "200 []")
		_, err := c.Put(context.Background(), an())
		e, ok := errors.AsType[*provider.Error](err)
		if !ok || e.Class != want || (want == provider.RateLimited) != (e.RetryAfter == 3*time.Second) {
			t.Errorf("%s: got %v, want class %q, and 3 s to wait when it is too much", script, err, want)
		}
	}
}

// TestWhatIsWrongIsSaid: the text of a validation error is the same for all, its context names the field.
func TestWhatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	for context, want := range map[string]string{
		`[{"fieldName":"customFieldValues[y8jnp]", "errorDescription":"value is not on the list"}]`: `General error [{"fieldName":"customFieldValues[y8jnp]","errorDescription":"value is not on the list"}]`,
		`{}`: "General error", `null`: "General error", `"` + strings.Repeat("x", 600) + `"`: "General error",
	} {
		if got := refusal(provider.Answer{Status: 400, Header: http.Header{}, Body: []byte(`{"code":1000,"message":"General error","context":` + context + `}`)}); got.Message != want {
			t.Errorf("context %s: got %q, want %q", context, got.Message, want)
		}
	}
}

// TestLongLists reads on until the pages end.
func TestLongLists(t *testing.T) {
	t.Parallel()
	full := "200 [" + strings.TrimSuffix(strings.Repeat(`{"tagId":"t","name":"n"},`, perPage), ",") + "]"
	c, asked := answers(t, full, `200 [{"tagId":"last","name":"n"}]`)
	tags, err := c.Tags(context.Background())
	if err != nil || len(tags) != perPage+1 || asked.Load() != 2 {
		t.Errorf("got %d tags in %d calls, %v; want %d in 2", len(tags), asked.Load(), err, perPage+1)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(409, []byte(`{"code":1008}`))
	f.Add(429, []byte(`{"code":{}}`))
	f.Add(200, []byte(`[{"contactId":"z9","email":"an@example.vn"}]`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := refusal(provider.Answer{Status: status, Header: http.Header{}, Body: body, Wrote: true})
		if e != nil && e.Class == "" {
			t.Errorf("status %d, body %q: got no class", status, body)
		}
	})
}
