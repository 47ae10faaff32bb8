package workspace

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     int64           `json:"id"`
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor" doc:"user:12, key:3 or system"`
	Action string          `json:"action" doc:"noun.verb, such as campaign.activate"`
	Target string          `json:"target" doc:"Such as campaign:7"`
	Detail json.RawMessage `json:"detail"`
}

// AuditCheck is the result of a check of the chain.
type AuditCheck struct {
	OK       bool  `json:"ok"`
	Rows     int64 `json:"rows"`
	BrokenAt int64 `json:"broken_at,omitempty" doc:"The first row that does not fit the ones before it; 0 with ok=false = rows are missing at the end"`
}

// Audit adds a line to the log of a workspace, in the transaction that does the act. actor is Actor.String(); detail is anything with a JSON form, nil = {}; it must hold no secrets
// and no personal data beyond ids. Two transactions of one workspace wait for each other here, so audit late in a transaction.
func (s *Service) Audit(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail any) error {
	text, err := canonical(detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	head, err := s.auditHead(ctx, tx, workspace)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	at := clock.Millis(s.Now())
	hash := s.auditHash(head.hash, workspace, at, actor, action, target, text)
	var id int64
	err = tx.QueryRow(ctx, `INSERT INTO audit (workspace_id, at, actor, action, target, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		workspace, at, actor, action, target, text, hash).Scan(&id)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	_, err = tx.Exec(ctx, `UPDATE setting SET value = $1 WHERE key = $2`, s.packHead(workspace, auditHead{id, hash}), auditKey(workspace))
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

// auditHead is the end of a workspace's chain. It is kept apart from the rows and authenticated, so that cutting off the last rows shows.
type auditHead struct {
	id   int64
	hash string
}

func auditKey(workspace int64) string { return "audit.head." + strconv.FormatInt(workspace, 10) }

func (s *Service) packHead(workspace int64, h auditHead) string {
	text := fmt.Sprintf("%d|%s", h.id, h.hash)
	return text + "|" + s.mac(s.auditMAC, fmt.Sprintf("head|%d|%s", workspace, text))
}

// auditHead reads the end of the chain and locks it for this transaction.
func (s *Service) auditHead(ctx context.Context, tx *db.Tx, workspace int64) (auditHead, error) {
	var value string
	err := tx.QueryRow(ctx, `INSERT INTO setting (key, value) VALUES ($1, '') ON CONFLICT (key) DO UPDATE SET value = setting.value RETURNING value`, auditKey(workspace)).Scan(&value)
	if err != nil {
		return auditHead{}, err
	}
	h, _ := s.parseHead(workspace, value) // a damaged head is reported by VerifyAudit and must not stop the product
	return h, nil
}

func (s *Service) parseHead(workspace int64, value string) (auditHead, bool) {
	if value == "" {
		return auditHead{}, true
	}
	parts := strings.Split(value, "|")
	if len(parts) != 3 {
		return auditHead{}, false
	}
	id, err := strconv.ParseInt(parts[0], 10, 64)
	h := auditHead{id, parts[1]}
	return h, err == nil && hmac.Equal([]byte(s.packHead(workspace, h)), []byte(value))
}

func (s *Service) auditHash(before string, workspace, at int64, actor, action, target, detail string) string {
	raw, _ := json.Marshal([]any{before, workspace, at, actor, action, target, detail}) // strings and numbers always have a JSON form
	return s.mac(s.auditMAC, string(raw))
}

// canonical is the one text of a JSON value that both engines give back the same after parsing: keys sorted, no spaces, no NUL.
func canonical(detail any) (string, error) {
	if detail == nil {
		return "{}", nil
	}
	raw, err := json.Marshal(detail)
	if err != nil {
		return "", err
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "", err
	}
	raw, err = json.Marshal(withoutNUL(v))
	return string(raw), err
}

// withoutNUL takes out the one character that PostgreSQL's JSON cannot hold.
func withoutNUL(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case []any:
		for i := range v {
			v[i] = withoutNUL(v[i])
		}
	case map[string]any:
		for key, value := range v {
			delete(v, key)
			v[strings.ReplaceAll(key, "\x00", "")] = withoutNUL(value)
		}
	}
	return v
}

// VerifyAudit walks the whole chain of a workspace.
func (s *Service) VerifyAudit(ctx context.Context, workspace int64) (AuditCheck, error) {
	var value string
	rows, err := s.DB.Query(ctx, `SELECT value FROM setting WHERE key = $1`, auditKey(workspace))
	if err != nil {
		return AuditCheck{}, fmt.Errorf("read audit head: %w", err)
	}
	for rows.Next() {
		if err := rows.Scan(&value); err != nil {
			break
		}
	}
	if err := rows.Close(); err != nil {
		return AuditCheck{}, fmt.Errorf("read audit head: %w", err)
	}
	head, intact := s.parseHead(workspace, value)
	check, last := AuditCheck{OK: true}, auditHead{}
	seen := false // rows may be added while we walk: it is enough to meet the head on the way
	for {
		page, err := s.auditPage(ctx, workspace, last.id)
		if err != nil {
			return AuditCheck{}, err
		}
		for _, r := range page {
			check.Rows++
			text, err := canonical(r.Detail)
			want := s.auditHash(last.hash, workspace, clock.Millis(r.At), r.Actor, r.Action, r.Target, text)
			if err != nil || !hmac.Equal([]byte(want), []byte(r.hash)) {
				check.OK, check.BrokenAt = false, r.ID
				return check, nil
			}
			last = auditHead{r.ID, r.hash}
			seen = seen || last == head
		}
		if len(page) == 0 {
			break
		}
	}
	check.OK = intact && (seen || head.id == 0 && check.Rows == 0)
	return check, nil
}

type auditRow struct {
	AuditEntry
	hash string
}

func (s *Service) auditPage(ctx context.Context, workspace, after int64) ([]auditRow, error) {
	return s.auditRows(ctx, `SELECT id, at, actor, action, target, detail, hash FROM audit WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 1000`, workspace, after)
}

func (s *Service) auditRows(ctx context.Context, query string, args ...any) ([]auditRow, error) {
	rows, err := s.DB.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	defer rows.Close()
	list := []auditRow{}
	for rows.Next() {
		var r auditRow
		var at int64
		var detail string
		if err := rows.Scan(&r.ID, &at, &r.Actor, &r.Action, &r.Target, &detail, &r.hash); err != nil {
			return nil, fmt.Errorf("read audit log: %w", err)
		}
		r.At, r.Detail = clock.FromMillis(at), json.RawMessage(detail)
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return list, nil
}

// AuditFilter narrows the audit log; zero values let everything through.
type AuditFilter struct {
	Before   int64     // only lines below this id
	Action   string    // with a dot at its end all actions that begin so
	Actor    string    // Actor.String()
	Target   string    // with a colon at its end all targets that begin so
	From, To time.Time // [From, To)
}

// AuditLog lists the newest lines that pass the filter, at most limit.
func (s *Service) AuditLog(ctx context.Context, workspace int64, f AuditFilter, limit int) ([]AuditEntry, error) {
	query, args := `SELECT id, at, actor, action, target, detail, hash FROM audit WHERE workspace_id = $1`, []any{workspace}
	and := func(condition string, value any) {
		args = append(args, value)
		query += " AND " + strings.ReplaceAll(condition, "?", fmt.Sprintf("$%d", len(args)))
	}
	word := func(column, value, stem string) {
		switch {
		case value == "":
		case strings.HasSuffix(value, stem):
			and("substr("+column+", 1, length(CAST(? AS text))) = ?", value)
		default:
			and(column+" = ?", value)
		}
	}
	if f.Before > 0 {
		and("id < ?", f.Before)
	}
	word("action", f.Action, ".")
	word("target", f.Target, ":")
	if f.Actor != "" {
		and("actor = ?", f.Actor)
	}
	if !f.From.IsZero() {
		and("at >= ?", clock.Millis(f.From))
	}
	if !f.To.IsZero() {
		and("at < ?", clock.Millis(f.To))
	}
	args = append(args, limit)
	rows, err := s.auditRows(ctx, query+fmt.Sprintf(" ORDER BY id DESC LIMIT $%d", len(args)), args...)
	if err != nil {
		return nil, err
	}
	list := make([]AuditEntry, len(rows))
	for i, r := range rows {
		list[i] = r.AuditEntry
	}
	return list, nil
}
