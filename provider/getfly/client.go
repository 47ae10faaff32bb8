package getfly

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/loa-project/loa/provider"
)

const name = "getfly"

// Client calls the Getfly of one customer. Its fields are set before the first call; then it is safe for many goroutines.
type Client struct {
	BaseURL string // https://{tenant}.getflycrm.com
	APIKey  string
	HTTP    *http.Client // from provider.HTTPClient
}

// Account is a customer as Getfly knows customers. Code is the key under which it is found again; the same code means the same customer. Empty values leave what is there.
// Source: developer.getfly.vn, "6.1 account: create, update".
type Account struct {
	Code     string            `json:"account_code,omitempty"`
	Name     string            `json:"account_name,omitempty"`
	Phone    string            `json:"phone_office,omitempty"` // as Getfly writes it: digits, with the leading 0
	Email    string            `json:"email,omitempty"`
	Address  string            `json:"billing_address_street,omitempty"`
	Birthday string            `json:"birthday,omitempty"` // YYYY-MM-DD
	Notes    string            `json:"description,omitempty"`
	Website  string            `json:"website,omitempty"`
	TaxCode  string            `json:"sic_code,omitempty"`
	Province string            `json:"province_name,omitempty"`
	District string            `json:"district_name,omitempty"`
	Ward     string            `json:"ward_name,omitempty"`
	Types    []string          `json:"account_type_names,omitempty"`   // are added to those that a customer has
	Sources  []string          `json:"account_source_names,omitempty"` // of a new customer only: they say where it came from
	Relation string            `json:"relation_name,omitempty"`
	Manager  string            `json:"account_manager_username,omitempty"`
	Custom   map[string]string `json:"custom_fields,omitempty"`
	Keep     bool              `json:"-"` // a customer that is there already is left as it is
}

// Result is what became of a sync.
type Result struct {
	Created bool // else an entry was there already
	Kept    bool // it was left as it is
	Status  int  // of the last answer
	Raw     []byte
}

// The refusals that have no code of Getfly.
const (
	CodeDuplicate = "duplicate" // the telephone or mail belongs to another customer
	CodeAmbiguous = "ambiguous" // several customers have this telephone or mail
)

// entry is what is read of a customer that is there.
type entry struct {
	Code  string
	Types []string // names
}

// Put makes a customer, or changes the one with the same code, else the one with the same telephone, or the same mail where there is no telephone; a deleted one comes back. It may be called
// again with the same values: it looks before it makes anything. Errors are *provider.Error.
func (c *Client) Put(ctx context.Context, p *Account) (Result, error) {
	if p.Code == "" || p.Name == "" {
		return Result{}, provider.Invalid(name, "a customer needs a code and a name")
	}
	there, err := c.look(ctx, p.Code)
	if err == nil && there == nil {
		there, err = c.search(ctx, p)
	}
	if err != nil {
		return Result{}, provider.Again(err)
	}
	if there != nil {
		return c.change(ctx, there, p)
	}
	a, err := c.call(ctx, http.MethodPost, "/api/v6.1/account", p)
	switch codeOf(err) {
	case "":
		return Result{Created: true, Status: a.Status, Raw: a.Body}, nil
	case CodeDuplicate:
	case "404":
		return Result{}, nothingThere(err)
	default:
		return Result{}, provider.Again(err)
	}
	// It is not listed and yet exists: somebody deleted it. A code that is not deleted cannot be brought back, and then the telephone or mail belongs to another customer.
	if _, restore := c.call(ctx, http.MethodPost, "/api/v6.1/account/restore", map[string]string{"account_code": p.Code}); restore != nil {
		if provider.ClassOf(restore) == provider.Unknown {
			return Result{}, provider.Again(restore)
		}
		return Result{}, err
	}
	return c.change(ctx, &entry{Code: p.Code}, p)
}

// change brings a customer that is there up to date. Its code stays, and so do its sources; types are added.
func (c *Client) change(ctx context.Context, there *entry, p *Account) (Result, error) {
	if p.Keep {
		return Result{Kept: true, Status: http.StatusOK}, nil
	}
	now := *p
	now.Code, now.Sources, now.Types = "", nil, nil
	for _, t := range p.Types {
		if !slices.Contains(there.Types, t) {
			now.Types = append(slices.Clone(there.Types), p.Types...)
			break
		}
	}
	slices.Sort(now.Types)
	now.Types = slices.Compact(now.Types)
	a, err := c.call(ctx, http.MethodPut, "/api/v6.1/account", struct {
		Current string `json:"current_account_code"`
		*Account
	}{there.Code, &now})
	if codeOf(err) == "404" { // it has gone since it was found
		e, _ := errors.AsType[*provider.Error](err)
		gone := *e
		gone.Class = provider.Temporary
		return Result{}, &gone
	}
	if err != nil {
		return Result{}, provider.Again(err)
	}
	return Result{Status: a.Status, Raw: a.Body}, nil
}

// look reads the customer with a code; nil when there is none. Source: developer.getfly.vn, "6.1 account: detail".
func (c *Client) look(ctx context.Context, code string) (*entry, error) {
	a, err := c.call(ctx, http.MethodGet, "/api/v6.1/account?"+url.Values{"account_code": {code}, "fields": {found}}.Encode(), nil)
	if codeOf(err) == "404" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := entries(a.Body)
	for i := range list {
		if list[i].Code == code {
			return &list[i], nil
		}
	}
	return nil, nil
}

