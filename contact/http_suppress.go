package contact

import (
	"bufio"
	"context"
	"encoding/csv"
	"net/http"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/httpx"
)

// registerSuppressions adds the routes of the suppression list.
func registerSuppressions(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: "suppressions", Role: role}
	}
	httpx.Register(api, op("GET", "/suppressions", "list-suppressions", "The suppression list, newest first", httpx.Viewer), s.httpSuppressions)
	httpx.Register(api, op("GET", "/suppressions/counts", "count-suppressions", "How many addresses are on the suppression list, by reason and channel", httpx.Viewer), s.httpCountSuppressions)
	httpx.Register(api, op("POST", "/suppressions", "suppress-address", "Never send to an address again", httpx.Care), s.httpSuppress)
	many := op("POST", "/suppressions/many", "suppress-addresses", "Never send to many phone numbers and mail addresses again", httpx.Care)
	many.MaxBody = 4 << 20
	httpx.Register(api, many, s.httpSuppressMany)
	httpx.Register(api, op("POST", "/suppressions/{id}/lift", "lift-suppression", "Take an address off the suppression list", httpx.Owner), s.httpLift)
	export := op("GET", "/suppressions/export", "export-suppressions", "The suppression list as CSV; addresses are masked, because only hashes of them are kept", httpx.Marketer)
	export.Stream = true
	api.Raw(export, s.serveSuppressions)
}

type suppressionsInput struct {
	httpx.Paging
	Search  string          `query:"search" maxLength:"254" doc:"A whole phone number or mail address"`
	Reason  string          `query:"reason" enum:"unsubscribed,complained,bounced,blocked,erased,manual,provider"`
	Channel channel.Channel `query:"channel" enum:"zns,sms,email,zalo_oa,messenger,ai_call"`
	State   string          `query:"state" enum:"active,lifted" doc:"Absent = both"`
}

func (s *Service) httpSuppressions(ctx context.Context, in *suppressionsInput) (*struct{ Body httpx.Page[Suppression] }, error) {
	f := SuppressionFilter{Search: in.Search, Reason: in.Reason, Channel: in.Channel, State: in.State}
	if _, err := httpx.ParseCursor(in.Cursor, &f.Before); err != nil {
		return nil, err
	}
	list, err := s.Suppressions(ctx, httpx.ActorFrom(ctx).WorkspaceID, f, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &struct{ Body httpx.Page[Suppression] }{httpx.PageOf(list, in.Limit, func(x Suppression) []any { return []any{x.ID} })}, nil
}

func (s *Service) httpCountSuppressions(ctx context.Context, _ *struct{}) (*struct{ Body SuppressionCounts }, error) {
	counts, err := s.CountSuppressions(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &struct{ Body SuppressionCounts }{counts}, err
}

type suppressInput struct {
	Body struct {
		Address
		Channels []channel.Channel `json:"channels,omitempty" doc:"Absent: every channel of this kind of address"`
	}
}

func (s *Service) httpSuppress(ctx context.Context, in *suppressInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := s.Suppress(ctx, tx, a.WorkspaceID, in.Body.Address, in.Body.Channels, ReasonManual, a.String()); err != nil {
			return err
		}
		return s.audit(ctx, tx, a.WorkspaceID, a.String(), "suppression.add", "suppression", map[string]any{"kind": in.Body.Kind})
	})
}

type suppressManyInput struct {
	Body struct {
		Addresses []string          `json:"addresses" minItems:"1" maxItems:"10000" doc:"Phone numbers and mail addresses, mixed as they come"`
		Channels  []channel.Channel `json:"channels,omitempty" doc:"Absent: every channel of each kind of address"`
		Note      string            `json:"note,omitempty" maxLength:"200" doc:"Why; kept in the audit log, so no personal data"`
	}
}

func (s *Service) httpSuppressMany(ctx context.Context, in *suppressManyInput) (*struct{ Body Suppressed }, error) {
	a := httpx.ActorFrom(ctx)
	done, err := s.SuppressMany(ctx, a.WorkspaceID, a.String(), in.Body.Addresses, in.Body.Channels, in.Body.Note)
	return &struct{ Body Suppressed }{done}, err
}

type liftInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Reason string `json:"reason" minLength:"3" maxLength:"200" doc:"Why the address may be used again; kept in the audit log, so no personal data"`
	}
}

func (s *Service) httpLift(ctx context.Context, in *liftInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.Lift(ctx, a.WorkspaceID, in.ID, a.String(), in.Body.Reason)
}

// serveSuppressions streams the whole list.
func (s *Service) serveSuppressions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	workspace, zone := httpx.ActorFrom(ctx).WorkspaceID, httpx.ActorFrom(ctx).Zone
	titles := []string{"Địa chỉ (đã che)", "Loại", "Kênh", "Lý do", "Nguồn", "Chặn lúc", "Gỡ lúc"}
	if httpx.Language(ctx) == "en" {
		titles = []string{"Address (masked)", "Kind", "Channels", "Reason", "Source", "Since", "Lifted"}
	}
	var before int64
	list, err := s.Suppressions(ctx, workspace, SuppressionFilter{}, 1000)
	if err != nil {
		return err
	}
	attachment(w, "danh-sach-chan.csv", "text/csv; charset=utf-8")
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("\ufeff") // spreadsheet programs need it to see UTF-8
	c := csv.NewWriter(out)
	if err := c.Write(titles); err != nil {
		return err
	}
	for len(list) > 0 {
		for _, x := range list {
			before = x.ID
			channels := make([]string, len(x.Channels))
			for i, ch := range x.Channels {
				channels[i] = string(ch)
			}
			lifted := ""
			if !x.LiftedAt.IsZero() {
				lifted = x.LiftedAt.In(zone).Format("2006-01-02 15:04:05")
			}
			if err := c.Write(neutral([]string{x.Hint, x.Kind, strings.Join(channels, " "), x.Reason, x.Source, x.At.In(zone).Format("2006-01-02 15:04:05"), lifted})); err != nil {
				return err
			}
		}
		c.Flush()
		if c.Error() != nil {
			break
		}
		if list, err = s.Suppressions(ctx, workspace, SuppressionFilter{Before: before}, 1000); err != nil {
			return err
		}
	}
	return out.Flush()
}
