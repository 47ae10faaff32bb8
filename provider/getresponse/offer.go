package getresponse

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/loa-project/loa/provider"
)

// List is a list of people; GetResponse calls it a campaign.
type List struct {
	ID   string `json:"campaignId"`
	Name string `json:"name"`
}

// Tag is a label on contacts.
type Tag struct {
	ID   string `json:"tagId"`
	Name string `json:"name"`
}

// Field is a custom field. Values are what it takes, where it takes only certain ones.
type Field struct {
	ID     string   `json:"customFieldId"`
	Name   string   `json:"name"`
	Type   string   `json:"valueType"` // string, number, date, datetime, phone, country …
	Values []string `json:"values"`
}

// What is read of a long list: maxPages pages of perPage entries, the most that the API gives at once.
const (
	perPage  = 1000
	maxPages = 5
)

// Lists reads the account's lists. Source: apidocs.getresponse.com/v3, "Get a list of campaigns".
func (c *Client) Lists(ctx context.Context) ([]List, error) {
	return pages[List](ctx, c, "/campaigns?fields=name")
}

// Tags reads the account's tags. Source: apidocs.getresponse.com/v3, "Get the list of tags".
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	return pages[Tag](ctx, c, "/tags?fields=name")
}

// Fields reads the account's custom fields. Source: apidocs.getresponse.com/v3, "Get a list of custom fields".
func (c *Client) Fields(ctx context.Context) ([]Field, error) {
	return pages[Field](ctx, c, "/custom-fields?fields=name,valueType,values")
}

// Ping reads one list: the harmless call of a connection test.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodGet, "/campaigns?fields=name&perPage=1", nil)
	return err
}

// pages reads a list to its end. The header TotalPages says how long it is; without it a page that is not full is the last one.
func pages[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	out := []T{}
	for page := 1; page <= maxPages; page++ {
		a, err := c.call(ctx, http.MethodGet, path+"&page="+strconv.Itoa(page)+"&perPage="+strconv.Itoa(perPage), nil)
		if err != nil {
			return nil, err
		}
		var some []T
		if err := json.Unmarshal(a.Body, &some); err != nil {
			return nil, unreadable(a, err, provider.Unknown)
		}
		out = append(out, some...)
		if total, err := strconv.Atoi(strings.TrimSpace(a.Header.Get("TotalPages"))); err == nil && page >= total || err != nil && len(some) < perPage {
			break
		}
	}
	return out, nil
}
