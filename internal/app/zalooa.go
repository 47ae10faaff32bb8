package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/channel/zalooa"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
)

// zaloSender carries ZNS to phone numbers and messages to the OA's users: one account, one pair of tokens. What it can beside sending (look-ups, silence) is that of ZNS; the engine asks neither of it for messages to
// the users of the OA.
type zaloSender struct {
	zns.Zalo
	oa zalooa.OA
}

// Send makes the call of the message's own kind.
func (z *zaloSender) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	if m.Content.ZaloOA != nil {
		return z.oa.Send(ctx, m)
	}
	return z.Zalo.Send(ctx, m)
}

// introduceZalo fills in what somebody who is new at an OA shows and has told it: the name, a phone number and a birthday that they gave, and the OA's tags.
func (a *App) introduceZalo(ctx context.Context, c connection.Connection, secrets connection.Secrets, args introduceArgs) error {
	client, err := a.zaloClient(c, secrets)
	if err != nil {
		return err
	}
	defer client.HTTP.CloseIdleConnections()
	u, err := (&zalo.OA{BaseURL: c.Zalo.OAURL, Client: client}).User(ctx, secrets.AccessToken, args.Value)
	if provider.ClassOf(err) == provider.Auth {
		if good, refreshErr := a.refreshZalo(ctx, args.WorkspaceID, args.ConnectionID, secrets.AccessToken); good && refreshErr == nil {
			return fmt.Errorf("ask for a profile: %w", err) // the job comes again with the new token
		}
	}
	if err != nil {
		a.Log.Info("name of a new contact is not told", "connection_id", c.ID, "error", err)
		return nil
	}
	return a.DB.WithTx(ctx, func(tx *db.Tx) error {
		_, err := a.Contacts.Acquaint(ctx, tx, args.WorkspaceID, []contact.Profile{profileOf(c.Scope(), args.Value, &u)})
		return err
	})
}

// profileOf is what an OA knows about one of its people.
func profileOf(oa, id string, u *zalo.User) contact.Profile {
	name := u.Shared.Name
	if name == "" {
		name = u.Name
	}
	return contact.Profile{Address: contact.Address{Kind: contact.KindZaloUser, Scope: oa, Value: id}, Name: name, Phone: sharedPhone(string(u.Shared.Phone)),
		Birthday: sharedBirthday(string(u.Shared.Birthday)), Tags: u.Notes.Tags}
}

// sharedBirthday is a day that a person told an OA, DD/MM/YYYY; anything else is none.
func sharedBirthday(text string) string {
	day, err := time.Parse("02/01/2006", text)
	if err != nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// sharedPhone is a number that a person told an OA, as 84… or 0…; Zalo writes 0 for none.
func sharedPhone(text string) string {
	if strings.HasPrefix(text, "84") {
		return "+" + text
	}
	if len(text) < 9 {
		return ""
	}
	return text
}
