package sync

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/getfly"
	"github.com/loa-project/loa/provider/getresponse"
	"github.com/loa-project/loa/template"
)

// repeatable is how long a repetition does no harm. It never makes a copy; but after days it could write over what somebody changed at the other side meanwhile.
const repeatable = 24 * time.Hour

// GetResponse puts people on lists of one account.
type GetResponse struct {
	Client     *getresponse.Client
	Connection int64
}

// Send puts one person on the list. Who has no usable mail address certainly cannot be there: that fails before any call.
func (g *GetResponse) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r, wrong := rendered(m, "getresponse", g.Connection)
	if wrong != nil {
		return *wrong
	}
	email := r.Fields["email"]
	if !mailAddress(email) {
		return certain(codeNoEmail, provider.Recipient)
	}
	done, err := g.Client.Put(ctx, &getresponse.Contact{Email: email, Name: r.Fields["name"], ListID: r.List, Fields: r.Custom, TagIDs: r.Tags, Keep: r.Keep})
	if err != nil {
		return message.Failure(err)
	}
	return success(done.Status, done.Created, done.Kept, done.Raw)
}

// Deduplicates says how long a sync of which nothing is known any more, for instance because this process died, may be asked again.
func (g *GetResponse) Deduplicates() time.Duration { return repeatable }

// Close ends idle connections.
func (g *GetResponse) Close() error { return closeIdle(g.Client.HTTP) }

// Getfly keeps customers of one Getfly up to date.
type Getfly struct {
	Client     *getfly.Client
	Connection int64
}

// Send writes one customer. A customer needs a code and a name; a person without a name is called by phone or mail, and one without any of these fails before any call.
func (g *Getfly) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r, wrong := rendered(m, "getfly", g.Connection)
	if wrong != nil {
		return *wrong
	}
	a := account(r)
	switch {
	case a.Code == "":
		return certain(codeNoKey, provider.Recipient)
	case a.Name == "":
		return certain(codeNoName, provider.Recipient)
	}
	done, err := g.Client.Put(ctx, a)
	if err != nil {
		return message.Failure(err)
	}
	return success(done.Status, done.Created, done.Kept, done.Raw)
}

// Deduplicates says how long a sync of which nothing is known any more may be asked again.
func (g *Getfly) Deduplicates() time.Duration { return repeatable }

// Close ends idle connections.
func (g *Getfly) Close() error { return closeIdle(g.Client.HTTP) }

func account(r *template.SyncRendered) *getfly.Account {
	f := r.Fields
	a := &getfly.Account{Code: f["account_code"], Name: f["account_name"], Phone: f["phone_office"], Email: f["email"], Address: f["billing_address_street"], Birthday: f["birthday"], Notes: f["description"],
		Website: f["website"], TaxCode: f["sic_code"], Province: f["province_name"], District: f["district_name"], Ward: f["ward_name"], Types: r.Types, Sources: r.Sources, Relation: f["relation_name"],
		Manager: f["account_manager_username"], Custom: r.Custom, Keep: r.Keep}
	for _, other := range []string{a.Phone, a.Email} {
		if a.Name == "" {
			a.Name = other
		}
	}
	return a
}

// rendered is what to write, or why nothing may be written.
func rendered(m *message.Outgoing, platform string, connection int64) (*template.SyncRendered, *message.Outcome) {
	if m.Rendered.Sync == nil || m.Content == nil || m.Content.Sync == nil {
		return nil, &message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "no sync"}
	}
	// Ids of lists and fields mean nothing, or something else, in another account.
	if r := m.Rendered.Sync; r.Provider == platform && m.Content.Sync.ConnectionID == connection {
		return r, nil
	}
	wrong := certain(codeOtherAccount, provider.Content)
	return nil, &wrong
}

// certain is a failure that is known before any call. It counts as tried all the same: the status table counts every attempt, good or bad.
func certain(code string, class provider.Class) message.Outcome {
	return message.Outcome{Class: class, Code: code, Asked: true}
}

func success(status int, created, kept bool, raw []byte) message.Outcome {
	what := "updated"
	switch {
	case created:
		what = "created"
	case kept:
		what = "kept"
	}
	return message.Outcome{Class: message.OutcomeAccepted, Delivered: true, Detail: fmt.Sprintf("HTTP %d, %s", status, what), Raw: strings.ToValidUTF8(string(raw), "\uFFFD"), Asked: true}
}

// mailAddress reports whether a text can be a mail address at all; what is not worth asking about.
func mailAddress(s string) bool {
	user, domain, ok := strings.Cut(s, "@")
	return ok && user != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n,;<>\"") && !strings.Contains(domain, "@")
}

func closeIdle(c *http.Client) error {
	c.CloseIdleConnections()
	return nil
}
