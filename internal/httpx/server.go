package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"

	"github.com/loa-project/loa/internal/errs"
)

const contentPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler is the whole server as a handler, with everything around the routes.
func (a *API) Handler() http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		panic(err)
	}
	inner := compress(http.HandlerFunc(a.mux.ServeHTTP))
	https := strings.HasPrefix(a.options.PublicURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestID(r)
		r = a.newScope(r, id)
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		rec := &recorder{ResponseWriter: w}
		start := a.now()
		defer func() {
			if caught := recover(); caught != nil {
				a.caught(rec, r, caught)
			}
			a.access(rec, r, a.now().Sub(start))
		}()
		inner.ServeHTTP(rec, r)
	})
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.TrimSpace(kind)
	if kind == "text/event-stream" {
		return false
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "javascript") || strings.HasSuffix(kind, "xml")
}

// requestID keeps the id of a proxy in front of us when it looks like one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if len(id) >= 8 && len(id) <= 64 && strings.IndexFunc(id, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}) < 0 {
		return id
	}
	v7, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return v7.String()
}

func (a *API) caught(rec *recorder, r *http.Request, caught any) {
	if caught == http.ErrAbortHandler {
		panic(caught)
	}
	a.log.ErrorContext(r.Context(), "handler panicked", "request_id", RequestID(r.Context()), "panic", fmt.Sprint(caught), "stack", string(debug.Stack()))
	if rec.status == 0 {
		rec.Header().Del("Content-Encoding")
		WriteError(rec, r, &Problem{Type: "about:blank", Title: http.StatusText(500), Status: 500, Code: "internal",
			Detail: describe(r.Context(), &errs.Error{Status: 500, Code: "internal"}).Detail, RequestID: RequestID(r.Context())})
	}
}

func (a *API) access(rec *recorder, r *http.Request, took time.Duration) {
	status := rec.status
	if status == 0 {
		status = http.StatusOK
	}
	level := slog.LevelInfo
	if status < 400 && (r.Method == http.MethodGet || r.Method == http.MethodHead || strings.Contains(routeOf(r), "/hooks/")) {
		level = slog.LevelDebug // a busy provider calls back thousands of times a second
	}
	if !a.log.Enabled(r.Context(), level) {
		return
	}
	actor, who := ActorFrom(r.Context()), "nobody"
	if actor.UserID != 0 || actor.KeyID != 0 {
		who = actor.String()
	}
	a.log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("route", routeOf(r)), slog.Int("status", status),
		slog.Int64("ms", took.Milliseconds()), slog.String("request_id", RequestID(r.Context())), slog.Int64("workspace_id", actor.WorkspaceID), slog.String("actor", who))
}

// routeOf is the pattern, never the path: paths of web-hooks and links hold secrets.
func routeOf(r *http.Request) string {
	if s := scopeFrom(r.Context()); s != nil && s.route != "" {
		return s.route
	}
	return "/"
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what is there.
func (w *recorder) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap lets deadlines through.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Serve answers on l until ctx ends, then lets running requests finish for at most grace. Event streams end at once. It returns nil after a quiet end.
func (a *API) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	server := &http.Server{Handler: a.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	server.RegisterOnShutdown(a.close)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		_ = server.Close()
		return fmt.Errorf("shut down server: %w", err)
	}
	if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
