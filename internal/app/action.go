package app

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/loa-project/loa/channel/email"
	"github.com/loa-project/loa/channel/httpcall"
	"github.com/loa-project/loa/channel/local"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
	"github.com/loa-project/loa/voucher"
)

// action does one kind of action for people who are there. What is wrong with the action itself is an error with a code that local.Explain knows.
type action func(ctx context.Context, tx *db.Tx, workspace int64, c *template.ActionContent, jobs []*local.Job) error

// actions are all kinds but the notice to the staff, which leaves our database.
func (a *App) actions() map[string]action {
	tag := func(give bool) action {
		return func(ctx context.Context, tx *db.Tx, workspace int64, c *template.ActionContent, jobs []*local.Job) error {
			_, err := a.Contacts.TagMany(ctx, tx, workspace, give, c.Tags, local.Contacts(jobs))
			return err
		}
	}
	member := func(change func(ctx context.Context, tx *db.Tx, workspace, list int64, contacts []int64) (int64, error)) action {
		return func(ctx context.Context, tx *db.Tx, workspace int64, c *template.ActionContent, jobs []*local.Job) error {
			_, err := change(ctx, tx, workspace, c.ListID, local.Contacts(jobs))
			return err
		}
	}
	return map[string]action{
		template.AddTag: tag(true), template.RemoveTag: tag(false), template.SetAttribute: a.setAttribute, template.ClearAttribute: a.setAttribute,
		template.AddToList: member(a.Segments.AddMembers), template.RemoveFromList: member(a.Segments.RemoveMembers),
	}
}

// setAttribute writes the rendered value, which is empty when the attribute is to be cleared.
func (a *App) setAttribute(ctx context.Context, tx *db.Tx, workspace int64, c *template.ActionContent, jobs []*local.Job) error {
	texts := make(map[int64]string, len(jobs))
	for _, j := range jobs {
		if texts[j.Contact] = ""; j.Rendered.Action != nil {
			texts[j.Contact] = j.Rendered.Action.Value
		}
	}
	bad, err := a.Contacts.SetMany(ctx, tx, workspace, c.Attribute, texts)
	for _, j := range jobs {
		if code := bad[j.Contact]; code != "" {
			j.Fail(local.CodeBadValue, string(code))
		}
	}
	return err
}

// act carries out an action for many people.
func (a *App) act(ctx context.Context, tx *db.Tx, workspace int64, jobs []*local.Job) error {
	here, err := a.present(ctx, tx, workspace, jobs)
	if err != nil || len(here) == 0 {
		return err
	}
	c := here[0].Content.Action
	if c == nil {
		return fmt.Errorf("act without content")
	}
	do := a.actions()[c.Kind]
	if do == nil {
		return fmt.Errorf("no action of kind %s", c.Kind)
	}
	err = do(ctx, tx, workspace, c, here)
	if e, ok := errs.As(err); ok { // the action itself cannot be done: so it is for everybody
		for _, j := range here {
			j.Fail(e.Code, "")
		}
		return nil
	}
	if err != nil {
		return err
	}
	for _, j := range here {
		if j.Outcome.Class == "" {
			j.Done("")
		}
	}
	return a.noteAct(ctx, tx, workspace, here[0].Outgoing, map[string]any{"act": c.Kind, "tags": c.Tags, "attribute": c.Attribute, "list": c.ListID})
}

// present fails the jobs about people who are no more and gives the others.
func (a *App) present(ctx context.Context, tx *db.Tx, workspace int64, jobs []*local.Job) ([]*local.Job, error) {
	known, err := a.Contacts.Present(ctx, tx, workspace, local.Contacts(jobs))
	if err != nil {
		return nil, err
	}
	here := make([]*local.Job, 0, len(jobs))
	for _, j := range jobs {
		if known[j.Contact] {
			here = append(here, j)
		} else {
			j.Fail(local.CodeNoContact, "")
		}
	}
	return here, nil
}

// noteAct writes one line into the audit log for an act of a campaign, however many people it is about.
func (a *App) noteAct(ctx context.Context, tx *db.Tx, workspace int64, m *message.Outgoing, detail map[string]any) error {
	for k, v := range detail {
		if reflect.ValueOf(v).IsZero() {
			delete(detail, k)
		}
	}
	detail["run"] = m.Run
	target := fmt.Sprintf("campaign:%d", m.CampaignID)
	if m.CampaignID == 0 {
		target = fmt.Sprintf("run:%d", m.Run)
	}
	raw, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("write audit detail: %w", err)
	}
	key := fmt.Sprintf("%d %s %s", workspace, target, raw)
	if _, seen := a.acts.get(key, a.Clock.Now(), auditLife); seen {
		return nil
	}
	known, err := a.actNoted(ctx, tx, workspace, target, raw)
	if err != nil {
		return err
	}
	if !known {
		if err := a.audit(ctx, tx, workspace, "system", "campaign.act", target, detail); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() { a.acts.put(key, true, a.Clock.Now()) })
	return nil
}

