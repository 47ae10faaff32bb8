package webcall

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/provider"
)

func newClient(t *testing.T, allow ...netip.Prefix) *Client {
	t.Helper()
	h, err := provider.HTTPClient(provider.HTTPOptions{Control: provider.Guard(allow)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return &Client{HTTP: h, Version: "1", Now: func() time.Time { return time.Unix(1700000000, 0) }}
}

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// TestSignature is the vector of the fact sheet, made with the reference library.
func TestSignature(t *testing.T) {
	t.Parallel()
	secret, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Sign(secret, "msg_loa_0001", "1700000000", []byte(`{"type":"message.delivered","data":{"id":"m1"}}`)), "v1,+GOtOwgmduidtY94zt4TZLflbLIPVVMkCZ+BRVpfhRo="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA", "whsec_%%%"} {
		if _, err := ParseSecret(bad); err == nil {
			t.Errorf("%q was taken as a secret", bad)
		}
	}
}

func TestRuleOfSuccess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status      int
		method      string
		any, repeat bool
		want        provider.Class
	}{
		{200, "POST", false, false, ""},
		{201, "POST", false, false, provider.Content},
		{201, "POST", true, false, ""},
		{204, "DELETE", true, false, ""},
		{302, "GET", true, false, provider.Content},
		{404, "GET", false, false, provider.Content},
		{429, "POST", false, false, provider.RateLimited},
		{503, "POST", false, false, provider.Content},
		{503, "POST", false, true, provider.Temporary},
		{503, "PUT", false, false, provider.Temporary},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(c.status)
		}))
		_, err := newClient(t, loopback).Call(context.Background(), &Request{Method: c.method, URL: srv.URL, Key: "k", AnySuccess: c.any, Repeat: c.repeat})
		srv.Close()
		if got := provider.ClassOf(err); got != c.want {
			t.Errorf("%d to %s (any 2xx %v, repeat %v): got class %q, want %q", c.status, c.method, c.any, c.repeat, got, c.want)
		}
	}
}

// TestLostAnswer: who may have acted is not asked again, unless that does no harm.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer srv.Close()
	for _, c := range []struct {
		method string
		repeat bool
		want   provider.Class
	}{{"POST", false, provider.Unknown}, {"POST", true, provider.Temporary}, {"GET", false, provider.Temporary}} {
		_, err := newClient(t, loopback).Call(context.Background(), &Request{Method: c.method, URL: srv.URL, Body: []byte("{}"), Repeat: c.repeat})
		if got := provider.ClassOf(err); got != c.want {
			t.Errorf("%s (repeat %v): got class %q, want %q", c.method, c.repeat, got, c.want)
		}
	}
}

func TestInnerAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	asked := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer srv.Close()
	_, err := newClient(t).Call(context.Background(), &Request{Method: "POST", URL: srv.URL, Body: []byte("{}")})
	if provider.ClassOf(err) != provider.Content || asked {
		t.Errorf("got %v, asked %v; want a refusal before the call", err, asked)
	}
}

func TestGoldenRequest(t *testing.T) {
	t.Parallel()
	var head http.Header
	var body string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		head, body = r.Header, r.Method+" "+r.URL.RequestURI()+" "+string(raw)
	}))
	defer srv.Close()
	secret, _ := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	_, err := newClient(t, loopback).Call(context.Background(), &Request{Method: "PUT", URL: srv.URL + "/kh?id=7", Header: []Header{{"X-Shop", "hoa"}}, Body: []byte(`{"type":"message.delivered","data":{"id":"m1"}}`), Key: "msg_loa_0001", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"User-Agent": {"Loa/1"}, "Accept": {"*/*"}, "X-Shop": {"hoa"}, "Content-Type": {"application/json"}, "Content-Length": {"47"}, "Idempotency-Key": {"msg_loa_0001"}, "Webhook-Id": {"msg_loa_0001"},
		"Webhook-Timestamp": {"1700000000"}, "Webhook-Signature": {"v1,+GOtOwgmduidtY94zt4TZLflbLIPVVMkCZ+BRVpfhRo="}}
	if diff := cmp.Diff(want, head); diff != "" || body != `PUT /kh?id=7 {"type":"message.delivered","data":{"id":"m1"}}` {
		t.Errorf("got %s\n%s", body, diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Request{
		"":                  {Method: "GET", URL: "https://crm.example/api"},
		"method":            {Method: "TRACE", URL: "https://crm.example/"},
		"url":               {Method: "GET", URL: "https://user:pass@crm.example/"},
		"header:Host":       {Method: "GET", URL: "https://crm.example/", Header: []Header{{"Host", "x"}}},
		"header:X-A\r\nX-B": {Method: "GET", URL: "https://crm.example/", Header: []Header{{"X-A\r\nX-B", "x"}}},
		"header:X-Broken":   {Method: "GET", URL: "https://crm.example/", Header: []Header{{"X-Broken", "a\r\nb: c"}}},
		"header:webhook-id": {Method: "GET", URL: "https://crm.example/", Header: []Header{{"webhook-id", "x"}}},
	} {
		if got := r.Check(); got != want {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
	for _, u := range []string{"", "ftp://x/", "//x/", "http://", "javascript:alert(1)", "http://[::1", "https://x/#y"} {
		if got := (&Request{Method: "GET", URL: u}).Check(); got != "url" {
			t.Errorf("%q: got %q, want url", u, got)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	got := Values([]byte(`{"data":{"id":12345678901234567890,"ok":true,"a/b":"x","list":["p","q"]},"deep":{}}`),
		map[string]string{"id": "/data/id", "ok": "/data/ok", "ab": "/data/a~1b", "q": "/data/list/1", "none": "/data/none", "object": "/deep", "bad": "data", "far": "/data/list/9", "lead": "/data/list/01"})
	if diff := cmp.Diff(map[string]string{"id": "12345678901234567890", "ok": "true", "ab": "x", "q": "q"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzValues(f *testing.F) {
	f.Add([]byte(`{"a":[1]}`), "/a/0")
	f.Add([]byte(`[[[[`), "/0/0")
	f.Fuzz(func(_ *testing.T, body []byte, pointer string) { Values(body, map[string]string{"v": pointer}) })
}
