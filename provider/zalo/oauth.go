package zalo

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// Tokens is what the authorisation server gives. The refresh token works once: save the new pair before it is used.
type Tokens struct {
	Access    string
	Refresh   string        // "" when the server sent none: keep the old one then
	ExpiresIn time.Duration // of the access token, 25 h when not told
	// RefreshExpiresIn is how long the refresh token lives; 0 when not told (three months by the documentation).
	RefreshExpiresIn time.Duration
}

// ConsentURL is where an admin of the OA allows the app to act for it. state comes back unchanged; challenge is from Challenge, or "" without PKCE.
// Source: developers.zalo.me, Official Account API, "Xác thực và ủy quyền cho ứng dụng" (GET /v4/oa/permission).
func (c *Client) ConsentURL(appID, redirect, challenge, state string) (string, error) {
	u, err := address(c.OAuthURL, DefaultOAuthURL, "/v4/oa/permission")
	if err != nil {
		return "", err
	}
	q := url.Values{"app_id": {appID}, "redirect_uri": {redirect}}
	if challenge != "" {
		q.Set("code_challenge", challenge)
	}
	if state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Challenge is the PKCE challenge of a verifier of 43 characters: base64url without padding of its SHA-256.
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Exchange turns an authorisation code (10 minutes, once) into tokens. verifier is "" without PKCE. Errors are as for Refresh.
// Source: developers.zalo.me, Official Account API, "Xác thực và ủy quyền cho ứng dụng" (POST /v4/oa/access_token).
func (c *Client) Exchange(ctx context.Context, appID, secret, code, verifier string) (Tokens, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "app_id": {appID}, "code": {code}}
	if verifier != "" {
		form.Set("code_verifier", verifier)
	}
	return c.token(ctx, secret, form)
}

// Refresh turns a refresh token into a new pair. Call it once at a time over all nodes.
// Class auth: a person must authorise again. Temporary and rate limited: the old refresh token is still good. Unknown: the old one may be used up and the new one lost, so a person
// must authorise again, too. Source: developers.zalo.me, Official Account API, "Lấy access token từ refresh token" (POST /v4/oa/access_token).
func (c *Client) Refresh(ctx context.Context, appID, secret, refresh string) (Tokens, error) {
	return c.token(ctx, secret, url.Values{"grant_type": {"refresh_token"}, "app_id": {appID}, "refresh_token": {refresh}})
}

func (c *Client) token(ctx context.Context, secret string, form url.Values) (Tokens, error) {
	to, err := address(c.OAuthURL, DefaultOAuthURL, "/v4/oa/access_token")
	if err != nil {
		return Tokens{}, err
	}
	if c.HTTP == nil {
		return Tokens{}, provider.BadAddress(name, errors.New("no HTTP client"))
	}
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {"Loa"}, "secret_key": {secret}}
	a, err := provider.Do(ctx, c.HTTP, provider.Post(to, h, []byte(form.Encode())))
	bad := provider.Classify(name, a, err)
	if bad != nil && (err != nil || a.Status == http.StatusTooManyRequests) {
		bad.Raw = nil // an answer of this server may hold a token
		return Tokens{}, bad
	}
	var d struct {
		Access         provider.Text `json:"access_token"`
		Refresh        provider.Text `json:"refresh_token"`
		ExpiresIn      provider.Text `json:"expires_in"` // seconds
		RefreshExpires provider.Text `json:"refresh_token_expires_in"`
		Error          provider.Text `json:"error"`
		ErrorName      provider.Text `json:"error_name"`
		Description    provider.Text `json:"error_description"`
		Reason         provider.Text `json:"error_reason"`
		Message        provider.Text `json:"message"`
	}
	jsonErr := unmarshal(a.Body, &d)
	// Failures come with HTTP 200 and sometimes without a numeric code: only an access token is a success.
	if jsonErr == nil && bad == nil && d.Access != "" {
		return Tokens{Access: string(d.Access), Refresh: string(d.Refresh), ExpiresIn: seconds(d.ExpiresIn, 25*time.Hour), RefreshExpiresIn: seconds(d.RefreshExpires, 0)}, nil
	}
	code := strings.TrimSpace(string(d.Error))
	text := first(d.Reason, d.Description, d.Message, d.ErrorName)
	switch {
	case jsonErr == nil && ((code != "" && code != "0") || d.ErrorName != ""):
		if code == "" || code == "0" {
			code = "oauth"
		}
		e := &provider.Error{Provider: name, Code: code, Message: text, Class: provider.Auth}
		if code == "-32" {
			e.Class = provider.RateLimited
		}
		return Tokens{}, e
	case bad != nil:
		bad.Raw = nil
		return Tokens{}, bad
	}
	return Tokens{}, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Message: text, Class: provider.Unknown, Err: jsonErr}
}

func seconds(t provider.Text, otherwise time.Duration) time.Duration {
	n := t.Int()
	if n <= 0 || n > int64(10*365*24*time.Hour/time.Second) {
		return otherwise
	}
	return time.Duration(n) * time.Second
}
