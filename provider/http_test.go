package provider_test

import (
	"bufio"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loa-project/loa/provider"
)

func client(t testing.TB, o provider.HTTPOptions) *http.Client {
	t.Helper()
	c, err := provider.HTTPClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func post(t testing.TB, address string) *http.Request {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return provider.Post(u, http.Header{"Content-Type": {"application/json"}}, []byte(`{"a":1}`))
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		code   string
		class  provider.Class
		after  time.Duration
	}{
		"good":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }, "", "", 0},
		"slow down": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "7"); w.WriteHeader(429) }, "http.429", provider.RateLimited, 7 * time.Second},
		"date": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Sat, 21 Nov 2026 08:00:00 GMT")
			w.Header().Set("Retry-After", "Sat, 21 Nov 2026 08:00:30 GMT")
			w.WriteHeader(429)
		}, "http.429", provider.RateLimited, 30 * time.Second},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "http.307", provider.Unknown, 0},
		"500":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "http.500", provider.Unknown, 0},
		"not found": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "http.404", provider.Auth, 0},
		"reset":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, provider.CodeLost, provider.Unknown, 0},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, provider.CodeUnreadable, provider.Unknown, 0},
		"huge":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, provider.MaxBody+1)) }, provider.CodeUnreadable, provider.Unknown, 0},
		"never": {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, provider.CodeLost, provider.Unknown, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { calls.Add(1); c.answer(w, r) }))
			defer s.Close()
			a, err := provider.Do(context.Background(), client(t, provider.HTTPOptions{Timeout: time.Second}), post(t, s.URL))
			e := provider.Classify("test", a, err)
			if c.code == "" {
				if e != nil {
					t.Fatalf("got %v, want no error", e)
				}
				return
			}
			if e == nil || e.Code != c.code || e.Class != c.class || e.RetryAfter != c.after || e.Unasked || !a.Wrote {
				t.Errorf("got %+v (wrote %t), want code %s class %s after %s", e, a.Wrote, c.code, c.class, c.after)
			}
			if got := calls.Load(); got != 1 {
				t.Errorf("got %d calls, want 1", got)
			}
		})
	}
}

func TestNothingLeft(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + ln.Addr().String()
	ln.Close()
	tlsServer := httptest.NewTLSServer(http.NotFoundHandler())
	tlsServer.Config.ErrorLog = nil
	t.Cleanup(tlsServer.Close)
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		url string
	}{
		"nobody listens":     {context.Background(), closed},
		"no such host":       {context.Background(), "http://nobody.invalid"},
		"unknown authority":  {context.Background(), tlsServer.URL},
		"cancelled before":   {done, tlsServer.URL},
		"plain to TLS again": {done, closed},
	} {
		a, err := provider.Do(c.ctx, client(t, provider.HTTPOptions{DialTimeout: 2 * time.Second}), post(t, c.url))
		e := provider.Classify("test", a, err)
		if e == nil || e.Class != provider.Temporary || !e.Unasked || a.Wrote {
			t.Errorf("%s: got %+v, want temporary and unasked", name, e)
		}
	}
}

func TestOwnCA(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	defer s.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	a, err := provider.Do(context.Background(), client(t, provider.HTTPOptions{RootCA: ca}), post(t, s.URL))
	if err != nil || string(a.Body) != "ok" {
		t.Errorf("got %q, %v, want ok", a.Body, err)
	}
	if _, err := provider.HTTPClient(provider.HTTPOptions{RootCA: []byte("no pem")}); err == nil {
		t.Error("a text without certificates was accepted")
	}
}

// TestReusedConnection closes a used connection after the second request was read: nothing may be sent a second time, and the outcome is unknown.
func TestReusedConnection(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var requests, conns atomic.Int32
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			conns.Add(1)
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for i := 0; ; i++ {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					requests.Add(1)
					if i == 1 {
						return
					}
					fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				}
			}()
		}
	}()
	c := client(t, provider.HTTPOptions{})
	if _, err := provider.Do(context.Background(), c, post(t, "http://"+ln.Addr().String())); err != nil {
		t.Fatal(err)
	}
	a, err := provider.Do(context.Background(), c, post(t, "http://"+ln.Addr().String()))
	if e := provider.Classify("test", a, err); e == nil || e.Class != provider.Unknown {
		t.Errorf("got %+v, want unknown", e)
	}
	if requests.Load() != 2 || conns.Load() != 1 {
		t.Errorf("got %d requests on %d connections, want 2 on 1", requests.Load(), conns.Load())
	}
}

