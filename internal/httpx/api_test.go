package httpx

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/loa-project/loa/internal/errs"
)

type thingInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name string   `json:"name" minLength:"2" maxLength:"5"`
		Kind string   `json:"kind" enum:"a,b"`
		Tags []string `json:"tags,omitempty" maxItems:"2"`
	}
}

type thingOutput struct {
	Body struct {
		Name string `json:"name"`
	}
}

type tick struct {
	N int `json:"n"`
}

type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logs) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// newAPI is an API whose callers name their role in a header or, like a browser, in a cookie.
func newAPI(t *testing.T) (*API, *httptest.Server, *logs) {
	t.Helper()
	out := &logs{}
	a, err := New(Options{Version: "test", PublicURL: "http://localhost:8080", Logger: slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Authenticate: func(r *http.Request) (context.Context, Actor, error) {
			role := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			if c, err := r.Cookie("role"); err == nil {
				role = c.Value
			}
			if role == "" {
				return r.Context(), Actor{}, nil
			}
			if ranks[Role(role)] == 0 {
				return r.Context(), Actor{}, errs.Unauthorized("access.key_invalid")
			}
			return r.Context(), Actor{UserID: 7, WorkspaceID: 1, Role: Role(role)}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	Register(a, Op{Method: "POST", Path: "/things/{id}", ID: "make-thing", Summary: "Make", Tag: "things", Role: Marketer}, func(ctx context.Context, in *thingInput) (*thingOutput, error) {
		switch in.Body.Name {
		case "panic":
			panic("boom")
		case "plain":
			return nil, errors.New("secret cause")
		case "full":
			return nil, fmt.Errorf("insert: %w", &pgconn.PgError{Code: "53100"})
		case "gone":
			return nil, errs.NotFound("campaign").Because(errors.New("secret cause"))
		}
		out := &thingOutput{}
		out.Body.Name = in.Body.Name + strings.Repeat("x", 3000)
		return out, nil
	})
	Register(a, Op{Method: "GET", Path: "/open", ID: "open", Summary: "Open", Tag: "things", Role: Anyone}, func(ctx context.Context, _ *struct{}) (*thingOutput, error) {
		return &thingOutput{}, nil
	})
	Events(a, Op{Path: "/ticks", ID: "ticks", Summary: "Ticks", Tag: "things", Role: Viewer}, map[string]any{"tick": tick{}}, func(ctx context.Context, _ *struct{}, send sse.Sender) {
		_ = send.Data(tick{1})
		<-ctx.Done()
	})
	a.Raw(Op{Method: "POST", Path: "/hooks/{token}", ID: "hook", Role: Anyone, Root: true, Foreign: true, MaxBody: 10}, func(w http.ResponseWriter, r *http.Request) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
	a.Raw(Op{Method: "GET", Path: "/files/{id}", ID: "get-file", Summary: "Download", Tag: "files", Role: Viewer, Stream: true}, func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte(r.PathValue("id")))
		return err
	})
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return a, s, out
}

func call(t *testing.T, method, url, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestErrors(t *testing.T) {
	t.Parallel()
	_, s, out := newAPI(t)
	good := `{"name":"abc","kind":"a"}`
	cases := []struct {
		name, method, path, body, role string
		status                         int
		code                           string
		fields                         string
	}{
		{"nobody", "POST", "/api/v1/things/1", good, "", 401, "access.sign_in", ""},
		{"weak role", "POST", "/api/v1/things/1", good, "care", 403, "access.forbidden", ""},
		{"no workspace", "POST", "/api/v1/things/1", good, "signed_in", 403, "access.no_workspace", ""},
		{"wrong key", "POST", "/api/v1/things/1", good, "nonsense", 401, "access.key_invalid", ""},
		{"too long", "POST", "/api/v1/things/1", `{"name":"abcdef","kind":"c","tags":["1","2","3"]}`, "owner", 422, "request.invalid", "kind field.one_of,name field.too_long,tags field.too_many"},
		{"missing", "POST", "/api/v1/things/1", `{"name":"abc"}`, "owner", 422, "request.invalid", "kind field.required"},
		{"extra", "POST", "/api/v1/things/1", `{"name":"abc","kind":"a","role":"owner"}`, "owner", 422, "request.invalid", "role field.unknown"},
		{"type", "POST", "/api/v1/things/1", `{"name":1,"kind":"a"}`, "owner", 422, "request.invalid", "name field.type"},
		{"path", "POST", "/api/v1/things/x", good, "owner", 422, "request.invalid", "path.id field.type"},
		{"no JSON", "POST", "/api/v1/things/1", `{`, "owner", 400, "request.json_invalid", ""},
		{"no body", "POST", "/api/v1/things/1", ``, "owner", 400, "request.body_missing", ""},
		{"huge", "POST", "/api/v1/things/1", strings.Repeat(" ", 1<<20) + good, "owner", 413, "request.too_large", ""},
		{"panic", "POST", "/api/v1/things/1", `{"name":"panic","kind":"a"}`, "owner", 500, "internal", ""},
		{"unknown cause", "POST", "/api/v1/things/1", `{"name":"plain","kind":"a"}`, "owner", 500, "internal", ""},
		{"store", "POST", "/api/v1/things/1", `{"name":"full","kind":"a"}`, "owner", 503, "store.unavailable", ""},
		{"for people", "POST", "/api/v1/things/1", `{"name":"gone","kind":"a"}`, "owner", 404, "campaign.not_found", ""},
		{"nothing there", "GET", "/api/v1/nothing", "", "owner", 404, "request.not_found", ""},
		{"raw body", "POST", "/hooks/geheim", "0123456789a", "", 413, "request.too_large", ""},
	}
	for _, c := range cases {
		headers := []string{"Content-Type", "application/json", "Accept-Language", "en"}
		if c.role != "" {
			headers = append(headers, "Authorization", "Bearer "+c.role)
		}
		res, body := call(t, c.method, s.URL+c.path, c.body, headers...)
		var p Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatalf("%s: not a problem document: %s", c.name, body)
		}
		if res.StatusCode != c.status || p.Status != c.status || p.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s (%s)", c.name, res.StatusCode, p.Code, c.status, c.code, body)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", c.name, got)
		}
		if p.RequestID == "" || p.RequestID != res.Header.Get("X-Request-Id") || p.Detail == "" || p.Detail == p.Code && c.code != "campaign.not_found" {
			t.Errorf("%s: got request id %q and detail %q", c.name, p.RequestID, p.Detail)
		}
		var fields []string
		for _, f := range p.Errors {
			fields = append(fields, f.Path+" "+f.Code)
		}
		for _, want := range strings.Split(c.fields, ",") {
			if want != "" && !contains(fields, want) {
				t.Errorf("%s: got fields %v, want %s", c.name, fields, want)
			}
		}
		if strings.Contains(body, "secret cause") || strings.Contains(body, "boom") {
			t.Errorf("%s: the cause is shown: %s", c.name, body)
		}
	}
	for _, word := range []string{"geheim", "/things/1"} {
		if strings.Contains(out.String(), word) {
			t.Errorf("the log holds a path (%q)", word)
		}
	}
	if got := strings.Count(out.String(), "secret cause"); got != 1 {
		t.Errorf("the hidden cause is logged %d times, want once", got)
	}
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	_, s, _ := newAPI(t)
	_, vi := call(t, "GET", s.URL+"/api/v1/nothing", "")
	_, en := call(t, "GET", s.URL+"/api/v1/nothing", "", "Accept-Language", "en")
	_, asked := call(t, "GET", s.URL+"/api/v1/nothing?lang=en", "", "Accept-Language", "vi")
	if !strings.Contains(vi, "Không có địa chỉ này") || !strings.Contains(en, "nothing at this address") || !strings.Contains(asked, "nothing at this address") {
		t.Errorf("got %s, %s and %s", vi, en, asked)
	}
}

