package template

import (
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
)

// The kinds of actions.
const (
	AddTag         = "add_tag"
	RemoveTag      = "remove_tag"
	SetAttribute   = "set_attribute"
	ClearAttribute = "clear_attribute"
	AddToList      = "add_to_list"
	RemoveFromList = "remove_from_list"
	NotifyStaff    = "notify_staff"
)

// ActionContent does one thing about the person. Which fields are set follows from the kind.
type ActionContent struct {
	Kind      string       `json:"kind" enum:"add_tag,remove_tag,set_attribute,clear_attribute,add_to_list,remove_from_list,notify_staff"`
	Tags      []string     `json:"tags,omitempty"`      // of add_tag and remove_tag: at most 20
	Attribute string       `json:"attribute,omitempty"` // of set_attribute and clear_attribute: its key
	Value     string       `json:"value,omitempty"`     // of set_attribute: text with variables, read by the attribute's type
	ListID    int64        `json:"list_id,omitempty"`   // of add_to_list and remove_from_list
	Notice    *StaffNotice `json:"notice,omitempty"`    // of notify_staff
}

// StaffNotice tells people of the shop about the person: by mail to their addresses, or by a signed call to a system of the shop.
type StaffNotice struct {
	Via          string   `json:"via" enum:"email,webhook"`
	ConnectionID int64    `json:"connection_id"`     // a mail server, or a system that is called over HTTP
	To           []string `json:"to,omitempty"`      // of email: at most 20 addresses
	Subject      string   `json:"subject,omitempty"` // of email, with variables
	Path         string   `json:"path,omitempty"`    // of webhook: behind the connection's address, begins with "/"
	Text         string   `json:"text"`              // with variables
}

// ActionRendered is an action ready to be carried out.
type ActionRendered struct {
	Kind      string   `json:"kind"`
	Tags      []string `json:"tags,omitempty"`
	Attribute string   `json:"attribute,omitempty"`
	ListID    int64    `json:"list_id,omitempty"`
	Value     string   `json:"value,omitempty"`
	Subject   string   `json:"subject,omitempty"`
	Text      string   `json:"text,omitempty"`
}

// Limits of an action.
const (
	maxActionTags = 20
	maxTagName    = 100
	maxStaff      = 20
)

// actionKind says what a kind needs and which of its texts have variables.
type actionKind struct {
	need  func(a *ActionContent) *errs.Error
	texts []actionText
}

type actionText struct {
	path     string
	optional bool
	of       func(a *ActionContent) string
	put      func(r *ActionRendered, v string)
}

var actionKinds = map[string]actionKind{
	AddTag:         {need: needTags},
	RemoveTag:      {need: needTags},
	ClearAttribute: {need: needAttribute},
	SetAttribute: {need: needAttribute, texts: []actionText{
		{path: "value", of: func(a *ActionContent) string { return a.Value }, put: func(r *ActionRendered, v string) { r.Value = v }}}},
	AddToList:      {need: needList},
	RemoveFromList: {need: needList},
	NotifyStaff: {need: needNotice, texts: []actionText{
		{path: "notice.subject", optional: true, of: func(a *ActionContent) string { return a.Notice.Subject }, put: func(r *ActionRendered, v string) { r.Subject = v }},
		{path: "notice.text", of: func(a *ActionContent) string { return a.Notice.Text }, put: func(r *ActionRendered, v string) { r.Text = v }}}},
}

type actionField struct {
	actionText
	program *Program
}

func (c *Compiled) compileAction() *errs.Error {
	a := c.Action
	kind, ok := actionKinds[a.Kind]
	if !ok {
		return errs.Invalid("template.content_invalid").With("field", "kind")
	}
	if err := kind.need(a); err != nil {
		return err
	}
	for _, t := range kind.texts {
		source := t.of(a)
		if strings.TrimSpace(source) == "" {
			if t.optional {
				continue
			}
			return errs.Invalid("template.empty").With("field", t.path)
		}
		p, err := compile(source, Text)
		if err != nil {
			return err.With("field", t.path)
		}
		c.action = append(c.action, actionField{t, p})
		c.read(p)
	}
	return nil
}

func needTags(a *ActionContent) *errs.Error {
	if len(a.Tags) == 0 {
		return errs.Invalid("template.empty").With("field", "tags")
	}
	if len(a.Tags) > maxActionTags {
		return errs.Invalid("template.too_many").With("max", strconv.Itoa(maxActionTags)).With("field", "tags")
	}
	for i, t := range a.Tags {
		t = strings.Join(strings.Fields(norm.NFC.String(t)), " ")
		if t == "" || utf8.RuneCountInString(t) > maxTagName || strings.ContainsAny(t, ",;|\n") {
			return errs.Invalid("template.tag_invalid").With("field", "tags["+strconv.Itoa(i)+"]")
		}
		a.Tags[i] = t
	}
	return nil
}

func needAttribute(a *ActionContent) *errs.Error {
	if !attributeKey.MatchString(a.Attribute) {
		return errs.Invalid("template.attribute_missing").With("field", "attribute")
	}
	return nil
}

func needList(a *ActionContent) *errs.Error {
	if a.ListID < 1 {
		return errs.Invalid("template.list_missing").With("field", "list_id")
	}
	return nil
}

func needNotice(a *ActionContent) *errs.Error {
	n := a.Notice
	if n == nil {
		return errs.Invalid("template.empty").With("field", "notice.text")
	}
	if n.ConnectionID < 1 {
		return errs.Invalid("template.notice_connection").With("field", "notice.connection_id")
	}
	switch n.Via {
	case "email":
		if len(n.To) == 0 {
			return errs.Invalid("template.empty").With("field", "notice.to")
		}
		if len(n.To) > maxStaff {
			return errs.Invalid("template.too_many").With("max", strconv.Itoa(maxStaff)).With("field", "notice.to")
		}
		for i, to := range n.To {
			if at, err := netmail.ParseAddress(to); err != nil || at.Name != "" || at.Address != to || len(to) > 254 {
				return errs.Invalid("template.notice_address").With("field", "notice.to["+strconv.Itoa(i)+"]")
			}
		}
		if strings.TrimSpace(n.Subject) == "" {
			return errs.Invalid("template.empty").With("field", "notice.subject")
		}
	case "webhook":
		if n.Path == "" {
			n.Path = "/"
		}
		if !strings.HasPrefix(n.Path, "/") || strings.HasPrefix(n.Path, "//") || strings.ContainsAny(n.Path, "#{} \r\n") || slices.Contains(strings.Split(n.Path, "/"), "..") || len(n.Path) > 1000 {
			return errs.Invalid("template.request_path").With("field", "notice.path")
		}
	default:
		return errs.Invalid("template.content_invalid").With("field", "notice.via")
	}
	return nil
}

func (c *Compiled) renderAction(r *run, out *Rendered) error {
	done := &ActionRendered{Kind: c.Action.Kind, Tags: c.Action.Tags, Attribute: c.Action.Attribute, ListID: c.Action.ListID}
	for i := range c.action {
		f := &c.action[i]
		v, err := r.render(f.program)
		if err != nil {
			return err
		}
		if v = strings.TrimSpace(norm.NFC.String(v)); v == "" && !f.optional {
			out.Problems = append(out.Problems, ParamError{Param: f.path, Code: MessengerMissing})
		}
		f.put(done, v)
	}
	out.Action, out.Text = done, done.Text
	if done.Text == "" {
		out.Text = done.Value
	}
	return nil
}
