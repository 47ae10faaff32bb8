package contact

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Marketing is the purpose of consent that campaigns ask for.
const Marketing = "marketing"

// Consent is one line of the append-only proof: granted or withdrawn, for which channels, and how we know.
type Consent struct {
	ID        int64             `json:"id"`
	ContactID int64             `json:"contact_id"`
	Channels  []channel.Channel `json:"channels"`
	Purpose   string            `json:"purpose"`
	Granted   bool              `json:"granted"`
	Shown     string            `json:"shown"`    // the text the person agreed to
	Source    string            `json:"source"`   // import:12, form, page, api, user:1
	Evidence  string            `json:"evidence"` // where the proof is
	At        time.Time         `json:"at"`
}

// consentGrant is a basis of consent in the form in which a batch applies it. nil grants nothing.
type consentGrant struct {
	channels channel.Set
	shown    string
	source   string
	evidence string
	at       int64
}

// grant checks a stated basis. The source is mandatory, the date may not lie in the future; without channels there is no basis and the result is nil.
func (b BasisOfConsent) grant(source string, now time.Time) (*consentGrant, error) {
	set := channel.Of(b.Channels...)
	if set == 0 {
		if len(b.Channels) > 0 {
			return nil, errs.Invalid("consent.channel_unknown").Field("consent.channels", "channel.unknown")
		}
		return nil, nil
	}
	if strings.TrimSpace(b.Source) == "" {
		return nil, errs.Invalid("consent.source_missing").Field("consent.source", "field.required")
	}
	at := now
	if b.Date != "" {
		day, err := time.Parse(time.DateOnly, b.Date)
		if err != nil || day.After(now) {
			return nil, errs.Invalid("consent.date_invalid").Field("consent.date", "field.invalid")
		}
		at = day
	}
	text := tidy(b.Source, true)
	if source != "" {
		text = source + ": " + text
	}
	return &consentGrant{channels: set, shown: tidy(b.Shown, true), source: text, evidence: tidy(b.Evidence, true), at: at.UnixMilli()}, nil
}