func (a *App) actNoted(ctx context.Context, tx *db.Tx, workspace int64, target string, detail []byte) (bool, error) {
	var want any
	if err := json.Unmarshal(detail, &want); err != nil {
		return false, fmt.Errorf("read audit detail: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT detail FROM audit WHERE workspace_id = $1 AND target = $2 AND action = 'campaign.act' ORDER BY id LIMIT 100`, workspace, target)
	if err != nil {
		return false, fmt.Errorf("look for audit line: %w", err)
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return false, fmt.Errorf("look for audit line: %w", err)
		}
		var have any
		found = found || json.Unmarshal([]byte(text), &have) == nil && reflect.DeepEqual(have, want)
	}
	return found, rows.Err()
}

// giveVouchers gives each person a code.
func (a *App) giveVouchers(ctx context.Context, tx *db.Tx, workspace int64, jobs []*local.Job) error {
	here, err := a.present(ctx, tx, workspace, jobs)
	if err != nil || len(here) == 0 {
		return err
	}
	c := here[0].Content.Voucher
	ask := voucher.Asking{Source: fmt.Sprintf("campaign:%d", here[0].CampaignID), CampaignID: here[0].CampaignID, Wait: c.Wait}
	if ask.CampaignID == 0 {
		ask.Source = fmt.Sprintf("run:%d", here[0].Run)
	}
	for _, j := range here {
		ask.People = append(ask.People, voucher.Ask{ContactID: j.Contact, LegID: j.Leg})
	}
	places, err := a.Vouchers.Ask(ctx, tx, workspace, c.VoucherID, ask)
	if errs.Is(err, local.CodeNoVoucher) {
		for _, j := range here {
			j.Fail(local.CodeNoVoucher, "")
		}
		return nil
	}
	if err != nil {
		return err
	}
	of := make(map[int64]voucher.Place, len(places))
	for _, p := range places {
		of[p.ContactID] = p
	}
	for _, j := range here {
		switch p := of[j.Contact]; p.State {
		case voucher.Given:
			j.Done("")
		case voucher.Waiting:
			j.Wait("")
		default:
			j.Fail(p.Reason, "")
		}
	}
	return a.noteAct(ctx, tx, workspace, here[0].Outgoing, map[string]any{"act": "voucher", "voucher": c.VoucherID})
}

// tellVoucher passes on what became of those who waited for a code.
func (a *App) tellVoucher(ctx context.Context, tx *db.Tx, workspace int64, legs []voucher.Told) error {
	told := make([]message.Told, len(legs))
	for i, l := range legs {
		told[i] = message.Told{Leg: l.LegID, Provider: connection.LocalProvider, Fact: message.FactDelivered, Event: "voucher.given"}
		if l.Reason != "" {
			told[i].Fact, told[i].Event, told[i].Code, told[i].Class = message.FactFailed, "voucher.failed", l.Reason, local.Explain(l.Reason).Class
		}
	}
	return a.Messages.Tell(ctx, tx, workspace, told)
}

// outside tells people of the shop about somebody, over a connection of the workspace. The outcome is the connection's: certain, or unknown where the answer was lost.
func (a *App) outside(ctx context.Context, m *message.Outgoing) (message.Outcome, bool) {
	c := m.Content.Action
	if c == nil || c.Kind != template.NotifyStaff {
		return message.Outcome{}, false
	}
	out := a.notify(ctx, m, c.Notice)
	if out.Class == provider.Auth || out.Class == provider.Balance { // it is the other connection that must wait, not the one that is built in
		reason := out.Hold
		if reason == "" {
			reason = connection.ReasonAuth
		}
		if err := a.senders.hold(context.WithoutCancel(ctx), m.Workspace, c.Notice.ConnectionID, reason, timeNever); err != nil {
			a.Log.Error("hold connection", "connection_id", c.Notice.ConnectionID, "error", err)
		}
		out.Class, out.Hold = provider.Temporary, ""
	}
	out.Suppress, out.ProviderID = false, ""
	if out.Class == message.OutcomeAccepted {
		out.Delivered = true
	}
	return out, true
}

func (a *App) notify(ctx context.Context, m *message.Outgoing, n *template.StaffNotice) message.Outcome {
	refuse := func(detail string) message.Outcome {
		return message.Outcome{Class: provider.Content, Code: local.CodeNoNotice, Detail: detail, Asked: true}
	}
	usable, err := a.senders.usable(ctx, m.Workspace, n.ConnectionID)
	if err == nil && !usable {
		if _, err := a.Connections.Get(ctx, m.Workspace, n.ConnectionID); errs.Is(err, "connection.not_found") {
			return refuse("the connection does not exist")
		}
		return message.Outcome{Class: provider.Temporary, Code: provider.CodeNotSent, Detail: "the connection is held"}
	}
	var sender message.Sender
	if err == nil {
		sender, _, err = a.senders.get(ctx, m.Workspace, n.ConnectionID)
	}
	if err != nil {
		return message.Outcome{Class: provider.Temporary, Code: provider.CodeNotSent, Detail: err.Error()}
	}
	switch s := sender.(type) {
	case *email.SMTP:
		if n.Via == "email" {
			return mailStaff(ctx, s, m, n)
		}
	case *httpcall.Caller:
		if n.Via == "webhook" {
			return callStaff(ctx, s, m, n)
		}
	}
	return refuse("the connection is of another kind")
}
