package workspace

import (
	"context"
	"net/http"
	"time"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of set-up, sessions, users, keys, the workspace and its audit log.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		tag := "workspace"
		if role == httpx.Anyone || role == httpx.SignedIn {
			tag = "session"
		}
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: tag, Role: role, MaxBody: 64 << 10}
	}
	httpx.Register(api, op("GET", "/setup", "get-setup", "Whether the first owner still has to be made", httpx.Anyone), s.httpNeedsSetup)
	httpx.Register(api, op("POST", "/setup", "setup", "Make the first workspace and its owner, once", httpx.Anyone), s.httpSetup)
	httpx.Register(api, op("POST", "/session", "sign-in", "Sign in with a password", httpx.Anyone), s.httpSignIn)
	httpx.Register(api, op("POST", "/session/link", "sign-in-by-link", "Sign in with the token of a one-time link", httpx.Anyone), s.httpSignInByLink)
	httpx.Register(api, op("GET", "/session", "get-session", "Who is signed in, in which workspace", httpx.SignedIn), s.httpSession)
	httpx.Register(api, op("PATCH", "/session", "update-profile", "Change one's own name and language", httpx.SignedIn), s.httpUpdateProfile)
	httpx.Register(api, op("DELETE", "/session", "sign-out", "Sign out", httpx.SignedIn), s.httpSignOut)
	httpx.Register(api, op("PUT", "/session/password", "set-password", "Set one's own password; ends all other sessions", httpx.SignedIn), s.httpSetPassword)

	httpx.Register(api, op("GET", "/sessions", "list-sessions", "One's own open sessions, the newest first", httpx.SignedIn), s.httpDevices)
	httpx.Register(api, op("DELETE", "/sessions/{id}", "end-session", "End one of one's own sessions", httpx.SignedIn), s.httpEndDevice)
	httpx.Register(api, op("POST", "/sessions/end-others", "end-other-sessions", "End all of one's own sessions but this one", httpx.SignedIn), s.httpEndOtherDevices)
	create := op("POST", "/workspaces", "create-workspace", "Make another workspace, as its owner", httpx.SignedIn)
	create.Status = http.StatusCreated
	httpx.Register(api, create, s.httpCreateWorkspace)

	httpx.Register(api, op("POST", "/workspace/sending", "check-sending", "May something be sent now, by which rule, and when next; with hours to try", httpx.Viewer), s.httpSending)
	httpx.Register(api, op("GET", "/workspace", "get-workspace", "The workspace and its settings", httpx.Viewer), s.httpWorkspace)
	httpx.Register(api, op("PATCH", "/workspace", "update-workspace", "Change name, time zone and settings", httpx.Owner), s.httpUpdateWorkspace)
	httpx.Register(api, op("GET", "/workspace/names", "list-actor-names", "Names of users and keys, for lists that say who did something", httpx.Viewer), s.httpNames)
	httpx.Register(api, op("GET", "/audit", "list-audit", "The audit log, newest first", httpx.Owner), s.httpAudit)
	httpx.Register(api, op("GET", "/audit/check", "check-audit", "Walk the audit log's chain of hashes", httpx.Owner), s.httpCheckAudit)
	registerUsers(api, s, op)
}

type sessionBody struct {
	User        sessionUserBody `json:"user"`
	Role        httpx.Role      `json:"role" doc:"In this workspace; signed_in without one"`
	Workspace   *Membership     `json:"workspace,omitempty" doc:"Absent when the user belongs to none"`
	Workspaces  []Membership    `json:"workspaces" doc:"All that the user may choose by the header X-Loa-Workspace"`
	SetPassword bool            `json:"set_password" doc:"The user has no password, or came by a link and may set one without the old one"`
}

