package httpx

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
)

// How long one request may take to come in and to be answered; routes with Stream have streamTime.
const (
	bodyTime   = time.Minute
	answerTime = 2 * time.Minute
	streamTime = 2 * time.Hour
)

// guard lets a request through to its handler when everything that is the same for all routes agrees.
func (a *API) guard(op Op, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.deadlines(w, r, op)
		if s := scopeFrom(r.Context()); s != nil {
			s.route = r.Pattern
		}
		if op.Foreign {
			w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // a pixel is shown inside somebody's web mail
		}
		admitted, err := a.admit(r, op)
		if err != nil {
			if e, ok := errs.As(err); ok && e.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="loa"`)
			}
			WriteError(w, r, err)
			return
		}
		if op.Stream {
			ctx, cancel := context.WithCancel(admitted.Context())
			defer cancel()
			defer context.AfterFunc(a.closing, cancel)()
			admitted = admitted.WithContext(ctx)
		}
		next(w, admitted)
	}
}

func (a *API) deadlines(w http.ResponseWriter, r *http.Request, op Op) {
	c := http.NewResponseController(w)
	now := a.now()
	if !op.Stream {
		_ = c.SetReadDeadline(now.Add(answerTime)) // bodies have bodyTime of their own; this one also ends a handler whose caller is long gone
		_ = c.SetWriteDeadline(now.Add(answerTime))
		return
	}
	if r.Method != http.MethodGet {
		_ = c.SetReadDeadline(now.Add(streamTime))
	} else {
		_ = c.SetReadDeadline(time.Time{}) // an event stream must not end because nothing is read
	}
	_ = c.SetWriteDeadline(now.Add(streamTime))
}

func (a *API) admit(r *http.Request, op Op) (*http.Request, error) {
	if op.Foreign {
		return r, nil
	}
	address := AddressFrom(r.Context())
	bearer := r.Header.Get("Authorization") != ""
	if !bearer {
		if err := a.cross.Check(r); err != nil {
			return nil, errs.Forbidden("request.cross_site").Because(err)
		}
	}
	if op.Role == Anyone && !a.limits.allow(address, a.now(), 1) {
		return nil, errs.TooMany("request.too_many")
	}
	// Guessing keys is limited like guessing passwords: an address that guessed often is not looked at for a while.
	if bearer && !a.limits.allow("key "+address, a.now(), 0) {
		return nil, errs.TooMany("request.too_many")
	}
	ctx, actor, err := a.options.Authenticate(r)
	if err != nil {
		if e, ok := errs.As(err); ok && e.Status == http.StatusUnauthorized && bearer {
			a.limits.allow("key "+address, a.now(), 1)
		}
		// What is open to anyone stays open to a browser whose cookie or chosen workspace no longer fits: it must be able to sign in again.
		if e, ok := errs.As(err); !ok || bearer || op.Role != Anyone || e.Status >= 500 {
			return nil, err
		}
		ctx, actor = r.Context(), Actor{}
	}
	if actor.Role == "" {
		actor.Role = Anyone
	}
	if s := scopeFrom(ctx); s != nil {
		s.actor = actor
		if actor.Language != "" && languages(r) == "" { // the page knows better in which language it is shown
			s.lang = actor.Language
		}
	}
	return r.WithContext(ctx), authorize(actor, op.Role)
}

func authorize(actor Actor, min Role) error {
	switch {
	case actor.Role.Allows(min):
		return nil
	case actor.UserID == 0 && actor.KeyID == 0:
		return errs.Unauthorized("access.sign_in")
	case actor.Role == SignedIn:
		return errs.Forbidden("access.no_workspace")
	}
	return errs.Forbidden("access.forbidden").With("role", string(min))
}

// fallback answers what no route takes.
func (a *API) fallback(w http.ResponseWriter, r *http.Request) {
	a.deadlines(w, r, Op{})
	if r.URL.Path != "/api" && !strings.HasPrefix(r.URL.Path, "/api/") && a.web != nil {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			w.Header().Del("Cache-Control")
			a.web.ServeHTTP(w, r)
			return
		}
		WriteError(w, r, (&errs.Error{Status: http.StatusMethodNotAllowed, Code: "request.method_not_allowed"}).With("method", r.Method))
		return
	}
	WriteError(w, r, &errs.Error{Status: http.StatusNotFound, Code: "request.not_found"})
}

// newScope starts the things that a request carries.
func (a *API) newScope(r *http.Request, id string) *http.Request {
	s := &scope{id: id, api: a, addr: a.proxies.address(r), lang: i18n.Match(languages(r))}
	return r.WithContext(context.WithValue(r.Context(), scopeKey{}, s))
}

// languages are those that the request asks for. A download is opened by its address, where the page cannot set a header: there ?lang=vi stands for it.
func languages(r *http.Request) string {
	if r.URL.RawQuery != "" {
		if lang := r.URL.Query().Get("lang"); lang != "" {
			return lang
		}
	}
	return r.Header.Get("Accept-Language")
}
