package contact

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/phone"
)

// Suppression says that an address must never be sent to on some channels. Only a keyed hash of the address is kept, so it outlives the erasure of the person.
type Suppression struct {
	ID       int64             `json:"id"`
	Kind     string            `json:"kind"` // phone | email | zalo_user | messenger
	Channels []channel.Channel `json:"channels"`
	Reason   string            `json:"reason"` // unsubscribed | complained | bounced | blocked | erased | manual | provider
	Source   string            `json:"source"` // leg:123, user:1, import:3
	Hint     string            `json:"hint"`   // masked address
	At       time.Time         `json:"at"`
	LiftedAt time.Time         `json:"lifted_at,omitzero"`
}

// Address is one address of one kind. Scope is the OA or page of a Zalo user or Messenger id.
type Address struct {
	Kind  string `json:"kind" enum:"phone,email,zalo_user,messenger"`
	Scope string `json:"scope,omitempty"`
	Value string `json:"value"`
}

// Reasons of suppression.
const (
	ReasonUnsubscribed = "unsubscribed"
	ReasonComplained   = "complained"
	ReasonBounced      = "bounced"
	ReasonBlocked      = "blocked"
	ReasonErased       = "erased"
	ReasonManual       = "manual"
	ReasonProvider     = "provider"
)

// normal gives the address the form that is stored and hashed; the error is suppression.address_invalid.
func (a Address) normal() (Address, error) {
	a.Value = strings.TrimSpace(a.Value)
	bad := errs.Invalid("suppression.address_invalid").Field("value", "field.invalid")
	switch a.Kind {
	case KindPhone:
		n, kind, _ := phone.Parse(a.Value)
		if kind == phone.Invalid {
			return a, bad
		}
		a.Value, a.Scope = n, ""
	case KindEmail:
		m, code := ParseEmail(a.Value)
		if code != "" {
			return a, bad
		}
		a.Value, a.Scope = m, ""
	case KindZaloUser, KindMessenger:
		if a.Value == "" || len(a.Value) > 200 {
			return a, bad
		}
	default:
		return a, errs.Invalid("suppression.kind_unknown").Field("kind", "field.invalid")
	}
	return a, nil
}

// hash is the keyed hash of an address in normal form. The workspace is part of it, so that two workspaces cannot compare their lists.
func (s *Service) hash(workspace int64, a Address) string {
	m := hmac.New(sha256.New, s.SuppressionKey)
	fmt.Fprintf(m, "%d|%s|%s|%s", workspace, a.Kind, a.Scope, a.Value)
	return hex.EncodeToString(m.Sum(nil))
}

func mask(a Address) string {
	v := a.Value
	switch a.Kind {
	case KindPhone:
		if local, ok := strings.CutPrefix(v, "+84"); ok {
			v = "0" + local
		}
		if len(v) > 5 {
			return v[:2] + strings.Repeat("*", len(v)-5) + v[len(v)-3:]
		}
	case KindEmail:
		local, domain, _ := strings.Cut(v, "@")
		return local[:1] + "***@" + domain
	}
	if len(v) > 4 {
		return "***" + v[len(v)-3:]
	}
	return "***"
}

