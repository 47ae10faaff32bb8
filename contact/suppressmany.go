package contact

import (
	"context"
	"fmt"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// MaxSuppress is how many addresses one request may put on the suppression list.
const MaxSuppress = 10_000

// Suppressed is what became of a list of addresses.
type Suppressed struct {
	Added   int             `json:"added" doc:"Addresses that are new on the list, or blocked on more channels than before"`
	Already int             `json:"already" doc:"Addresses that were blocked so already, or stood in the list twice"`
	People  int             `json:"people" doc:"Customers who have one of the addresses"`
	Refused []RefusedSource `json:"refused" doc:"Lines that are no address, the first 1,000"`
	Bad     int             `json:"bad" doc:"How many lines were refused in all"`
}

// RefusedSource is one line that could not be taken.
type RefusedSource struct {
	Line int    `json:"line" doc:"From 1"`
	Text string `json:"text" doc:"As it came, cut at 100 bytes"`
	Code string `json:"code" enum:"address,channel" doc:"address: neither a phone number nor a mail address; channel: none of the channels goes to this kind of address"`
}

// AddressOf reads a phone number or a mail address from free text; suppression.address_invalid when it is neither.
func AddressOf(text string) (Address, error) {
	kind := KindPhone
	if strings.Contains(text, "@") {
		kind = KindEmail
	}
	return Address{Kind: kind, Value: text}.normal()
}

// SuppressMany puts phone numbers and mail addresses on the list and blocks everybody who has one, all or nothing but for lines that are no address. Empty lines are passed over.
// channels empty means every channel of the kind of address. note says why; it goes to the audit log.
func (s *Service) SuppressMany(ctx context.Context, workspace int64, actor string, lines []string, channels []channel.Channel, note string) (Suppressed, error) {
	if len(lines) > MaxSuppress {
		return Suppressed{}, errs.Invalid("suppression.too_many").Field("addresses", "suppression.too_many")
	}
	for _, c := range channels {
		if !c.Valid() {
			return Suppressed{}, errs.Invalid("suppression.channel_unknown").Field("channels", "field.invalid")
		}
	}
	read := Suppressed{Refused: make([]RefusedSource, 0)}
	byHash := map[string]map[string]Address{KindPhone: {}, KindEmail: {}}
	sets := map[string]channel.Set{}
	for _, kind := range []string{KindPhone, KindEmail} {
		if sets[kind] = byKind(kind); len(channels) > 0 {
			sets[kind] &= channel.Of(channels...)
		}
	}
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		a, err := AddressOf(line)
		code := ""
		switch {
		case err != nil:
			code = "address"
		case sets[a.Kind] == 0:
			code = "channel"
		}
		if code != "" {
			if read.Bad++; len(read.Refused) < 1000 {
				read.Refused = append(read.Refused, RefusedSource{i + 1, strings.ToValidUTF8(line[:min(len(line), 100)], ""), code})
			}
			continue
		}
		hash := s.hash(workspace, a)
		if _, twice := byHash[a.Kind][hash]; twice {
			read.Already++
		}
		byHash[a.Kind][hash] = a
	}
	var out Suppressed
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		out = read
		for _, kind := range []string{KindPhone, KindEmail} {
			added, people, err := s.suppressKind(ctx, tx, workspace, actor, kind, sets[kind], byHash[kind])
			if err != nil {
				return err
			}
			out.Added, out.Already, out.People = out.Added+added, out.Already+len(byHash[kind])-added, out.People+people
		}
		if out.Added == 0 {
			return nil
		}
		return s.audit(ctx, tx, workspace, actor, "suppression.add", "suppression", map[string]any{"added": out.Added, "people": out.People, "channels": channels, "note": note})
	})
	return out, err
}

// suppressKind writes the addresses of one kind, in normal form and by hash, and returns how many were new and how many people have one.
func (s *Service) suppressKind(ctx context.Context, tx *db.Tx, workspace int64, actor, kind string, set channel.Set, byHash map[string]Address) (added, people int, err error) {
	hashes, values := make([]string, 0, len(byHash)), make([]string, 0, len(byHash))
	for hash, a := range byHash {
		hashes, values = append(hashes, hash), append(values, a.Value)
	}
	have, err := blockedBits(ctx, tx, workspace, kind, hashes)
	if err != nil {
		return 0, 0, err
	}
	fresh := make([]string, 0, len(hashes))
	for _, hash := range hashes {
		if have[hash]&set != set {
			fresh = append(fresh, hash)
		}
	}
	now := s.Now().UnixMilli()
	err = inBlocks(fresh, 500, func(block []string) error {
		args, rows := make([]any, 0, 8*len(block)), make([]string, 0, len(block))
		for _, hash := range block {
			n := len(args)
			rows = append(rows, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8))
			args = append(args, workspace, kind, hash, int64(set), ReasonManual, actor, mask(byHash[hash]), now)
		}
		_, err := tx.Exec(ctx, `INSERT INTO suppression (workspace_id, kind, address_hash, channels, reason, source, hint, at) VALUES `+strings.Join(rows, ", "), args...)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("write suppressions: %w", err)
	}
	column := map[string]string{KindPhone: "phone", KindEmail: "email"}[kind]
	err = inBlocks(values, blockIn, func(block []string) error {
		args := []any{int64(set), now, workspace}
		for _, v := range block {
			args = append(args, v)
		}
		n, err := tx.Exec(ctx, `UPDATE contact SET blocked = blocked | CAST($1 AS bigint), updated_at = $2 WHERE workspace_id = $3 AND `+column+` IN (`+db.In(4, len(block))+`)`, args...)
		people += int(n)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("block contacts: %w", err)
	}
	return len(fresh), people, nil
}
