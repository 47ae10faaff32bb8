package campaign

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Behind names one number of a forecast.
type Behind struct {
	Rank   int    // -1 = people whom no channel reaches; with ReasonValues those whom some channel refuses
	Reason string // refused for this reason; empty = those whom the channel of the rank reaches first
}

// Reader is one person behind a number of a forecast.
type Reader struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`
}

// ForecastPeople reads the people behind a number of the forecast as they are now, in the order of their ids: at most limit above after. campaign.rank_unknown when the campaign has no such
// channel.
func (s *Service) ForecastPeople(ctx context.Context, workspace, id int64, b Behind, after int64, limit int) ([]Reader, error) {
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	if b.Rank >= len(c.Legs) || len(c.Legs) == 0 {
		return nil, errs.Invalid("campaign.rank_unknown").Field("query.rank", "campaign.rank_unknown")
	}
	audience, err := s.audience(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	if b.Reason == ReasonValues {
		return s.refusedPeople(ctx, c, b.Rank, audience, after, limit)
	}
	where, args := audience(4)
	rows, err := s.DB.Query(ctx, `SELECT c.id, c.name, COALESCE(c.external_id, ''), COALESCE(c.phone, ''), COALESCE(c.email, '') FROM contact c
 WHERE c.workspace_id = $1 AND c.id > $2 AND `+b.where(c)+` AND (`+where+`) ORDER BY c.id LIMIT $3`, append([]any{workspace, after, limit}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read people of forecast: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (p Reader, err error) {
		return p, r.Scan(&p.ID, &p.Name, &p.ExternalID, &p.Phone, &p.Email)
	})
	if err != nil {
		return nil, fmt.Errorf("read people of forecast: %w", err)
	}
	return out, nil
}

// where is the number as a condition over the contact alias c; the same rules as in Forecast.fill.
func (b Behind) where(c *Campaign) string {
	may := "c.reach & ~c.blocked"
	if c.Purpose == message.Marketing {
		may += " & c.consent"
	}
	// Reached by none of these ranks.
	until, at := b.Rank, b.Rank
	if b.Rank < 0 {
		until, at = len(c.Legs), c.spoken() // the reason of somebody whom no channel reaches is that of the main channel
	}
	var before channel.Set
	for _, l := range c.Legs[:until] {
		if l.Channel == channel.Wait {
			continue // everybody gets past a wait
		}
		if l.Channel.Act() {
			return "1 = 0" // nobody is left behind an act
		}
		before |= l.Channel.Bit()
	}
	if c.Legs[at].Channel.Act() {
		if b.Reason != "" {
			return "1 = 0" // nobody is kept from one
		}
		return "((" + may + ") & " + num(before) + ") = 0"
	}
	text := "((" + may + ") & " + num(before) + ") = 0"
	bit := num(c.Legs[at].Channel.Bit())
	switch b.Reason {
	case message.ReasonNoAddress:
		return text + " AND (c.reach & " + bit + ") = 0"
	case message.ReasonSuppressed:
		return text + " AND (c.reach & " + bit + ") <> 0 AND (c.blocked & " + bit + ") <> 0"
	case message.ReasonNoConsent:
		return text + " AND (c.reach & ~c.blocked & " + bit + ") <> 0 AND (c.consent & " + bit + ") = 0"
	}
	if b.Rank < 0 {
		return text
	}
	return text + " AND ((" + may + ") & " + bit + ") <> 0"
}
