package campaign

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of campaigns. Counts, reports and explanations are in package report.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/campaigns" + path, ID: id, Summary: summary, Tag: "campaigns", Role: role}
	}
	created := func(o httpx.Op) httpx.Op { o.Status = http.StatusCreated; return o }
	httpx.Register(api, op("GET", "", "list-campaigns", "List campaigns", httpx.Viewer), s.httpList)
	httpx.Register(api, created(op("POST", "", "create-campaign", "Create a campaign; a draft while something is missing, else pending_activation", httpx.Marketer)), s.httpCreate)
	httpx.Register(api, op("GET", "/{id}", "get-campaign", "Read a campaign", httpx.Viewer), s.httpGet)
	httpx.Register(api, op("PUT", "/{id}", "update-campaign", "Replace what a campaign says; only before its activation", httpx.Marketer), s.httpUpdate)
	httpx.Register(api, op("PUT", "/{id}/name", "rename-campaign", "Give a campaign another name, in whatever state it is", httpx.Marketer), s.httpRename)
	httpx.Register(api, op("GET", "/{id}/log", "campaign-log", "Who did what to a campaign, newest first", httpx.Viewer), s.httpLog)
	httpx.Register(api, op("DELETE", "/{id}", "delete-campaign", "Delete a campaign that is not sending; confirm with its name", httpx.Marketer), s.httpDelete)
	httpx.Register(api, created(op("POST", "/{id}/clone", "clone-campaign", "Copy a campaign under another name", httpx.Marketer)), s.httpClone)
	httpx.Register(api, op("GET", "/{id}/forecast", "forecast-campaign", "Who would get it on which channel, who would be refused and why, what it may cost", httpx.Viewer), s.httpForecast)
	httpx.Register(api, op("GET", "/{id}/forecast/people", "forecast-people", "The people behind a number of the forecast", httpx.Viewer), s.httpForecastPeople)
	httpx.Register(api, op("POST", "/{id}/resolve", "resolve-campaign", "Decide about all messages whose outcome is unknown: sent or not sent", httpx.Marketer), s.httpResolve)
	httpx.Register(api, op("POST", "/{id}/people", "enter-campaign", "Put people into a running campaign that they enter one by one; who is in already stays in, once", httpx.Marketer), s.httpEnter)
	one := op("POST", "", "resolve-message", "Decide about one message whose outcome is unknown: sent or not sent", httpx.Marketer)
	one.Path = "/messages/{id}/resolve"
	httpx.Register(api, one, s.httpResolveMessage)
	httpx.Register(api, op("POST", "/{id}/activate", "activate-campaign", "Let a campaign start, at once or at its time; refused with campaign.values_refused while somebody's values cannot be sent, unless that is confirmed", httpx.Marketer), s.httpActivate)
	acts := []struct {
		name, summary string
		do            func(ctx context.Context, workspace, id int64, by string) (*Campaign, error)
	}{
		{"pause", "Pause a running campaign: no new call begins", s.Pause},
		{"resume", "Go on with exactly the rest; a start that was missed is made now", s.Resume},
		{"cancel", "End a campaign for good", s.Cancel},
		{"end", "Let nobody enter any more a campaign that people enter one by one; the rest goes out, then it is finished", s.End},
	}
	for _, a := range acts {
		httpx.Register(api, op("POST", "/{id}/"+a.name, a.name+"-campaign", a.summary, httpx.Marketer), func(ctx context.Context, in *idInput) (*output, error) {
			who := httpx.ActorFrom(ctx)
			return answer(a.do(ctx, who.WorkspaceID, in.ID, who.String()))
		})
	}
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type activateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body *struct {
		ConfirmValues bool `json:"confirm_values,omitempty" doc:"Start although the values of some people would be refused: those messages are not sent, with their reason, and the next channel may try"`
	}
}

func (s *Service) httpActivate(ctx context.Context, in *activateInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	if in.Body != nil && in.Body.ConfirmValues {
		return answer(s.ActivateAnyway(ctx, who.WorkspaceID, in.ID, who.String()))
	}
	return answer(s.Activate(ctx, who.WorkspaceID, in.ID, who.String()))
}

type output struct{ Body *Campaign }

func answer(c *Campaign, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	return &output{c}, nil
}

type listInput struct {
	httpx.Paging
	State   string    `query:"state" maxLength:"200" doc:"Only these states, separated by commas"`
	Search  string    `query:"search" maxLength:"200" doc:"Part of the name, without regard to case and accents"`
	Channel string    `query:"channel" maxLength:"20" doc:"Only those that use this channel"`
	From    time.Time `query:"from" doc:"Started, to be started, or else made at or after this time"`
	To      time.Time `query:"to" doc:"… and before this time"`
	Sort    string    `query:"sort" enum:"age,name,time,updated" default:"age" doc:"age: newest first; name; time: latest start first; updated: latest change first"`
}

type listOutput struct{ Body httpx.Page[*Campaign] }

func (s *Service) httpList(ctx context.Context, in *listInput) (*listOutput, error) {
	f := Filter{Search: in.Search, Channel: channel.Channel(in.Channel), From: in.From, To: in.To, Limit: in.Limit}
	if in.Sort != "age" {
		f.Sort = Sort(in.Sort)
	}
	if _, err := httpx.ParseCursor(in.Cursor, &f.After.Name, &f.After.At, &f.After.ID); err != nil {
		return nil, err
	}
	if f.Channel != "" && f.Channel.Bit() == 0 {
		return nil, errs.Invalid("report.channel_unknown").With("channel", in.Channel).Field("query.channel", "report.channel_unknown")
	}
	for _, word := range strings.Split(in.State, ",") {
		if word == "" {
			continue
		}
		known := false
		for _, state := range States {
			known = known || string(state) == word
		}
		if !known {
			return nil, errs.Invalid("campaign.state_unknown").With("state", word).Field("query.state", "campaign.state_unknown")
		}
		f.States = append(f.States, State(word))
	}
	items, next, err := s.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, f)
	if err != nil {
		return nil, err
	}
	out := &listOutput{Body: httpx.Page[*Campaign]{Items: items}}
	if next != (Mark{}) {
		out.Body.Next = httpx.Cursor(next.Name, next.At, next.ID)
	}
	return out, nil
}

