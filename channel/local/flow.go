package local

import (
	"context"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
)

// Codes of a start of another campaign that failed; all but the last are those with which the campaign turns people away.
const (
	codeGone       = "campaign.not_found"
	codeNotEntry   = "campaign.not_entry"
	codeNotRunning = "campaign.not_running"
	codeEnded      = "campaign.ended"
	codeSame       = "campaign.start_same"
)

// Enter puts contacts into a campaign that people enter one by one, in the transaction; see campaign.EnterIn.
type Enter func(ctx context.Context, tx *db.Tx, workspace, campaign int64, contacts []int64, delay time.Duration) ([]message.Entry, error)

// Start puts people into another campaign. Who is in it already is no failure: the step asks that the person be in it, and asked a second time it finds its own work done.
func Start(enter Enter) Act {
	return func(ctx context.Context, tx *db.Tx, workspace int64, jobs []*Job) error {
		start := jobs[0].Content.StartFlow
		if start.CampaignID == jobs[0].CampaignID {
			for _, j := range jobs {
				j.Fail(codeSame, "")
			}
			return nil
		}
		in, err := enter(ctx, tx, workspace, start.CampaignID, Contacts(jobs), time.Duration(start.AfterSeconds)*time.Second)
		if e, ok := errs.As(err); ok && refusals[e.Code] != "" {
			for _, j := range jobs {
				j.Fail(refusals[e.Code], e.Params["state"])
			}
			return nil
		}
		if err != nil {
			return err
		}
		for i, j := range jobs {
			switch in[i].Result {
			case message.EnteredUnknown:
				j.Fail(CodeNoContact, "")
			default:
				j.Done(in[i].Result)
			}
		}
		return nil
	}
}

// refusals are the errors with which a campaign turns people away, all before anything was written.
var refusals = map[string]string{codeGone: codeGone, codeNotEntry: codeNotEntry, codeNotRunning: codeNotRunning, codeEnded: codeEnded, "run.wrong_state": codeNotRunning}

// Wait takes waits on. That is all: the ledger knows when they are over.
func Wait(_ context.Context, _ *db.Tx, _ int64, jobs []*Job) error {
	for _, j := range jobs {
		j.Wait("")
	}
	return nil
}
