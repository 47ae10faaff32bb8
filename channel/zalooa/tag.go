package zalooa

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
)

// maxTag is how many characters a tag may have here; Zalo names no limit.
const maxTag = 60

// Watch reads callbacks as read does and, of those that passed its check, takes what changes a contact: tags that the shop's staff give or take at the OA, and what a person tells about
// themselves. Taking an event twice changes nothing.
func (u *Users) Watch(workspace int64, oa string, read message.ReadHook) message.ReadHook {
	return func(r *http.Request, rest string, body []byte) ([]message.Receipt, error) {
		list, err := read(r, rest, body)
		if err != nil {
			return list, err
		}
		e, err := zalo.ParseEvent(body)
		if err != nil || u.Now().Sub(clock.FromMillis(e.Timestamp)).Abs() > 24*time.Hour {
			return list, nil //nolint:nilerr // read has said what there is to say
		}
		if err := u.take(r.Context(), workspace, oa, &e); err != nil {
			u.Log.Error("take what an OA tells of a person", "workspace_id", workspace, "event", e.Name, "error", err)
			return nil, fmt.Errorf("%w: %w", message.ErrLater, err)
		}
		return list, nil
	}
}

func (u *Users) take(ctx context.Context, workspace int64, oa string, e *zalo.Event) error {
	switch {
	case (e.Name == "add_user_to_tag" || e.Name == "remove_user_from_tag") && e.OAID == oa && e.Tag != "":
		return u.DB.WithTx(ctx, func(tx *db.Tx) error {
			return u.Tag(ctx, tx, workspace, oa, e.TagUsers, e.Tag, e.Name == "add_user_to_tag")
		})
	case e.Name == "user_submit_info" && who(e, oa) != "":
		p := zalo.User{ID: provider.Text(who(e, oa)), Name: e.Info.Name}
		p.Shared.Name, p.Shared.Phone, p.Shared.Birthday = e.Info.Name, provider.Text(e.Info.Phone), provider.Text(e.Info.Birthday)
		return u.DB.WithTx(ctx, func(tx *db.Tx) error {
			_, err := u.Acquaint(ctx, tx, workspace, oa, []zalo.User{p})
			return err
		})
	}
	return nil
}

// OATags lists the tags that the OA has. The error is oa.refused with Zalo's code when it does not answer.
func (u *Users) OATags(ctx context.Context, workspace, connection int64) (tags []string, err error) {
	err = u.call(ctx, workspace, connection, func(a Account) (err error) {
		tags, err = a.API.Tags(ctx, a.Token)
		return err
	})
	return tags, err
}

// TagAtOA gives a contact a tag at the OA and here, or takes it away at both. Errors: oa.not_zalo, oa.no_address for a contact whom the OA does not know, oa.tag_invalid, oa.refused.
func (u *Users) TagAtOA(ctx context.Context, workspace, connection, contact int64, actor, tag string, give bool) error {
	tag = strings.TrimSpace(tag)
	if tag == "" || len([]rune(tag)) > maxTag {
		return errs.Invalid("oa.tag_invalid").Field("tag", "oa.tag_invalid")
	}
	account, err := u.Open(ctx, workspace, connection)
	if err != nil {
		return err
	}
	user, err := u.Address(ctx, workspace, contact, account.ID)
	if err != nil {
		return err
	}
	if user == "" {
		return errs.Invalid("oa.no_address")
	}
	if err := u.call(ctx, workspace, connection, func(a Account) error {
		if give {
			return a.API.Tag(ctx, a.Token, user, tag)
		}
		return a.API.Untag(ctx, a.Token, user, tag)
	}); err != nil {
		return err
	}
	return u.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := u.Tag(ctx, tx, workspace, account.ID, []string{user}, tag, give); err != nil {
			return err
		}
		act := map[bool]string{true: "contact.tag_at_oa", false: "contact.untag_at_oa"}[give]
		return u.Audit(ctx, tx, workspace, actor, act, fmt.Sprintf("contact:%d", contact), map[string]any{"connection_id": connection, "tag": tag})
	})
}

// call makes one call for a person who waits for it.
func (u *Users) call(ctx context.Context, workspace, connection int64, f func(a Account) error) error {
	r := &reading{u: u, workspace: workspace, connection: connection}
	var err error
	if r.account, err = u.Open(ctx, workspace, connection); err != nil {
		return err
	}
	defer func() { r.account.API.Client.HTTP.CloseIdleConnections() }()
	err = r.ask(ctx, f)
	if _, refused := err.(*provider.Error); refused {
		return errs.Invalid("oa.refused").With("code", codeOf(err)).With("text", zalo.ExplainOA(codeOf(err)).VI).Because(err) // told puts the text into the caller's language
	}
	return err
}
