package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

// ReasonValues is the reason of people whose own values a template cannot be filled in with, in the forecast and in the list behind it.
const ReasonValues = "values"

// ValueCause is one reason why messages would be refused before the call, with the people it concerns. One person can have several.
type ValueCause struct {
	Param  string `json:"param,omitempty" doc:"The template's field; absent when the message as a whole is meant"`
	Code   string `json:"code"`
	Limit  int    `json:"limit,omitempty" doc:"Of length"`
	People int64  `json:"people"`
}

const (
	// causesKept bounds the different reasons of one channel; a template has at most 100 parameters with three each.
	causesKept = 500
	// causesTold is how many reasons an answer names.
	causesTold = 50
)

// valueCheck fills the content of every channel in for people and counts what would be refused. Its memory does not grow with the audience.
type valueCheck struct {
	c      *Campaign
	legs   []prepared
	data   template.Data
	skip   []bool                   // these ranks have nothing to fill in
	fixed  []*[]template.ParamError // of content without variables: the same for everybody
	ranks  []rankValues
	people int64 // refused on some channel
}

// rankValues is what was found on one channel.
type rankValues struct {
	people int64
	causes map[template.ParamError]int64
}

func newValueCheck(c *Campaign, legs []prepared, data template.Data) *valueCheck {
	v := &valueCheck{c: c, legs: legs, data: data, skip: make([]bool, len(legs)), fixed: make([]*[]template.ParamError, len(legs)), ranks: make([]rankValues, len(legs))}
	for i := range legs {
		v.skip[i] = legs[i].compiled == nil || c.Legs[i].Channel == channel.Wait
		v.ranks[i].causes = map[template.ParamError]int64{}
	}
	return v
}

// idle reports whether no channel has anything to check.
func (v *valueCheck) idle() bool { return !slices.Contains(v.skip, false) }

// add checks one person on every channel that may reach them, be it as a fallback, and returns the ranks that would refuse, as bits.
func (v *valueCheck) add(who *candidate) (refused uint64) {
	for i := range v.legs {
		if v.skip[i] || who.sets.refusal(v.c.Purpose, v.c.Legs[i].Channel) != "" {
			continue
		}
		problems := v.problems(i, &who.person)
		if len(problems) == 0 {
			continue
		}
		refused |= 1 << i
		r := &v.ranks[i]
		r.people++
		for _, p := range problems {
			if _, known := r.causes[p]; known || len(r.causes) < causesKept {
				r.causes[p]++
			}
		}
	}
	if refused != 0 {
		v.people++
	}
	return refused
}

// problems says what is wrong with one person's message.
func (v *valueCheck) problems(rank int, who *template.Person) []template.ParamError {
	if f := v.fixed[rank]; f != nil {
		return *f
	}
	k := v.legs[rank].compiled
	d := v.data
	d.Contact = *who
	out, err := k.Render(d)
	if err != nil {
		e, ok := errs.As(err)
		if !ok {
			e = errs.Invalid("template.render_failed")
		}
		out.Problems = []template.ParamError{{Code: e.Code}}
	}
	if len(k.Variables) == 0 {
		v.fixed[rank] = &out.Problems
	}
	return out.Problems
}

// causes lists the reasons of a rank: most people first.
func (v *valueCheck) causes(rank int) []ValueCause {
	out := make([]ValueCause, 0, len(v.ranks[rank].causes))
	for p, n := range v.ranks[rank].causes {
		out = append(out, ValueCause{Param: p.Param, Code: p.Code, Limit: p.Limit, People: n})
	}
	slices.SortFunc(out, func(a, b ValueCause) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Param, b.Param), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Limit, b.Limit))
	})
	return out
}

// code is the cause as an error of ours, which has a text.
func (c *ValueCause) code() string {
	switch c.Code {
	case template.ZNSMissing, template.MessengerMissing:
		return "campaign.value.missing"
	case template.ZNSTooLong, template.MessengerTooLong, template.SyncTooLong:
		return "campaign.value.too_long"
	case template.ZNSWrongFormat:
		if c.Limit > 0 {
			return "campaign.value.too_short"
		}
		return "campaign.value.format"
	case template.MessengerBadAddress:
		return "campaign.value.address"
	case template.RequestBad:
		return "campaign.value.request"
	}
	return "campaign.value.message"
}

