package contact

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/phone"
)

// Change is what a person or a program wants of a contact. nil leaves a value, "" erases it; a JSON null erases an attribute.
type Change struct {
	ExternalID *string                    `json:"external_id,omitempty" maxLength:"120"`
	Name       *string                    `json:"name,omitempty" maxLength:"200"`
	Phone      *string                    `json:"phone,omitempty" maxLength:"100"`
	Email      *string                    `json:"email,omitempty" maxLength:"254"`
	Birthday   *string                    `json:"birthday,omitempty" maxLength:"40"`
	Gender     *string                    `json:"gender,omitempty" maxLength:"20"`
	Timezone   *string                    `json:"timezone,omitempty" maxLength:"60"`
	Attrs      map[string]json.RawMessage `json:"attrs,omitempty"`
	Tags       *[]string                  `json:"tags,omitempty" maxItems:"50"` // replaces all tags
}

func notFound(err error, noun string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.NotFound(noun)
	}
	return fmt.Errorf("read %s: %w", noun, err)
}

// Create adds a person. Errors: contact.no_identity, contact.external_id_taken, contact.invalid with the wrong fields.
func (s *Service) Create(ctx context.Context, workspace int64, actor string, c Change) (id int64, err error) {
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		p := &person{fresh: true}
		if err := s.change(ctx, tx, workspace, p, c); err != nil {
			return err
		}
		id = p.id
		return s.audit(ctx, tx, workspace, actor, "contact.create", fmt.Sprintf("contact:%d", p.id), nil)
	})
	return id, err
}

