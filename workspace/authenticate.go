package workspace

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// WorkspaceHeader chooses among the workspaces of a signed-in user. Event streams, whose browsers cannot set it, name it in the query as workspace.
const WorkspaceHeader = "X-Loa-Workspace"

// Authenticate is the httpx.Authenticate of the product: an API key in Authorization, else the session cookie, else nobody.
func (s *Service) Authenticate(r *http.Request) (context.Context, httpx.Actor, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return r.Context(), httpx.Actor{}, errs.Unauthorized("access.scheme")
		}
		actor, err := s.keyActor(r.Context(), strings.TrimSpace(secret))
		return r.Context(), actor, err
	}
	agent := strings.ToValidUTF8(r.UserAgent()[:min(len(r.UserAgent()), 300)], "")
	r = r.WithContext(context.WithValue(r.Context(), agentKey{}, agent))
	ctx, id, err := s.loadSession(r)
	if err != nil || id == 0 {
		return ctx, httpx.Actor{}, err
	}
	user, err := s.userByID(ctx, s.DB, id)
	if errs.Is(err, "user.not_found") || err == nil && user.Status != Active {
		return r.Context(), httpx.Actor{}, nil
	}
	if err != nil {
		return ctx, httpx.Actor{}, err
	}
	list, err := s.Memberships(ctx, id)
	if err != nil {
		return ctx, httpx.Actor{}, err
	}
	actor := httpx.Actor{UserID: id, Name: user.Name, Language: user.Language, Role: httpx.SignedIn}
	m, ok, err := choose(list, r)
	if err != nil {
		return ctx, httpx.Actor{}, err
	}
	if ok && m.Role.Member() {
		actor.WorkspaceID, actor.WorkspaceName, actor.Role, actor.Zone = m.WorkspaceID, m.Name, m.Role, Workspace{Timezone: m.Timezone}.Location()
	}
	return ctx, actor, nil
}

// choose picks the workspace that the request names, else the user's first. A workspace of others is answered like one that does not exist.
func choose(list []Membership, r *http.Request) (Membership, bool, error) {
	name := r.Header.Get(WorkspaceHeader)
	if name == "" && r.Method == http.MethodGet {
		name = r.URL.Query().Get("workspace")
	}
	if name == "" {
		if len(list) == 0 {
			return Membership{}, false, nil
		}
		return list[0], true, nil
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err == nil {
		for _, m := range list {
			if m.WorkspaceID == id {
				return m, true, nil
			}
		}
	}
	return Membership{}, false, errs.NotFound("workspace")
}
