package esms

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/loa-project/loa/provider"
)

// DefaultBaseURL is the real service.
const DefaultBaseURL = "https://rest.esms.vn/MainService.svc/json"

const name = "esms"

// Client calls eSMS with one pair of keys. Its fields are set before the first call; then it is safe for many goroutines. Make a new one when a setting changes.
type Client struct {
	BaseURL   string // "" is DefaultBaseURL
	APIKey    string
	SecretKey string
	HTTP      *http.Client // from provider.HTTPClient

	send atomic.Pointer[url.URL]
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Loa"}}

func (c *Client) address(path string) (*url.URL, error) {
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil {
		return nil, provider.BadAddress(name, c.hide(err))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	return u, nil
}

// hide takes the keys out of an error's text: the errors of net/http and net/url show addresses, and reads carry the keys in theirs.
func (c *Client) hide(err error) error {
	if err == nil {
		return nil
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	s := err.Error()
	clean := s
	for _, k := range []string{c.APIKey, c.SecretKey} {
		if k != "" {
			clean = strings.ReplaceAll(clean, k, "***")
		}
	}
	if clean == s {
		return err
	}
	return errors.New(clean)
}

// head is what all answers share. Some calls name the code CodeResult, others CodeResponse.
type head struct {
	CodeResult   provider.Text `json:"CodeResult"`
	CodeResponse provider.Text `json:"CodeResponse"`
	ErrorMessage provider.Text `json:"ErrorMessage"`
	Error        provider.Text `json:"error"` // of malformed calls, which have no code
}

func (h *head) code() string {
	if c := strings.TrimSpace(string(h.CodeResult)); c != "" {
		return c
	}
	return strings.TrimSpace(string(h.CodeResponse))
}

// call makes one request and decodes the answer into out, which embeds h. A code other than 100 is an *provider.Error.
func (c *Client) call(ctx context.Context, req *http.Request, out any, h *head) ([]byte, error) {
	if c.HTTP == nil {
		return nil, provider.BadAddress(name, errors.New("no HTTP client"))
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	if bad := provider.Classify(name, a, err); bad != nil {
		bad.Err = c.hide(bad.Err)
		return a.Body, bad
	}
	jsonErr := unmarshal(a.Body, out)
	code := h.code()
	switch {
	case jsonErr == nil && code == "100":
		return a.Body, nil
	case jsonErr == nil && code != "":
		cause := Explain(code)
		return a.Body, &provider.Error{Provider: name, Code: code, Message: string(h.ErrorMessage), Class: cause.Class, Suppress: cause.Suppress, RetryAfter: provider.RetryAfter(a.Header), Raw: a.Body}
	case jsonErr == nil && strings.EqualFold(string(h.Error), "Invalid request"):
		return a.Body, &provider.Error{Provider: name, Code: CodeInvalidRequest, Message: string(h.Error), Class: provider.Content, Raw: a.Body}
	case jsonErr == nil:
		jsonErr = errors.New("answer without a code")
	}
	return a.Body, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: jsonErr}
}

// get reads with the keys in the query, as the service wants it.
func (c *Client) get(ctx context.Context, path string, q url.Values, out any, h *head) error {
	u, err := c.address(path)
	if err != nil {
		return err
	}
	u.RawQuery = q.Encode()
	_, err = c.call(ctx, provider.Get(u, http.Header{"User-Agent": {"Loa"}}), out, h)
	return err
}

// post reads with a JSON body.
func (c *Client) post(ctx context.Context, path string, in, out any, h *head) error {
	u, err := c.address(path)
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return provider.Invalid(name, err.Error())
	}
	_, err = c.call(ctx, provider.Post(u, jsonHeader, body), out, h)
	return err
}

// unmarshal decodes JSON and leaves out fields of another type than expected.
func unmarshal(b []byte, into any) error {
	err := json.Unmarshal(b, into)
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return nil
	}
	return err
}
