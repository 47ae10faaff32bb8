package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/cost"
	"github.com/loa-project/loa/internal/phone"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
	"github.com/loa-project/loa/template"
)

const (
	// sampleSize is how many real people are rendered for the estimates.
	sampleSize = 50
	// walkPage is how many people are read at once when all are priced.
	walkPage = 1000
)

// pricing is what one forecast asks prices with.
type pricing struct {
	c     *Campaign
	legs  []prepared
	books []*cost.Book
	at    int64 // when the messages go out, Unix ms
	data  template.Data
	link  func(leg int64, link int) string
	next  int64 // the id that the next leg will about have
}

// known reports whether anything is known about the price of a rank.
func (p *pricing) known(rank int) bool {
	k := &p.legs[rank]
	if z := k.compiled.ZaloOA; z != nil {
		return z.Template == nil || z.Template.PriceVND > 0 || p.books[rank].Lines() > 0
	}
	_, ok := p.books[rank].Price(cost.Unit{}, p.at)
	return ok || k.compiled.ZNS != nil && k.compiled.ZNS.PriceVND > 0 || (k.compiled.SMS != nil || k.compiled.AICall != nil) && k.connection.PricePerPart > 0 || p.books[rank].Lines() > 0
}

// one renders the message of a rank for a person and gives its price; ok is false when it would be refused before the call. serial is the number that the leg will about have.
func (p *pricing) one(rank int, who *template.Person, serial int64) (vnd int64, ok bool) {
	k := &p.legs[rank]
	u := cost.Unit{Network: phone.Carrier(who.Phone), Serial: serial}
	own := int64(0)
	if k.compiled.Email == nil { // a mail costs the same whatever it says
		d := p.data
		d.Contact = *who
		if p.c.Options.TrackClicks && k.compiled.SMS != nil {
			leg := p.next
			d.LinkURL = func(i int) string { return p.link(leg, i) }
		}
		out, err := k.compiled.Render(d)
		if err != nil || len(out.Problems) > 0 {
			return 0, false
		}
		if out.SMS != nil {
			u.Parts = int64(out.SMS.Parts)
			own = u.Parts * k.connection.PricePerPart
		}
		if out.AICall != nil {
			own = k.connection.PricePerPart
		}
	}
	if z := k.compiled.ZNS; z != nil {
		u.Template, own = z.TemplateID, z.PriceVND
	}
	if z := k.compiled.ZaloOA; z != nil {
		// A consultation message is free within 48 hours and while the package lasts: nobody knows before who will have written when, so the forecast takes the most that it can cost.
		if u.Named, u.Template, own = true, cost.Consultation, cost.ConsultationVND; z.Template != nil {
			u.Template, own = z.Template.TemplateID, z.Template.PriceVND
		}
	}
	if vnd, ok := p.books[rank].Price(u, p.at); ok {
		return vnd, true
	}
	return own, true
}

