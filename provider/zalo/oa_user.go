package zalo

import (
	"context"

	"github.com/loa-project/loa/provider"
)

// UsersPage is how many users Zalo lists at most in one answer, LastOffset the last place that it lists from: whoever comes after the first ten thousand is found by tag or period only.
const (
	UsersPage  = 50
	LastOffset = 9951
)

// User is somebody whom the OA knows.
type User struct {
	ID              provider.Text `json:"user_id"`
	Name            string        `json:"display_name"`
	Alias           string        `json:"user_alias"`
	Follower        bool          `json:"user_is_follower"`
	LastInteraction provider.Text `json:"user_last_interaction_date"` // DD/MM/YYYY
	Shared          SharedInfo    `json:"shared_info"`
	Notes           struct {
		Tags []string `json:"tag_names"`
	} `json:"tags_and_notes_info"`
}

// SharedInfo is what a person has told the OA about themselves.
type SharedInfo struct {
	Name     string        `json:"name"`
	Phone    provider.Text `json:"phone"` // "0" when not known
	Address  string        `json:"address"`
	City     string        `json:"city"`
	District string        `json:"district"`
	Birthday provider.Text `json:"user_dob"` // DD/MM/YYYY
}

// User asks for the profile of a user. Source: developers.zalo.me, Official Account API, "Truy xuất chi tiết người dùng" (GET /v3.0/oa/user/detail).
func (o *OA) User(ctx context.Context, token, id string) (u User, err error) {
	err = o.get(ctx, token, "/v3.0/oa/user/detail", map[string]string{"user_id": id}, &u)
	return u, err
}

// UserFilter narrows a list of users; the zero value lists everybody whom the OA knows.
type UserFilter struct {
	Followers bool   // only who follows now
	Tag       string // only who has the OA's tag
	Period    string // of the last interaction: TODAY, YESTERDAY, L7D, L30D, or YYYY_MM_DD:YYYY_MM_DD; "" = ever
}

// Users lists ids of users; count is at most UsersPage, offset at most LastOffset. total is how many the filter takes. Source: developers.zalo.me, Official Account API, "Truy xuất danh sách
// người dùng" (GET /v3.0/oa/user/getlist).
func (o *OA) Users(ctx context.Context, token string, f UserFilter, offset, count int) (ids []string, total int, err error) {
	query := map[string]any{"offset": offset, "count": min(max(count, 1), UsersPage)}
	if f.Followers {
		query["is_follower"] = true
	}
	if f.Tag != "" {
		query["tag_name"] = f.Tag
	}
	if f.Period != "" {
		query["last_interaction_period"] = f.Period
	}
	var d struct {
		Total provider.Text `json:"total"`
		Users []struct {
			ID provider.Text `json:"user_id"`
		} `json:"users"`
	}
	if err = o.get(ctx, token, "/v3.0/oa/user/getlist", query, &d); err != nil {
		return nil, 0, err
	}
	for _, u := range d.Users {
		if u.ID != "" {
			ids = append(ids, string(u.ID))
		}
	}
	return ids, int(d.Total.Int()), nil
}

// Tag marks a user at the OA; a tag that the OA does not have is made. Source: developers.zalo.me, Official Account API, "Gắn nhãn người dùng" (POST /v2.0/oa/tag/tagfollower).
func (o *OA) Tag(ctx context.Context, token, user, tag string) error {
	_, err := o.post(ctx, token, "/v2.0/oa/tag/tagfollower", map[string]string{"user_id": user, "tag_name": tag}, nil)
	return err
}

// Untag takes a mark of a user away. Source: developers.zalo.me, Official Account API, "Gỡ nhãn người dùng" (POST /v2.0/oa/tag/rmfollowerfromtag).
func (o *OA) Untag(ctx context.Context, token, user, tag string) error {
	_, err := o.post(ctx, token, "/v2.0/oa/tag/rmfollowerfromtag", map[string]string{"user_id": user, "tag_name": tag}, nil)
	return err
}

// Tags lists the tags that the OA has. Source: developers.zalo.me, Official Account API, "Lấy danh sách nhãn" (GET /v2.0/oa/tag/gettagsofoa).
func (o *OA) Tags(ctx context.Context, token string) (tags []string, err error) {
	err = o.get(ctx, token, "/v2.0/oa/tag/gettagsofoa", nil, &tags)
	return tags, err
}
