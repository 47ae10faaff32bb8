package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/message"
)

// Register adds the routes of conversations.
func Register(api *httpx.API, s *Service) {
	httpx.Register(api, httpx.Op{Method: "GET", Path: "/contacts/{id}/conversations", ID: "list-conversations", Tag: "contacts", Role: httpx.Viewer,
		Summary: "Conversations of a contact at Pages and OAs, with what may be answered now and until when"}, s.httpChats)
	httpx.Register(api, httpx.Op{Method: "POST", Path: "/contacts/{id}/conversations/reply", ID: "reply-by-hand", Tag: "contacts", Role: httpx.Care, Status: http.StatusAccepted,
		Summary: "Answer a customer by hand",
		Doc:     "Only for people: API keys are refused, for the platforms allow late answers only where a person types them. Read what became of the message at /messages/{id}. A repeated Idempotency-Key answers with the same message for 24 hours."}, s.httpReply)
}

type contactInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type chatsOutput struct {
	Body struct {
		Items []Chat `json:"items"`
	}
}

func (s *Service) httpChats(ctx context.Context, in *contactInput) (*chatsOutput, error) {
	out := &chatsOutput{}
	var err error
	out.Body.Items, err = s.Chats(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return out, err
}

type replyInput struct {
	ID   int64  `path:"id" minimum:"1"`
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"The same key and body within 24 hours is the same message"`
	Body struct {
		ConnectionID int64  `json:"connection_id" minimum:"1"`
		Address      string `json:"address" minLength:"1" maxLength:"200" doc:"The person's id at the Page or OA"`
		Text         string `json:"text" minLength:"1" maxLength:"8000" doc:"At most 2,000 characters"`
	}
}

type replyOutput struct{ Body message.Asked }

func (s *Service) httpReply(ctx context.Context, in *replyInput) (*replyOutput, error) {
	who := httpx.ActorFrom(ctx)
	if err := s.Contact(ctx, who.WorkspaceID, in.ID); err != nil {
		return nil, err
	}
	if who.UserID == 0 {
		return nil, errs.Forbidden("conversation.by_hand")
	}
	body, err := json.Marshal(in.Body)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	out, err := s.Reply(ctx, who.WorkspaceID, in.ID, who.String(), Answer{ConnectionID: in.Body.ConnectionID, Address: in.Body.Address, Text: in.Body.Text,
		Repeat: message.Repeat{Key: in.Key, Route: fmt.Sprintf("reply-by-hand/%d", in.ID), Body: body}})
	return &replyOutput{out}, err
}
