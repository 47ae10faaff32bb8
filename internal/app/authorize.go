package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/seal"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
)

// consent is what we know of a visit to Zalo's consent page when the browser comes back. It travels sealed in the address, so that nothing of it can be read or changed on the way.
type consent struct {
	User     int64  `json:"user"` // who began: nobody else can finish
	Verifier string `json:"verifier"`
	Until    int64  `json:"until"` // Unix ms
}

// consentTime is how long the visit may take: as long as Zalo's code lives.
const consentTime = 10 * time.Minute

func consentPlace(workspace, id int64) seal.Place {
	return seal.Place{Workspace: workspace, Table: "connection", Row: id, Column: "consent"}
}

// consentURL begins the authorisation of an OA by a signed-in person (PKCE with a fresh verifier each time, unless the app's console fixes the challenge). Source: developers.zalo.me, Official Account API, "Xác thực và ủy quyền
// cho ứng dụng".
func (a *App) consentURL(ctx context.Context, workspace, id, user int64) (string, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	switch {
	case err != nil:
		return "", err
	case user == 0:
		return "", errs.Invalid("connection.person_needed")
	case c.Zalo == nil:
		return "", errs.Invalid("connection.not_zalo")
	case secrets.AppSecret == "":
		return "", errs.Invalid("connection.no_app_secret")
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)                                 // it never fails: the process ends instead
	verifier := base64.RawURLEncoding.EncodeToString(raw) // exactly the 43 characters that Zalo wants
	if secrets.FixedCodeVerifier != "" {
		verifier = secrets.FixedCodeVerifier
	}
	plain, err := json.Marshal(consent{User: user, Verifier: verifier, Until: a.Clock.Now().Add(consentTime).UnixMilli()})
	if err != nil {
		return "", fmt.Errorf("write consent: %w", err)
	}
	sealed, err := a.Sealer.Seal(consentPlace(workspace, id), plain)
	if err != nil {
		return "", fmt.Errorf("seal consent: %w", err)
	}
	client, err := a.zaloClient(c, secrets)
	if err != nil {
		return "", err
	}
	return client.ConsentURL(c.Zalo.AppID, a.Connections.RedirectURI(), zalo.Challenge(verifier), fmt.Sprintf("%d.%d.%s", workspace, id, sealed))
}

// openConsent reads the state that came back and checks that the same person brings it, in time, and is still an owner.
func (a *App) openConsent(ctx context.Context, user int64, state string) (workspace, id int64, verifier string, err error) {
	parts := strings.SplitN(state, ".", 3)
	if len(parts) != 3 {
		return 0, 0, "", errs.Invalid("connection.consent_unknown")
	}
	workspace, err1 := strconv.ParseInt(parts[0], 10, 64)
	id, err2 := strconv.ParseInt(parts[1], 10, 64)
	plain, err3 := a.Sealer.Unseal(consentPlace(workspace, id), parts[2])
	var c consent
	if err1 != nil || err2 != nil || err3 != nil || json.Unmarshal(plain, &c) != nil {
		return 0, 0, "", errs.Invalid("connection.consent_unknown")
	}
	if user == 0 || c.User != user {
		return 0, 0, "", errs.Invalid("connection.consent_unknown")
	}
	if a.Clock.Now().UnixMilli() > c.Until {
		return workspace, id, "", errs.Invalid("connection.consent_late")
	}
	list, err := a.Workspaces.Memberships(ctx, user)
	if err != nil {
		return 0, 0, "", err
	}
	for _, m := range list {
		if m.WorkspaceID == workspace && m.Role.Allows(httpx.Owner) {
			return workspace, id, c.Verifier, nil
		}
	}
	return 0, 0, "", errs.Invalid("connection.consent_unknown")
}

// finishConsent turns the code into tokens and stores them. It returns the connection also with an error when the state was good.
func (a *App) finishConsent(ctx context.Context, user int64, q url.Values) (int64, error) {
	workspace, id, verifier, err := a.openConsent(ctx, user, q.Get("state"))
	if err != nil {
		return id, err
	}
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	switch {
	case err != nil:
		return id, err
	case c.Zalo == nil:
		return id, errs.Invalid("connection.not_zalo")
	case q.Get("code") == "":
		return id, errs.Invalid("connection.consent_refused")
	case q.Get("oa_id") != "" && q.Get("oa_id") != c.Zalo.OAID:
		return id, errs.Invalid("connection.consent_other_oa")
	}
	client, err := a.zaloClient(c, secrets)
	if err != nil {
		return id, err
	}
	// The code is good once: the answer must be kept even when the browser goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	t, err := client.Exchange(ctx, c.Zalo.AppID, secrets.AppSecret, q.Get("code"), verifier)
	if err != nil {
		a.Log.Warn("exchange authorisation code", "workspace_id", workspace, "connection_id", id, "error", err)
		return id, errs.Invalid("connection.consent_failed").Because(err)
	}
	return id, a.Connections.SaveTokens(ctx, workspace, id, connection.Tokens{Access: t.Access, Refresh: t.Refresh, ExpiresIn: t.ExpiresIn})
}

type consentOutput struct {
	Body struct {
		URL string `json:"url" doc:"Where the browser should go; Zalo sends it back to us"`
	}
}

func (a *App) registerConsent(api *httpx.API) {
	httpx.Register(api, httpx.Op{Method: "POST", Path: "/connections/{id}/authorize", ID: "authorize-connection", Summary: "Begin the authorisation of a Zalo OA in the browser", Tag: "connections", Role: httpx.Owner},
		func(ctx context.Context, in *connectionInput) (*consentOutput, error) {
			who := httpx.ActorFrom(ctx)
			to, err := a.consentURL(ctx, who.WorkspaceID, in.ID, who.UserID)
			if err != nil {
				return nil, err
			}
			out := &consentOutput{}
			out.Body.URL = to
			return out, nil
		})
	api.Raw(httpx.Op{Method: "GET", Path: strings.TrimPrefix(connection.CallbackPath, httpx.Base), ID: "zalo-callback", Summary: "Where Zalo's consent page sends the browser back to", Tag: "connections", Role: httpx.SignedIn},
		func(w http.ResponseWriter, r *http.Request) error {
			id, err := a.finishConsent(r.Context(), httpx.ActorFrom(r.Context()).UserID, r.URL.Query())
			result := "ok"
			if err != nil {
				known, ok := errs.As(err)
				if !ok {
					return err
				}
				result = strings.TrimPrefix(known.Code, "connection.")
				if f, is := errors.AsType[*provider.Error](err); is {
					result += "&code=" + url.QueryEscape(f.Code)
				}
			}
			to := "/connections"
			if id != 0 {
				to += "/" + strconv.FormatInt(id, 10)
			}
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
			http.Redirect(w, r, to+"?consent="+result, http.StatusSeeOther)
			return nil
		})
}
