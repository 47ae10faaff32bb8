package getresponse

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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/provider"
)

// answers plays back "status body" lines and notes what was asked; the status 0 is an answer that is lost.
func answers(t testing.TB, script ...string) (*Client, func() []string) {
	t.Helper()
	// The handler of a call whose answer is lost may end after the call.
	var mu sync.Mutex
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		mu.Lock()
		asked = append(asked, record(r, raw))
		at := len(asked)
		mu.Unlock()
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
	client, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &Client{BaseURL: srv.URL + "/v3", APIKey: "geheim", HTTP: client}, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
}

// record is a request as the golden files hold it; the key is masked.
func record(r *http.Request, body []byte) string {
	out := r.Method + " " + r.URL.RequestURI() + "\n"
	for _, h := range []string{"Content-Type", "User-Agent", "X-Auth-Token", "X-Domain"} {
		if v := r.Header.Get(h); v != "" {
			out += h + ": " + strings.ReplaceAll(v, "geheim", "***") + "\n"
		}
	}
	if len(body) > 0 {
		out += "\n" + string(body) + "\n"
	}
	return out
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

func an() *Contact {
	return &Contact{Email: "an@example.vn", Name: "Nguyễn An", ListID: "p86zQ", Fields: map[string]string{"y8jnp": "30-44", "a1": "x"}, TagIDs: []string{"m7E2"}}
}

const exists = `409 {"httpStatus":409,"code":1008,"message":"exists"}`

// TestGolden holds every request against apidocs.getresponse.com/v3: "Create a new contact", "Get contact list", "Update contact", "Upsert the tags of a contact", "Upsert the custom fields of a
// contact", "Get a list of campaigns", "Get the list of tags", "Get a list of custom fields".
func TestGolden(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, asked := answers(t, "202")
	if r, err := c.Put(ctx, an()); err != nil || !r.Created || r.Status != 202 {
		t.Errorf("create: got %+v %v, want created with 202", r, err)
	}
	golden(t, "create.golden", strings.Join(asked(), "\n"))
	c, asked = answers(t, exists, `200 [{"contactId":"k1","email":"lan@example.vn"},{"contactId":"z9","email":"AN@example.vn"}]`, "200 {}", "200 {}", "200 {}")
	c.Domain = "shop.example"
	if r, err := c.Put(ctx, an()); err != nil || r.Created || r.Status != 200 {
		t.Errorf("change: got %+v %v, want a change with 200", r, err)
	}
	golden(t, "change.golden", strings.Join(asked()[1:], "\n"))
	c, asked = answers(t, `200 [{"campaignId":"p86zQ","name":"khach_moi"}]`, `200 [{"tagId":"m7E2","name":"vip"}]`, `200 [{"customFieldId":"y8jnp","name":"tuoi","valueType":"string","values":["18-29","30-44"]}]`, "200 []")
	lists, err := c.Lists(ctx)
	tags, err2 := c.Tags(ctx)
	fields, err3 := c.Fields(ctx)
	if err := errors.Join(err, err2, err3, c.Ping(ctx)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{[]List{{"p86zQ", "khach_moi"}}, []Tag{{"m7E2", "vip"}}, []Field{{"y8jnp", "tuoi", "string", []string{"18-29", "30-44"}}}}, []any{lists, tags, fields}); d != "" {
		t.Error(d)
	}
	golden(t, "offer.golden", strings.Join(asked(), "\n"))
}

// TestPut holds the ways through a sync: no step of any of them makes a second entry, and only what cannot be known to have failed is tried again.
func TestPut(t *testing.T) {
	t.Parallel()
	listed := `200 [{"contactId":"z9","email":"an@example.vn"}]`
	for _, c := range []struct {
		name   string
		keep   bool
		script []string
		calls  int
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
		client, asked := answers(t, c.script...)
		p := an()
		p.Keep = c.keep
		r, err := client.Put(context.Background(), p)
		code := ""
		if e, ok := errors.AsType[*provider.Error](err); ok {
			code = e.Code
		}
		if len(asked()) != c.calls || r.Kept != c.kept || r.Created || code != c.code || provider.ClassOf(err) != c.class {
			t.Errorf("%s: got %d calls, %+v, %v; want %d calls, kept %v, code %q, class %q", c.name, len(asked()), r, err, c.calls, c.kept, c.code, c.class)
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
	if err != nil || len(tags) != perPage+1 || len(asked()) != 2 {
		t.Errorf("got %d tags in %d calls, %v; want %d in 2", len(tags), len(asked()), err, perPage+1)
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