// TestOpenToAnyone lets a browser whose cookie no longer fits reach the pages on which it can sign in again; a wrong key is still told.
func TestOpenToAnyone(t *testing.T) {
	t.Parallel()
	_, s, _ := newAPI(t)
	if res, body := call(t, "GET", s.URL+"/api/v1/open", "", "Cookie", "role=outdated"); res.StatusCode != 200 {
		t.Errorf("stale cookie: got %d %s, want 200", res.StatusCode, body)
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/open", "", "Authorization", "Bearer outdated"); res.StatusCode != 401 {
		t.Errorf("wrong key: got %d, want 401", res.StatusCode)
	}
	if res, body := call(t, "GET", s.URL+"/api/v1/files/12", "", "Authorization", "Bearer viewer"); res.StatusCode != 200 || body != "12" {
		t.Errorf("raw route: got %d %s", res.StatusCode, body)
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/files/12", ""); res.StatusCode != 401 {
		t.Errorf("raw route without sign-in: got %d, want 401", res.StatusCode)
	}
}

// TestEmbeddedInput refuses what the framework would silently leave empty.
func TestEmbeddedInput(t *testing.T) {
	t.Parallel()
	a, _, _ := newAPI(t)
	defer func() {
		if recover() == nil {
			t.Error("an input that embeds an unexported type was taken, want a panic")
		}
	}()
	type wrong struct{ thingInput }
	Register(a, Op{Method: "GET", Path: "/wrong", ID: "wrong", Role: Viewer}, func(context.Context, *wrong) (*thingOutput, error) { return nil, nil })
}