// estimate adds prices and times. An audience of at most exact people is rendered and priced message by message.
func (s *Service) estimate(ctx context.Context, c *Campaign, f *Forecast, audience message.Audience, exact int64) error {
	legs, _, err := s.checkLegs(ctx, c, false)
	if err != nil {
		return err
	}
	zone, err := s.Zone(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	if err := s.opens(ctx, c, f, legs, zone); err != nil {
		return err
	}
	p, err := s.pricing(ctx, c, f, legs, zone)
	if err != nil {
		return err
	}
	people, err := s.people(ctx, c.WorkspaceID, audience, 0, sampleSize)
	if err != nil {
		return err
	}
	note := func(code string) {
		if !slices.Contains(f.Notes, code) {
			f.Notes = append(f.Notes, code)
		}
	}
	ready := len(legs) > 0
	for i := range legs {
		ready = ready && legs[i].compiled != nil
	}
	if f.Exact = ready && f.People <= exact; f.Exact {
		if err := s.walk(ctx, c, f, p, audience); err != nil {
			return err
		}
	}
	for i := range f.Ranks {
		r := &f.Ranks[i]
		sending := r.People - r.Duplicates
		if rate := legs[i].connection.PerSecond; rate > 0 {
			r.Seconds = (sending + rate - 1) / rate
			f.Seconds = max(f.Seconds, r.Seconds)
		}
		if legs[i].compiled == nil {
			note("forecast.no_template")
			continue
		}
		mean := p.sample(r, people)
		switch {
		case r.Sends > 0:
			r.UnitVND = (r.CostVND + r.Sends/2) / r.Sends
		case f.Exact:
			r.UnitVND = int64(mean + 0.5)
		default:
			r.UnitVND, r.CostVND = int64(mean+0.5), int64(mean*float64(sending)+0.5)
			note("forecast.price_by_sample")
		}
		if legs[i].compiled.Email == nil && legs[i].compiled.Messenger == nil && c.Legs[i].Channel != channel.Wait && c.Legs[i].Channel != channel.StartFlow && !p.known(i) {
			note("forecast.price_unknown")
		}
		if legs[i].compiled.AICall != nil && r.UnitVND > 0 {
			note("forecast.answered_only")
		}
		if z := legs[i].compiled.ZaloOA; z != nil && z.Template == nil {
			note("forecast.consultation")
		}
		f.CostVND += r.CostVND
		f.CostMaxVND += r.CostVND + r.UnitVND*r.Fallback
		if r.SampleRefused > 0 || r.ValuesRefused > 0 {
			note("forecast.values_missing")
		}
	}
	steps := 0
	for _, l := range c.Legs {
		if l.Channel != channel.Wait {
			steps++
		}
	}
	if steps > 1 {
		note("forecast.fallback_unknown")
	}
	return nil
}

// opens finds when the first message may go out, and which windows say so.
func (s *Service) opens(ctx context.Context, c *Campaign, f *Forecast, legs []prepared, zone string) error {
	at := s.Clock.Now()
	if c.ScheduleAt.After(at) {
		at = c.ScheduleAt
	}
	if f.OpensAt = at.UnixMilli(); len(c.Legs) > 0 {
		own, err := s.Messages.OwnRules(ctx, c.WorkspaceID)
		if err != nil {
			return err
		}
		first := c.spoken()
		for i := range legs[:first] {
			if k := legs[i].compiled; k != nil && k.Wait != nil {
				at = at.Add(time.Duration(k.Wait.Seconds) * time.Second)
			}
		}
		ch := c.Legs[first].Channel
		q := policy.Question{Channel: ch, Purpose: string(c.Purpose), Kind: legs[first].kind(), Zone: zone, Window: c.Options.Window, Hours: own.Hours.For(ch, string(c.Purpose)), Now: at.UnixMilli()}
		f.OpensAt, f.Windows = policy.NextOpen(q), policy.Applying(q)
	}
	return nil
}

// pricing reads what prices are asked with.
func (s *Service) pricing(ctx context.Context, c *Campaign, f *Forecast, legs []prepared, zone string) (*pricing, error) {
	p := &pricing{c: c, legs: legs, books: make([]*cost.Book, len(legs)), at: f.OpensAt,
		link: func(leg int64, link int) string { return s.Messages.SampleLink(c.WorkspaceID, leg, link) }}
	var err error
	if p.data, err = s.baseData(ctx, c, zone); err != nil {
		return nil, err
	}
	if c.Options.TrackClicks || slices.ContainsFunc(legs, func(k prepared) bool { return k.compiled != nil && k.compiled.Email != nil }) {
		if err := s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM leg WHERE workspace_id = $1`, c.WorkspaceID).Scan(&p.next); err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
	}
	for i := range legs {
		if s.Book == nil || legs[i].connection.ID == 0 {
			continue
		}
		if p.books[i], err = s.Book(ctx, c.WorkspaceID, legs[i].connection.ID); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// sample fills the template for the sample and returns the mean price of those messages that would be sent.
func (p *pricing) sample(r *RankForecast, people []candidate) float64 {
	sum, n := int64(0), 0
	for i := range people {
		r.SampleSize++
		vnd, ok := p.one(r.Rank, &people[i].person, p.next+int64(i))
		if !ok {
			r.SampleRefused++
			continue
		}
		sum += vnd
		n++
	}
	return float64(sum) / float64(max(n, 1))
}

// walk goes through the audience person by person the way the ledger will when nothing fails: the first channel that may reach the person, whose address nobody before has and whose text
// can be filled in. On the way it counts whom each channel would refuse for their values.
func (s *Service) walk(ctx context.Context, c *Campaign, f *Forecast, p *pricing, audience message.Audience) error {
	seen := map[place]bool{}
	values := newValueCheck(c, p.legs, p.data)
	err := s.everybody(ctx, c.WorkspaceID, p.legs, audience, 0, func(who *candidate) bool {
		if p.place(f, who, values.add(who), seen) {
			f.ValuesUnsent++
			f.WillSend--
		}
		return true
	})
	for i := range f.Ranks {
		f.Ranks[i].ValuesRefused, f.Ranks[i].Causes = values.ranks[i].people, values.causes(i)
	}
	return err
}

// place is an address on a channel.
type place struct {
	rank    int
	address string
}

// place books the message of one person; refused are the ranks that their values exclude. It reports whether the person gets nothing because of them: a second copy for a shared address
// is counted elsewhere.
func (p *pricing) place(f *Forecast, who *candidate, refused uint64, seen map[place]bool) (unsent bool) {
	met := false
	for rank, l := range p.c.Legs {
		if l.Channel == channel.Wait || who.sets.refusal(p.c.Purpose, l.Channel) != "" {
			continue
		}
		first := !met
		met = true
		p.next++
		at := place{rank: rank}
		if channel.ByPhone.Has(l.Channel) {
			at.address = who.person.Phone
		} else if channel.ByEmail.Has(l.Channel) {
			at.address = who.person.Email
		}
		shared := who.sets.shared.Has(l.Channel) && at.address != ""
		if shared && seen[at] {
			continue
		}
		if refused>>rank&1 != 0 {
			unsent = unsent || first
			continue
		}
		vnd, ok := p.one(rank, &who.person, p.next)
		if !ok {
			continue
		}
		if shared {
			seen[at] = true
		}
		f.Ranks[rank].Sends++
		f.Ranks[rank].CostVND += vnd
		return false
	}
	return unsent
}

// candidate is a person of the audience with what decides on the channel.
type candidate struct {
	person template.Person
	sets   group
}

// people reads the next people of the audience by id.
func (s *Service) people(ctx context.Context, workspace int64, audience message.Audience, after int64, limit int) ([]candidate, error) {
	where, args := audience(4)
	rows, err := s.DB.Query(ctx, `SELECT c.id, COALESCE(c.external_id, ''), c.name, COALESCE(c.phone, ''), COALESCE(c.email, ''), COALESCE(c.birthday, ''), COALESCE(c.gender, ''), c.attrs,
 c.reach, c.blocked, c.consent, c.shared FROM contact c WHERE c.workspace_id = $1 AND c.id > $2 AND (`+where+`) ORDER BY c.id LIMIT $3`, append([]any{workspace, after, limit}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read audience: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (who candidate, err error) {
		var attrs string
		p, g := &who.person, &who.sets
		if err = r.Scan(&p.ID, &p.ExternalID, &p.Name, &p.Phone, &p.Email, &p.Birthday, &p.Gender, &attrs, &g.reach, &g.blocked, &g.consent, &g.shared); err == nil && len(attrs) > 2 && strings.HasPrefix(attrs, "{") {
			err = json.Unmarshal([]byte(attrs), &p.Attrs)
		}
		return who, err
	})
	if err != nil {
		return nil, fmt.Errorf("read audience: %w", err)
	}
	return out, nil
}
