package workspace

import (
	"context"
	"net/http"
	"time"

	"github.com/loa-project/loa/internal/httpx"
)

func registerUsers(api *httpx.API, s *Service, op func(method, path, id, summary string, role httpx.Role) httpx.Op) {
	created := func(o httpx.Op) httpx.Op { o.Status = http.StatusCreated; return o }
	httpx.Register(api, op("GET", "/users", "list-users", "Who belongs to the workspace", httpx.Viewer), s.httpUsers)
	httpx.Register(api, created(op("POST", "/users", "add-user", "Add a person; the answer holds a one-time sign-in link", httpx.Owner)), s.httpAddUser)
	httpx.Register(api, op("PATCH", "/users/{id}", "change-user", "Change role or status; ends the person's sessions", httpx.Owner), s.httpChangeUser)
	httpx.Register(api, op("DELETE", "/users/{id}", "remove-user", "Take a person out of the workspace", httpx.Owner), s.httpRemoveUser)
	httpx.Register(api, created(op("POST", "/users/{id}/link", "create-user-link", "Make a new one-time sign-in link for a person", httpx.Owner)), s.httpUserLink)
	httpx.Register(api, op("GET", "/keys", "list-keys", "API keys, newest first", httpx.Owner), s.httpKeys)
	httpx.Register(api, created(op("POST", "/keys", "create-key", "Make an API key; it is shown this once", httpx.Owner)), s.httpCreateKey)
	httpx.Register(api, op("DELETE", "/keys/{id}", "revoke-key", "End an API key at once", httpx.Owner), s.httpRevokeKey)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type usersInput struct{ httpx.Paging }

type usersOutput struct{ Body httpx.Page[Member] }

func (s *Service) httpUsers(ctx context.Context, in *usersInput) (*usersOutput, error) {
	who := httpx.ActorFrom(ctx)
	var after int64
	if _, err := httpx.ParseCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	list, err := s.Members(ctx, who.WorkspaceID, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	if !who.Role.Allows(httpx.Owner) {
		for i := range list {
			list[i].Email = ""
		}
	}
	return &usersOutput{httpx.PageOf(list, in.Limit, func(m Member) []any { return []any{m.ID} })}, nil
}

type addUserInput struct {
	Body struct {
		Name     string     `json:"name" maxLength:"100"`
		Email    string     `json:"email" maxLength:"254"`
		Role     httpx.Role `json:"role" enum:"owner,marketer,care,viewer"`
		Language string     `json:"language,omitempty" enum:"vi,en"`
	}
}

type addUserOutput struct {
	Body struct {
		User Member `json:"user"`
		Link string `json:"link,omitempty" doc:"Signs the person in once, for 24 hours; absent when the address already has an account"`
	}
}

func (s *Service) httpAddUser(ctx context.Context, in *addUserInput) (*addUserOutput, error) {
	who, b := httpx.ActorFrom(ctx), in.Body
	m, token, err := s.AddMember(ctx, who.WorkspaceID, who, b.Name, b.Email, "", b.Language, b.Role)
	if err != nil {
		return nil, err
	}
	out := &addUserOutput{}
	out.Body.User = m
	if token != "" {
		out.Body.Link = s.LinkURL(token)
	}
	return out, nil
}

type changeUserInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Role   *httpx.Role `json:"role,omitempty" enum:"owner,marketer,care,viewer"`
		Status *Status     `json:"status,omitempty" enum:"active,disabled"`
	}
}

type memberOutput struct{ Body Member }

func (s *Service) httpChangeUser(ctx context.Context, in *changeUserInput) (*memberOutput, error) {
	who := httpx.ActorFrom(ctx)
	m, err := s.ChangeMember(ctx, who.WorkspaceID, who, in.ID, in.Body.Role, in.Body.Status)
	return &memberOutput{m}, err
}

func (s *Service) httpRemoveUser(ctx context.Context, in *idInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, s.RemoveMember(ctx, who.WorkspaceID, who, in.ID)
}

type linkOutput struct {
	Body struct {
		Link string `json:"link" doc:"Signs the person in once, for 24 hours"`
	}
}

func (s *Service) httpUserLink(ctx context.Context, in *idInput) (*linkOutput, error) {
	who := httpx.ActorFrom(ctx)
	token, err := s.MemberLink(ctx, who.WorkspaceID, who, in.ID)
	out := &linkOutput{}
	out.Body.Link = s.LinkURL(token)
	return out, err
}

type keysInput struct{ httpx.Paging }

type keysOutput struct{ Body httpx.Page[Key] }

func (s *Service) httpKeys(ctx context.Context, in *keysInput) (*keysOutput, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	list, err := s.Keys(ctx, httpx.ActorFrom(ctx).WorkspaceID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &keysOutput{httpx.PageOf(list, in.Limit, func(k Key) []any { return []any{k.ID} })}, nil
}

type createKeyInput struct {
	Body struct {
		Name      string     `json:"name" maxLength:"100" doc:"What the key is for"`
		Role      httpx.Role `json:"role" enum:"owner,marketer,care,viewer" doc:"What the key may do"`
		ExpiresAt time.Time  `json:"expires_at,omitzero" doc:"Absent = never"`
	}
}

type createKeyOutput struct {
	Body struct {
		Key    Key    `json:"key"`
		Secret string `json:"secret" doc:"Send it as Authorization: Bearer …; it cannot be shown again"`
	}
}

func (s *Service) httpCreateKey(ctx context.Context, in *createKeyInput) (*createKeyOutput, error) {
	who := httpx.ActorFrom(ctx)
	k, secret, err := s.CreateKey(ctx, who.WorkspaceID, who, in.Body.Name, in.Body.Role, in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	out := &createKeyOutput{}
	out.Body.Key, out.Body.Secret = k, secret
	return out, nil
}

func (s *Service) httpRevokeKey(ctx context.Context, in *idInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, s.RevokeKey(ctx, who.WorkspaceID, who, in.ID)
}