// Update changes a person. version is the UpdatedAt that the caller read, nil = whatever is there. Errors as of Create, contact.not_found, and contact.changed when the person is no
// longer as of version.
func (s *Service) Update(ctx context.Context, workspace, id int64, actor string, c Change, version *time.Time) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lockPeople(ctx, tx, workspace); err != nil {
			return err
		}
		if version != nil {
			var at int64
			if err := tx.QueryRow(ctx, `SELECT updated_at FROM contact WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan(&at); err != nil {
				return notFound(err, "contact")
			}
			if at != version.UnixMilli() {
				return errs.Conflict("contact.changed")
			}
		}
		p, err := s.load(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		if err := s.change(ctx, tx, workspace, p, c); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "contact.update", fmt.Sprintf("contact:%d", id), nil)
	})
}

// load reads one person with further addresses and tags; contact.not_found when there is none.
func (s *Service) load(ctx context.Context, q db.Querier, workspace, id int64) (*person, error) {
	var p *person
	if err := loadBy(ctx, q, workspace, "id", []int64{id}, func(x *person) { p = x }); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errs.NotFound("contact")
	}
	return p, loadMore(ctx, q, workspace, map[int64]*person{id: p})
}

// change applies c to p, checks it and stores p.
func (s *Service) change(ctx context.Context, tx *db.Tx, workspace int64, p *person, c Change) error {
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return err
	}
	if err := s.values(p, c); err != nil {
		return err
	}
	if err := s.attrs(ctx, tx, workspace, p, c.Attrs); err != nil {
		return err
	}
	if p.phone == "" && p.email == "" && p.external == "" && len(p.extra) == 0 {
		return errs.Invalid("contact.no_identity")
	}
	if c.Tags != nil {
		if err := s.replaceTags(ctx, tx, workspace, p, *c.Tags); err != nil {
			return err
		}
	}
	return s.save(ctx, tx, workspace, p)
}

// save stores one person together with what changes for those who have the same addresses.
func (s *Service) save(ctx context.Context, tx *db.Tx, workspace int64, p *person) error {
	b, err := loadBatch(ctx, tx, workspace, []Record{{ExternalID: p.external, Phone: p.phone, Email: p.email}})
	if err != nil {
		return err
	}
	if other := b.byExternal[p.external]; other != nil && other.id != p.id {
		return errs.Conflict("contact.external_id_taken").Field("external_id", "field.not_unique")
	}
	b.people = slices.DeleteFunc(b.people, func(x *person) bool { return x.id == p.id && p.id != 0 })
	for _, m := range []map[string][]*person{b.byPhone, b.byEmail} {
		for v, list := range m {
			m[v] = slices.DeleteFunc(list, func(x *person) bool { return x.id == p.id && p.id != 0 })
		}
	}
	b.people = append(b.people, p)
	b.remember(p)
	_, err = s.store(ctx, tx, workspace, b, upsertOptions{})
	return err
}

func (s *Service) values(p *person, c Change) error {
	bad := errs.Invalid("contact.invalid")
	text := func(dst *string, v *string, path string, read func(string) (string, Code)) bool {
		if v == nil {
			return false
		}
		raw, code := strings.TrimSpace(*v), Code("")
		if raw != "" {
			raw, code = read(raw)
		}
		if code != "" {
			bad.Field(path, "contact."+string(code))
			return false
		}
		changed := *dst != raw
		*dst = raw
		return changed
	}
	plain := func(n int) func(string) (string, Code) {
		return func(v string) (string, Code) { return cut(tidy(v, false), n) }
	}
	oldPhone, oldEmail := p.phone, p.email
	text(&p.external, c.ExternalID, "external_id", plain(maxID))
	text(&p.name, c.Name, "name", plain(maxName))
	if text(&p.phone, c.Phone, "phone", func(v string) (string, Code) {
		n, kind, code := phone.Parse(v)
		if kind == phone.Invalid {
			return "", Code(code)
		}
		return n, ""
	}) {
		p.fresh = true
		p.gone = append(p.gone, Identity{Kind: KindPhone, Value: oldPhone})
	}
	if text(&p.email, c.Email, "email", ParseEmail) {
		p.fresh = true
		p.gone = append(p.gone, Identity{Kind: KindEmail, Value: oldEmail})
	}
	text(&p.birthday, c.Birthday, "birthday", func(v string) (string, Code) { return parseBirthday(v, s.Now()) })
	text(&p.gender, c.Gender, "gender", ParseGender)
	text(&p.timezone, c.Timezone, "timezone", func(v string) (string, Code) {
		if _, err := time.LoadLocation(v); err != nil || v == "Local" {
			return "", TimezoneUnknown
		}
		return v, ""
	})
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// attrs sets typed attributes from JSON: a value of the attribute's own JSON type, or text that is read as in an import.
func (s *Service) attrs(ctx context.Context, tx *db.Tx, workspace int64, p *person, values map[string]json.RawMessage) error {
	if len(values) == 0 {
		return nil
	}
	defs, err := attributes(ctx, tx, workspace)
	if err != nil {
		return err
	}
	types := map[string]string{}
	for _, d := range defs {
		types[d.Key] = d.Type
	}
	bad := errs.Invalid("contact.invalid")
	var list []AttrValue
	for key, raw := range values {
		typ, ok := types[key]
		if !ok {
			bad.Field("attrs."+key, "attribute.not_found")
			continue
		}
		if string(raw) == "null" || string(raw) == `""` {
			p.attrs = slices.DeleteFunc(slices.Clone(p.attrs), func(a AttrValue) bool { return a.Key == key })
			continue
		}
		js, code := attributeValue(typ, raw, s.Now())
		if code != "" {
			bad.Field("attrs."+key, "contact."+string(code))
			continue
		}
		if js != "" {
			list = append(list, AttrValue{key, js})
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	slices.SortFunc(list, func(a, b AttrValue) int { return strings.Compare(a.Key, b.Key) })
	p.applyAttrs(list)
	return nil
}

func attributeValue(typ string, raw json.RawMessage, now time.Time) (string, Code) {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return "", NumberInvalid
	}
	switch v := v.(type) {
	case string:
		return attributeJSON(typ, v, now, false)
	case bool:
		if typ == TypeBoolean {
			return string(raw), ""
		}
	case float64:
		if typ == TypeNumber || typ == TypeMoney || typ == TypeText {
			return attributeJSON(typ, numberJSON(v), now, true)
		}
	case []any:
		var items []string
		for _, x := range v {
			text, ok := x.(string)
			if !ok {
				return "", NumberInvalid
			}
			items = append(items, text)
		}
		if typ == TypeList {
			return attributeJSON(typ, strings.Join(items, ";"), now, false)
		}
	}
	return "", map[string]Code{TypeNumber: NumberInvalid, TypeMoney: MoneyInvalid, TypeDate: DateInvalid, TypeBoolean: BooleanInvalid}[typ]
}

func (s *Service) replaceTags(ctx context.Context, tx *db.Tx, workspace int64, p *person, names []string) error {
	if p.id != 0 {
		if _, err := tx.Exec(ctx, `DELETE FROM contact_tag WHERE workspace_id = $1 AND contact_id = $2`, workspace, p.id); err != nil {
			return fmt.Errorf("untag contact: %w", err)
		}
	}
	p.tags, p.newTags = nil, nil
	tags, _ := splitTags(strings.Join(names, "\n"))
	for _, t := range tags {
		p.tag(t)
	}
	return nil
}

// AddIdentity gives a person a further address. Adding it twice changes nothing.
func (s *Service) AddIdentity(ctx context.Context, tx *db.Tx, workspace, id int64, i Identity) error {
	a, err := Address(i).normal()
	if err != nil {
		return errs.Invalid("identity.invalid").Field("value", "identity.invalid").Because(err)
	}
	if err := lockPeople(ctx, tx, workspace); err != nil {
		return err
	}
	p, err := s.load(ctx, tx, workspace, id)
	if err != nil {
		return err
	}
	if p.has(a.Kind, a.Scope, a.Value) || (a.Kind == KindPhone && a.Value == p.phone) || (a.Kind == KindEmail && a.Value == p.email) {
		return nil
	}
	p.more = append(p.more, Identity(a))
	if err := insertIdentities(ctx, tx, workspace, s.Now().UnixMilli(), []*person{p}); err != nil {
		return err
	}
	return s.refresh(ctx, tx, workspace, id)
}

// RemoveIdentity takes a further address away.
func (s *Service) RemoveIdentity(ctx context.Context, tx *db.Tx, workspace, id int64, i Identity) error {
	n, err := tx.Exec(ctx, `DELETE FROM identity WHERE workspace_id = $1 AND contact_id = $2 AND kind = $3 AND scope = $4 AND value = $5`, workspace, id, i.Kind, i.Scope, i.Value)
	if err != nil {
		return fmt.Errorf("remove identity: %w", err)
	}
	if n == 0 {
		return errs.NotFound("identity")
	}
	return s.refresh(ctx, tx, workspace, id)
}

// refresh computes reach, blocked, shared and search of a stored person anew.
func (s *Service) refresh(ctx context.Context, tx *db.Tx, workspace, id int64) error {
	p, err := s.load(ctx, tx, workspace, id)
	if err != nil {
		return err
	}
	p.fresh, p.before = true, p.differing()
	return s.save(ctx, tx, workspace, p)
}

// differing is the stored row with a mark that no row has: the person is written in any case.
func (p *person) differing() *row {
	was := *p.before
	was.timezone = "\x00"
	return &was
}

// unshare counts again who has these main addresses and sets or clears the shared bits.
func unshare(ctx context.Context, tx *db.Tx, workspace int64, values []Identity) error {
	for _, kind := range []string{KindPhone, KindEmail} {
		var list []string
		for _, v := range values {
			if v.Kind == kind && v.Value != "" {
				list = append(list, v.Value)
			}
		}
		bits := int64(byKind(kind))
		if err := inBlocks(list, blockIn, func(block []string) error {
			args := []any{workspace, bits, bits, workspace}
			for _, v := range block {
				args = append(args, v)
			}
			_, err := tx.Exec(ctx, `UPDATE contact SET shared = CASE WHEN (SELECT COUNT(*) FROM contact o WHERE o.workspace_id = $1 AND o.`+kind+` = contact.`+kind+`) > 1
				THEN shared | CAST($2 AS bigint) ELSE shared & ~CAST($3 AS bigint) END WHERE contact.workspace_id = $4 AND contact.`+kind+` IN (`+db.In(5, len(block))+`)`, args...)
			if err != nil {
				return fmt.Errorf("count shared addresses: %w", err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// Merge joins two people: keep gets what it lacks from drop, all its further addresses, tags and proofs of consent; drop is deleted. The consent of each channel is what was said
// last about either. Messages that were sent to drop stay in the ledger under its id.
func (s *Service) Merge(ctx context.Context, workspace, keep, drop int64, actor string) error {
	if keep == drop {
		return errs.Invalid("contact.merge_same")
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := lockPeople(ctx, tx, workspace); err != nil {
			return err
		}
		k, err := s.load(ctx, tx, workspace, keep)
		if err != nil {
			return err
		}
		d, err := s.load(ctx, tx, workspace, drop)
		if err != nil {
			return err
		}
		fill(k, d)
		if _, err := tx.Exec(ctx, `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) SELECT workspace_id, tag_id, CAST($1 AS bigint) FROM contact_tag WHERE workspace_id = $2 AND contact_id = $3 ON CONFLICT DO NOTHING`, keep, workspace, drop); err != nil {
			return fmt.Errorf("merge tags: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO list_member (workspace_id, segment_id, contact_id, added_at) SELECT workspace_id, segment_id, CAST($1 AS bigint), added_at FROM list_member WHERE workspace_id = $2 AND contact_id = $3 ON CONFLICT DO NOTHING`, keep, workspace, drop); err != nil {
			return fmt.Errorf("merge lists: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE consent SET contact_id = $1 WHERE workspace_id = $2 AND contact_id = $3`, keep, workspace, drop); err != nil {
			return fmt.Errorf("merge consents: %w", err)
		}
		if s.Merged != nil {
			if err := s.Merged(ctx, tx, workspace, keep, drop); err != nil {
				return err
			}
		}
		if k.consent, err = consentNow(ctx, tx, workspace, keep, k.consent|d.consent); err != nil {
			return err
		}
		if err := s.remove(ctx, tx, workspace, d); err != nil {
			return err
		}
		k.before = k.differing()
		if err := s.save(ctx, tx, workspace, k); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "contact.merge", fmt.Sprintf("contact:%d", keep), map[string]int64{"dropped": drop})
	})
}

