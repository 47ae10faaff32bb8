package workspace

import (
	"context"

	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/policy"
)

type devicesOutput struct{ Body []Device }

func (s *Service) httpDevices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Devices(ctx, who.UserID)
	return &devicesOutput{list}, err
}

type deviceInput struct {
	ID string `path:"id" maxLength:"100"`
}

func (s *Service) httpEndDevice(ctx context.Context, in *deviceInput) (*struct{}, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.EndDevice(ctx, who.UserID, in.ID)
}

type endedOutput struct {
	Body struct {
		Ended int `json:"ended" doc:"How many sessions were ended"`
	}
}

func (s *Service) httpEndOtherDevices(ctx context.Context, _ *struct{}) (*endedOutput, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	out := &endedOutput{}
	out.Body.Ended, err = s.EndOtherDevices(ctx, who.UserID)
	return out, err
}

type createWorkspaceInput struct {
	Body struct {
		Name     string `json:"name" maxLength:"100"`
		Timezone string `json:"timezone,omitempty" maxLength:"64" doc:"Asia/Ho_Chi_Minh when absent"`
	}
}

type membershipOutput struct{ Body Membership }

func (s *Service) httpCreateWorkspace(ctx context.Context, in *createWorkspaceInput) (*membershipOutput, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.Create(ctx, who.UserID, in.Body.Name, in.Body.Timezone)
	return &membershipOutput{m}, err
}

type sendingInput struct {
	Body struct {
		Hours policy.Hours `json:"hours,omitempty" doc:"Try these instead of the stored ones"`
	}
}

type sendingOutput struct{ Body Sending }

func (s *Service) httpSending(ctx context.Context, in *sendingInput) (*sendingOutput, error) {
	answer, err := s.SendingNow(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Body.Hours)
	return &sendingOutput{answer}, err
}
