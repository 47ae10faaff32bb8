package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// grContact is a contact in a request.
type grContact struct {
	Email    *string `json:"email"`
	Name     *string `json:"name"`
	Campaign *struct {
		ID string `json:"campaignId"`
	} `json:"campaign"`
	Fields []struct {
		ID    string   `json:"customFieldId"`
		Value []string `json:"value"`
	} `json:"customFieldValues"`
	Tags []struct {
		ID string `json:"tagId"`
	} `json:"tags"`
}

func (in *grContact) check() *grError {
	if in.Name != nil && (*in.Name == "" || len([]rune(*in.Name)) > 128) {
		return grInvalid("name must have 1 to 128 characters")
	}
	for _, t := range in.Tags {
		if !slices.ContainsFunc(grTags, func(n named) bool { return n.id == t.ID }) {
			return grMissing("tag " + t.ID + " not found")
		}
	}
	for _, f := range in.Fields {
		i := slices.IndexFunc(grFields, func(k grField) bool { return k.id == f.ID })
		switch {
		case i < 0:
			return grMissing("custom field " + f.ID + " not found")
		case len(f.Value) != 1 || f.Value[0] == "":
			return grInvalid("custom field " + f.ID + " needs a value")
		case len(grFields[i].values) > 0 && !slices.Contains(grFields[i].values, f.Value[0]):
			return grInvalid("custom field " + f.ID + ": value is not on the list")
		}
		if _, err := time.Parse(time.DateOnly, f.Value[0]); grFields[i].kind == "date" && err != nil {
			return grInvalid("custom field " + f.ID + ": not a date")
		}
	}
	return nil
}

// create takes a contact on. One that was taken on and is not listed yet is taken on again, without a second entry.
func (g *GetResponse) create(in *grContact) (grAnswer, *grError) {
	switch {
	case in.Email == nil || !strings.Contains(*in.Email, "@"):
		return grAnswer{}, grInvalid("email is not valid")
	case in.Campaign == nil || !slices.ContainsFunc(grLists, func(n named) bool { return n.id == in.Campaign.ID }):
		return grAnswer{}, grMissing("campaign not found")
	}
	email := *in.Email
	switch {
	case strings.HasPrefix(email, "black"):
		return grAnswer{}, grBlocked
	case strings.HasPrefix(email, "unsure"):
		return grAnswer{}, grExists
	case g.first("busy", email):
		return grAnswer{}, grTooMany
	case g.first("broken", email):
		return grAnswer{}, grInternal
	}
	for _, c := range g.contacts {
		if c.List == in.Campaign.ID && strings.EqualFold(c.Email, email) {
			if g.Now().Sub(c.made) < g.Delay {
				return grAnswer{status: http.StatusAccepted}, nil
			}
			return grAnswer{}, grExists
		}
	}
	c := &GetResponseContact{ID: "c" + strconv.Itoa(len(g.contacts)+1), Email: email, List: in.Campaign.ID, Fields: map[string]string{}, made: g.Now()}
	c.change(in, "")
	c.Changes = 0
	g.contacts = append(g.contacts, c)
	return grAnswer{status: http.StatusAccepted, lost: g.first("drop", email) || g.first("gone", email), hang: g.first("hang", email)}, nil
}

// change writes what was sent: the whole of a collection, or for one of the parts only what is named.
func (c *GetResponseContact) change(in *grContact, part string) {
	c.Changes++
	if in.Name != nil && part == "" {
		c.Name = *in.Name
	}
	if in.Tags != nil {
		if part == "" {
			c.Tags = nil
		}
		for _, t := range in.Tags {
			if !slices.Contains(c.Tags, t.ID) {
				c.Tags = append(c.Tags, t.ID)
			}
		}
	}
	if in.Fields != nil {
		if part == "" {
			c.Fields = map[string]string{}
		}
		for _, f := range in.Fields {
			c.Fields[f.ID] = f.Value[0]
		}
	}
}