// found are the fields that are read of a customer.
const found = "account_code,phone_office,email,account_type_details"

// search finds the customer with the same telephone, or with the same mail when there is no telephone; nil when there is none. Two are too many to choose from.
// Source: developer.getfly.vn, "6.1 account: list", "6.0 needed_info: filtering".
func (c *Client) search(ctx context.Context, p *Account) (*entry, error) {
	by, value := "phone_office", p.Phone
	if value == "" {
		by, value = "email", p.Email
	}
	if value == "" {
		return nil, nil
	}
	a, err := c.call(ctx, http.MethodGet, "/api/v6/accounts?"+url.Values{"filtering[" + by + ":eq]": {value}, "fields": {found}, "limit": {"3"}}.Encode(), nil)
	if codeOf(err) == "404" {
		return nil, nothingThere(err)
	}
	if err != nil {
		return nil, err
	}
	var same []entry
	for _, r := range records(a.Body) {
		if r.Code != "" && (by == "phone_office" && string(r.Phone) == value || by == "email" && strings.EqualFold(r.Email, value)) {
			same = append(same, r.entry())
		}
	}
	switch len(same) {
	case 0:
		return nil, nil
	case 1:
		return &same[0], nil
	}
	return nil, &provider.Error{Provider: name, Code: CodeAmbiguous, Class: provider.Recipient, Message: same[0].Code + ", " + same[1].Code, Raw: a.Body}
}

// record is a customer in an answer.
type record struct {
	Code  string        `json:"account_code"`
	Phone provider.Text `json:"phone_office"`
	Email string        `json:"email"`
	Types []struct {
		Label string `json:"label"`
	} `json:"account_type_details"`
}

func (r *record) entry() entry {
	e := entry{Code: r.Code}
	for _, t := range r.Types {
		if t.Label != "" {
			e.Types = append(e.Types, t.Label)
		}
	}
	return e
}

// records reads the customers of an answer: a list, one customer, or either of them under data. An answer that is none of them has none.
func records(body []byte) []record {
	var whole struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &whole) == nil && len(whole.Data) > 0 && string(whole.Data) != "null" {
		body = whole.Data
	}
	var list []record
	if json.Unmarshal(body, &list) == nil {
		return list
	}
	var one record
	if json.Unmarshal(body, &one) == nil && one.Code != "" {
		return []record{one}
	}
	return nil
}

func entries(body []byte) []entry {
	var out []entry
	for _, r := range records(body) {
		out = append(out, r.entry())
	}
	return out
}

// Ping reads one customer: the harmless call of a connection test.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodGet, "/api/v6/accounts?fields=id&limit=1", nil)
	if codeOf(err) == "404" {
		return nothingThere(err)
	}
	return err
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return e.Code
	}
	return "error"
}

// nothingThere is a 404 where there must be something: the address is no Getfly.
func nothingThere(err error) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return err
	}
	same := *e
	same.Code, same.Class = "http.404", provider.Auth
	return &same
}

func (c *Client) call(ctx context.Context, method, path string, in any) (provider.Answer, error) {
	u, err := url.Parse(strings.TrimRight(c.BaseURL, "/") + path)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return provider.Answer{}, provider.BadAddress(name, errors.New("base address must begin with http:// or https:// and a host"))
	}
	head := http.Header{"User-Agent": {"Loa"}, "X-Api-Key": {c.APIKey}}
	req := &http.Request{Method: method, URL: u, Host: u.Host, Header: head, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return provider.Answer{}, provider.Invalid(name, err.Error())
		}
		head.Set("Content-Type", "application/json")
		req = provider.Post(u, head, body)
		req.Method = method
	}
	a, err := provider.Do(ctx, c.HTTP, req)
	if err == nil && a.Status >= 400 && a.Status < 500 && a.Status != http.StatusTooManyRequests {
		return a, refusal(a)
	}
	if bad := provider.Classify(name, a, err); bad != nil {
		return a, bad
	}
	return a, nil
}

// duplicates are words of Getfly for a customer that exists, as public integrations have met them.
var duplicates = []string{"trùng", "duplicate", "tồn tại", "already exists"}

// refusal reads an error of Getfly: 400 with a Vietnamese text under message, error or msg, or by field under errors.
func refusal(a provider.Answer) *provider.Error {
	var in struct {
		Message provider.Text   `json:"message"`
		Error   provider.Text   `json:"error"`
		Msg     provider.Text   `json:"msg"`
		Errors  json.RawMessage `json:"errors"`
	}
	_ = json.Unmarshal(a.Body, &in) // a page instead of JSON has no text for us
	text := string(in.Message)
	for _, t := range []string{string(in.Error), string(in.Msg), string(in.Errors)} {
		if text == "" {
			text = t
		}
	}
	e := &provider.Error{Provider: name, Message: text, Raw: a.Body}
	whole := strings.ToLower(text + " " + string(in.Errors))
	switch {
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		e.Code = "401"
	case a.Status == http.StatusNotFound:
		e.Code = "404"
	case a.Status == http.StatusConflict || slices.ContainsFunc(duplicates, func(w string) bool {
		return strings.Contains(whole, w) && !strings.Contains(whole, "không tồn tại")
	}):
		e.Code = CodeDuplicate
	default:
		e.Code = "400"
	}
	e.Class = Explain(e.Code).Class
	return e
}
