package template

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// SyncContent says how a contact is written into another platform: into which list, which field gets which text, with which labels.
type SyncContent struct {
	Provider string `json:"provider" enum:"getresponse,getfly"`
	// ConnectionID is the account whose list, fields and tags these are.
	ConnectionID int64 `json:"connection_id"`
	// List is the id of the list of GetResponse; ListName is what it was called when it was chosen, for pages.
	List     string `json:"list,omitempty"`
	ListName string `json:"list_name,omitempty"`
	// Fields maps the other side's own fields to texts with variables, see SyncFields. A text that turns out empty leaves what is there.
	Fields map[string]string `json:"fields"`
	// Custom maps fields that the shop has added: the id at GetResponse, the name at Getfly.
	Custom map[string]string `json:"custom,omitempty"`
	// Tags are ids of tags of GetResponse. They are added; others stay.
	Tags []string `json:"tags,omitempty"`
	// Types are added to the kinds of a customer of Getfly; Sources say where a new one comes from.
	Types   []string `json:"types,omitempty"`
	Sources []string `json:"sources,omitempty"`
	// Existing says what becomes of an entry that is there already: update (when empty) or keep.
	Existing string `json:"existing,omitempty" enum:"update,keep"`
}

// SyncRendered is what is written about one contact. Fields that turned out empty are left out.
type SyncRendered struct {
	Provider string            `json:"provider"`
	List     string            `json:"list,omitempty"`
	Fields   map[string]string `json:"fields"`
	Custom   map[string]string `json:"custom,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Types    []string          `json:"types,omitempty"`
	Sources  []string          `json:"sources,omitempty"`
	Keep     bool              `json:"keep,omitempty"`
}

// SyncTooLong is the problem of a finished value that is longer than any field takes.
const SyncTooLong = "sync_too_long"

const (
	maxSyncCustom = 50
	maxSyncLabels = 50
	maxSyncValue  = 2000 // characters
)

// syncFields are the fields of each platform. The first are the key by which an entry is found again and, at Getfly, the name, without which there is no customer.
// Sources: apidocs.getresponse.com/v3, "Create a new contact"; developer.getfly.vn, "6.1 account: update".
var syncFields = map[string]struct{ fields, need []string }{
	"getresponse": {[]string{"email", "name"}, []string{"email"}},
	"getfly": {[]string{"account_code", "account_name", "phone_office", "email", "birthday", "billing_address_street", "province_name", "district_name", "ward_name", "description", "website", "sic_code",
		"relation_name", "account_manager_username"}, []string{"account_code", "account_name"}},
}

var (
	syncID    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	syncLabel = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,200}$`)
)

// SyncFields lists the fields that a platform has for everybody, the key first; nil for an unknown platform. required are those that content must fill.
func SyncFields(platform string) (all, required []string) {
	f := syncFields[platform]
	return slices.Clone(f.fields), slices.Clone(f.need)
}

type syncField struct {
	key     string
	custom  bool
	program *Program
}

func (c *Compiled) compileSync() *errs.Error {
	s := c.Sync
	known, ok := syncFields[s.Provider]
	bad := func(field string) *errs.Error { return errs.Invalid("template.content_invalid").With("field", field) }
	empty := func(field string) *errs.Error { return errs.Invalid("template.empty").With("field", field) }
	switch {
	case !ok:
		return bad("provider")
	case s.ConnectionID <= 0:
		return empty("connection_id")
	case s.Existing != "" && s.Existing != "update" && s.Existing != "keep":
		return bad("existing")
	case s.Provider == "getresponse" && s.List == "":
		return empty("list")
	case s.Provider == "getresponse" && (!syncID.MatchString(s.List) || len(s.Types)+len(s.Sources) > 0):
		return bad("list")
	case s.Provider == "getfly" && (s.List != "" || len(s.Tags) > 0):
		return bad("list")
	case len(s.Custom) > maxSyncCustom:
		return errs.Invalid("template.too_many").With("field", "custom").With("max", strconv.Itoa(maxSyncCustom))
	}
	for field, list := range map[string][]string{"tags": s.Tags, "types": s.Types, "sources": s.Sources} {
		form := syncLabel
		if field == "tags" {
			form = syncID
		}
		if len(list) > maxSyncLabels {
			return errs.Invalid("template.too_many").With("field", field).With("max", strconv.Itoa(maxSyncLabels))
		}
		if slices.ContainsFunc(list, func(v string) bool { return !form.MatchString(v) }) {
			return bad(field)
		}
	}
	for _, key := range known.need {
		if strings.TrimSpace(s.Fields[key]) == "" {
			return empty("fields." + key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Fields)) {
		if !slices.Contains(known.fields, key) {
			return errs.Invalid("template.sync_field").With("field", "fields."+key)
		}
		p, err := c.syncProgram("fields."+key, s.Fields[key], syncField{key: key})
		if err != nil {
			return err
		}
		// One key for everybody would write all people over one entry.
		if _, same := p.fixed(); key == known.need[0] && same {
			return errs.Invalid("template.sync_key_fixed").With("field", "fields."+key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Custom)) {
		if !syncID.MatchString(key) {
			return errs.Invalid("template.sync_field").With("field", "custom."+key)
		}
		if _, err := c.syncProgram("custom."+key, s.Custom[key], syncField{key: key, custom: true}); err != nil {
			return err
		}
	}
	return nil
}

func (c *Compiled) syncProgram(path, source string, f syncField) (*Program, *errs.Error) {
	p, err := compile(source, Text)
	if err != nil {
		return nil, err.With("field", path)
	}
	f.program = p
	c.sync = append(c.sync, f)
	c.read(p)
	return p, nil
}

// asWritten is a value as the platforms keep it: mail addresses in small letters, telephones at Getfly as people of the country write them, +84901888484 as 0901888484.
func asWritten(key, v string) string {
	switch key {
	case "email":
		return strings.ToLower(v)
	case "phone_office":
		if rest, ok := strings.CutPrefix(v, "+84"); ok {
			return "0" + rest
		}
		return strings.TrimPrefix(v, "+")
	}
	return v
}

func (c *Compiled) renderSync(r *run, out *Rendered) error {
	s := c.Sync
	done := &SyncRendered{Provider: s.Provider, List: s.List, Fields: map[string]string{}, Tags: s.Tags, Types: s.Types, Sources: s.Sources, Keep: s.Existing == "keep"}
	for i := range c.sync {
		f := &c.sync[i]
		v, err := r.render(f.program)
		if err != nil {
			return err
		}
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		path := "fields." + f.key
		if f.custom {
			if path = "custom." + f.key; done.Custom == nil {
				done.Custom = map[string]string{}
			}
			done.Custom[f.key] = v
		} else {
			v = asWritten(f.key, v)
			done.Fields[f.key] = v
		}
		if characters(v) > maxSyncValue {
			out.Problems = append(out.Problems, ParamError{Param: path, Code: SyncTooLong, Limit: maxSyncValue})
		}
	}
	out.Sync = done
	return nil
}
