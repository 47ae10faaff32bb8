package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/email"
	"github.com/loa-project/loa/channel/httpcall"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/template"
)

// timeNever holds a connection until a person resumes it.
var timeNever time.Time

// mailStaff sends one mail to each of the addresses. Once one of them has got it the notice is done, because doing it again would send that one twice; who did not get it is in the detail.
// The mails do not carry our key: what a mail server tells of them later is about colleagues and must not be taken for the customer's.
func mailStaff(ctx context.Context, s *email.SMTP, m *message.Outgoing, n *template.StaffNotice) message.Outcome {
	text := m.Rendered.Action
	var worst message.Outcome
	sent := 0
	for i, to := range n.To {
		mail := *m
		mail.Key, mail.To, mail.Name, mail.UnsubscribeURL, mail.Purpose = fmt.Sprintf("notice-%s-%d", m.Key, i), to, "", "", message.Transaction
		mail.Content = &template.Compiled{Channel: channel.Email}
		mail.Rendered = template.Rendered{Subject: text.Subject, Text: text.Text}
		out := s.Send(ctx, &mail)
		if out.Class == message.OutcomeAccepted {
			sent++
		} else if heavier(out.Class, worst.Class) {
			worst = out
		}
	}
	switch {
	case sent == len(n.To):
		return message.Outcome{Class: message.OutcomeAccepted, Asked: true, Detail: fmt.Sprintf("%d mails", sent)}
	case sent > 0:
		return message.Outcome{Class: message.OutcomeAccepted, Asked: true, Detail: fmt.Sprintf("%d of %d mails, the others: %s %s", sent, len(n.To), worst.Code, worst.Detail)}
	}
	return worst
}

// heavier orders outcomes of several mails: what may have been sent outweighs what may be tried again, and that what certainly fails.
func heavier(a, b provider.Class) bool {
	rank := func(c provider.Class) int {
		switch c {
		case "":
			return 0
		case provider.Unknown:
			return 3
		case provider.Temporary, provider.RateLimited, provider.Auth, provider.Balance:
			return 2
		}
		return 1
	}
	return rank(a) > rank(b)
}

// notice is the body of a call to a system of the shop. It is signed as Standard Webhooks say when the connection has a secret.
type notice struct {
	Event      string `json:"event"` // staff.notice
	Text       string `json:"text"`
	ContactID  int64  `json:"contact_id"`
	Name       string `json:"name,omitempty"`
	CampaignID int64  `json:"campaign_id,omitempty"`
}

func callStaff(ctx context.Context, s *httpcall.Caller, m *message.Outgoing, n *template.StaffNotice) message.Outcome {
	body, err := json.Marshal(notice{Event: "staff.notice", Text: m.Rendered.Action.Text, ContactID: m.Contact, Name: m.Name, CampaignID: m.CampaignID})
	if err != nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: err.Error()}
	}
	call := *m
	call.Rendered = template.Rendered{HTTP: &template.HTTPRendered{Method: "POST", Path: n.Path, Headers: []template.HTTPHeader{{Name: "Content-Type", Value: "application/json"}}, Body: string(body)}}
	call.Content = &template.Compiled{Channel: channel.HTTPRequest, HTTP: &template.HTTPContent{Method: "POST", Path: n.Path, AnySuccess: true}}
	return s.Send(ctx, &call)
}
