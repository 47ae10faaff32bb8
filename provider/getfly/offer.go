package getfly

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/loa-project/loa/provider"
)

// Field is a field that the shop has added to customers. Name is its key in custom_fields. A value of kind select is the number of an option, of kind checkbox 0 or 1.
type Field struct {
	Name  string
	Label string
	Kind  string // textinput, select, checkbox, date …
}

// item has the fields of all three lists.
type item struct {
	Type    string        `json:"account_type_name"`
	Invalid provider.Text `json:"invalid"`
	Source  string        `json:"source_name"`
	Valid   provider.Text `json:"valid"`
	Name    string        `json:"field_name"`
	Label   string        `json:"field_description"`
	Kind    string        `json:"field_htmltype"`
}

// Types reads the names of the kinds of customers. Source: developer.getfly.vn, "6.0 customer: customer_group".
func (c *Client) Types(ctx context.Context) ([]string, error) {
	items, err := c.items(ctx, "/api/v6/accounts/types?fields=id,account_type_name,invalid&limit=500")
	return names(items, func(i *item) string {
		if i.Invalid.Bool() {
			return ""
		}
		return i.Type
	}), err
}

// Sources reads the names of where customers come from. Source: developer.getfly.vn, "6.0 customer: sources".
func (c *Client) Sources(ctx context.Context) ([]string, error) {
	items, err := c.items(ctx, "/api/v6/accounts/sources?fields=id,source_name,valid&limit=500")
	return names(items, func(i *item) string {
		if i.Valid != "" && !i.Valid.Bool() {
			return ""
		}
		return i.Source
	}), err
}

// Fields reads the fields that the shop has added to customers. Source: developer.getfly.vn, "6.0 customer: custom_field".
func (c *Client) Fields(ctx context.Context) ([]Field, error) {
	items, err := c.items(ctx, "/api/v6/accounts/custom_fields?fields=id,field_name,field_description,field_htmltype&limit=500")
	out := []Field{}
	for _, i := range items {
		if i.Name != "" {
			out = append(out, Field{i.Name, i.Label, i.Kind})
		}
	}
	return out, err
}

func names(items []item, of func(*item) string) []string {
	out := []string{}
	for i := range items {
		if n := strings.TrimSpace(of(&items[i])); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// items reads a list, which the documentation shows both bare and under data.
func (c *Client) items(ctx context.Context, path string) ([]item, error) {
	a, err := c.call(ctx, http.MethodGet, path, nil)
	if codeOf(err) == "404" {
		return nil, nothingThere(err)
	}
	if err != nil {
		return nil, err
	}
	var list []item
	if json.Unmarshal(a.Body, &list) == nil {
		return list, nil
	}
	var whole struct {
		Data []item `json:"data"`
	}
	if err := json.Unmarshal(a.Body, &whole); err != nil {
		return nil, &provider.Error{Provider: name, Code: provider.CodeUnreadable, Class: provider.Unknown, Raw: a.Body, Err: err}
	}
	return whole.Data, nil
}
