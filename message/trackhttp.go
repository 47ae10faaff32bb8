package message

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/loa-project/loa/internal/httpx"
)

var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;")

// RegisterTracking registers the addresses that recipients meet: /o/ (pixel), /c/ (links), /u/ (unsubscribe). They need no log-in and reveal nothing.
func (s *Service) RegisterTracking(api *httpx.API) {
	route := func(method, path, id, summary string, h http.HandlerFunc) {
		api.Raw(httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: "tracking", Role: httpx.Anyone, Root: true, Foreign: true, MaxBody: 64 << 10},
			func(w http.ResponseWriter, r *http.Request) error { h(w, r); return nil })
	}
	route("GET", "/o/{token}", "track-open", "The open pixel of a mail", s.serveOpen)
	route("GET", "/c/{token}", "track-click", "A tracked link", s.serveClick)
	route("GET", "/u/{token}", "ask-unsubscribe", "The page that asks before it unsubscribes", s.serveUnsubscribePage)
	route("POST", "/u/{token}", "unsubscribe", "The button of that page and the one-click request of RFC 8058", s.serveUnsubscribe)
}

func visit(r *http.Request) Visit {
	return Visit{Agent: r.UserAgent(), Head: r.Method == http.MethodHead}
}

// serveOpen always answers with the image: a wrong token must not break anybody's mail.
func (s *Service) serveOpen(w http.ResponseWriter, r *http.Request) {
	if err := s.Opened(r.Context(), r.PathValue("token"), visit(r)); err != nil {
		s.Log.Error("record opening", "error", err)
	}
	h := w.Header()
	h.Set("Content-Type", "image/gif")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // it is shown inside web mail
	h.Set("Cache-Control", "no-store, max-age=0")
	_, _ = w.Write(pixel)
}

func (s *Service) serveClick(w http.ResponseWriter, r *http.Request) {
	url, found, err := s.Clicked(r.Context(), r.PathValue("token"), visit(r))
	if err != nil {
		s.Log.Error("record click", "error", err) // the person still gets where they wanted when we know where
	}
	if !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	http.Redirect(w, r, url, http.StatusFound)
}

var unsubscribePage = template.Must(template.New("u").Parse(`<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Hủy đăng ký</title><style>body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color:#1f2937}button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.4rem;background:#1d4ed8;color:#fff}small{color:#6b7280}</style>
{{if .Done}}<h1>Đã hủy đăng ký</h1><p>Bạn sẽ không nhận thêm tin quảng cáo qua kênh này.</p><p><small>You are unsubscribed.</small></p>
{{else}}<h1>Hủy đăng ký nhận tin?</h1><p>Nhấn nút dưới đây để không nhận thêm tin quảng cáo qua kênh này.</p><form method="post"><button>Hủy đăng ký</button></form><p><small>Press the button to unsubscribe.</small></p>{{end}}</html>`))

// serveUnsubscribePage only asks: programs that open every link must not unsubscribe anybody.
func (s *Service) serveUnsubscribePage(w http.ResponseWriter, r *http.Request) {
	if !s.Knows(r.PathValue("token")) {
		http.NotFound(w, r)
		return
	}
	s.page(w, false)
}

// serveUnsubscribe is the button of the page and the one-click request of RFC 8058, which comes without cookies and wants a plain 200.
func (s *Service) serveUnsubscribe(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	found, err := s.Unsubscribed(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		s.Log.Error("record unsubscription", "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	case !found:
		http.NotFound(w, r)
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		s.page(w, true)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

func (s *Service) page(w http.ResponseWriter, done bool) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
	h.Set("Cache-Control", "no-store")
	_ = unsubscribePage.Execute(w, struct{ Done bool }{done})
}
