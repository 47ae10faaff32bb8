package segment

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Input is what a tree is resolved against. Segments and Campaign may be nil when a tree must not name any.
//
// Tags and runs are looked up here and not by the compiled statement, because a planner knows how frequent a given id is and guesses badly about the result of a sub-query.
type Input struct {
	WorkspaceID int64
	Dialect     db.Dialect
	Zone        *time.Location // whose days count; nil = UTC
	Now         time.Time      // the moment that "today" and "within n days" mean
	Attributes  []contact.Attribute
	Self        int64                                                                      // the segment that the tree belongs to, 0 = none yet; it may not contain itself
	Segments    func(ctx context.Context, id int64) (name string, raw []byte, err error)   // segment.not_found when there is none
	Campaign    func(ctx context.Context, id int64) (name string, runs []int64, err error) // campaign.not_found when there is none
	Tags        func(ctx context.Context, folded []string) (map[string]int64, error)       // ids of the tags that exist
}

// Rule is a resolved tree: every field known, every value of the right type, nested segments written out. It does not change and may be used by many goroutines.
type Rule struct {
	workspace int64
	dialect   db.Dialect
	zone      *time.Location
	now       time.Time
	root      *node
	args      int
}

// node is a group or one test.
type node struct {
	op    string
	not   bool
	items []*node
	test  *test
}

// test is one checked condition. Operators that deny (ne, not_in, ...) are kept as the one that affirms with not set: who has no value meets the denial.
type test struct {
	field    Field
	operator string // as given, for people
	op       string // as affirmed
	not      bool
	texts    []string // NFC; phones in E.164; dates as YYYY-MM-DD; tags as given
	numbers  []string // decimal text
	n        int      // days or month
	yes      bool
	segments []nested
	event    string
	campaign int64
	name     string  // of the campaign
	runs     []int64 // of the campaign
	tags     []int64 // 0 = there is no such tag; in the order of texts
	within   int
	channel  string
}

// nested is a segment inside another, as it was when the rule was resolved.
type nested struct {
	id   int64
	name string
	root *node
}

// Resolve checks a tree against the fields of a workspace. Errors: segment.condition_invalid with the wrong places, segment.too_many_conditions, segment.cycle.
func Resolve(ctx context.Context, in Input, c *Condition) (*Rule, error) {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	r := &resolver{Input: in, ctx: ctx, attrs: make(map[string]contact.Attribute, len(in.Attributes)), problems: &problems{}}
	for _, a := range in.Attributes {
		r.attrs[a.Key] = a
	}
	if in.Self != 0 {
		r.stack = append(r.stack, in.Self)
		r.names = append(r.names, "")
	}
	root, err := r.node(c, "condition")
	if err != nil {
		return nil, err
	}
	if err := r.problems.err(); err != nil {
		return nil, err
	}
	return &Rule{workspace: in.WorkspaceID, dialect: in.Dialect, zone: in.Zone, now: in.Now, root: root, args: r.args}, nil
}

type resolver struct {
	Input
	ctx      context.Context
	attrs    map[string]contact.Attribute
	problems *problems
	count    int // conditions, with those of nested segments
	args     int
	stack    []int64
	names    []string
}

