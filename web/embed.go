package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// ContentPolicy is what the pages are allowed to load: everything from our own address, no inline script. Styles may be inline because the UI kit writes them at run time.
const ContentPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// packed ends the name of the brotli form that the build lays beside a file.
const packed = ".br"

// notBuilt is shown while the binary holds no web app.
const notBuilt = `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Loa</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}code{background:#8882;padding:.1em .4em;border-radius:4px}</style></head>
<body><main><h1>Loa đang chạy, nhưng chưa dựng web</h1><p>Bản này không kèm giao diện: chạy <code>make build</code> rồi mở lại trang. API vẫn dùng được tại <a href="/api/docs">/api/docs</a>.</p>
<p lang="en">Loa is running, but this binary holds no web app: run <code>make build</code> and reload. The API works, see <a href="/api/docs">/api/docs</a>.</p></main></body></html>
`

// Handler serves the web app. Files under /assets/ carry a hash in their names and may be kept for ever; every other path without a file gets index.html, so that the app's own routes
// can be opened and reloaded; a missing asset is 404, never index.html. Answers are compressed when the browser takes brotli or gzip; only GET and HEAD are allowed.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is named in this file
	}
	return newHandler(files)
}

// Built says whether the binary holds the web app.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

func newHandler(files fs.FS) http.Handler {
	h := &handler{files: files, cache: map[string]*asset{}}
	if a, err := h.read("index.html"); err == nil {
		h.index = a
	}
	return h
}

type handler struct {
	files fs.FS
	index *asset // nil: nothing was built

	mu    sync.Mutex
	cache map[string]*asset
}

// asset is one file with its compressed forms: brotli from the build, gzip made once when first asked for. nil where compressing does not pay.
type asset struct {
	name   string
	body   []byte
	brotli []byte
	zipped []byte
	etag   string
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", ContentPolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if h.index == nil {
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(notBuilt))
		}
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	a, err := h.read(name)
	switch {
	case err == nil && strings.HasPrefix(name, "assets/"):
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	case err == nil:
		head.Set("Cache-Control", "no-cache")
	case strings.HasPrefix(name, "assets/"):
		http.NotFound(w, r)
		return
	default:
		a = h.index
		head.Set("Cache-Control", "no-cache")
	}
	a.serve(w, r)
}

// read gives a file of the build. Names that begin with a dot are no files of the app.
func (h *handler) read(name string) (*asset, error) {
	if name == "" {
		name = "index.html"
	}
	if !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") || path.Ext(name) == packed {
		return nil, fs.ErrNotExist
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.cache[name]; a != nil {
		return a, nil
	}
	body, err := fs.ReadFile(h.files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	a := &asset{name: name, body: body, etag: hex.EncodeToString(sum[:12])}
	if br, err := fs.ReadFile(h.files, name+packed); err == nil {
		a.brotli = br
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	if buf.Len() < len(body)*9/10 {
		a.zipped = buf.Bytes()
	}
	h.cache[name] = a
	return a, nil
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	kind := mime.TypeByExtension(path.Ext(a.name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	head.Set("Content-Type", kind)
	head.Add("Vary", "Accept-Encoding")
	body, etag := a.body, `"`+a.etag+`"`
	switch {
	case a.brotli != nil && takes(r, "br"):
		body, etag = a.brotli, `"`+a.etag+`-br"`
		head.Set("Content-Encoding", "br")
	case a.zipped != nil && takes(r, "gzip"):
		body, etag = a.zipped, `"`+a.etag+`-gz"`
		head.Set("Content-Encoding", "gzip")
	}
	head.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		head.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a browser that went away is nobody's error
	}
}

// takes reads Accept-Encoding; "gzip;q=0" refuses it.
func takes(r *http.Request, wanted string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, param, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), wanted) {
			continue
		}
		value, given := strings.CutPrefix(strings.ReplaceAll(param, " ", ""), "q=")
		if !given {
			return true
		}
		q, err := strconv.ParseFloat(value, 64)
		return err == nil && q > 0
	}
	return false
}
