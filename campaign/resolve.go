package campaign

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// resolvePage is how many messages one transaction resolves.
const resolvePage = 500

// ResolveMessage is a person's decision about one message whose outcome is unknown: it was sent, or it was not. why is the person's reason and goes into the audit log. A message
// that was not sent goes on to the next channel. message.not_found, message.not_unknown when its outcome is known.
func (s *Service) ResolveMessage(ctx context.Context, workspace, leg int64, by string, sent bool, why string) error {
	why, bad := cleanReason(why)
	if bad != nil {
		return bad
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		l, err := s.Messages.FindLeg(ctx, tx, workspace, leg)
		if err != nil {
			return err
		}
		if l == nil {
			return errs.NotFound("message")
		}
		n, err := s.Messages.Resolve(ctx, tx, workspace, []int64{leg}, sent)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.Conflict("message.not_unknown")
		}
		return s.Audit(ctx, tx, workspace, by, "message.resolve", "message:"+strconv.FormatInt(leg, 10), map[string]any{"sent": sent, "reason": why})
	})
}

// Resolve decides so about all messages of a campaign that are unknown now, and returns how many they were.
func (s *Service) Resolve(ctx context.Context, workspace, id int64, by string, sent bool, why string) (total int, err error) {
	why, bad := cleanReason(why)
	if bad != nil {
		return 0, bad
	}
	c, err := get(ctx, s.DB, workspace, id)
	if err != nil {
		return 0, err
	}
	if c.RunID == 0 {
		return 0, errs.Conflict("campaign.not_started")
	}
	for last := int64(0); ; {
		n, first := 0, int64(0)
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
			n = 0
			legs, err := s.Messages.UnknownLegs(ctx, tx, workspace, c.RunID, resolvePage)
			if err != nil || len(legs) == 0 || legs[0] == last { // one that stays unknown must not hold us here
				return err
			}
			first = legs[0]
			if n, err = s.Messages.Resolve(ctx, tx, workspace, legs, sent); err != nil {
				return err
			}
			return s.Audit(ctx, tx, workspace, by, "message.resolve", target(id), map[string]any{"sent": sent, "reason": why, "messages": n})
		})
		if err != nil {
			return total, fmt.Errorf("resolve unknown messages: %w", err)
		}
		if total += n; n == 0 {
			return total, nil
		}
		last = first
	}
}

// cleanReason wants words: a decision about money and truth is not made by a click alone.
func cleanReason(why string) (string, error) {
	why = strings.TrimSpace(why)
	if why == "" || len(why) > 1000 {
		return "", errs.Invalid("message.resolve_reason").Field("reason", "message.resolve_reason")
	}
	return why, nil
}
