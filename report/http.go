package report

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/message"
)

// Register adds the routes of reports.
func Register(api *httpx.API, s *Service) {
	op := func(path, id, summary string) httpx.Op {
		return httpx.Op{Method: "GET", Path: path, ID: id, Summary: summary, Tag: "reports", Role: httpx.Viewer}
	}
	httpx.Register(api, op("/campaigns/{id}/counts", "campaign-counts", "Counters per rank and channel in the words of the status table"), s.httpCounts)
	httpx.Events(api, op("/campaigns/{id}/events", "campaign-events", "The same counters, live"), map[string]any{"counts": Counts{}, "ping": Ping{}}, s.httpEvents)
	httpx.Register(api, op("/campaigns/{id}/activity", "campaign-activity", "Customer activity report: one line per person and channel, with cause and advice"), s.httpActivity)
	httpx.Register(api, op("/campaigns/{id}/series", "campaign-series", "The course of a campaign: what happened to how many messages by minute, hour or day"), s.httpSeries)
	httpx.Register(api, op("/campaigns/{id}/failures", "campaign-failures", "Failed and skipped messages by cause"), s.httpFailures)
	httpx.Register(api, op("/campaigns/{id}/contacts/{contact_id}/why", "why", "One person's outcome in one campaign, also of those left out"), s.httpWhy)
	httpx.Register(api, op("/contacts/{id}/activity", "contact-activity", "What one contact got over all campaigns"), s.httpContact)
	httpx.Register(api, op("/messages/{id}", "get-message", "One message by its id or by our key, with attempts and raw answers"), s.httpMessage)
	httpx.Register(api, op("/overview", "overview", "Figures of the workspace"), s.httpOverview)
	s.registerOverview(api, op)
	export := op("/campaigns/{id}/activity.csv", "export-campaign-activity", "The customer activity report as CSV")
	export.Stream = true
	api.Raw(export, s.httpExport)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type countsOutput struct{ Body *Counts }

func (s *Service) httpCounts(ctx context.Context, in *idInput) (*countsOutput, error) {
	c, err := s.Counts(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &countsOutput{c}, nil
}

// Ping keeps an event stream open through proxies.
type Ping struct {
	At int64 `json:"at"` // Unix ms
}

const (
	eventEvery = time.Second
	pingEvery  = 20 // events
)

// httpEvents sends the counters whenever they have changed, at most once a second. Before the start of the campaign, and when it cannot be read, it only sends pings.
func (s *Service) httpEvents(ctx context.Context, in *idInput, send sse.Sender) {
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	workspace := httpx.ActorFrom(ctx).WorkspaceID
	last := ""
	for n := 0; ; n++ {
		c, err := s.Counts(ctx, workspace, in.ID)
		if errs.Is(err, "campaign.not_found") {
			return
		}
		if err == nil {
			if mark := c.mark(); mark != last {
				if send.Data(*c) != nil {
					return
				}
				last = mark
			}
		}
		if n%pingEvery == 0 {
			if send.Data(Ping{At: s.Clock.Now().UnixMilli()}) != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

type activityInput struct {
	httpx.Paging
	ID      int64  `path:"id" minimum:"1"`
	Status  string `query:"status" maxLength:"20" doc:"A word of the status table: all messages that it counts"`
	Rank    int    `query:"rank" minimum:"-1" default:"-1" doc:"Only this rank"`
	Channel string `query:"channel" maxLength:"20" doc:"Only this channel"`
	Code    string `query:"code" maxLength:"100" doc:"Only this cause"`
	Class   string `query:"class" maxLength:"20" doc:"Only this class of failure"`
	Search  string `query:"search" maxLength:"200" doc:"Beginnings of words of name, phone, e-mail or code of the person"`
	Last    bool   `query:"last" doc:"Only the last message of each person"`
}

func (in *activityInput) filter() (f Filter, err error) {
	f = Filter{Status: message.Status(in.Status), Channel: channel.Channel(in.Channel), Code: in.Code, Class: in.Class, Search: in.Search, Open: in.Last, Limit: in.Limit}
	if in.Rank >= 0 {
		f.Rank = &in.Rank
	}
	_, err = httpx.ParseCursor(in.Cursor, &f.After.Contact, &f.After.Seq, &f.After.Rank)
	return f, err
}

type activityOutput struct{ Body httpx.Page[Activity] }

func (s *Service) httpActivity(ctx context.Context, in *activityInput) (*activityOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	items, next, err := s.Activity(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID, f)
	if err != nil {
		return nil, err
	}
	out := &activityOutput{Body: httpx.Page[Activity]{Items: items}}
	if next != (Mark{}) {
		out.Body.Next = httpx.Cursor(next.Contact, next.Seq, next.Rank)
	}
	return out, nil
}

// httpExport reads the same parameters as the list, without paging.
func (s *Service) httpExport(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return errs.NotFound("campaign")
	}
	q := r.URL.Query()
	in := activityInput{Status: q.Get("status"), Rank: -1, Channel: q.Get("channel"), Code: q.Get("code"), Class: q.Get("class"), Search: q.Get("search"), Last: q.Get("last") == "true"}
	if rank, err := strconv.Atoi(q.Get("rank")); err == nil {
		in.Rank = rank
	}
	f, err := in.filter()
	if err != nil {
		return err
	}
	begun := false
	err = s.Export(r.Context(), httpx.Language(r.Context()), httpx.ActorFrom(r.Context()).WorkspaceID, id, f, w, func(name string) {
		begun = true
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		w.Header().Set("Cache-Control", "no-store")
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // the caller must see that the file is cut off, not take it for the whole
	}
	return err
}

type seriesInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Step    string `query:"step" enum:"minute,hour,day" doc:"What suits the length of the campaign when absent"`
	Rank    int    `query:"rank" minimum:"-1" default:"-1" doc:"Only this rank"`
	Channel string `query:"channel" maxLength:"20" doc:"Only this channel"`
}

type seriesOutput struct{ Body *Series }

func (s *Service) httpSeries(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
	f := SeriesFilter{Step: in.Step, Channel: channel.Channel(in.Channel)}
	if in.Rank >= 0 {
		f.Rank = &in.Rank
	}
	out, err := s.Series(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, f)
	if err != nil {
		return nil, err
	}
	return &seriesOutput{out}, nil
}

type failuresOutput struct {
	Body struct {
		Items []Failure `json:"items"`
	}
}

func (s *Service) httpFailures(ctx context.Context, in *idInput) (*failuresOutput, error) {
	items, err := s.Failures(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	out := &failuresOutput{}
	out.Body.Items = items
	return out, nil
}

type whyInput struct {
	ID        int64 `path:"id" minimum:"1"`
	ContactID int64 `path:"contact_id" minimum:"1"`
}

type whyOutput struct{ Body *Why }

func (s *Service) httpWhy(ctx context.Context, in *whyInput) (*whyOutput, error) {
	w, err := s.Why(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.ContactID)
	if err != nil {
		return nil, err
	}
	return &whyOutput{w}, nil
}

type contactInput struct {
	httpx.Paging
	ID int64 `path:"id" minimum:"1"`
}

type contactOutput struct{ Body httpx.Page[ContactActivity] }

func (s *Service) httpContact(ctx context.Context, in *contactInput) (*contactOutput, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	items, next, err := s.OfContact(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &contactOutput{Body: httpx.Page[ContactActivity]{Items: items}}
	if next != 0 {
		out.Body.Next = httpx.Cursor(next)
	}
	return out, nil
}

type messageInput struct {
	ID string `path:"id" maxLength:"64" doc:"The number of the message, or our key as the provider knows it"`
}

type messageOutput struct{ Body *Message }

func (s *Service) httpMessage(ctx context.Context, in *messageInput) (*messageOutput, error) {
	m, err := s.Message(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &messageOutput{m}, nil
}

type overviewOutput struct{ Body *Overview }

func (s *Service) httpOverview(ctx context.Context, _ *struct{}) (*overviewOutput, error) {
	o, err := s.Overview(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	if err != nil {
		return nil, err
	}
	return &overviewOutput{o}, nil
}