// fill gives k what it lacks from d.
func fill(k, d *person) {
	k.fresh = true
	for _, f := range []struct{ to, from *string }{{&k.external, &d.external}, {&k.name, &d.name}, {&k.phone, &d.phone}, {&k.email, &d.email}, {&k.birthday, &d.birthday}, {&k.gender, &d.gender}, {&k.timezone, &d.timezone}} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	k.add(KindPhone, d.phone)
	k.add(KindEmail, d.email)
	for _, i := range d.extra {
		if !k.has(i.Kind, i.Scope, i.Value) && i.Value != k.phone && i.Value != k.email {
			k.more = append(k.more, i)
		}
	}
	own := k.attrs
	k.attrs = slices.Clone(d.attrs)
	k.applyAttrs(own)
}

// consentNow replays the proofs of a person; channels without any proof keep the state that is given.
func consentNow(ctx context.Context, q db.Querier, workspace, id int64, state channel.Set) (channel.Set, error) {
	rows, err := q.Query(ctx, `SELECT channels, granted FROM consent WHERE workspace_id = $1 AND contact_id = $2 AND purpose = $3 ORDER BY at, id`, workspace, id, Marketing)
	if err != nil {
		return 0, fmt.Errorf("replay consents: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var set channel.Set
		var granted int
		if err := rows.Scan(&set, &granted); err != nil {
			return 0, fmt.Errorf("scan consent: %w", err)
		}
		if granted == 1 {
			state |= set
		} else {
			state &^= set
		}
	}
	return state, rows.Err()
}
