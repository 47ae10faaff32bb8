package sync

import (
	"context"
	"errors"

	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/getfly"
	"github.com/loa-project/loa/provider/getresponse"
	"github.com/loa-project/loa/template"
)

// Offer is what an author can choose from in an account.
type Offer struct {
	Provider string     `json:"provider" enum:"getresponse,getfly"`
	Fields   []Standard `json:"fields"`  // that everybody has, the key first
	Custom   []Custom   `json:"custom"`  // that the shop has added
	Lists    []Named    `json:"lists"`   // of GetResponse
	Tags     []Named    `json:"tags"`    // of GetResponse
	Types    []string   `json:"types"`   // of Getfly: kinds of customers
	Sources  []string   `json:"sources"` // of Getfly: where customers come from
	// Failure is the code of what the account answered when it did not tell everything, "" = nothing; FailureText and Advice say it in the caller's language. What could be read is there all the same.
	Failure     string `json:"failure,omitempty"`
	FailureText string `json:"failure_text,omitempty"`
	Advice      string `json:"advice,omitempty"`
}

// Standard is a field that every account has.
type Standard struct {
	Key      string `json:"key"`
	Required bool   `json:"required"`
}

// Custom is a field that the shop has added.
type Custom struct {
	Key  string `json:"key"`  // what content names it by
	Name string `json:"name"` // what people call it
	Kind string `json:"kind"` // in the platform's own words: date, phone, select …
	// Values are all that it takes; empty = anything of its kind.
	Values []string `json:"values"`
}

// Named is something with an id that means nothing to people.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Accounts opens the account of a connection: one of both clients. Its error is sync.not_platform when the connection is of another kind.
type Accounts func(ctx context.Context, workspace, connection int64) (*getresponse.Client, *getfly.Client, error)

// Read asks an account what it offers. What the platform refuses is in the offer, not in the error.
func (open Accounts) Read(ctx context.Context, workspace, connection int64) (Offer, provider.Cause, error) {
	g, f, err := open(ctx, workspace, connection)
	if err != nil {
		return Offer{}, provider.Cause{}, err
	}
	out := Offer{Provider: "getresponse", Custom: []Custom{}, Lists: []Named{}, Tags: []Named{}, Types: []string{}, Sources: []string{}}
	explain := ExplainGetResponse
	if g != nil {
		err = out.getResponse(ctx, g)
		g.HTTP.CloseIdleConnections()
	} else {
		out.Provider, explain = "getfly", ExplainGetfly
		err = out.getfly(ctx, f)
		f.HTTP.CloseIdleConnections()
	}
	all, required := template.SyncFields(out.Provider)
	for _, key := range all {
		s := Standard{Key: key}
		for _, r := range required {
			s.Required = s.Required || r == key
		}
		out.Fields = append(out.Fields, s)
	}
	if err == nil {
		return out, provider.Cause{}, nil
	}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		out.Failure = e.Code
		return out, explain(e.Code), nil
	}
	return Offer{}, provider.Cause{}, err
}

func (o *Offer) getResponse(ctx context.Context, g *getresponse.Client) error {
	lists, err := g.Lists(ctx)
	if err != nil {
		return err
	}
	for _, l := range lists {
		o.Lists = append(o.Lists, Named(l))
	}
	tags, err := g.Tags(ctx)
	if err != nil {
		return err
	}
	for _, t := range tags {
		o.Tags = append(o.Tags, Named(t))
	}
	fields, err := g.Fields(ctx)
	for _, f := range fields {
		c := Custom{Key: f.ID, Name: f.Name, Kind: f.Type, Values: f.Values}
		if c.Values == nil {
			c.Values = []string{}
		}
		o.Custom = append(o.Custom, c)
	}
	return err
}

func (o *Offer) getfly(ctx context.Context, f *getfly.Client) error {
	types, err := f.Types(ctx)
	if err != nil {
		return err
	}
	sources, err := f.Sources(ctx)
	if err != nil {
		return err
	}
	o.Types, o.Sources = types, sources
	fields, err := f.Fields(ctx)
	for _, x := range fields {
		c := Custom{Key: x.Name, Name: x.Label, Kind: x.Kind, Values: []string{}}
		if c.Name == "" {
			c.Name = x.Name
		}
		o.Custom = append(o.Custom, c)
	}
	return err
}
