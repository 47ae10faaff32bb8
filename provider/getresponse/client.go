package getresponse

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// DefaultBaseURL is the real service; GetResponse MAX has addresses of its own, see Client.Domain.
const DefaultBaseURL = "https://api.getresponse.com/v3"

const name = "getresponse"

// Client calls GetResponse with one API key. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // "" is DefaultBaseURL; https://api3.getresponse360.com/v3 for MAX
	APIKey  string
	Domain  string       // of GetResponse MAX: the customer's domain, without www and scheme
	HTTP    *http.Client // from provider.HTTPClient
}

// Contact is a person as GetResponse knows people.
type Contact struct {
	Email  string
	Name   string
	ListID string            // campaignId
	Fields map[string]string // custom fields by their id
	TagIDs []string
}

// Result is what became of a sync.
type Result struct {
	Created bool // else an entry that was there was changed
	Status  int  // of the last answer
	Raw     []byte
}

type idOnly struct {
	CampaignID string `json:"campaignId"`
}

type field struct {
	ID    string   `json:"customFieldId"`
	Value []string `json:"value"`
}

type tag struct {
	ID string `json:"tagId"`
}

type contactBody struct {
	Email    string  `json:"email,omitempty"`
	Name     string  `json:"name,omitempty"`
	Campaign *idOnly `json:"campaign,omitempty"`
	Fields   []field `json:"customFieldValues,omitempty"`
	Tags     []tag   `json:"tags,omitempty"`
}

// Put adds a person to a list; who is on it already is changed. It may be called again with the same values: the list ends up the same. Errors are *provider.Error.
func (c *Client) Put(ctx context.Context, p *Contact) (Result, error) {
	body := contactBody{Email: p.Email, Name: p.Name, Campaign: &idOnly{p.ListID}, Fields: fields(p.Fields)}
	for _, id := range p.TagIDs {
		body.Tags = append(body.Tags, tag{id})
	}
	a, err := c.call(ctx, http.MethodPost, "/contacts", body)
	if err == nil {
		return Result{Created: true, Status: a.Status, Raw: a.Body}, nil
	}
	if e, ok := errors.AsType[*provider.Error](err); !ok || e.Code != codeExists {
		return Result{}, err
	}
	id, err := c.find(ctx, p.Email, p.ListID)
	if err != nil {
		return Result{}, err
	}
	change := contactBody{Name: p.Name, Tags: body.Tags}
	if a, err = c.call(ctx, http.MethodPost, "/contacts/"+url.PathEscape(id), change); err != nil {
		return Result{}, err
	}
	if len(p.Fields) > 0 {
		// Only the fields that are named change; the call above would replace all of them.
		if a, err = c.call(ctx, http.MethodPost, "/contacts/"+url.PathEscape(id)+"/custom-fields", contactBody{Fields: fields(p.Fields)}); err != nil {
			return Result{}, err
		}
	}
	return Result{Status: a.Status, Raw: a.Body}, nil
}

// fields in a fixed order, so that the same person makes the same request.
func fields(values map[string]string) []field {
	var out []field
	for _, id := range slices.Sorted(maps.Keys(values)) {
		out = append(out, field{id, []string{values[id]}})
	}
	return out
}

func (c *Client) find(ctx context.Context, email, list string) (string, error) {
	q := url.Values{"query[email]": {email}, "query[campaignId]": {list}, "fields": {"contactId"}, "perPage": {"1"}}
	a, err := c.call(ctx, http.MethodGet, "/contacts?"+q.Encode(), nil)
	if err != nil {
		return "", err
	}
	var found []struct {
		ID string `json:"contactId"`
	}
	if err := json.Unmarshal(a.Body, &found); err != nil {
		return "", &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	if len(found) == 0 || found[0].ID == "" {
		// It is said to exist and is not found: a create that is still under way there.
		return "", &provider.Error{Provider: name, Code: codeExists, Class: provider.Temporary, Message: "the contact exists and is not listed yet", Raw: a.Body}
	}
	return found[0].ID, nil
}

// List is a list of people ("campaign").
type List struct {
	ID   string `json:"campaignId"`
	Name string `json:"name"`
}

// Lists reads the first hundred lists: what the settings offer, and the harmless call of a connection test.
func (c *Client) Lists(ctx context.Context) ([]List, error) {
	a, err := c.call(ctx, http.MethodGet, "/campaigns?fields=name&perPage=100", nil)
	if err != nil {
		return nil, err
	}
	out := []List{}
	if err := json.Unmarshal(a.Body, &out); err != nil {
		return nil, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	return out, nil
}

func (c *Client) call(ctx context.Context, method, path string, in any) (provider.Answer, error) {
	base := c.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return provider.Answer{}, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	head := http.Header{"User-Agent": {"Loa"}, "X-Auth-Token": {"api-key " + c.APIKey}}
	if c.Domain != "" {
		head.Set("X-Domain", c.Domain)
	}
	var req *http.Request
	if in == nil {
		req = &http.Request{Method: method, URL: u, Host: u.Host, Header: head, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	} else {
		body, err := json.Marshal(in)
		if err != nil {
			return provider.Answer{}, provider.Invalid(name, err.Error())
		}
		head.Set("Content-Type", "application/json")
		req = provider.Post(u, head, body)
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	if err == nil && a.Status >= 400 {
		if bad := refusal(a); bad != nil {
			return a, bad
		}
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		return a, bad
	}
	return a, nil
}

// refusal reads an error of GetResponse; nil when the body is none.
func refusal(a provider.Answer) *provider.Error {
	var in struct {
		Code    provider.Text `json:"code"`
		Message provider.Text `json:"message"`
	}
	if json.Unmarshal(a.Body, &in) != nil || in.Code == "" {
		if a.Status == http.StatusUnauthorized {
			return &provider.Error{Provider: name, Code: "1014", Class: provider.Auth, Raw: a.Body}
		}
		return nil
	}
	code := string(in.Code)
	return &provider.Error{Provider: name, Code: code, Message: string(in.Message), Class: Explain(code).Class, RetryAfter: waitFor(a), Raw: a.Body}
}

// waitFor reads Retry-After, else X-RateLimit-Reset, which begins with seconds ("1 seconds"). Source: apidocs.getresponse.com/v3, "Limits and throttling".
func waitFor(a provider.Answer) (wait time.Duration) {
	if wait = provider.RetryAfter(a.Header); wait != 0 || a.Status != http.StatusTooManyRequests {
		return wait
	}
	first, _, _ := strings.Cut(strings.TrimSpace(a.Header.Get("X-RateLimit-Reset")), " ")
	if s, err := strconv.Atoi(first); err == nil && s > 0 && s <= 600 {
		return time.Duration(s) * time.Second
	}
	return 0
}
