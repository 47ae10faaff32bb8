package template

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

// Audience is whom a check is about: a condition over the contact alias c whose placeholders start at first.
type Audience = func(first int) (where string, args []any)

// Everybody is the audience of all contacts.
func Everybody(int) (string, []any) { return "1 = 1", nil }

// AudienceReport says what would become of content for every person of an audience. It is exact for the people as they were while it was made; it asks no provider.
type AudienceReport struct {
	People      int64 `json:"people" doc:"Everybody in the audience"`
	Unreachable int64 `json:"unreachable" doc:"Of them without an address on the channel, or on the suppression list: they get nothing, whatever the template says, and are not checked"`
	Checked     int64 `json:"checked"`
	Failing     int64 `json:"failing" doc:"Of the checked ones, whose message would be refused before the provider is called"`
	Done        bool  `json:"done" doc:"False in the lines on the way"`
	// Causes are sorted: most people first. One person can have several.
	Causes []AudienceCause `json:"causes"`
	// Empty are the variables without a value for somebody, also where the message is sent all the same.
	Empty []AudienceCause `json:"empty"`
	SMS   *AudienceSMS    `json:"sms,omitempty"`
}

// AudienceCause is one reason with the people it concerns.
type AudienceCause struct {
	Param   string           `json:"param,omitempty"` // of a ZNS template, or the variable
	Code    string           `json:"code"`            // -1121, -1122, -1124 or a code of ours; template.no_value in Empty
	Limit   int              `json:"limit,omitempty"` // of length
	People  int64            `json:"people"`
	Samples []AudienceSample `json:"samples"` // the first five by id
}

// AudienceSample is one person and the value that would be refused.
type AudienceSample struct {
	ContactID int64  `json:"contact_id"`
	Name      string `json:"name"`
	Value     string `json:"value"` // at most 100 characters
}

// AudienceSMS says how long the messages get.
type AudienceSMS struct {
	Parts      []AudienceParts `json:"parts"` // from one part up
	TotalParts int64           `json:"total_parts"`
	UCS2       int64           `json:"ucs2"` // messages that are not in the GSM alphabet
	// Longest is a person with the longest message.
	Longest *AudienceSample `json:"longest,omitempty"`
}

// AudienceParts is how many people get a message of so many parts.
type AudienceParts struct {
	Parts  int   `json:"parts"`
	People int64 `json:"people"`
}

const (
	audienceBatch    = 1000   // people read at once
	audienceProgress = 10_000 // people between two lines on the way
	audienceSamples  = 5
	audienceReasons  = 500 // different reasons kept; a template has at most 100 parameters with three each
	audienceAtOnce   = 2   // checks that run at the same time; more wait for their turn
	codeNoValue      = "template.no_value"
)

// CheckAudience fills content in for every person of an audience and gathers what would be refused. It reads a thousand people at a time and keeps counts and a few samples, so its memory
// does not grow with the audience; it ends with ctx. progress, when given, gets the counts so far after every 10,000 people; its error ends the check.
func (s *Service) CheckAudience(ctx context.Context, workspaceID int64, c *Compiled, who Audience, base Data, progress func(AudienceReport) error) (AudienceReport, error) {
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return AudienceReport{}, ctx.Err()
	}
	a := &audit{c: c, base: base, causes: map[reason]*AudienceCause{}, empty: map[reason]*AudienceCause{}, parts: map[int]int64{}, reads: readsOf(c)}
	var err error
	if a.out.People, a.out.Unreachable, err = countAudience(ctx, s.deps.DB, workspaceID, c.Channel, who); err != nil {
		return AudienceReport{}, err
	}
	for after, next := int64(0), int64(audienceProgress); ; {
		people, err := audienceAfter(ctx, s.deps.DB, workspaceID, c.Channel, who, a.reads, after)
		if err != nil {
			return AudienceReport{}, err
		}
		for i := range people {
			a.add(&people[i])
		}
		if len(people) < audienceBatch {
			break
		}
		after = people[len(people)-1].ID
		if a.out.Checked >= next && progress != nil {
			next += audienceProgress
			if err := progress(a.report()); err != nil {
				return AudienceReport{}, err
			}
		}
	}
	r := a.report()
	r.Done = true
	return r, nil
}

