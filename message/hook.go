package message

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/httpx"
)

// hookBody is the largest callback that is read.
const hookBody = 1 << 20

// ErrForged says that a callback does not carry the signature or secret that it must.
var ErrForged = errors.New("callback is not signed as agreed")

// Answer is a callback that asks something, such as the handshake of a new subscription, or what a person hears after pressing a key; the text is what the provider wants to hear. Receipts
// beside it are stored before it is given.
type Answer string

func (a Answer) write(w http.ResponseWriter) {
	kind := "text/plain; charset=utf-8"
	if strings.HasPrefix(string(a), "[") {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, string(a))
}

// Error makes an answer of ReadHook's error; it is none.
func (Answer) Error() string { return "a question was answered" }

// ReadHook checks and reads one callback of a connection. rest is the part of the path behind the token: our key where we put it there. It returns ErrForged when the check fails, ErrLater when
// it cannot be made now, and an Answer when the provider asks something.
type ReadHook func(r *http.Request, rest string, body []byte) ([]Receipt, error)

// FindHook finds the connection behind a provider's callback address; a nil ReadHook means that there is none.
type FindHook func(ctx context.Context, provider, token string) (workspace, connection int64, read ReadHook, err error)

// RegisterHooks registers the addresses that providers call. A callback is checked on its raw bytes, stored durably, and only then answered with 200; a store that is away answers 503
// so that the provider tries again.
func (s *Service) RegisterHooks(api *httpx.API, find FindHook) {
	for _, method := range []string{"GET", "POST"} {
		for path, id := range map[string]string{"/hooks/{provider}/{token}": "hook-", "/hooks/{provider}/{token}/{rest...}": "hook-message-"} {
			api.Raw(httpx.Op{Method: method, Path: path, ID: id + strings.ToLower(method), Summary: "A provider's callback", Tag: "hooks", Role: httpx.Anyone, Root: true, Foreign: true, MaxBody: hookBody},
				func(w http.ResponseWriter, r *http.Request) error { s.serveHook(w, r, find); return nil })
		}
	}
}

func (s *Service) serveHook(w http.ResponseWriter, r *http.Request, find FindHook) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, hookBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	workspace, connection, read, err := find(r.Context(), r.PathValue("provider"), r.PathValue("token"))
	if err != nil {
		s.Log.Error("find connection of callback", "provider", r.PathValue("provider"), "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if read == nil {
		http.NotFound(w, r)
		return
	}
	receipts, err := read(r, r.PathValue("rest"), body)
	if errors.Is(err, ErrForged) {
		s.Log.Warn("forged callback refused", "provider", r.PathValue("provider"), "connection_id", connection)
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	answer, answers := errors.AsType[Answer](err)
	if answers && len(receipts) == 0 {
		answer.write(w)
		return
	}
	if errors.Is(err, ErrLater) {
		s.Log.Warn("callback cannot be checked", "provider", r.PathValue("provider"), "connection_id", connection, "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if err != nil && !answers { // signed and unreadable: kept for people, changes nothing
		receipts = []Receipt{{Event: "unreadable", Ignore: true, Raw: string(body), At: s.Clock.Now()}}
	}
	// The wait for the commit must not end with the provider's patience: what was stored is stored.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 10*time.Second)
	defer cancel()
	if err := s.Receive(ctx, workspace, connection, r.PathValue("provider"), receipts); err != nil {
		s.Log.Error("store callback", "connection_id", connection, "error", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if answers {
		answer.write(w)
		return
	}
	w.WriteHeader(http.StatusOK)
}
