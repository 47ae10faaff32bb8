package httpx

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Actor is who makes a request: a signed-in user, an API key, or nobody (the zero value). The role is the one in the workspace WorkspaceID.
type Actor struct {
	WorkspaceID   int64  // 0 = in no workspace
	WorkspaceName string // for greetings and the variables of templates
	Zone          *time.Location
	UserID        int64 // 0 = not a user
	KeyID         int64 // 0 = not a key
	Role          Role  // Anyone for nobody, SignedIn for a user without a workspace
	Name          string
	Language      string // the user's choice, for requests that ask for none
}

// String is the stored form: "user:12", "key:3", or "system" for Loa itself.
func (a Actor) String() string {
	switch {
	case a.UserID != 0:
		return "user:" + strconv.FormatInt(a.UserID, 10)
	case a.KeyID != 0:
		return "key:" + strconv.FormatInt(a.KeyID, 10)
	}
	return "system"
}

// Authenticate finds out who asks. It returns the zero Actor for nobody, also for an old session; an error of package errs for a key that is not accepted; and the request's
// context, with whatever it wants to find there again.
type Authenticate func(r *http.Request) (context.Context, Actor, error)

// scope is what one request carries through its context.
type scope struct {
	id    string // request id
	api   *API
	actor Actor
	lang  string
	route string // the pattern that took the request
	addr  string // the caller's network address
}

type scopeKey struct{}

func scopeFrom(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// ActorFrom is who makes the request of ctx; the zero Actor outside a request.
func ActorFrom(ctx context.Context) Actor {
	if s := scopeFrom(ctx); s != nil {
		return s.actor
	}
	return Actor{}
}

// WithActor is for code that acts for somebody outside a request, and for tests of handlers.
func WithActor(ctx context.Context, a Actor) context.Context {
	s := &scope{actor: a, lang: a.Language}
	if old := scopeFrom(ctx); old != nil {
		s.id, s.api = old.id, old.api
	}
	return context.WithValue(ctx, scopeKey{}, s)
}

// RequestID is the id that the answer carries in X-Request-Id; empty outside a request.
func RequestID(ctx context.Context) string {
	if s := scopeFrom(ctx); s != nil {
		return s.id
	}
	return ""
}

// Language is the language for texts of this request: what ?lang= or else Accept-Language asks for, else the user's choice, else Vietnamese.
func Language(ctx context.Context) string {
	if s := scopeFrom(ctx); s != nil && s.lang != "" {
		return s.lang
	}
	return "vi"
}

// AddressFrom is the caller's network address, behind trusted proxies too, for counting guesses; empty outside a request.
func AddressFrom(ctx context.Context) string {
	if s := scopeFrom(ctx); s != nil {
		return s.addr
	}
	return ""
}
