package zalo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// Tokens is what the authorisation server gives. The refresh token can be used once: save the new pair before it is used.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration
}

// Exchange turns an authorisation code into tokens (OAuth v4 with PKCE). Source: developers.zalo.me, Official Account API, "Xác thực và ủy quyền": POST /v4/oa/access_token.
func (c *Client) Exchange(ctx context.Context, appID, secret, code, verifier string) (Tokens, error) {
	return c.token(ctx, secret, url.Values{"grant_type": {"authorization_code"}, "app_id": {appID}, "code": {code}, "code_verifier": {verifier}})
}

// Refresh turns a refresh token into a new pair. An error of class unknown means that the old token may be used up and the new one lost: a new authorisation is needed.
// Source: developers.zalo.me, Official Account API, "Refresh token": POST /v4/oa/access_token.
func (c *Client) Refresh(ctx context.Context, appID, secret, refresh string) (Tokens, error) {
	return c.token(ctx, secret, url.Values{"grant_type": {"refresh_token"}, "app_id": {appID}, "refresh_token": {refresh}})
}

func (c *Client) token(ctx context.Context, secret string, form url.Values) (Tokens, error) {
	base := c.OAuthURL
	if base == "" {
		base = OAuthURL
	}
	req, err := http.NewRequest(http.MethodPost, base+"/v4/oa/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		return Tokens{}, &provider.Error{Provider: name, Code: "address", Class: provider.Auth, Unasked: true, Err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header["secret_key"] = []string{secret}
	a, wrote, err := provider.Do(ctx, c.HTTP, req)
	if err != nil {
		if !wrote {
			return Tokens{}, &provider.Error{Provider: name, Code: "connect", Class: provider.Temporary, Unasked: true, Err: err}
		}
		return Tokens{}, &provider.Error{Provider: name, Code: "no_answer", Class: provider.Unknown, Err: err}
	}
	var d struct {
		Access    string `json:"access_token"`
		Refresh   string `json:"refresh_token"`
		ExpiresIn Text   `json:"expires_in"` // seconds
		Error     Text   `json:"error"`
		Name      string `json:"error_name"`
		Why       string `json:"error_description"`
	}
	if a.Status == http.StatusTooManyRequests {
		return Tokens{}, &provider.Error{Provider: name, Code: "http.429", Class: provider.RateLimited, RetryAfter: a.RetryAfter}
	}
	if err := json.Unmarshal(a.Body, &d); err != nil {
		return Tokens{}, &provider.Error{Provider: name, Code: "http." + strconv.Itoa(a.Status), Class: provider.Unknown, Err: err}
	}
	if d.Access == "" || d.Refresh == "" {
		if d.Error == "" || d.Error == "0" {
			return Tokens{}, &provider.Error{Provider: name, Code: "no_token", Class: provider.Unknown}
		}
		return Tokens{}, &provider.Error{Provider: name, Code: string(d.Error), Message: d.Name, Class: provider.Auth}
	}
	life := time.Duration(d.ExpiresIn.Int()) * time.Second
	if life <= 0 {
		life = 25 * time.Hour
	}
	return Tokens{Access: d.Access, Refresh: d.Refresh, ExpiresIn: life}, nil
}
