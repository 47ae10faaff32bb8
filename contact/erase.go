package contact

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// Delete removes a person with addresses, attributes and tags. The suppressions of the addresses stay, and so do proofs of consent and the messages in the ledger, under the id.
func (s *Service) Delete(ctx context.Context, workspace, id int64, actor string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		p, err := s.load(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		if err := s.remove(ctx, tx, workspace, p); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "contact.delete", fmt.Sprintf("contact:%d", id), nil)
	})
}

// remove deletes the rows of a person and counts again who shares the addresses.
func (s *Service) remove(ctx context.Context, tx *db.Tx, workspace int64, p *person) error {
	for _, q := range []string{`DELETE FROM identity WHERE workspace_id = $1 AND contact_id = $2`, `DELETE FROM contact_tag WHERE workspace_id = $1 AND contact_id = $2`,
		`DELETE FROM list_member WHERE workspace_id = $1 AND contact_id = $2`, `DELETE FROM contact WHERE workspace_id = $1 AND id = $2`} {
		if _, err := tx.Exec(ctx, q, workspace, p.id); err != nil {
			return fmt.Errorf("delete contact: %w", err)
		}
	}
	if err := forgetWords(ctx, tx, workspace, p.id); err != nil {
		return err
	}
	return unshare(ctx, tx, workspace, []Identity{{Kind: KindPhone, Value: p.phone}, {Kind: KindEmail, Value: p.email}})
}

// Erasure is the certificate of an erasure. It names nothing personal.
type Erasure struct {
	ContactID    int64     `json:"contact_id"`
	At           time.Time `json:"at"`
	Suppressions int       `json:"suppressions"` // addresses whose keyed hash is on the list now
	ImportRows   int       `json:"import_rows"`  // kept rows of imports that were removed because they held the person's data
}

// Erase removes everything that tells who the person was, also from the kept rows of imports, and puts all addresses on the suppression list as keyed hashes, so that a new import
// of the same person stays blocked. The hook Erased lets other packages clean what they hold.
func (s *Service) Erase(ctx context.Context, workspace, id int64, actor string) (cert Erasure, err error) {
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		cert = Erasure{ContactID: id, At: s.Now()}
		p, err := s.load(ctx, tx, workspace, id)
		if err != nil {
			return err
		}
		list := []Address{{Kind: KindPhone, Value: p.phone}, {Kind: KindEmail, Value: p.email}}
		for _, i := range p.extra {
			list = append(list, Address(i))
		}
		for _, a := range list {
			if a.Value == "" {
				continue
			}
			if err := s.Suppress(ctx, tx, workspace, a, nil, ReasonErased, actor); err != nil {
				return err
			}
			cert.Suppressions++
		}
		if _, err := tx.Exec(ctx, `UPDATE suppression SET hint = '' WHERE workspace_id = $1 AND reason = $2 AND hint <> ''`, workspace, ReasonErased); err != nil {
			return fmt.Errorf("blank hints: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE consent SET evidence = '' WHERE workspace_id = $1 AND contact_id = $2`, workspace, id); err != nil {
			return fmt.Errorf("blank evidence: %w", err)
		}
		if cert.ImportRows, err = eraseProblems(ctx, tx, workspace, p, list); err != nil {
			return err
		}
		if err := forget(ctx, tx, workspace, list); err != nil {
			return err
		}
		if err := s.remove(ctx, tx, workspace, p); err != nil {
			return err
		}
		if s.Erased != nil {
			if err := s.Erased(ctx, tx, workspace, id); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, workspace, actor, "contact.erase", fmt.Sprintf("contact:%d", id), cert)
	})
	return cert, err
}

// eraseProblems deletes the kept rows of imports in which an address or the external id of the person stands, however it is written.
func eraseProblems(ctx context.Context, tx *db.Tx, workspace int64, p *person, list []Address) (int, error) {
	var words, numbers []string
	for _, a := range list {
		switch {
		case a.Value == "":
		case a.Kind == KindPhone:
			numbers = append(numbers, a.Value[max(0, len(a.Value)-8):]) // the last eight digits also stand in numbers with an old prefix
		default:
			words = append(words, Fold(a.Value))
		}
	}
	if p.external != "" {
		words = append(words, `"`+Fold(p.external)+`"`)
	}
	type key struct {
		imp int64
		no  int64
	}
	var found []key
	rows, err := tx.Query(ctx, `SELECT import_id, row_no, raw FROM import_problem WHERE workspace_id = $1`, workspace)
	if err != nil {
		return 0, fmt.Errorf("read import rows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k key
		var raw string
		if err := rows.Scan(&k.imp, &k.no, &raw); err != nil {
			return 0, fmt.Errorf("scan import row: %w", err)
		}
		if holds(raw, words, numbers) {
			found = append(found, k)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, k := range found {
		if _, err := tx.Exec(ctx, `DELETE FROM import_problem WHERE workspace_id = $1 AND import_id = $2 AND row_no = $3`, workspace, k.imp, k.no); err != nil {
			return 0, fmt.Errorf("delete import row: %w", err)
		}
	}
	return len(found), nil
}

func holds(raw string, words, numbers []string) bool {
	folded := Fold(raw)
	for _, w := range words {
		if strings.Contains(folded, w) {
			return true
		}
	}
	var cells []string
	_ = json.Unmarshal([]byte(raw), &cells)
	for _, c := range cells {
		d := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, c)
		for _, n := range numbers {
			if strings.Contains(d, n) {
				return true
			}
		}
	}
	return false
}