// Suppress puts an address on the list and blocks everybody who has it, in one transaction. channels empty means all channels of the address. Saying it twice changes nothing.
func (s *Service) Suppress(ctx context.Context, tx *db.Tx, workspace int64, a Address, channels []channel.Channel, reason, source string) error {
	a, err := a.normal()
	if err != nil {
		return err
	}
	set := channel.Of(channels...) & byKind(a.Kind)
	if len(channels) == 0 {
		set = byKind(a.Kind)
	}
	if set == 0 {
		return errs.Invalid("suppression.channel_unknown").Field("channels", "field.invalid")
	}
	hash := s.hash(workspace, a)
	have, err := blockedBits(ctx, tx, workspace, a.Kind, []string{hash})
	if err != nil {
		return err
	}
	if have[hash]&set != set {
		if _, err := tx.Exec(ctx, `INSERT INTO suppression (workspace_id, kind, address_hash, channels, reason, source, hint, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			workspace, a.Kind, hash, int64(set), reason, source, mask(a), s.Now().UnixMilli()); err != nil {
			return fmt.Errorf("write suppression: %w", err)
		}
	}
	return s.blockOwners(ctx, tx, workspace, a, set)
}

// blockOwners sets the blocked bits of everybody who is sent to at the address. Further phones and mail addresses are not sent to, so they block nobody.
func (s *Service) blockOwners(ctx context.Context, tx *db.Tx, workspace int64, a Address, set channel.Set) error {
	where := `contact.` + map[string]string{KindPhone: "phone", KindEmail: "email"}[a.Kind] + ` = $4`
	args := []any{int64(set), s.Now().UnixMilli(), workspace, a.Value}
	if a.Kind != KindPhone && a.Kind != KindEmail {
		where = `contact.id IN (SELECT contact_id FROM identity WHERE workspace_id = $5 AND kind = $6 AND scope = $7 AND value = $4)`
		args = append(args, workspace, a.Kind, a.Scope)
	}
	if _, err := tx.Exec(ctx, `UPDATE contact SET blocked = blocked | CAST($1 AS bigint), updated_at = $2 WHERE workspace_id = $3 AND `+where, args...); err != nil {
		return fmt.Errorf("block contacts: %w", err)
	}
	return nil
}

// SuppressContact suppresses the address at which the person is reached on a channel: what an unsubscribe link, a complaint or a hard bounce asks for.
func (s *Service) SuppressContact(ctx context.Context, tx *db.Tx, workspace, contactID int64, ch channel.Channel, reason, source string) error {
	list, err := s.addresses(ctx, tx, workspace, contactID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Kind != ch.AddressKind() {
			continue
		}
		// Who refuses marketing on one channel of a number has refused it there; a complaint or a dead address closes every channel of the address.
		channels := []channel.Channel{ch}
		if reason == ReasonComplained || reason == ReasonErased {
			channels = nil
		}
		if err := s.Suppress(ctx, tx, workspace, a, channels, reason, source); err != nil {
			return err
		}
	}
	return nil
}

// addresses are the addresses at which a person is sent to: the main phone and mail address and all Zalo and Messenger ids.
func (s *Service) addresses(ctx context.Context, q db.Querier, workspace, contactID int64) (out []Address, err error) {
	rows, err := q.Query(ctx, `SELECT 'phone', '', phone FROM contact WHERE workspace_id = $1 AND id = $2 AND phone IS NOT NULL
		UNION ALL SELECT 'email', '', email FROM contact WHERE workspace_id = $3 AND id = $4 AND email IS NOT NULL
		UNION ALL SELECT kind, scope, value FROM identity WHERE workspace_id = $5 AND contact_id = $6 AND kind IN ('zalo_user', 'messenger')`, workspace, contactID, workspace, contactID, workspace, contactID)
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Address
		if err := rows.Scan(&a.Kind, &a.Scope, &a.Value); err != nil {
			return nil, fmt.Errorf("scan address: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Lift ends a suppression and unblocks the people where no other one holds. It is a person's act, never an import's; reason says why and goes to the audit log.
func (s *Service) Lift(ctx context.Context, workspace, id int64, actor, reason string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var kind, hash string
		if err := tx.QueryRow(ctx, `SELECT kind, address_hash FROM suppression WHERE workspace_id = $1 AND id = $2 AND lifted_at = 0`, workspace, id).Scan(&kind, &hash); err != nil {
			return notFound(err, "suppression")
		}
		if _, err := tx.Exec(ctx, `UPDATE suppression SET lifted_at = $1 WHERE workspace_id = $2 AND id = $3`, s.Now().UnixMilli(), workspace, id); err != nil {
			return fmt.Errorf("lift suppression: %w", err)
		}
		if err := s.reblock(ctx, tx, workspace, kind, hash); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "suppression.lift", fmt.Sprintf("suppression:%d", id), map[string]any{"reason": reason})
	})
}

// reblock recomputes the blocked bits of everybody whose address has the hash. The hash cannot be turned back, so all blocked people are looked at.
func (s *Service) reblock(ctx context.Context, tx *db.Tx, workspace int64, kind, hash string) error {
	var ids []int64
	rows, err := tx.Query(ctx, `SELECT id, COALESCE(phone, ''), COALESCE(email, '') FROM contact WHERE workspace_id = $1 AND blocked <> 0`, workspace)
	if err != nil {
		return fmt.Errorf("read blocked contacts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var ph, mail string
		if err := rows.Scan(&id, &ph, &mail); err != nil {
			return fmt.Errorf("scan blocked contact: %w", err)
		}
		a := Address{Kind: kind, Value: ph}
		if kind == KindEmail {
			a.Value = mail
		}
		if kind == KindZaloUser || kind == KindMessenger || (a.Value != "" && s.hash(workspace, a) == hash) {
			ids = append(ids, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.refresh(ctx, tx, workspace, id); err != nil {
			return err
		}
	}
	return nil
}

// blockedBits gives the channels on which the hashes of one kind are suppressed.
func blockedBits(ctx context.Context, q db.Querier, workspace int64, kind string, hashes []string) (map[string]channel.Set, error) {
	out := map[string]channel.Set{}
	err := inBlocks(hashes, blockIn, func(block []string) error {
		args := []any{workspace, kind}
		for _, h := range block {
			args = append(args, h)
		}
		rows, err := q.Query(ctx, `SELECT address_hash, channels FROM suppression WHERE workspace_id = $1 AND kind = $2 AND lifted_at = 0 AND address_hash IN (`+db.In(3, len(block))+`)`, args...)
		if err != nil {
			return fmt.Errorf("read suppressions: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var h string
			var set channel.Set
			if err := rows.Scan(&h, &set); err != nil {
				return fmt.Errorf("scan suppression: %w", err)
			}
			out[h] |= set
		}
		return rows.Err()
	})
	return out, err
}

// block computes the blocked bits of the people of a batch who got an address. A workspace without suppressions costs one look.
func (s *Service) block(ctx context.Context, tx *db.Tx, workspace int64, people []*person) error {
	for _, p := range people {
		if p.fresh {
			p.blocked = 0
		}
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM suppression WHERE workspace_id = $1 AND lifted_at = 0 LIMIT 1) AS x`, workspace).Scan(&n); err != nil {
		return fmt.Errorf("look for suppressions: %w", err)
	}
	if n == 0 {
		return nil
	}
	byHash := map[string]map[string][]*person{}
	put := func(p *person, a Address) {
		if a.Value == "" {
			return
		}
		if byHash[a.Kind] == nil {
			byHash[a.Kind] = map[string][]*person{}
		}
		h := s.hash(workspace, a)
		byHash[a.Kind][h] = append(byHash[a.Kind][h], p)
	}
	for _, p := range people {
		if !p.fresh {
			continue
		}
		put(p, Address{Kind: KindPhone, Value: p.phone})
		put(p, Address{Kind: KindEmail, Value: p.email})
		for _, i := range p.extra {
			if i.Kind == KindZaloUser || i.Kind == KindMessenger {
				put(p, Address(i))
			}
		}
	}
	for kind, hashes := range byHash {
		list := make([]string, 0, len(hashes))
		for h := range hashes {
			list = append(list, h)
		}
		bits, err := blockedBits(ctx, tx, workspace, kind, list)
		if err != nil {
			return err
		}
		for h, set := range bits {
			for _, p := range hashes[h] {
				p.blocked |= set
			}
		}
	}
	return nil
}
