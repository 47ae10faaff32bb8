package messenger

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/loa-project/loa/provider"
)

// The real service and the version of the Graph API that this client was written against.
const (
	DefaultBaseURL = "https://graph.facebook.com"
	DefaultVersion = "v25.0"
)

const name = "messenger"

// Client calls the Graph API for one Page. Its fields are set before the first call; then it is safe for many goroutines. Make a new one when a setting changes.
type Client struct {
	BaseURL string       // "" is DefaultBaseURL
	Version string       // "v25.0"; "" is DefaultVersion
	PageID  string       // the Page that sends
	HTTP    *http.Client // from provider.HTTPClient
	// AppSecret signs each call with appsecret_proof; "" leaves the proof out.
	AppSecret string
}

var headers = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Loa"}}

// Proof is the parameter appsecret_proof: lower-case hex of HMAC-SHA256 over the access token, keyed with the app secret.
// Source: developers.facebook.com, Graph API, "Secure Graph API Calls".
func Proof(token, appSecret string) string {
	m := hmac.New(sha256.New, []byte(appSecret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// address builds the URL of a call. The token is part of it, so URLs must never be logged.
func (c *Client) address(token, path string, query url.Values) (*url.URL, error) {
	base, version := c.BaseURL, c.Version
	if base == "" {
		base = DefaultBaseURL
	}
	if version == "" {
		version = DefaultVersion
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + "/" + version + path)
	if err != nil {
		return nil, provider.BadAddress(name, errors.New("base address cannot be read"))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	if query == nil {
		query = url.Values{}
	}
	query.Set("access_token", token)
	if c.AppSecret != "" {
		query.Set("appsecret_proof", Proof(token, c.AppSecret))
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// failure is how the Graph API says no. Source: developers.facebook.com, Messenger Platform, "Error Codes".
type failure struct {
	Error *struct {
		Message   provider.Text `json:"message"`
		Code      provider.Text `json:"code"`
		Subcode   provider.Text `json:"error_subcode"`
		Transient bool          `json:"is_transient"`
		Trace     provider.Text `json:"fbtrace_id"`
	} `json:"error"`
}

// call makes one request and decodes a good answer into out. The error object is read first, whatever the status, for it is what Meta decides by.
func (c *Client) call(ctx context.Context, req *http.Request, out any) ([]byte, error) {
	if c.HTTP == nil {
		return nil, provider.BadAddress(name, errors.New("no HTTP client"))
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	bad := provider.Classify(name, a, err)
	if err == nil {
		var f failure
		if lenient(a.Body, &f) == nil && f.Error != nil {
			return a.Body, refusal(&f, a)
		}
	}
	if bad != nil {
		return a.Body, bad
	}
	if err := lenient(a.Body, out); err != nil {
		return a.Body, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: fmt.Errorf("decode answer: %w", err)}
	}
	return a.Body, nil
}

// refusal names a failure "code/subcode", or "code" alone. An error object with a server's status that has no code in the table proves nothing, so it stays unknown.
func refusal(f *failure, a provider.Answer) *provider.Error {
	code := strings.TrimSpace(string(f.Error.Code))
	if sub := strings.TrimSpace(string(f.Error.Subcode)); sub != "" && sub != "0" {
		code += "/" + sub
	}
	cause := Explain(code)
	message := string(f.Error.Message)
	if f.Error.Trace != "" {
		message = strings.TrimSpace(message + " [" + string(f.Error.Trace) + "]")
	}
	return &provider.Error{Provider: name, Code: code, Message: message, Class: cause.Class, Suppress: cause.Suppress, RetryAfter: provider.RetryAfter(a.Header), Raw: a.Body}
}

// lenient decodes JSON and leaves out fields of another type than expected.
func lenient(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && strings.HasPrefix(strings.TrimLeft(string(b[:min(len(b), 64)]), " \t\r\n"), "{") {
		return nil
	}
	return err
}

func (c *Client) get(ctx context.Context, token, path string, query url.Values, out any) error {
	u, err := c.address(token, path, query)
	if err != nil {
		return err
	}
	_, err = c.call(ctx, provider.Get(u, headers), out)
	return err
}

func (c *Client) post(ctx context.Context, token, path string, query url.Values, body []byte, out any) ([]byte, error) {
	u, err := c.address(token, path, query)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, provider.Post(u, headers, body), out)
}

// Page is what a Page says of itself.
type Page struct {
	ID   string
	Name string
}

// Page reads the Page's id and name: harmless, and it needs a token that is good for this Page. Source: developers.facebook.com, Graph API, "Page".
func (c *Client) Page(ctx context.Context, token string) (Page, error) {
	var out struct {
		ID   provider.Text `json:"id"`
		Name provider.Text `json:"name"`
	}
	if err := c.get(ctx, token, "/"+url.PathEscape(c.PageID), url.Values{"fields": {"id,name"}}, &out); err != nil {
		return Page{}, err
	}
	return Page{ID: string(out.ID), Name: string(out.Name)}, nil
}

// Profile is what a person shows to a Page that they have written to.
type Profile struct {
	FirstName, LastName string
	Picture             string // address of a picture that expires
}

// Profile reads a person's name. Source: developers.facebook.com, Messenger Platform, "User Profile".
func (c *Client) Profile(ctx context.Context, token, psid string) (Profile, error) {
	if psid == "" {
		return Profile{}, provider.Invalid(name, "no person")
	}
	var out struct {
		First   provider.Text `json:"first_name"`
		Last    provider.Text `json:"last_name"`
		Picture provider.Text `json:"profile_pic"`
	}
	if err := c.get(ctx, token, "/"+url.PathEscape(psid), url.Values{"fields": {"first_name,last_name,profile_pic"}}, &out); err != nil {
		return Profile{}, err
	}
	return Profile{FirstName: string(out.First), LastName: string(out.Last), Picture: string(out.Picture)}, nil
}

// Fields are the webhook fields that Loa needs; Subscribe asks for all of them.
const Fields = "messages,messaging_postbacks,message_deliveries,message_reads,messaging_referrals,messaging_optins,message_echoes,message_reactions,messaging_policy_enforcement"

// Subscribe lets the app get the Page's events. Doing it twice changes nothing. Source: developers.facebook.com, Graph API, "Page Subscribed Apps".
func (c *Client) Subscribe(ctx context.Context, token string) error {
	var out struct {
		Success bool `json:"success"`
	}
	raw, err := c.post(ctx, token, "/"+url.PathEscape(c.PageID)+"/subscribed_apps", url.Values{"subscribed_fields": {Fields}}, nil, &out)
	if err != nil {
		return err
	}
	if !out.Success {
		return &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Message: "no success", Raw: raw}
	}
	return nil
}

// Template is an utility template of the Page.
type Template struct {
	ID       string
	Name     string
	Language string
	Status   string // APPROVED, PENDING, REJECTED, PAUSED, DISABLED
	Category string // UTILITY
}

// templatePages is how many pages of templates are read at most, each of at most 100.
const templatePages = 50

// Templates reads all utility templates. Source: developers.facebook.com, Messenger Platform, "Utility Messages"; Graph API, "Paginated Results".
func (c *Client) Templates(ctx context.Context, token string) ([]Template, error) {
	list := make([]Template, 0)
	query := url.Values{"fields": {"id,name,language,status,category"}, "limit": {strconv.Itoa(100)}}
	for range templatePages {
		var out struct {
			Data []struct {
				ID       provider.Text `json:"id"`
				Name     provider.Text `json:"name"`
				Language provider.Text `json:"language"`
				Status   provider.Text `json:"status"`
				Category provider.Text `json:"category"`
			} `json:"data"`
			Paging struct {
				Next    provider.Text `json:"next"`
				Cursors struct {
					After provider.Text `json:"after"`
				} `json:"cursors"`
			} `json:"paging"`
		}
		if err := c.get(ctx, token, "/"+url.PathEscape(c.PageID)+"/message_templates", query, &out); err != nil {
			return nil, err
		}
		for _, t := range out.Data {
			list = append(list, Template{string(t.ID), string(t.Name), string(t.Language), string(t.Status), string(t.Category)})
		}
		after := string(out.Paging.Cursors.After)
		if out.Paging.Next == "" || after == "" || after == query.Get("after") {
			break
		}
		query.Set("after", after)
	}
	return list, nil
}