type createInput struct{ Body Form }

func (s *Service) httpCreate(ctx context.Context, in *createInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(s.Create(ctx, who.WorkspaceID, who.String(), in.Body))
}

func (s *Service) httpGet(ctx context.Context, in *idInput) (*output, error) {
	return answer(s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID))
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Form
}

func (s *Service) httpUpdate(ctx context.Context, in *updateInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(s.Update(ctx, who.WorkspaceID, in.ID, who.String(), in.Body))
}

type deleteInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Confirm string `query:"confirm" maxLength:"400" doc:"The campaign's name, as a second thought"`
}

func (s *Service) httpDelete(ctx context.Context, in *deleteInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, s.Delete(ctx, who.WorkspaceID, in.ID, who.String(), in.Confirm)
}

type cloneInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name string `json:"name,omitempty" maxLength:"400" doc:"The old name when absent"`
	}
}

func (s *Service) httpClone(ctx context.Context, in *cloneInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(s.Clone(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.Name))
}

type renameInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name string `json:"name" maxLength:"400"`
	}
}

func (s *Service) httpRename(ctx context.Context, in *renameInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	return answer(s.Rename(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.Name))
}

type logInput struct {
	httpx.Paging
	ID int64 `path:"id" minimum:"1"`
}

type logOutput struct{ Body httpx.Page[LogEntry] }

func (s *Service) httpLog(ctx context.Context, in *logInput) (*logOutput, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	items, err := s.History(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &logOutput{httpx.PageOf(items, in.Limit, func(e LogEntry) []any { return []any{e.ID} })}, nil
}

type forecastPeopleInput struct {
	httpx.Paging
	ID     int64  `path:"id" minimum:"1"`
	Rank   int    `query:"rank" minimum:"-1" default:"-1" doc:"Of this channel; -1 = those whom no channel reaches"`
	Reason string `query:"reason" enum:"no_address,suppressed,no_consent,values" doc:"Refused for this reason; values = the template cannot be filled in for them, by this channel or, with rank -1, by some; absent = those whom the channel of the rank reaches first"`
}

type forecastPeopleOutput struct{ Body httpx.Page[Reader] }

func (s *Service) httpForecastPeople(ctx context.Context, in *forecastPeopleInput) (*forecastPeopleOutput, error) {
	var after int64
	if _, err := httpx.ParseCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	items, err := s.ForecastPeople(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, Behind{Rank: in.Rank, Reason: in.Reason}, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &forecastPeopleOutput{httpx.PageOf(items, in.Limit, func(r Reader) []any { return []any{r.ID} })}, nil
}

type forecastOutput struct{ Body *Forecast }

func (s *Service) httpForecast(ctx context.Context, in *idInput) (*forecastOutput, error) {
	f, err := s.Forecast(ctx, httpx.Language(ctx), httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	return &forecastOutput{f}, nil
}

type resolveInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Sent   bool   `json:"sent" doc:"true: it was sent; false: it was not, the next channel may try"`
		Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"How you know; kept in the audit log"`
	}
}

type resolveOutput struct {
	Body struct {
		Resolved int `json:"resolved"`
	}
}

func (s *Service) httpResolve(ctx context.Context, in *resolveInput) (*resolveOutput, error) {
	who := httpx.ActorFrom(ctx)
	n, err := s.Resolve(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.Sent, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	out := &resolveOutput{}
	out.Body.Resolved = n
	return out, nil
}

func (s *Service) httpResolveMessage(ctx context.Context, in *resolveInput) (*resolveOutput, error) {
	who := httpx.ActorFrom(ctx)
	if err := s.ResolveMessage(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.Sent, in.Body.Reason); err != nil {
		return nil, err
	}
	out := &resolveOutput{}
	out.Body.Resolved = 1
	return out, nil
}

type enterInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		ContactIDs   []int64 `json:"contact_ids" minItems:"1" maxItems:"1000"`
		AfterSeconds int64   `json:"after_seconds,omitempty" minimum:"0" maximum:"31536000" doc:"How long the campaign waits before its first step; at once when absent"`
	}
}

// Entry is what became of one person.
type Entry struct {
	ContactID int64  `json:"contact_id"`
	Result    string `json:"result" enum:"entered,already,unknown" doc:"already: in the campaign before; unknown: there is no such contact"`
	// Skipped is the rule that keeps every channel of the campaign from a person who entered.
	Skipped string `json:"skipped,omitempty" enum:"no_address,suppressed,no_consent"`
}

type enterOutput struct {
	Body struct {
		People []Entry `json:"people"` // in the order of contact_ids
	}
}

func (s *Service) httpEnter(ctx context.Context, in *enterInput) (*enterOutput, error) {
	who := httpx.ActorFrom(ctx)
	found, err := s.Enter(ctx, who.WorkspaceID, in.ID, who.String(), in.Body.ContactIDs, time.Duration(in.Body.AfterSeconds)*time.Second)
	if err != nil {
		return nil, err
	}
	out := &enterOutput{}
	out.Body.People = make([]Entry, len(found))
	for i, e := range found {
		out.Body.People[i] = Entry(e)
	}
	return out, nil
}