// reads says what of a person has to be loaded.
type reads struct{ attrs, tags, vouchers bool }

func readsOf(c *Compiled) (r reads) {
	for _, v := range c.Variables {
		r.attrs = r.attrs || strings.HasPrefix(v, "contact.attrs") || v == "contact"
		r.vouchers = r.vouchers || v == "voucher" || strings.HasPrefix(v, "voucher.")
		r.tags = r.tags || strings.HasPrefix(v, "contact.tags") || v == "contact"
	}
	return r
}

type reason struct {
	param, code string
	limit       int
}

// audit is one check under way.
type audit struct {
	c      *Compiled
	base   Data
	reads  reads
	out    AudienceReport
	causes map[reason]*AudienceCause
	empty  map[reason]*AudienceCause
	parts  map[int]int64
	sms    AudienceSMS
	most   int
}

func (a *audit) add(p *Person) {
	d := a.base
	d.Contact = *p
	a.out.Checked++
	out, err := a.c.Render(d)
	if err != nil {
		a.out.Failing++
		note(a.causes, reason{code: codeOf(err)}, p, "")
		return
	}
	if len(out.Problems) > 0 {
		a.out.Failing++
	}
	for _, e := range out.Problems {
		note(a.causes, reason{e.Param, e.Code, e.Limit}, p, out.ZNSParams[e.Param])
	}
	for _, v := range out.Missing {
		note(a.empty, reason{param: v, code: codeNoValue}, p, "")
	}
	if out.SMS != nil {
		a.parts[out.SMS.Parts]++
		a.sms.TotalParts += int64(out.SMS.Parts)
		if out.SMS.Encoding == UCS2 {
			a.sms.UCS2++
		}
		if out.SMS.Units > a.most {
			a.most = out.SMS.Units
			a.sms.Longest = &AudienceSample{p.ID, p.Name, cut(out.Text, 1000)}
		}
	}
}

func codeOf(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "template.render_failed"
}

func note(to map[reason]*AudienceCause, why reason, p *Person, value string) {
	c := to[why]
	if c == nil {
		if len(to) >= audienceReasons {
			return
		}
		c = &AudienceCause{Param: why.param, Code: why.code, Limit: why.limit, Samples: make([]AudienceSample, 0, audienceSamples)}
		to[why] = c
	}
	c.People++
	if len(c.Samples) < audienceSamples {
		c.Samples = append(c.Samples, AudienceSample{p.ID, p.Name, cut(value, 100)})
	}
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func (a *audit) report() AudienceReport {
	r := a.out
	r.Causes, r.Empty = listed(a.causes), listed(a.empty)
	if a.c.Channel == channel.SMS {
		sms := a.sms
		sms.Parts = make([]AudienceParts, 0, len(a.parts))
		for _, n := range slices.Sorted(maps.Keys(a.parts)) {
			sms.Parts = append(sms.Parts, AudienceParts{n, a.parts[n]})
		}
		r.SMS = &sms
	}
	return r
}

func listed(m map[reason]*AudienceCause) []AudienceCause {
	out := make([]AudienceCause, 0, len(m))
	for _, c := range m {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b AudienceCause) int {
		if a.People != b.People {
			return int(b.People - a.People)
		}
		return strings.Compare(a.Param+" "+a.Code, b.Param+" "+b.Code)
	})
	return out
}

// checkData is what content is checked and shown with, apart from a person.
func checkData(workspace string, zone *time.Location, now time.Time) Data {
	return Data{WorkspaceName: workspace, Zone: zone, Now: now, UnsubscribeURL: "https://example.com/u/sample"}
}