type sessionUserBody struct {
	ID       int64  `json:"id" doc:"0 for an API key"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Language string `json:"language"`
}

type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      sessionBody
}

type needsSetupOutput struct {
	Body struct {
		Needed bool `json:"needed"`
	}
}

func (s *Service) httpNeedsSetup(ctx context.Context, _ *struct{}) (*needsSetupOutput, error) {
	out := &needsSetupOutput{}
	var err error
	out.Body.Needed, err = s.NeedsSetup(ctx)
	return out, err
}

type setupInput struct {
	Body struct {
		Token     string `json:"token" maxLength:"200" doc:"From the address that the server printed when it started"`
		Workspace string `json:"workspace" maxLength:"100" doc:"Its name: the shop, the brand"`
		Timezone  string `json:"timezone,omitempty" maxLength:"64" doc:"Asia/Ho_Chi_Minh when absent"`
		Name      string `json:"name" maxLength:"100"`
		Email     string `json:"email" maxLength:"254"`
		Password  string `json:"password" maxLength:"800"`
		Language  string `json:"language,omitempty" maxLength:"10" doc:"vi when absent"`
	}
}

func (s *Service) httpSetup(ctx context.Context, in *setupInput) (*sessionOutput, error) {
	b := in.Body
	user, err := s.Setup(ctx, b.Token, Founding{Workspace: b.Workspace, Timezone: b.Timezone, Name: b.Name, Email: b.Email, Password: b.Password, Language: b.Language})
	if err != nil {
		return nil, err
	}
	return s.entered(ctx, user, false)
}

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"800"`
	}
}

func (s *Service) httpSignIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	user, err := s.Login(ctx, in.Body.Email, in.Body.Password, httpx.AddressFrom(ctx))
	if err != nil {
		return nil, err
	}
	return s.entered(ctx, user, false)
}

type linkInput struct {
	Body struct {
		Token string `json:"token" maxLength:"200"`
	}
}

