package zalo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/loa-project/loa/provider"
)

// DefaultOAURL is the host of the Official Account API.
const DefaultOAURL = "https://openapi.zalo.me"

// OA calls the Official Account API of one OA with the same token as Client. Its fields are set before the first call; then it is safe for many goroutines.
type OA struct {
	BaseURL string // "" is DefaultOAURL
	Client  *Client
}

// post makes one call with a JSON body; the answer's data goes into data.
func (o *OA) post(ctx context.Context, token, path string, body, data any) ([]byte, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, provider.Invalid(name, "content has no JSON form")
	}
	u, err := address(o.BaseURL, DefaultOAURL, path)
	if err != nil {
		return nil, err
	}
	return o.call(ctx, provider.Post(u, o.Client.header(token), raw), data)
}

// get asks for one resource. Arguments are one query parameter "data" that holds JSON. Source: developers.zalo.me, Official Account API, "Bắt đầu".
func (o *OA) get(ctx context.Context, token, path string, query, data any) error {
	u, err := address(o.BaseURL, DefaultOAURL, path)
	if err != nil {
		return err
	}
	if query != nil {
		raw, err := json.Marshal(query)
		if err != nil {
			return provider.Invalid(name, "arguments have no JSON form")
		}
		u.RawQuery = url.Values{"data": {string(raw)}}.Encode()
	}
	_, err = o.call(ctx, provider.Get(u, o.Client.header(token)), data)
	return err
}

// call reads the envelope with the meanings that the codes have on this host.
func (o *OA) call(ctx context.Context, req *http.Request, data any) ([]byte, error) {
	var env envelope
	raw, err := o.Client.call(ctx, req, &env, &env)
	if err != nil {
		if e, ok := err.(*provider.Error); ok && env.Error != "" && string(env.Error) == e.Code {
			cause := ExplainOA(e.Code)
			e.Class, e.Suppress = cause.Class, cause.Suppress
		}
		return raw, err
	}
	if len(env.Data) == 0 || data == nil {
		return raw, nil
	}
	if err := unmarshal(env.Data, data); err != nil {
		return raw, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: raw, Err: err}
	}
	return raw, nil
}
