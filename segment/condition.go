package segment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/loa-project/loa/internal/errs"
)

// The limits of a condition tree that a person or a program gives. A tree whose segments are written out (Expand) may be larger: see maxExpanded and maxExpandedDepth.
const (
	MaxConditions = 200
	MaxDepth      = 10
	MaxValues     = 200 // values of one condition
	MaxText       = 200 // characters of one value

	maxBytes         = 1 << 20
	maxExpanded      = 2000
	maxExpandedDepth = 40
	maxArgs          = 8000
	maxProblems      = 20
)

// Condition is a node of a condition tree: a group when Op is set, else one test of a person.
//
//	{"op":"and","items":[{"field":"attr.hang","operator":"eq","value":"Vàng"},{"field":"campaign","operator":"did","event":"opened","campaign_id":7,"within_days":7}]}
type Condition struct {
	Op    string      `json:"op,omitempty"`    // and | or: this node is a group
	Not   bool        `json:"not,omitempty"`   // of a group: everybody whom the group does not take
	Items []Condition `json:"items,omitempty"` // of a group

	Field    string `json:"field,omitempty"`    // see Field
	Operator string `json:"operator,omitempty"` // see Field.Operators
	Value    any    `json:"value,omitempty"`    // text, number, true or false, or a list, as the operator wants it

	Event      string `json:"event,omitempty"`       // field campaign: sent | delivered | opened | ...
	CampaignID int64  `json:"campaign_id,omitempty"` // field campaign: 0 = any campaign
	WithinDays int    `json:"within_days,omitempty"` // field campaign: 0 = ever
	Channel    string `json:"channel,omitempty"`     // field campaign: "" = any channel
}

// Parse reads a condition tree and checks its shape and size; whether the fields exist is checked by Resolve. Errors: segment.condition_invalid with the wrong places,
// segment.too_many_conditions, segment.too_deep, segment.condition_too_large.
func Parse(raw []byte) (*Condition, error) { return parse(raw, MaxConditions, MaxDepth) }

func parse(raw []byte, conditions, depth int) (*Condition, error) {
	if len(raw) > maxBytes {
		return nil, errs.Invalid("segment.condition_too_large").With("max", strconv.Itoa(maxBytes>>10))
	}
	// Counting tokens first keeps a tree of 10,000 levels or conditions from being built at all.
	if err := measure(raw, conditions, depth); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	d.DisallowUnknownFields()
	c := &Condition{}
	err := d.Decode(c)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("text after the condition")
		}
	}
	if err != nil {
		return nil, errs.Invalid("segment.condition_invalid").Field("condition", "segment.not_a_condition").Because(err)
	}
	p := &problems{}
	n := 0
	shape(c, "condition", true, conditions == maxExpanded, &n, p)
	if n > conditions {
		return nil, tooMany(n, conditions)
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func tooMany(n, most int) error {
	return errs.Invalid("segment.too_many_conditions").With("count", strconv.Itoa(n)).With("max", strconv.Itoa(most)).Field("condition", "segment.too_many_conditions")
}

// measure counts objects and levels without building anything. Every level of the tree is an object inside an array, so two levels of JSON are one of ours.
func measure(raw []byte, conditions, depth int) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	level, objects, items := 0, 0, 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errs.Invalid("segment.condition_invalid").Field("condition", "segment.not_a_condition").Because(err)
		}
		switch t := tok.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				level++
				if t == '{' {
					objects++
				}
			default:
				level--
			}
			if level > 2*depth+2 {
				return errs.Invalid("segment.too_deep").With("max", strconv.Itoa(depth)).Field("condition", "segment.too_deep")
			}
		case string:
			if t == "items" {
				items++
			}
		}
	}
	if n := objects - items; n > conditions {
		return tooMany(n, conditions)
	}
	return nil
}

// shape checks what can be checked without knowing the fields.
func shape(c *Condition, path string, top, expanded bool, n *int, p *problems) {
	if c.Op == "" {
		*n++
		switch {
		case c.Items != nil || c.Not:
			p.add(path+".op", "segment.op_missing")
		case c.Field == "":
			p.add(path+".field", "segment.field_missing")
		case c.Operator == "":
			p.add(path+".operator", "segment.operator_missing")
		}
		if c.Field != fieldCampaign && (c.Event != "" || c.CampaignID != 0 || c.WithinDays != 0 || c.Channel != "") {
			p.add(path, "segment.only_campaign")
		}
		return
	}
	if c.Op != opAnd && c.Op != opOr {
		p.add(path+".op", "segment.op_unknown")
	}
	if c.Field != "" || c.Operator != "" || c.Value != nil || c.Event != "" || c.CampaignID != 0 || c.WithinDays != 0 || c.Channel != "" {
		p.add(path, "segment.group_and_condition")
	}
	if len(c.Items) == 0 && !expanded && (!top || c.Op != opAnd || c.Not) {
		p.add(path+".items", "segment.group_empty")
	}
	for i := range c.Items {
		shape(&c.Items[i], fmt.Sprintf("%s.items[%d]", path, i), false, expanded, n, p)
	}
}

const (
	opAnd = "and"
	opOr  = "or"
)

// problems gathers what is wrong with a tree, at most maxProblems.
type problems struct{ fields []errs.Field }

func (p *problems) add(path, code string, params ...string) {
	if len(p.fields) >= maxProblems {
		return
	}
	f := errs.Field{Path: path, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if f.Params == nil {
			f.Params = map[string]string{}
		}
		f.Params[params[i]] = params[i+1]
	}
	p.fields = append(p.fields, f)
}

func (p *problems) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	e := errs.Invalid("segment.condition_invalid")
	e.Fields = p.fields
	return e
}

// segments lists the ids that a tree names, as far as they can be read.
func (c *Condition) segments(add func(id int64)) {
	if c.Field == fieldSegment || c.Field == fieldList {
		ids, _ := idList(c.Value)
		for _, id := range ids {
			add(id)
		}
	}
	for i := range c.Items {
		c.Items[i].segments(add)
	}
}