func (r *resolver) node(c *Condition, path string) (*node, error) {
	if c.Op != "" {
		n := &node{op: c.Op, not: c.Not}
		for i := range c.Items {
			item, err := r.node(&c.Items[i], fmt.Sprintf("%s.items[%d]", path, i))
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		return n, nil
	}
	if r.count++; r.count > maxExpanded {
		return nil, tooMany(r.count, maxExpanded)
	}
	f, ok := fieldByName(c.Field, r.attrs)
	if !ok {
		r.problems.add(path+".field", "segment.field_unknown", "field", clip(c.Field))
		return &node{}, nil
	}
	t := &test{field: f, operator: c.Operator}
	if !contains(operators[f.Kind], c.Operator) {
		r.problems.add(path+".operator", "segment.operator_unknown", "operator", clip(c.Operator), "field", f.Name)
		return &node{}, nil
	}
	t.op, t.not = affirm(c.Operator)
	var err error
	switch f.Kind {
	case KindSegment:
		err = r.segment(t, c, path)
	case KindCampaign:
		err = r.campaign(t, c, path)
	case KindMember:
		err = r.lists(t, c, path)
	default:
		if code, params := t.read(c.Value); code != "" {
			r.problems.add(path+".value", code, params...)
		} else if f.Kind == KindTag {
			err = r.tags(t)
		}
	}
	if r.args += len(t.texts) + len(t.numbers) + 4; r.args > maxArgs {
		return nil, errs.Invalid("segment.too_many_values").Field(path+".value", "segment.too_many_values")
	}
	return &node{test: t}, err
}

var affirmed = map[string]string{"ne": "eq", "not_in": "in", "not_contains": "contains", "is_empty": "has_any", "not_in_last_days": "in_last_days", "did_not": "did"}

func affirm(operator string) (string, bool) {
	if a, ok := affirmed[operator]; ok {
		return a, true
	}
	return operator, false
}

func (r *resolver) segment(t *test, c *Condition, path string) error {
	ids, ok := idList(c.Value)
	if !ok || len(ids) == 0 || len(ids) > 20 {
		r.problems.add(path+".value", "segment.value_segments", "max", "20")
		return nil
	}
	for _, id := range ids {
		for i, above := range r.stack {
			if above == id {
				return errs.Conflict("segment.cycle").With("name", r.label(i)).Field(path+".value", "segment.cycle")
			}
		}
		if r.Segments == nil {
			r.problems.add(path+".value", "segment.not_found")
			return nil
		}
		name, raw, err := r.Segments(r.ctx, id)
		if errs.Is(err, "segment.not_found") {
			r.problems.add(path+".value", "segment.not_found")
			return nil
		}
		if err != nil {
			return err
		}
		inner, err := parse(raw, maxExpanded, maxExpandedDepth)
		if err != nil {
			return fmt.Errorf("read segment %d: %w", id, err)
		}
		if len(r.stack) > maxExpandedDepth {
			return errs.Invalid("segment.too_deep").With("max", "40").Field(path, "segment.too_deep")
		}
		r.stack, r.names = append(r.stack, id), append(r.names, name)
		root, err := r.node(inner, path)
		r.stack, r.names = r.stack[:len(r.stack)-1], r.names[:len(r.names)-1]
		if err != nil {
			return err
		}
		t.segments = append(t.segments, nested{id, name, root})
	}
	return nil
}

// lists checks the lists that a test names. They lead nowhere else, so there is no circle to look for.
func (r *resolver) lists(t *test, c *Condition, path string) error {
	ids, ok := idList(c.Value)
	if !ok || len(ids) == 0 || len(ids) > 20 {
		r.problems.add(path+".value", "segment.value_segments", "max", "20")
		return nil
	}
	for _, id := range ids {
		if r.Segments == nil {
			r.problems.add(path+".value", "segment.not_found")
			return nil
		}
		name, _, err := r.Segments(r.ctx, id)
		if errs.Is(err, "segment.not_found") {
			r.problems.add(path+".value", "segment.not_found")
			return nil
		}
		if err != nil {
			return err
		}
		t.segments = append(t.segments, nested{id: id, name: name})
	}
	return nil
}

// label names a segment of the stack; the one that is being saved has no name here and is named by the one that leads back to it.
func (r *resolver) label(i int) string {
	if r.names[i] != "" {
		return r.names[i]
	}
	return r.names[len(r.names)-1]
}

func (r *resolver) campaign(t *test, c *Condition, path string) error {
	t.event, t.campaign, t.within, t.channel = c.Event, c.CampaignID, c.WithinDays, c.Channel
	if !contains(Events, c.Event) {
		r.problems.add(path+".event", "segment.event_unknown")
	}
	if c.WithinDays < 0 || c.WithinDays > maxDays {
		r.problems.add(path+".within_days", "segment.value_days", "max", fmt.Sprint(maxDays))
	}
	if c.Channel != "" && !knownChannel(c.Channel) {
		r.problems.add(path+".channel", "channel.unknown")
	}
	if c.Value != nil {
		r.problems.add(path+".value", "segment.value_unwanted")
	}
	switch {
	case c.CampaignID == 0:
		return nil
	case c.CampaignID < 0 || r.Campaign == nil:
		r.problems.add(path+".campaign_id", "campaign.not_found")
		return nil
	}
	name, runs, err := r.Campaign(r.ctx, c.CampaignID)
	if errs.Is(err, "campaign.not_found") {
		r.problems.add(path+".campaign_id", "campaign.not_found")
		return nil
	}
	t.name, t.runs = name, runs
	return err
}

// tags looks up the ids of the tags.
func (r *resolver) tags(t *test) error {
	folded := make([]string, len(t.texts))
	for i, name := range t.texts {
		folded[i] = contact.Fold(name)
	}
	t.tags = make([]int64, len(folded))
	if r.Tags == nil || len(folded) == 0 {
		return nil
	}
	ids, err := r.Tags(r.ctx, folded)
	for i, f := range folded {
		t.tags[i] = ids[f]
	}
	return err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// clip keeps foreign text in an error short.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
