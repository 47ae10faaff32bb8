package getresponse

import (
	"bytes"
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
	Name   string            // "" leaves the name as it is
	ListID string            // campaignId
	Fields map[string]string // custom fields by their id; those that are not named stay as they are
	TagIDs []string          // are added; other tags stay
	Keep   bool              // who is on the list already is left as it is
}

// Result is what became of a sync.
type Result struct {
	Created bool // else an entry was there already
	Kept    bool // it was left as it is
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

// Put adds a person to a list; who is on it already is changed. It may be called again with the same values: an address is on a list once, so the list ends up the same. When the answer to the
// create is lost, the contact is looked up; one that is found is brought up to date, and one that is not may be put again. Errors are *provider.Error.
func (c *Client) Put(ctx context.Context, p *Contact) (Result, error) {
	body := contactBody{Email: p.Email, Name: p.Name, Campaign: &idOnly{p.ListID}, Fields: fields(p.Fields), Tags: tags(p.TagIDs)}
	a, err := c.call(ctx, http.MethodPost, "/contacts", body)
	if err == nil {
		return Result{Created: true, Status: a.Status, Raw: a.Body}, nil
	}
	e, _ := errors.AsType[*provider.Error](err)
	exists := e != nil && e.Code == codeExists
	if !exists && provider.ClassOf(err) != provider.Unknown {
		return Result{}, err
	}
	if exists && p.Keep {
		return Result{Kept: true, Status: a.Status, Raw: a.Body}, nil
	}
	id, found := c.find(ctx, p.Email, p.ListID)
	switch {
	case found != nil && exists: // the question about it failed
		return Result{}, found
	case found != nil:
		return Result{}, provider.Again(err)
	case id == "" && exists:
		return Result{}, &provider.Error{Provider: name, Code: codeUnlisted, Class: provider.Temporary, Message: "the contact exists and is not listed", Raw: a.Body}
	case id == "":
		return Result{}, provider.Again(err)
	case p.Keep:
		return Result{Kept: true, Status: http.StatusOK}, nil
	}
	return c.change(ctx, id, p)
}

// change brings an entry up to date by calls that replace nothing else: tags and fields that are not named stay. Source: apidocs.getresponse.com/v3, "Update contact", "Upsert the tags of a
// contact", "Upsert the custom fields of a contact". All of them may be repeated.
func (c *Client) change(ctx context.Context, id string, p *Contact) (Result, error) {
	at := "/contacts/" + url.PathEscape(id)
	var last provider.Answer
	for _, step := range []struct {
		path string
		body contactBody
		need bool
	}{
		{at, contactBody{Name: p.Name}, p.Name != ""},
		{at + "/tags", contactBody{Tags: tags(p.TagIDs)}, len(p.TagIDs) > 0},
		{at + "/custom-fields", contactBody{Fields: fields(p.Fields)}, len(p.Fields) > 0},
	} {
		if !step.need {
			continue
		}
		a, err := c.call(ctx, http.MethodPost, step.path, step.body)
		if err != nil {
			return Result{}, provider.Again(err)
		}
		last = a
	}
	if last.Status == 0 { // nothing but the address was given, and it is there
		last.Status = http.StatusOK
	}
	return Result{Status: last.Status, Raw: last.Body}, nil
}

// fields in a fixed order, so that the same person makes the same request.
func fields(values map[string]string) []field {
	var out []field
	for _, id := range slices.Sorted(maps.Keys(values)) {
		out = append(out, field{id, []string{values[id]}})
	}
	return out
}

func tags(ids []string) []tag {
	var out []tag
	for _, id := range ids {
		out = append(out, tag{id})
	}
	return out
}

// find gives the id of the contact with exactly this address on a list, "" when there is none. Without exactMatch GetResponse answers with everybody whose address contains the text, so the
// answer is compared, too. Source: apidocs.getresponse.com/v3, "Get contact list".
func (c *Client) find(ctx context.Context, email, list string) (string, error) {
	q := url.Values{"query[email]": {email}, "query[campaignId]": {list}, "additionalFlags": {"exactMatch"}, "fields": {"email"}, "perPage": {"100"}}
	a, err := c.call(ctx, http.MethodGet, "/contacts?"+q.Encode(), nil)
	if err != nil {
		return "", provider.Again(err)
	}
	var found []struct {
		ID    string `json:"contactId"`
		Email string `json:"email"`
	}
	if err := json.Unmarshal(a.Body, &found); err != nil {
		return "", unreadable(a, err, provider.Temporary)
	}
	for _, f := range found {
		if strings.EqualFold(f.Email, email) {
			return f.ID, nil
		}
	}
	return "", nil
}

func unreadable(a provider.Answer, err error, class provider.Class) error {
	return &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: class, Raw: a.Body, Err: err}
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

// codes are what an answer without a code of its own means, by status.
var codes = map[int]string{http.StatusUnauthorized: "1014", http.StatusForbidden: "1023", http.StatusConflict: codeExists, http.StatusTooManyRequests: "1015"}

// refusal reads an error of GetResponse; nil when the answer is none. Source: apidocs.getresponse.com/v3/errors.
func refusal(a provider.Answer) *provider.Error {
	var in struct {
		Code    provider.Text   `json:"code"`
		Message provider.Text   `json:"message"`
		Context json.RawMessage `json:"context"`
	}
	if json.Unmarshal(a.Body, &in) != nil || in.Code == "" {
		if in.Code = provider.Text(codes[a.Status]); in.Code == "" {
			return nil
		}
	}
	e := &provider.Error{Provider: name, Code: string(in.Code), Message: said(string(in.Message), in.Context), Class: Explain(string(in.Code)).Class, RetryAfter: waitFor(a), Raw: a.Body}
	switch {
	case a.Status == http.StatusTooManyRequests:
		e.Class = provider.RateLimited
	case a.Status >= 500 && e.Class != provider.Temporary: // whatever it says, the other side is not well
		e.Class = provider.Unknown
	}
	return e
}

// maxContext bounds what is repeated of an error's context, in bytes.
const maxContext = 500

// said adds the context to the text: only it names the field that is wrong.
func said(text string, context json.RawMessage) string {
	var short bytes.Buffer
	if json.Compact(&short, context) != nil || short.Len() <= len("{}") || short.Len() > maxContext || short.String() == "null" {
		return text
	}
	return strings.TrimSpace(text + " " + short.String())
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