// TestServerEndsIdleConnection closes a connection after its answer: the next call must notice before it writes.
func TestServerEndsIdleConnection(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	closed := make(chan bool, 3)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			req, err := http.ReadRequest(bufio.NewReader(c))
			if err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
				fmt.Fprint(c, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
			}
			c.Close()
			closed <- true
		}
	}()
	c := client(t, provider.HTTPOptions{})
	for i := range 3 {
		a, err := provider.Do(context.Background(), c, post(t, "http://"+ln.Addr().String()))
		if err != nil || string(a.Body) != "{}" {
			t.Fatalf("call %d: got %q, %v, want {}", i, a.Body, err)
		}
		<-closed
	}
}

// TestInjection tries to write header fields and requests through values.
func TestInjection(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []http.Header{{"access_token": {"x\r\nX-Evil: 1"}}, {"X-A\r\nX-Evil": {"1"}}, {"X A": {"1"}}, {"": {"1"}}, {"X": {"a\x00b"}}} {
		a, err := provider.Do(context.Background(), client(t, provider.HTTPOptions{}), provider.Post(u, h, nil))
		if err == nil || a.Wrote {
			t.Errorf("%q was sent", h)
		}
	}
	if got := calls.Load(); got != 0 {
		t.Errorf("got %d calls, want none", got)
	}
}

// TestPlainClient uses the client as any other: the answer comes as usual and a redirect is not followed.
func TestPlainClient(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("Location", "/again")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, r.Host+" "+r.URL.RequestURI()+" "+string(b))
	}))
	defer s.Close()
	res, err := client(t, provider.HTTPOptions{}).Post(s.URL+"/a?b=c%20d", "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if want := strings.TrimPrefix(s.URL, "http://") + " /a?b=c%20d body"; res.StatusCode != http.StatusFound || string(b) != want {
		t.Errorf("got %d %q, want 302 %q", res.StatusCode, b, want)
	}
	a, err := provider.Do(context.Background(), s.Client(), post(t, s.URL))
	if err != nil || a.Status != http.StatusFound {
		t.Errorf("another transport: got %d, %v, want 302", a.Status, err)
	}
}

func TestClassOf(t *testing.T) {
	t.Parallel()
	e := &provider.Error{Provider: "zalo", Code: "-118", Class: provider.Recipient, Err: io.EOF}
	if got := provider.ClassOf(fmt.Errorf("send: %w", e)); got != provider.Recipient {
		t.Errorf("got %s, want recipient", got)
	}
	if provider.ClassOf(io.EOF) != provider.Unknown || provider.ClassOf(nil) != "" || provider.Unknown.Certain() || !provider.Content.Certain() {
		t.Error("a foreign error must be unknown, nil must have no class, unknown must not be certain")
	}
	if !errors.Is(e, io.EOF) || !strings.Contains(e.Error(), "-118") {
		t.Errorf("got %v, want it to wrap the cause and name the code", e)
	}
	for code, c := range provider.Causes {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: cause is not complete", code)
		}
	}
	if c := provider.Explain("http.503"); c.Class != provider.Unknown || !strings.Contains(c.EN, "503") {
		t.Errorf("got %+v, want unknown with the status", c)
	}
}

func BenchmarkDo(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"error":0}`)
	}))
	defer s.Close()
	c := client(b, provider.HTTPOptions{})
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := provider.Do(context.Background(), c, post(b, s.URL)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7", "")
	f.Add("Sat, 21 Nov 2026 08:00:30 GMT", "Sat, 21 Nov 2026 08:00:00 GMT")
	f.Add("99999999999999999999", "x")
	f.Fuzz(func(t *testing.T, after, date string) {
		if d := provider.RetryAfter(http.Header{"Retry-After": {after}, "Date": {date}}); d < 0 || d > 24*time.Hour {
			t.Errorf("%q, %q: got %s", after, date, d)
		}
	})
}