func (s *Service) httpSignInByLink(ctx context.Context, in *linkInput) (*sessionOutput, error) {
	user, err := s.UseLoginLink(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return s.entered(ctx, user, true)
}

// entered starts a session and says who is in it.
func (s *Service) entered(ctx context.Context, user User, byLink bool) (*sessionOutput, error) {
	cookie, err := s.startSession(ctx, user.ID, byLink)
	if err != nil {
		return nil, err
	}
	list, err := s.Memberships(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	body := describe(user, list, 0)
	body.SetPassword = byLink || user.PasswordHash == ""
	return &sessionOutput{SetCookie: cookie, Body: body}, nil
}

// describe is the session of a user in the workspace chosen; 0 = the first.
func describe(user User, list []Membership, chosen int64) sessionBody {
	body := sessionBody{User: sessionUserBody{ID: user.ID, Name: user.Name, Email: user.Email, Language: user.Language}, Role: httpx.SignedIn, Workspaces: list}
	for i := range list {
		if chosen == 0 || list[i].WorkspaceID == chosen {
			body.Workspace, body.Role = &list[i], list[i].Role
			break
		}
	}
	return body
}

type sessionBodyOutput struct{ Body sessionBody }

func (s *Service) httpSession(ctx context.Context, _ *struct{}) (*sessionBodyOutput, error) {
	who := httpx.ActorFrom(ctx)
	if who.UserID == 0 {
		w := Membership{WorkspaceID: who.WorkspaceID, Name: who.WorkspaceName, Role: who.Role, Timezone: who.Zone.String()}
		return &sessionBodyOutput{sessionBody{User: sessionUserBody{Name: who.Name, Language: "vi"}, Role: who.Role, Workspace: &w, Workspaces: []Membership{w}}}, nil
	}
	user, err := s.userByID(ctx, s.DB, who.UserID)
	if err != nil {
		return nil, err
	}
	list, err := s.Memberships(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	body := describe(user, list, who.WorkspaceID)
	body.SetPassword = user.PasswordHash == "" || s.fromLink(ctx)
	return &sessionBodyOutput{body}, nil
}

type cookieOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Service) httpSignOut(ctx context.Context, _ *struct{}) (*cookieOutput, error) {
	cookie, err := s.endSession(ctx)
	if err != nil {
		return nil, err
	}
	if who := httpx.ActorFrom(ctx); who.UserID != 0 {
		if err := s.auditUser(ctx, who.UserID, "session.end"); err != nil {
			return nil, err
		}
	}
	return &cookieOutput{cookie}, nil
}

type profileInput struct {
	Body struct {
		Name     *string `json:"name,omitempty" maxLength:"100"`
		Language *string `json:"language,omitempty" enum:"vi,en"`
	}
}

func (s *Service) httpUpdateProfile(ctx context.Context, in *profileInput) (*sessionBodyOutput, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.UpdateProfile(ctx, who.UserID, in.Body.Name, in.Body.Language); err != nil {
		return nil, err
	}
	return s.httpSession(ctx, nil)
}

type passwordInput struct {
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"800" doc:"Not needed when set_password of the session is true"`
		Password string `json:"password" maxLength:"800"`
	}
}

func (s *Service) httpSetPassword(ctx context.Context, in *passwordInput) (*sessionOutput, error) {
	who, err := person(ctx)
	if err != nil {
		return nil, err
	}
	user, err := s.userByID(ctx, s.DB, who.UserID)
	if err != nil {
		return nil, err
	}
	if err := s.SetPassword(ctx, user, in.Body.Current, in.Body.Password, httpx.AddressFrom(ctx), s.fromLink(ctx)); err != nil {
		return nil, err
	}
	user.PasswordHash = "set"
	return s.entered(ctx, user, false)
}

// person is the signed-in user; an API key has no profile and no password.
func person(ctx context.Context) (httpx.Actor, error) {
	who := httpx.ActorFrom(ctx)
	if who.UserID == 0 {
		return who, errs.Forbidden("access.users_only")
	}
	return who, nil
}

type workspaceOutput struct{ Body Workspace }

func (s *Service) httpWorkspace(ctx context.Context, _ *struct{}) (*workspaceOutput, error) {
	w, err := s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &workspaceOutput{w}, err
}

type workspaceInput struct {
	Body struct {
		Name     *string   `json:"name,omitempty" maxLength:"100"`
		Timezone *string   `json:"timezone,omitempty" maxLength:"64"`
		Settings *Settings `json:"settings,omitempty" doc:"Replaces all settings"`
	}
}

func (s *Service) httpUpdateWorkspace(ctx context.Context, in *workspaceInput) (*workspaceOutput, error) {
	who := httpx.ActorFrom(ctx)
	w, err := s.Update(ctx, who.WorkspaceID, who.String(), in.Body.Name, in.Body.Timezone, in.Body.Settings)
	return &workspaceOutput{w}, err
}

type namesOutput struct{ Body map[string]string }

func (s *Service) httpNames(ctx context.Context, _ *struct{}) (*namesOutput, error) {
	names, err := s.Names(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &namesOutput{names}, err
}

type auditInput struct {
	httpx.Paging
	Action string    `query:"action" maxLength:"100" doc:"Only this action; with a dot at its end all that begin so, such as campaign."`
	Actor  string    `query:"actor" maxLength:"40" doc:"Only what user:12, key:3 or system did"`
	Target string    `query:"target" maxLength:"100" doc:"Only what was done to campaign:7; with a colon at its end all of the kind, such as campaign:"`
	From   time.Time `query:"from" doc:"Only lines at or after"`
	To     time.Time `query:"to" doc:"Only lines before"`
}

type auditOutput struct{ Body httpx.Page[AuditEntry] }

func (s *Service) httpAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	list, err := s.AuditLog(ctx, httpx.ActorFrom(ctx).WorkspaceID, AuditFilter{Before: before, Action: in.Action, Actor: in.Actor, Target: in.Target, From: in.From, To: in.To}, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &auditOutput{httpx.PageOf(list, in.Limit, func(e AuditEntry) []any { return []any{e.ID} })}, nil
}

type auditCheckOutput struct{ Body AuditCheck }

func (s *Service) httpCheckAudit(ctx context.Context, _ *struct{}) (*auditCheckOutput, error) {
	check, err := s.VerifyAudit(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return &auditCheckOutput{check}, err
}