func TestCrossSite(t *testing.T) {
	t.Parallel()
	_, s, _ := newAPI(t)
	good := `{"name":"abc","kind":"a"}`
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"own page", []string{"Cookie", "role=owner", "Sec-Fetch-Site", "same-origin"}, 200},
		{"program", []string{"Cookie", "role=owner"}, 200},
		{"trusted origin", []string{"Cookie", "role=owner", "Origin", "http://localhost:8080"}, 200},
		{"other site", []string{"Cookie", "role=owner", "Sec-Fetch-Site", "cross-site"}, 403},
		{"sister site", []string{"Cookie", "role=owner", "Sec-Fetch-Site", "same-site"}, 403},
		{"old browser", []string{"Cookie", "role=owner", "Origin", "https://evil.example"}, 403},
		{"key", []string{"Authorization", "Bearer owner", "Sec-Fetch-Site", "cross-site"}, 200},
	} {
		res, body := call(t, "POST", s.URL+"/api/v1/things/1", good, append(c.header, "Content-Type", "application/json")...)
		if res.StatusCode != c.status {
			t.Errorf("%s: got %d, want %d (%s)", c.name, res.StatusCode, c.status, body)
		}
	}
	if res, _ := call(t, "POST", s.URL+"/hooks/x", "hello", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 200 {
		t.Errorf("foreign route: got %d, want 200", res.StatusCode)
	}
}

func TestRoleMustBeNamed(t *testing.T) {
	t.Parallel()
	a, _, _ := newAPI(t)
	for _, role := range []Role{"", "admin"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("role %q was taken, want a panic", role)
				}
			}()
			Register(a, Op{Method: "GET", Path: "/x" + string(role), ID: "x" + string(role), Role: role}, func(context.Context, *struct{}) (*thingOutput, error) { return nil, nil })
		}()
	}
	for _, r := range a.Routes() {
		if ranks[r.Role] == 0 && r.Path != "/api/v1/x" && r.Path != "/api/v1/xadmin" {
			t.Errorf("%s %s has role %q", r.Method, r.Path, r.Role)
		}
	}
}

