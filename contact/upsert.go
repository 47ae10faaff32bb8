package contact

import (
	"context"
	"fmt"
	"slices"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// Outcome is what became of a record.
type Outcome uint8

// The outcomes.
const (
	Skipped   Outcome = iota // empty or rejected
	Created                  // a new person
	Updated                  // a person who was there got new values
	Unchanged                // everything was known already
)

// result is the outcome of one record of a batch.
type result struct {
	outcome Outcome
	merged  bool // joined with a person whom an earlier row of the batch made or changed, or who was found by phone or e-mail
	contact int64
}

// BasisOfConsent is what an import states about the consent of its people. The zero value states nothing: then nobody may get marketing because of the import.
type BasisOfConsent struct {
	Channels []channel.Channel `json:"channels,omitempty"`
	Shown    string            `json:"shown,omitempty"`    // the text that the people agreed to
	Source   string            `json:"source,omitempty"`   // where and how they agreed: "Phiếu đăng ký thành viên tại quầy"
	Evidence string            `json:"evidence,omitempty"` // where the proof is kept
	Date     string            `json:"date,omitempty"`     // YYYY-MM-DD, the day of consent; a later withdrawal wins
}

// upsertOptions concern all records of a batch.
type upsertOptions struct {
	tags     []string // for everybody
	consent  *consentGrant
	existing string // what becomes of the values of people who are known already: ExistingUpdate when empty
}

// batch matches records with people and remembers who was touched.
type batch struct {
	people     []*person // all who were loaded or made, oldest first
	stored     map[int64]*person
	byExternal map[string]*person
	byPhone    map[string][]*person
	byEmail    map[string][]*person
}

// upsert matches records with the people of the workspace by the rule of the package and stores the result, all in tx and in a fixed number of statements.
func (s *Service) upsert(ctx context.Context, tx *db.Tx, workspace int64, records []Record, o upsertOptions) ([]result, error) {
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return nil, err
	}
	b, err := loadBatch(ctx, tx, workspace, records)
	if err != nil {
		return nil, err
	}
	results := make([]result, len(records))
	touched := make([]*person, len(records))
	seen := make(map[*person]bool, len(records))
	for i := range records {
		r := &records[i]
		if r.Rejected || r.Empty {
			continue
		}
		p, way := b.match(r)
		if p == nil {
			p = &person{fresh: true}
			b.people = append(b.people, p)
			results[i].outcome = Created
		} else {
			results[i].merged = seen[p] || way != KindExternal
		}
		seen[p] = true
		touched[i] = p
		if p.before != nil {
			r = r.forKnown(p, o.existing)
		}
		changed := p.apply(r)
		for _, t := range o.tags {
			changed = p.tag(t) || changed
		}
		p.basis = true
		b.index(p, r)
		if results[i].outcome != Created {
			results[i].outcome = Unchanged
			if changed {
				results[i].outcome = Updated
			}
		}
	}
	changed, err := s.store(ctx, tx, workspace, b, o)
	if err != nil {
		return nil, err
	}
	for i, p := range touched {
		if p == nil {
			continue
		}
		results[i].contact = p.id
		if p.before != nil && results[i].outcome == Updated && !changed[p] {
			results[i].outcome = Unchanged // one row changed it, a later one changed it back
		}
	}
	return results, nil
}

// KindExternal says that a person was found by the external id.
const KindExternal = "external_id"

// match finds the person of a record, and by what.
func (b *batch) match(r *Record) (*person, string) {
	if r.ExternalID != "" {
		if p := b.byExternal[r.ExternalID]; p != nil {
			return p, KindExternal
		}
	}
	free := func(list []*person) *person {
		for _, p := range list {
			if p.external == "" || r.ExternalID == "" {
				return p
			}
		}
		return nil
	}
	for _, n := range append([]string{r.Phone}, r.Phones...) {
		if p := free(b.byPhone[n]); p != nil && n != "" {
			return p, KindPhone
		}
	}
	for _, m := range append([]string{r.Email}, r.Emails...) {
		if p := free(b.byEmail[m]); p != nil && m != "" {
			return p, KindEmail
		}
	}
	return nil, ""
}

// index makes a person findable by what the record brought.
func (b *batch) index(p *person, r *Record) {
	if r.ExternalID != "" {
		b.byExternal[r.ExternalID] = p
	}
	put := func(m map[string][]*person, v string) {
		if v != "" && !slices.Contains(m[v], p) {
			m[v] = append(m[v], p)
		}
	}
	put(b.byPhone, r.Phone)
	put(b.byEmail, r.Email)
	for _, v := range r.Phones {
		put(b.byPhone, v)
	}
	for _, v := range r.Emails {
		put(b.byEmail, v)
	}
}

