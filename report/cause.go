package report

import (
	"context"
	"strings"

	"github.com/loa-project/loa/internal/i18n"
	"github.com/loa-project/loa/message"
)

// Cause ("Nguyên nhân") is why a message failed, was skipped, waits or is unknown, in the reader's language.
type Cause struct {
	Code     string `json:"code"`               // the provider's code, or our rule
	Class    string `json:"class,omitempty"`    // what it means for the sender: recipient, content, temporary, rate_limited, auth, balance, unknown
	Provider string `json:"provider,omitempty"` // whose code it is; empty = our own rule
	Meaning  string `json:"meaning"`
	Advice   string `json:"advice,omitempty"`
}

// retryPrefix stands before the provider's code in the reason of a message that waits for its next try.
const retryPrefix = "retry:"

// cause explains the reason of a leg; nil when it has none.
func (s *Service) cause(ctx context.Context, lang string, known *connections, l *message.Leg) (*Cause, error) {
	code := strings.TrimPrefix(l.Reason, retryPrefix)
	if l.Reason == "" {
		return nil, nil
	}
	c := &Cause{Code: code, Class: l.Class}
	if own := "why.reason." + code; i18n.Has(i18n.Vietnamese, own) {
		c.Meaning = i18n.Text(lang, own, nil)
		if advice := "why.advice." + code; i18n.Has(i18n.Vietnamese, advice) {
			c.Advice = i18n.Text(lang, advice, nil)
		}
		return c, nil
	}
	conn, err := known.get(ctx, l.ConnectionID)
	if err != nil {
		return nil, err
	}
	c.Provider = conn.Provider
	m := s.Explain(conn.Provider, l.Channel, code)
	c.Meaning, c.Advice = m.VI, m.AdviceVI
	if lang == i18n.English {
		c.Meaning, c.Advice = m.EN, m.AdviceEN
	}
	if c.Class == "" {
		c.Class = m.Class
	}
	if c.Meaning == "" {
		c.Meaning = i18n.Text(lang, "why.reason_unlisted", map[string]string{"code": code})
	}
	return c, nil
}
