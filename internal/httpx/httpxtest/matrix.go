// Package httpxtest checks things that must hold for every route of an API, whatever package it comes from.
package httpxtest

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/httpx"
)

// Caller puts the credentials of one kind of caller on a request: a key in Authorization, a session cookie, or nothing.
type Caller func(r *http.Request)

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// Matrix calls every route below httpx.Base as every caller and compares who is refused with the roles that the routes name. It returns the number of pairs. The guard answers before
// the handler, so a refusal is known by its code, and whatever a handler makes of an empty body and an id that nobody has counts as let in. skip leaves out routes by operation id,
// such as the one that would end the caller's own session.
func Matrix(t *testing.T, api *httpx.API, server string, callers map[httpx.Role]Caller, skip ...string) int {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	pairs := 0
	for _, route := range api.Routes() {
		if !strings.HasPrefix(route.Path, httpx.Base+"/") || contains(skip, route.ID) {
			continue
		}
		for role, caller := range callers {
			refused, answer := call(t, client, server, route, caller)
			if want := !role.Allows(route.Role); refused != want {
				t.Errorf("%s %s (least role %s) as %s: refused %v, want %v (%s)", route.Method, route.Path, route.Role, role, refused, want, answer)
			}
			pairs++
		}
	}
	return pairs
}

func call(t *testing.T, client *http.Client, server string, route httpx.Route, caller Caller) (bool, string) {
	t.Helper()
	limit := 20 * time.Second
	if route.Stream {
		limit = 2 * time.Second // an event stream that says nothing was let in; a refusal comes at once
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var body io.Reader
	if route.Method != http.MethodGet && route.Method != http.MethodDelete {
		body = strings.NewReader("{}")
	}
	r, err := http.NewRequestWithContext(ctx, route.Method, server+parameter.ReplaceAllString(route.Path, "999999999"), body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	caller(r)
	res, err := client.Do(r)
	if err != nil {
		if route.Stream && ctx.Err() != nil {
			return false, "a stream"
		}
		t.Fatalf("%s %s: %v", route.Method, route.Path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
		return false, res.Status
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", route.Method, route.Path, err)
	}
	answer := string(raw)
	for _, code := range []string{"access.sign_in", "access.forbidden", "access.no_workspace"} {
		if strings.Contains(answer, `"code":"`+code+`"`) {
			return true, answer
		}
	}
	return false, answer
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}