// problem is campaign.values_refused with a field for each reason: legs[0].values.name; nil when nobody is refused.
func (v *valueCheck) problem() *errs.Error {
	if v.people == 0 {
		return nil
	}
	e := errs.Invalid("campaign.values_refused").With("people", strconv.FormatInt(v.people, 10))
	for rank := range v.ranks {
		for _, c := range v.causes(rank) {
			if len(e.Fields) == causesTold {
				return e
			}
			path := legPath(rank) + ".values"
			if c.Param != "" {
				path += "." + c.Param
			}
			e.Fields = append(e.Fields, errs.Field{Path: path, Code: c.code(), Params: map[string]string{"param": c.Param, "people": strconv.FormatInt(c.People, 10),
				"limit": strconv.Itoa(c.Limit), "cause": c.Code}})
		}
	}
	return e
}

// checkValues fills every channel's content in for the whole audience, a thousand people at a time, and returns campaign.values_refused when somebody's values would be refused.
// Nobody is in a campaign that people enter one by one.
func (s *Service) checkValues(ctx context.Context, c *Campaign, legs []prepared) error {
	if c.Audience.Entry {
		return nil
	}
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	data, err := s.baseData(ctx, c, zone)
	if err != nil {
		return err
	}
	v := newValueCheck(c, legs, data)
	if v.idle() {
		return nil
	}
	audience, err := s.audience(ctx, c, nil)
	if err != nil {
		return err
	}
	if err := s.everybody(ctx, c.WorkspaceID, legs, audience, 0, func(who *candidate) bool { v.add(who); return true }); err != nil {
		return err
	}
	if e := v.problem(); e != nil {
		return e
	}
	return nil
}

// everybody goes through the audience above a person by id, with all that the templates read, until do returns false.
func (s *Service) everybody(ctx context.Context, workspace int64, legs []prepared, audience message.Audience, after int64, do func(who *candidate) bool) error {
	for {
		people, err := s.people(ctx, workspace, audience, after, walkPage)
		if err != nil {
			return err
		}
		if err := s.belongings(ctx, workspace, legs, people); err != nil {
			return err
		}
		for i := range people {
			if after = people[i].person.ID; !do(&people[i]) {
				return nil
			}
		}
		if len(people) < walkPage {
			return nil
		}
	}
}

// belongings reads the tags and vouchers of the people when a template writes them.
func (s *Service) belongings(ctx context.Context, workspace int64, legs []prepared, people []candidate) error {
	reads := func(what func(c *template.Compiled) bool) bool {
		return slices.ContainsFunc(legs, func(k prepared) bool { return k.compiled != nil && what(k.compiled) })
	}
	tags, vouchers := reads((*template.Compiled).ReadsTags), reads((*template.Compiled).ReadsVouchers)
	if !tags && !vouchers {
		return nil
	}
	ids := make([]int64, len(people))
	for i := range people {
		ids[i] = people[i].person.ID
	}
	if tags {
		of, err := template.Tags(ctx, s.DB, workspace, ids)
		if err != nil {
			return err
		}
		for i := range people {
			people[i].person.Tags = of[ids[i]]
		}
	}
	if vouchers {
		of, err := template.Vouchers(ctx, s.DB, workspace, ids)
		if err != nil {
			return err
		}
		for i := range people {
			people[i].person.Vouchers = of[ids[i]]
		}
	}
	return nil
}

// baseData is what templates are filled in with for the checks and the forecast, apart from the person.
func (s *Service) baseData(ctx context.Context, c *Campaign, zone string) (template.Data, error) {
	d := template.Data{CampaignID: c.ID, CampaignName: c.Name, Zone: policy.Location(zone), Now: s.Clock.Now(), UnsubscribeURL: "https://example.com/u/x"}
	if err := s.DB.QueryRow(ctx, `SELECT name FROM workspace WHERE id = $1`, c.WorkspaceID).Scan(&d.WorkspaceName); err != nil {
		return d, fmt.Errorf("read workspace: %w", err)
	}
	return d, nil
}

// refusedPeople are the people above after whose values a channel would refuse, at most limit; rank -1 = some channel.
func (s *Service) refusedPeople(ctx context.Context, c *Campaign, rank int, audience message.Audience, after int64, limit int) ([]Reader, error) {
	legs, _, err := s.checkLegs(ctx, c, false)
	if err != nil {
		return nil, err
	}
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return nil, err
	}
	data, err := s.baseData(ctx, c, zone)
	if err != nil {
		return nil, err
	}
	v := newValueCheck(c, legs, data)
	out := []Reader{}
	err = s.everybody(ctx, c.WorkspaceID, legs, audience, after, func(who *candidate) bool {
		if refused := v.add(who); rank < 0 && refused != 0 || rank >= 0 && refused>>rank&1 != 0 {
			p := &who.person
			out = append(out, Reader{ID: p.ID, Name: p.Name, ExternalID: p.ExternalID, Phone: p.Phone, Email: p.Email})
		}
		return len(out) < limit
	})
	return out, err
}
