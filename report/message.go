package report

import (
	"context"
	"strconv"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/policy"
)

// Message is one message on one channel with its run, its attempts and raw answers, and its explanation.
type Message struct {
	Run        string     `json:"run"` // its name
	Kind       string     `json:"kind"`
	CampaignID int64      `json:"campaign_id,omitempty"`
	Leg        LegWhy     `json:"leg"`
	Sentences  []Sentence `json:"sentences"`
}

// Message reads a message by its id or by one of our keys ("mã đối soát"); message.not_found when there is none in the workspace.
func (s *Service) Message(ctx context.Context, lang string, workspace int64, mark string) (*Message, error) {
	id, err := strconv.ParseInt(mark, 10, 64)
	if err != nil {
		owner, leg, _, ok := s.Messages.Keys.Parse(mark)
		if !ok || owner != workspace {
			return nil, errs.NotFound("message")
		}
		id = leg
	}
	l, err := s.Messages.FindLeg(ctx, s.DB, workspace, id)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, errs.NotFound("message")
	}
	run, err := message.LoadRun(ctx, s.DB, workspace, l.RunID)
	if err != nil {
		return nil, err
	}
	m := &Message{Run: run.Name, Kind: run.Kind}
	if run.Kind == message.KindCampaign {
		m.CampaignID = run.SourceID
	}
	tell := &story{lang: lang, zone: policy.Location(run.Definition.Zone), out: []Sentence{}}
	if m.Leg.LegView, err = s.Messages.Story(ctx, l); err != nil {
		return nil, err
	}
	if m.Leg.Cause, err = s.cause(ctx, lang, s.connections(workspace), l); err != nil {
		return nil, err
	}
	tell.leg(&m.Leg, "")
	m.Sentences = tell.out
	return m, nil
}
