package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/template"
)

// Register adds the route of trials.
func Register(api *httpx.API, s *Service) {
	httpx.Register(api, httpx.Op{Method: "POST", Path: "/templates/{id}/test", ID: "test-template", Tag: "templates", Role: httpx.Marketer, Status: http.StatusAccepted, MaxBody: 12 * template.MaxSource,
		Summary: "Send one real message of a template to an address",
		Doc:     "The message is an ordinary one: read what became of it at /messages/{id}. Suppressed addresses are refused there; no campaign counts it. A repeated Idempotency-Key answers with the same message for 24 hours."}, s.httpSend)
}

type sendInput struct {
	ID   int64  `path:"id" minimum:"1"`
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"The same key and body within 24 hours is the same message"`
	Body struct {
		ConnectionID int64           `json:"connection_id" minimum:"1"`
		To           string          `json:"to" minLength:"1" maxLength:"320" doc:"Phone number in any spelling, mail address, or the channel's own id of the person"`
		ContactID    int64           `json:"contact_id,omitempty" minimum:"0" doc:"Fill in with this contact's data; made-up data when absent"`
		Params       map[string]any  `json:"params,omitempty" doc:"Values of params.*"`
		Content      json.RawMessage `json:"content,omitempty" doc:"Content that is not saved yet, of the template's channel; the newest version when absent"`
	}
}

type sendOutput struct{ Body message.Asked }

func (s *Service) httpSend(ctx context.Context, in *sendInput) (*sendOutput, error) {
	who := httpx.ActorFrom(ctx)
	body, err := json.Marshal(in.Body)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	out, err := s.Send(ctx, who.WorkspaceID, who.String(), Wish{TemplateID: in.ID, Content: in.Body.Content, ConnectionID: in.Body.ConnectionID, To: in.Body.To, ContactID: in.Body.ContactID, Params: in.Body.Params,
		Repeat: message.Repeat{Key: in.Key, Route: fmt.Sprintf("test-template/%d", in.ID), Body: body}})
	return &sendOutput{out}, err
}
