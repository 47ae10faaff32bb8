package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var built = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html><div id=root></div>")},
	"assets/app-ab12.js":     {Data: []byte(strings.Repeat("console.log('loa');", 100))},
	"assets/both-ef56.js":    {Data: []byte(strings.Repeat("console.log('loa');", 100))},
	"assets/both-ef56.js.br": {Data: []byte("packed")},
	"assets/tiny-cd34.js":    {Data: []byte("1")},
	".keep":                  {Data: []byte("")},
}

func get(t *testing.T, h http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerServesFilesAndRoutes(t *testing.T) {
	t.Parallel()
	h := newHandler(built)
	for _, c := range []struct {
		target, kind, cache string
		status              int
		index               bool
	}{
		{"/", "text/html; charset=utf-8", "no-cache", 200, true},
		{"/index.html", "text/html; charset=utf-8", "no-cache", 200, true},
		{"/campaigns/12?status=failed", "text/html; charset=utf-8", "no-cache", 200, true},
		{"/.keep", "text/html; charset=utf-8", "no-cache", 200, true},
		{"/../../etc/passwd", "text/html; charset=utf-8", "no-cache", 200, true},
		{"/assets/app-ab12.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200, false},
		{"/assets/gone-0000.js", "text/plain; charset=utf-8", "", 404, false},
	} {
		res := get(t, h, c.target)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.kind || res.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: got %d %q %q, want %d %q %q", c.target, res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), c.status, c.kind, c.cache)
		}
		if got := strings.Contains(string(body), "id=root"); got != c.index {
			t.Errorf("%s: index page: got %v, want %v", c.target, got, c.index)
		}
		if got := res.Header.Get("Content-Security-Policy"); got != ContentPolicy {
			t.Errorf("%s: content policy: got %q, want %q", c.target, got, ContentPolicy)
		}
	}
}

func TestHandlerCompresses(t *testing.T) {
	t.Parallel()
	h := newHandler(built)
	res := get(t, h, "/assets/app-ab12.js", "Accept-Encoding", "br, gzip;q=0.8")
	if got := res.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("encoding: got %q, want gzip", got)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(z)
	if want := string(built["assets/app-ab12.js"].Data); string(body) != want {
		t.Errorf("unpacked: got %d bytes, want %d", len(body), len(want))
	}
	for _, refused := range []string{"", "br", "gzip;q=0"} {
		if got := get(t, h, "/assets/app-ab12.js", "Accept-Encoding", refused).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("Accept-Encoding %q: got encoding %q, want none", refused, got)
		}
	}
	if got := get(t, h, "/assets/tiny-cd34.js", "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("one byte: got encoding %q, want none", got)
	}
	for accept, want := range map[string]string{"gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "": ""} {
		if got := get(t, h, "/assets/both-ef56.js", "Accept-Encoding", accept).Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q with brotli at hand: got %q, want %q", accept, got, want)
		}
	}
	if got := get(t, h, "/assets/both-ef56.js.br").StatusCode; got != http.StatusNotFound {
		t.Errorf("the packed form by its own name: got %d, want 404", got)
	}
	again := get(t, h, "/assets/app-ab12.js", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("same etag: got %d, want 304", again.StatusCode)
	}
}

func TestHandlerWithoutBuild(t *testing.T) {
	t.Parallel()
	res := get(t, newHandler(fstest.MapFS{".keep": {}}), "/campaigns")
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "make build") {
		t.Errorf("got %d %q, want 503 and how to build", res.StatusCode, body)
	}
}

func TestHandlerOnlyReads(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newHandler(built).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d, want 405", w.Code)
	}
}