func loadBatch(ctx context.Context, q db.Querier, workspace int64, records []Record) (*batch, error) {
	b := &batch{stored: map[int64]*person{}, byExternal: make(map[string]*person, len(records)), byPhone: make(map[string][]*person, len(records)), byEmail: make(map[string][]*person, len(records))}
	externals, phones, emails := make([]string, 0, len(records)), make([]string, 0, len(records)), make([]string, 0, len(records))
	for i := range records {
		r := &records[i]
		if r.Rejected || r.Empty {
			continue
		}
		if r.ExternalID != "" {
			externals = append(externals, r.ExternalID)
		}
		if r.Phone != "" {
			phones = append(append(phones, r.Phone), r.Phones...)
		}
		if r.Email != "" {
			emails = append(append(emails, r.Email), r.Emails...)
		}
	}
	add := func(p *person) {
		if b.stored[p.id] == nil {
			b.stored[p.id] = p
			b.people = append(b.people, p)
		}
	}
	if err := loadBy(ctx, q, workspace, "external_id", externals, add); err != nil {
		return nil, err
	}
	if err := loadBy(ctx, q, workspace, "phone", phones, add); err != nil {
		return nil, err
	}
	if err := loadBy(ctx, q, workspace, "email", emails, add); err != nil {
		return nil, err
	}
	for kind, values := range map[string][]string{KindPhone: phones, KindEmail: emails} {
		some, err := someIdentity(ctx, q, workspace, kind)
		if err != nil {
			return nil, fmt.Errorf("find identities: %w", err)
		}
		if !some {
			continue
		}
		var missing []int64
		if err := owners(ctx, q, workspace, kind, values, func(_ string, id int64) {
			if b.stored[id] == nil && !slices.Contains(missing, id) {
				missing = append(missing, id)
			}
		}); err != nil {
			return nil, err
		}
		if err := loadBy(ctx, q, workspace, "id", missing, add); err != nil {
			return nil, err
		}
	}
	if err := loadMore(ctx, q, workspace, b.stored); err != nil {
		return nil, err
	}
	slices.SortFunc(b.people, func(x, y *person) int { return int(x.id - y.id) })
	for _, p := range b.people {
		b.remember(p)
	}
	return b, nil
}

func (b *batch) remember(p *person) {
	if p.external != "" {
		b.byExternal[p.external] = p
	}
	if p.phone != "" {
		b.byPhone[p.phone] = append(b.byPhone[p.phone], p)
	}
	if p.email != "" {
		b.byEmail[p.email] = append(b.byEmail[p.email], p)
	}
	for _, i := range p.extra {
		switch i.Kind {
		case KindPhone:
			b.byPhone[i.Value] = append(b.byPhone[i.Value], p)
		case KindEmail:
			b.byEmail[i.Value] = append(b.byEmail[i.Value], p)
		}
	}
}

// store writes everybody who is new or differs from the stored row and reports who of the stored ones changed.
func (s *Service) store(ctx context.Context, tx *db.Tx, workspace int64, b *batch, o upsertOptions) (map[*person]bool, error) {
	at := s.Now().UnixMilli()
	if err := s.masks(ctx, tx, workspace, b, o.consent); err != nil {
		return nil, err
	}
	var fresh, dirty, both []*person
	changed := map[*person]bool{}
	var names []string
	known := map[string]bool{}
	var gone []Identity
	for _, p := range b.people {
		switch {
		case p.before == nil:
			fresh = append(fresh, p)
		case !p.same(p.before) || len(p.more) > 0 || len(p.newTags) > 0:
			dirty = append(dirty, p)
			changed[p] = true
		}
		for _, t := range p.newTags {
			if !known[t] {
				known[t] = true
				names = append(names, t)
			}
		}
		if p.before != nil {
			for _, i := range p.gone {
				if (i.Kind == KindPhone && p.before.phone == i.Value && p.phone != i.Value) || (i.Kind == KindEmail && p.before.email == i.Value && p.email != i.Value) {
					gone = append(gone, i)
				}
			}
		}
	}
	if err := insertPeople(ctx, tx, workspace, at, fresh); err != nil {
		return nil, err
	}
	if err := updatePeople(ctx, tx, workspace, at, dirty); err != nil {
		return nil, err
	}
	both = append(fresh, dirty...)
	if err := indexWords(ctx, tx, workspace, both); err != nil {
		return nil, err
	}
	if err := insertIdentities(ctx, tx, workspace, at, both); err != nil {
		return nil, err
	}
	ids, err := tagIDs(ctx, tx, workspace, at, names)
	if err != nil {
		return nil, err
	}
	if err := insertTags(ctx, tx, workspace, both, ids); err != nil {
		return nil, err
	}
	if err := insertGrants(ctx, tx, workspace, b.people, o.consent); err != nil {
		return nil, err
	}
	return changed, unshare(ctx, tx, workspace, gone)
}

// masks computes reach, blocked, shared and consent of the people of a batch before they are written.
func (s *Service) masks(ctx context.Context, tx *db.Tx, workspace int64, b *batch, grant *consentGrant) error {
	for _, p := range b.people {
		if !p.fresh {
			continue
		}
		kinds := map[string]bool(nil)
		for _, i := range p.extra {
			if i.Kind == KindZaloUser || i.Kind == KindMessenger {
				if kinds == nil {
					kinds = map[string]bool{}
				}
				kinds[i.Kind] = true
			}
		}
		p.reach = reachOf(p.phone, p.email != "", kinds)
	}
	if err := s.block(ctx, tx, workspace, b.people); err != nil {
		return err
	}
	share(b.byPhone, channel.ByPhone, func(p *person) string { return p.phone })
	share(b.byEmail, channel.ByEmail, func(p *person) string { return p.email })
	return grant.decide(ctx, tx, workspace, b.people)
}

// share sets the bits of everybody whose main address is somebody else's main address too. People who lost a companion are looked at by unshare.
func share(by map[string][]*person, bits channel.Set, main func(*person) string) {
	for v, list := range by {
		if len(list) < 2 {
			if len(list) == 1 && list[0].fresh && main(list[0]) == v {
				list[0].shared &^= bits
			}
			continue
		}
		n := 0
		for _, p := range list {
			if main(p) == v {
				n++
			}
		}
		for _, p := range list {
			if main(p) != v {
				continue
			}
			if n > 1 {
				p.shared |= bits
			} else {
				p.shared &^= bits
			}
		}
	}
}
