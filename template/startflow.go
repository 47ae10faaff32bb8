package template

import (
	"github.com/loa-project/loa/internal/errs"
)

// StartFlowContent says which campaign a person enters. It is one that people enter one by one.
type StartFlowContent struct {
	CampaignID   int64 `json:"campaign_id"`
	AfterSeconds int64 `json:"after_seconds,omitempty"` // that the other campaign lets pass before its first step, 0 to MaxWait
}

func (c *Compiled) compileStartFlow() *errs.Error {
	switch f := c.StartFlow; {
	case f.CampaignID < 1:
		return errs.Invalid("template.start_campaign").With("field", "campaign_id")
	case f.AfterSeconds < 0 || f.AfterSeconds > MaxWait:
		return errs.Invalid("template.wait_range").With("field", "after_seconds")
	}
	return nil
}
