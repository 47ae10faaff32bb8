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
	_, err = o.call(ctx, &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: o.Client.header(token), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, data)
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

// User is somebody whom the OA knows.
type User struct {
	ID              provider.Text `json:"user_id"`
	Name            string        `json:"display_name"`
	Alias           string        `json:"user_alias"`
	Follower        bool          `json:"user_is_follower"`
	LastInteraction provider.Text `json:"user_last_interaction_date"` // DD/MM/YYYY
	Shared          struct {
		Name  string        `json:"name"`
		Phone provider.Text `json:"phone"` // "0" when not known
	} `json:"shared_info"`
	Notes struct {
		Tags []string `json:"tag_names"`
	} `json:"tags_and_notes_info"`
}

// User asks for the profile of a user. Source: developers.zalo.me, Official Account API, "Truy xuất chi tiết người dùng" (GET /v3.0/oa/user/detail).
func (o *OA) User(ctx context.Context, token, id string) (u User, err error) {
	err = o.get(ctx, token, "/v3.0/oa/user/detail", map[string]string{"user_id": id}, &u)
	return u, err
}

// Users lists ids of users that the OA knows; count is at most 50, offset at most 9,951. Source: developers.zalo.me, Official Account API, "Truy xuất danh sách người dùng" (GET /v3.0/oa/user/getlist).
func (o *OA) Users(ctx context.Context, token string, offset, count int) (ids []string, total int, err error) {
	var d struct {
		Total provider.Text `json:"total"`
		Users []struct {
			ID provider.Text `json:"user_id"`
		} `json:"users"`
	}
	if err = o.get(ctx, token, "/v3.0/oa/user/getlist", map[string]int{"offset": offset, "count": min(max(count, 1), 50)}, &d); err != nil {
		return nil, 0, err
	}
	for _, u := range d.Users {
		ids = append(ids, string(u.ID))
	}
	return ids, int(d.Total.Int()), nil
}

// Account is the OA itself.
type Account struct {
	ID       provider.Text `json:"oa_id"`
	Name     string        `json:"name"`
	Verified bool          `json:"is_verified"`
	Follower provider.Text `json:"num_follower"`
}

// Account asks for the OA. Source: developers.zalo.me, Official Account API, "Thông tin Official Account" (GET /v2.0/oa/getoa).
func (o *OA) Account(ctx context.Context, token string) (a Account, err error) {
	err = o.get(ctx, token, "/v2.0/oa/getoa", nil, &a)
	return a, err
}

// Tag marks a user, Untag takes the mark away. Source: developers.zalo.me, Official Account API, "Quản lý nhãn" (POST /v2.0/oa/tag/tagfollower, rmfollowerfromtag).
func (o *OA) Tag(ctx context.Context, token, user, tag string) error {
	_, err := o.post(ctx, token, "/v2.0/oa/tag/tagfollower", map[string]string{"user_id": user, "tag_name": tag}, nil)
	return err
}

// Untag takes a mark of a user away.
func (o *OA) Untag(ctx context.Context, token, user, tag string) error {
	_, err := o.post(ctx, token, "/v2.0/oa/tag/rmfollowerfromtag", map[string]string{"user_id": user, "tag_name": tag}, nil)
	return err
}