// decide adds the granted channels to everybody whom a row of the batch touched, except where the person withdrew at or after the time of the basis.
func (g *consentGrant) decide(ctx context.Context, q db.Querier, workspace int64, people []*person) error {
	if g == nil {
		return nil
	}
	var old []int64
	byID := map[int64]*person{}
	for _, p := range people {
		if !p.basis || p.consent&g.channels == g.channels {
			continue
		}
		if p.id == 0 {
			p.consent |= g.channels
			continue
		}
		old = append(old, p.id)
		byID[p.id] = p
	}
	withdrawn := map[int64]channel.Set{}
	if err := inBlocks(old, blockIn, func(block []int64) error {
		args := []any{workspace, Marketing, g.at}
		for _, id := range block {
			args = append(args, id)
		}
		rows, err := q.Query(ctx, `SELECT contact_id, channels FROM consent WHERE workspace_id = $1 AND purpose = $2 AND granted = 0 AND at >= $3 AND contact_id IN (`+db.In(4, len(block))+`)`, args...)
		if err != nil {
			return fmt.Errorf("read withdrawals: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var set channel.Set
			if err := rows.Scan(&id, &set); err != nil {
				return fmt.Errorf("scan withdrawal: %w", err)
			}
			withdrawn[id] |= set
		}
		return rows.Err()
	}); err != nil {
		return err
	}
	for id, p := range byID {
		p.consent |= g.channels &^ withdrawn[id]
	}
	return nil
}

// insertGrants writes the proof for everybody who gained channels in this batch.
func insertGrants(ctx context.Context, tx *db.Tx, workspace int64, people []*person, g *consentGrant) error {
	if g == nil {
		return nil
	}
	type line struct {
		id  int64
		set channel.Set
	}
	var lines []line
	for _, p := range people {
		gained := p.consent & g.channels
		if p.before != nil {
			gained &^= p.before.consent
		}
		if p.basis && gained != 0 {
			lines = append(lines, line{p.id, gained})
		}
	}
	return inBlocks(lines, 1000, func(block []line) error {
		args := []any{workspace, Marketing, g.shown, g.source, g.evidence, g.at}
		for _, l := range block {
			args = append(args, l.id, int64(l.set))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO consent (workspace_id, purpose, granted, shown, source, evidence, at, contact_id, channels) VALUES `+tuples("$1,$2,1,$3,$4,$5,$6,", "", 7, len(block), 2), args...); err != nil {
			return fmt.Errorf("write consent: %w", err)
		}
		return nil
	})
}

// Grant records that a person agreed to marketing on these channels.
func (s *Service) Grant(ctx context.Context, workspace, contactID int64, actor string, b BasisOfConsent) error {
	g, err := b.grant("", s.Now())
	if err != nil {
		return err
	}
	if g == nil {
		return errs.Invalid("consent.channel_unknown").Field("channels", "field.required")
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c := Consent{ContactID: contactID, Channels: b.Channels, Granted: true, Shown: g.shown, Source: actor + ": " + g.source, Evidence: g.evidence, At: time.UnixMilli(g.at)}
		if err := s.writeConsent(ctx, tx, workspace, c); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "consent.grant", fmt.Sprintf("contact:%d", contactID), b)
	})
}

// Withdraw records that a person takes the consent back for these channels; it binds the next claim of every message.
func (s *Service) Withdraw(ctx context.Context, workspace, contactID int64, actor string, channels []channel.Channel, source string) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		c := Consent{ContactID: contactID, Channels: channels, Source: actor + ": " + tidy(source, true), At: s.Now()}
		if err := s.writeConsent(ctx, tx, workspace, c); err != nil {
			return err
		}
		return s.audit(ctx, tx, workspace, actor, "consent.withdraw", fmt.Sprintf("contact:%d", contactID), map[string]any{"channels": channels})
	})
}

// writeConsent appends one line and brings contact.consent up to date in the same transaction.
func (s *Service) writeConsent(ctx context.Context, tx *db.Tx, workspace int64, c Consent) error {
	set := channel.Of(c.Channels...)
	if set == 0 {
		return errs.Invalid("consent.channel_unknown").Field("channels", "field.required")
	}
	change, granted := `consent & ~CAST($1 AS bigint)`, 0
	if c.Granted {
		change, granted = `consent | CAST($1 AS bigint)`, 1
	}
	n, err := tx.Exec(ctx, `UPDATE contact SET consent = `+change+`, updated_at = $2 WHERE workspace_id = $3 AND id = $4`, int64(set), s.Now().UnixMilli(), workspace, c.ContactID)
	if err != nil {
		return fmt.Errorf("update consent: %w", err)
	}
	if n == 0 {
		return errs.NotFound("contact")
	}
	if _, err := tx.Exec(ctx, `INSERT INTO consent (workspace_id, contact_id, channels, purpose, granted, shown, source, evidence, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		workspace, c.ContactID, int64(set), Marketing, granted, c.Shown, c.Source, c.Evidence, c.At.UnixMilli()); err != nil {
		return fmt.Errorf("write consent: %w", err)
	}
	return nil
}

// Consents lists the proof of one person, oldest first.
func (s *Service) Consents(ctx context.Context, workspace, contactID int64) ([]Consent, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, channels, purpose, granted, shown, source, evidence, at FROM consent WHERE workspace_id = $1 AND contact_id = $2 ORDER BY at, id LIMIT 1000`, workspace, contactID)
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	defer rows.Close()
	out := []Consent{}
	for rows.Next() {
		c := Consent{ContactID: contactID}
		var set channel.Set
		var granted, at int64
		if err := rows.Scan(&c.ID, &set, &c.Purpose, &granted, &c.Shown, &c.Source, &c.Evidence, &at); err != nil {
			return nil, fmt.Errorf("scan consent: %w", err)
		}
		c.Channels, c.Granted, c.At = set.List(), granted == 1, time.UnixMilli(at).UTC()
		out = append(out, c)
	}
	return out, rows.Err()
}
