package report

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
)

func (s *Service) registerOverview(api *httpx.API, op func(path, id, summary string) httpx.Op) {
	httpx.Register(api, op("/overview/series", "overview-series", "What happened to messages in the last days, by day and channel, and what it cost"), s.httpDaily)
	httpx.Register(api, op("/overview/attention", "overview-attention", "What needs somebody, the serious things first"), s.httpAttention)
	httpx.Register(api, op("/overview/steps", "overview-steps", "How far the workspace has come on its way to the first broadcast"), s.httpSteps)
	httpx.Register(api, op("/overview/connections", "overview-connections", "What each connection did today and what waits for it"), s.httpTraffic)
}

type dailyInput struct {
	Days int `query:"days" minimum:"1" maximum:"366" default:"30" doc:"How many days, today among them"`
}

type dailyOutput struct{ Body *Daily }

func (s *Service) httpDaily(ctx context.Context, in *dailyInput) (*dailyOutput, error) {
	d, err := s.Daily(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Days)
	if err != nil {
		return nil, err
	}
	return &dailyOutput{d}, nil
}

type attentionOutput struct {
	Body struct {
		Items []Attention `json:"items"`
	}
}

func (s *Service) httpAttention(ctx context.Context, _ *struct{}) (*attentionOutput, error) {
	items, err := s.Attention(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	if err != nil {
		return nil, err
	}
	out := &attentionOutput{}
	out.Body.Items = items
	return out, nil
}

type stepsOutput struct{ Body *Steps }

func (s *Service) httpSteps(ctx context.Context, _ *struct{}) (*stepsOutput, error) {
	steps, err := s.Steps(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	if err != nil {
		return nil, err
	}
	return &stepsOutput{steps}, nil
}

type trafficOutput struct {
	Body struct {
		Items []Traffic `json:"items"`
	}
}

func (s *Service) httpTraffic(ctx context.Context, _ *struct{}) (*trafficOutput, error) {
	items, err := s.Traffic(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	if err != nil {
		return nil, err
	}
	out := &trafficOutput{}
	out.Body.Items = items
	return out, nil
}
