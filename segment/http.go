package segment

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of segments.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/segments" + path, ID: id, Summary: summary, Tag: "segments", Role: role}
	}
	create := op("POST", "", "create-segment", "Save a segment", httpx.Marketer)
	create.Status = http.StatusCreated
	httpx.Register(api, op("GET", "", "list-segments", "List segments, newest first", httpx.Viewer), s.httpList)
	httpx.Register(api, create, s.httpCreate)
	httpx.Register(api, op("GET", "/fields", "list-segment-fields", "What conditions can test: fields, their operators and known values", httpx.Viewer), s.httpFields)
	httpx.Register(api, op("POST", "/summary", "summarise-condition", "Check a condition and say it in words, without saving it or counting anybody", httpx.Viewer), s.httpSummary)
	httpx.Register(api, op("POST", "/count", "count-condition", "Count the people whom a condition takes, without saving it", httpx.Viewer), s.httpCount)
	httpx.Register(api, op("POST", "/sample", "sample-condition", "Show the newest people whom a condition takes, without saving it", httpx.Viewer), s.httpSample)
	httpx.Register(api, op("GET", "/{id}", "get-segment", "Read a segment", httpx.Viewer), s.httpGet)
	httpx.Register(api, op("PUT", "/{id}", "update-segment", "Replace what a segment says", httpx.Marketer), s.httpUpdate)
	httpx.Register(api, op("DELETE", "/{id}", "delete-segment", "Delete a segment that no campaign and no other segment uses", httpx.Marketer), s.httpDelete)
	httpx.Register(api, op("GET", "/{id}/count", "count-segment", "Count the people of a segment now", httpx.Viewer), s.httpCountSaved)
	httpx.Register(api, op("POST", "/{id}/members", "change-list-members", "Put customers on a list or take them from it", httpx.Marketer), s.httpChangeMembers)
	httpx.Register(api, op("GET", "/{id}/members", "list-segment-members", "List the people of a segment now, by id", httpx.Viewer), s.httpMembers)
}

// longest is how long a count or a list may take; the answer to a slower one would come too late for the person who waits.
const longest = 30 * time.Second

// slow turns a count that was given up into an error for people.
func slow(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errs.Unavailable("segment.too_slow").Because(err)
	}
	return err
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type output struct{ Body *Segment }

func (s *Service) answer(ctx context.Context, g *Segment, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	if err := s.Describe(ctx, httpx.ActorFrom(ctx).WorkspaceID, httpx.Language(ctx), g); err != nil {
		return nil, err
	}
	return &output{g}, nil
}

type listInput struct {
	httpx.Paging
	Search string `query:"search" maxLength:"200" doc:"Part of the name, without regard to case and accents"`
}

type listOutput struct{ Body httpx.Page[*Segment] }

func (s *Service) httpList(ctx context.Context, in *listInput) (*listOutput, error) {
	f := Filter{Search: in.Search, Limit: in.Limit}
	if _, err := httpx.ParseCursor(in.Cursor, &f.Before); err != nil {
		return nil, err
	}
	workspace := httpx.ActorFrom(ctx).WorkspaceID
	items, next, err := s.List(ctx, workspace, f)
	if err != nil {
		return nil, err
	}
	if err := s.Describe(ctx, workspace, httpx.Language(ctx), items...); err != nil {
		return nil, err
	}
	out := &listOutput{Body: httpx.Page[*Segment]{Items: items}}
	if next != 0 {
		out.Body.Next = httpx.Cursor(next)
	}
	return out, nil
}

type createInput struct{ Body Form }

func (s *Service) httpCreate(ctx context.Context, in *createInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	g, err := s.Create(ctx, who.WorkspaceID, who.String(), in.Body)
	return s.answer(ctx, g, err)
}

func (s *Service) httpGet(ctx context.Context, in *idInput) (*output, error) {
	g, err := s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return s.answer(ctx, g, err)
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Form
}

func (s *Service) httpUpdate(ctx context.Context, in *updateInput) (*output, error) {
	who := httpx.ActorFrom(ctx)
	g, err := s.Update(ctx, who.WorkspaceID, in.ID, who.String(), in.Body)
	return s.answer(ctx, g, err)
}

func (s *Service) httpDelete(ctx context.Context, in *idInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, s.Delete(ctx, who.WorkspaceID, in.ID, who.String())
}

type fieldsOutput struct {
	Body struct {
		Items  []Field  `json:"items"`
		Events []string `json:"events" doc:"What the field campaign can ask for"`
	}
}

func (s *Service) httpFields(ctx context.Context, _ *struct{}) (*fieldsOutput, error) {
	fields, err := s.Fields(ctx, httpx.ActorFrom(ctx).WorkspaceID, httpx.Language(ctx))
	if err != nil {
		return nil, err
	}
	out := &fieldsOutput{}
	out.Body.Items, out.Body.Events = fields, Events
	return out, nil
}

type countInput struct {
	Body struct {
		Condition json.RawMessage `json:"condition" doc:"The condition tree"`
	}
}

type summaryOutput struct {
	Body struct {
		Summary string `json:"summary" doc:"The condition in words, in the language of the request"`
	}
}

func (s *Service) httpSummary(ctx context.Context, in *countInput) (*summaryOutput, error) {
	text, err := s.Say(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Body.Condition, httpx.Language(ctx))
	if err != nil {
		return nil, err
	}
	out := &summaryOutput{}
	out.Body.Summary = text
	return out, nil
}

type countOutput struct {
	Body struct {
		Count int64 `json:"count"`
	}
}

func counted(n int64, err error) (*countOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &countOutput{}
	out.Body.Count = n
	return out, nil
}

func (s *Service) httpCount(ctx context.Context, in *countInput) (*countOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	n, err := s.CountCondition(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Body.Condition)
	return counted(n, slow(ctx, err))
}

func (s *Service) httpCountSaved(ctx context.Context, in *idInput) (*countOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	n, err := s.Count(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return counted(n, slow(ctx, err))
}

type sampleInput struct {
	Body struct {
		Condition json.RawMessage `json:"condition" doc:"The condition tree"`
		Limit     int             `json:"limit,omitempty" minimum:"1" maximum:"100" default:"10"`
	}
}

type sampleOutput struct {
	Body struct {
		Items   []Person `json:"items"`
		Summary string   `json:"summary" doc:"The condition in words"`
	}
}

func (s *Service) httpSample(ctx context.Context, in *sampleInput) (*sampleOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	list, summary, err := s.Sample(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Body.Condition, max(in.Body.Limit, 1), httpx.Language(ctx))
	if err != nil {
		return nil, slow(ctx, err)
	}
	out := &sampleOutput{}
	out.Body.Items, out.Body.Summary = list, summary
	return out, nil
}

type membersInput struct {
	ID int64 `path:"id" minimum:"1"`
	httpx.Paging
}

type membersOutput struct{ Body httpx.Page[Person] }

func (s *Service) httpMembers(ctx context.Context, in *membersInput) (*membersOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	var after int64
	if _, err := httpx.ParseCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	list, err := s.Members(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, after, in.Limit+1)
	if err != nil {
		return nil, slow(ctx, err)
	}
	return &membersOutput{httpx.PageOf(list, in.Limit, func(p Person) []any { return []any{p.ID} })}, nil
}