func TestAnonymousLimit(t *testing.T) {
	t.Parallel()
	_, s, _ := newAPI(t)
	refused := 0
	for range 80 {
		if res, _ := call(t, "GET", s.URL+"/api/v1/open", ""); res.StatusCode == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("80 requests at once: none refused")
	}
	if res, _ := call(t, "POST", s.URL+"/api/v1/things/1", `{"name":"abc","kind":"a"}`, "Authorization", "Bearer owner", "Content-Type", "application/json"); res.StatusCode != 200 {
		t.Errorf("signed in: got %d, want 200", res.StatusCode)
	}
	for range 80 {
		call(t, "GET", s.URL+"/api/v1/ticks", "", "Authorization", "Bearer wrong")
	}
	if res, _ := call(t, "GET", s.URL+"/api/v1/open", "", "Authorization", "Bearer owner"); res.StatusCode != 429 {
		t.Errorf("after 80 wrong keys: got %d, want 429", res.StatusCode)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	a, s, _ := newAPI(t)
	r, _ := http.NewRequest("POST", s.URL+"/api/v1/things/1", strings.NewReader(`{"name":"abc","kind":"a"}`))
	r.Header.Set("Authorization", "Bearer owner")
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Encoding"); got != "gzip" {
		t.Errorf("content encoding %q, want gzip", got)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(z); !strings.HasPrefix(string(b), `{"name":"abcxxx`) {
		t.Errorf("got %.40s", b)
	}
	for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
		if res.Header.Get(h) == "" {
			t.Errorf("header %s is missing", h)
		}
	}
	raw, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"openapi":"3.1.0"`, `"MakeThingRequest"`, `"x-role":"marketer"`, `"Problem"`, `"/files/{id}"`, `"operationId":"get-file"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("document has no %s", want)
		}
	}
	if _, page := call(t, "GET", s.URL+"/api/docs", ""); !strings.Contains(page, "/api/v1/things/{id}") || strings.Contains(page, "<script") {
		t.Errorf("docs page: %.200s", page)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	a, _, _ := newAPI(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, l, 5*time.Second) }()
	r, _ := http.NewRequest("GET", "http://"+l.Addr().String()+"/api/v1/ticks", nil)
	r.Header.Set("Authorization", "Bearer viewer")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	buf := make([]byte, 200)
	n, err := res.Body.Read(buf)
	if err != nil || !strings.Contains(string(buf[:n]), "tick") {
		t.Fatalf("first event: %q %v", buf[:n], err)
	}
	cancel()
	_, _ = io.ReadAll(res.Body)
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("got %v, want a quiet end", err)
		}
	case <-time.After(4 * time.Second):
		t.Error("the server did not end while a stream was open")
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	order := []Role{Anyone, SignedIn, Viewer, Care, Marketer, Owner}
	for i, have := range order {
		for j, min := range order {
			if got, want := have.Allows(min), i >= j; got != want {
				t.Errorf("%s for %s: got %v, want %v", have, min, got, want)
			}
		}
		if have.Allows("") || Role("").Allows(have) || Role("root").Allows(have) {
			t.Errorf("an unknown role was let through beside %s", have)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	p, err := parseProxies([]string{"10.0.0.0/8", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.5:1", "", "203.0.113.5"},
		{"203.0.113.5:1", "1.2.3.4", "203.0.113.5"},
		{"127.0.0.1:1", "1.2.3.4", "1.2.3.4"},
		{"127.0.0.1:1", "9.9.9.9, 1.2.3.4, 10.1.1.1", "1.2.3.4"},
		{"127.0.0.1:1", "garbage", "127.0.0.1"},
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.5]:1", "", "203.0.113.5"},
		{"", "", "unknown"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := p.address(r); got != c.want {
			t.Errorf("%s via %q: got %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
	if _, err := parseProxies([]string{"nonsense"}); err == nil {
		t.Error("nonsense was taken as a network")
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	var id int64
	var name string
	mark := Cursor("Đẹp", int64(1<<53+1))
	if ok, err := ParseCursor(mark, &name, &id); !ok || err != nil || name != "Đẹp" || id != 1<<53+1 {
		t.Errorf("got %v %v %q %d", ok, err, name, id)
	}
	if ok, err := ParseCursor("", &id); ok || err != nil {
		t.Errorf("empty: got %v %v", ok, err)
	}
	for _, bad := range []string{"!", "AAAA", Cursor(1), Cursor("a", "b"), Cursor(nil, nil)} {
		if _, err := ParseCursor(bad, &name, &id); !errs.Is(err, "request.cursor_invalid") {
			t.Errorf("%q: got %v, want request.cursor_invalid", bad, err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(Cursor("x", 1))
	f.Fuzz(func(t *testing.T, mark string) {
		var name string
		var id int64
		_, err := ParseCursor(mark, &name, &id)
		if err != nil && !errs.Is(err, "request.cursor_invalid") {
			t.Errorf("%q: %v", mark, err)
		}
	})
}
