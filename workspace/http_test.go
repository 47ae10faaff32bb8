package workspace

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/httpx/httpxtest"
)

func TestSetupOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		nobody := w.client()
		if got := nobody.want(200, "", "GET", "/setup", nil); !strings.Contains(got, `"needed":true`) {
			t.Errorf("got %s", got)
		}
		old, err := w.s.SetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		token, err := w.s.SetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		form := func(token, password string) fields {
			return fields{"token": token, "workspace": "Tiệm Hoa", "name": "Lan", "email": "lan@example.vn", "password": password}
		}
		nobody.want(403, "setup.token_wrong", "POST", "/setup", form("guess", goodPassword))
		nobody.want(403, "setup.token_wrong", "POST", "/setup", form(old, goodPassword))
		nobody.want(422, "user.password_weak", "POST", "/setup", form(token, "1234567890"))
		nobody.want(422, "user.password_short", "POST", "/setup", form(token, ""))
		var made atomic.Int64
		parallel(6, func(i int) {
			c := w.client()
			f := form(token, goodPassword)
			f["email"] = fmt.Sprintf("lan%d@example.vn", i)
			if status, _ := c.do("POST", "/setup", f); status == 200 {
				made.Add(1)
				c.want(200, "", "GET", "/session", nil)
			}
		})
		if made.Load() != 1 {
			t.Errorf("%d owners were made, want 1", made.Load())
		}
		nobody.want(409, "setup.done", "POST", "/setup", form(token, goodPassword))
		if again, err := w.s.SetupToken(ctx); again != "" || err != nil {
			t.Errorf("token after set-up: %q %v", again, err)
		}
		if got := nobody.want(200, "", "GET", "/setup", nil); !strings.Contains(got, `"needed":false`) {
			t.Errorf("got %s", got)
		}
	})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.owner()
		c := w.client()
		signIn := func(email, password string) fields { return fields{"email": email, "password": password} }
		unknown := c.want(401, "session.wrong_login", "POST", "/session", signIn("nobody@example.vn", goodPassword))
		known := c.want(401, "session.wrong_login", "POST", "/session", signIn("lan@example.vn", "wrong password"))
		if a, b := cut(unknown), cut(known); a != b {
			t.Errorf("answers differ:\n%s\n%s", a, b)
		}
		c.want(200, "", "POST", "/session", signIn(" LAN@example.vn ", goodPassword))
		var me sessionBody
		c.into(&me, "GET", "/session", nil)
		if me.User.Email != "lan@example.vn" || me.Role != httpx.Owner || me.Workspace == nil || me.Workspace.Timezone != DefaultZone || me.SetPassword {
			t.Errorf("got %+v", me)
		}
		c.want(204, "", "DELETE", "/session", nil)
		c.want(401, "access.sign_in", "GET", "/session", nil)
		// Ten guesses lock the name, for everybody and also with the right password; unknown names as well.
		for _, email := range []string{"lan@example.vn", "nobody@example.vn"} {
			locked := false
			for range 12 {
				status, _ := w.client().do("POST", "/session", signIn(email, "wrong password"))
				locked = status == 429
			}
			if !locked {
				t.Errorf("%s is not locked after 12 guesses", email)
			}
			w.client().want(429, "session.locked", "POST", "/session", signIn(email, goodPassword))
		}
		// When the lock is over one guess is free, and the next lock is longer.
		if _, err := d.Exec(context.Background(), `UPDATE login_failure SET locked_until = 0`); err != nil {
			t.Fatal(err)
		}
		w.client().want(401, "session.wrong_login", "POST", "/session", signIn("lan@example.vn", "wrong password"))
		w.client().want(429, "session.locked", "POST", "/session", signIn("lan@example.vn", goodPassword))
	})
}

// cut takes the request id, which always differs, out of a problem document.
func cut(body string) string {
	before, _, _ := strings.Cut(body, `"request_id"`)
	return before
}

// TestSameTime compares the time of an answer for a name that exists and one that does not. Without the comparison with a made-up hash the second would be hundreds of times
// faster, so a wide bound is enough and stays true on a busy machine.
func TestSameTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.s.Passwords = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	w.owner()
	var err error
	if w.s.dummy, err = argon2id.CreateHash("x", w.s.Passwords); err != nil {
		t.Fatal(err)
	}
	median := func(email string) time.Duration {
		var took []time.Duration
		for range 7 {
			start := time.Now()
			if _, err := w.s.Login(context.Background(), email, "wrong password", "192.0.2.1"); !errs.Is(err, "session.wrong_login") {
				t.Fatalf("got %v", err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		return took[3]
	}
	known, unknown := median("lan@example.vn"), median("nobody@example.vn")
	if unknown < known/4 || known < unknown/4 {
		t.Errorf("known name %s, unknown name %s", known, unknown)
	}
}

func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.owner()
		var tried atomic.Int64
		parallel(40, func(int) {
			if status, _ := w.client().do("POST", "/session", fields{"email": "lan@example.vn", "password": "wrong password"}); status == 401 {
				tried.Add(1)
			}
		})
		if tried.Load() > nameGuesses {
			t.Errorf("%d guesses were tried at once, want at most %d", tried.Load(), nameGuesses)
		}
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		first := w.owner()
		second := w.client()
		second.want(200, "", "POST", "/session", fields{"email": "lan@example.vn", "password": goodPassword})
		first.want(422, "user.password_wrong", "PUT", "/session/password", fields{"current": "no", "password": "một mật khẩu khác"})
		second.want(200, "", "GET", "/session", nil)
		first.want(200, "", "PUT", "/session/password", fields{"current": goodPassword, "password": "một mật khẩu khác"})
		first.want(200, "", "GET", "/session", nil)
		second.want(401, "access.sign_in", "GET", "/session", nil)
		w.client().want(401, "session.wrong_login", "POST", "/session", fields{"email": "lan@example.vn", "password": goodPassword})
		// Signing in again makes a new session; the browser's old cookie is not taken over.
		u, _ := http.NewRequest("GET", w.url, nil)
		before := first.http.Jar.Cookies(u.URL)[0].Value
		first.want(200, "", "POST", "/session", fields{"email": "lan@example.vn", "password": "một mật khẩu khác"})
		if after := first.http.Jar.Cookies(u.URL)[0].Value; after == before {
			t.Error("the session token stayed the same over a log-in")
		}
		var n int
		if err := d.QueryRow(ctx, `SELECT count(*) FROM session WHERE token_hash = $1`, before).Scan(&n); err != nil || n != 0 {
			t.Errorf("the token is stored in clear: %d %v", n, err)
		}
		// Idle: the row says when it ends, and a request puts the end off.
		soon := clock.Millis(w.s.wall().Add(time.Hour))
		if _, err := d.Exec(ctx, `UPDATE session SET expires_at = $1`, soon); err != nil {
			t.Fatal(err)
		}
		first.want(200, "", "GET", "/session", nil)
		w.s.Close()
		var expires int64
		if err := d.QueryRow(ctx, `SELECT max(expires_at) FROM session`).Scan(&expires); err != nil || expires <= soon {
			t.Errorf("a request did not put the end off: %d, was %d, %v", expires, soon, err)
		}
		if _, err := d.Exec(ctx, `UPDATE session SET expires_at = $1`, clock.Millis(w.s.wall().Add(-time.Second))); err != nil {
			t.Fatal(err)
		}
		first.want(401, "access.sign_in", "GET", "/session", nil)
		if err := w.s.Purge(ctx); err != nil {
			t.Error(err)
		}
		if err := d.QueryRow(ctx, `SELECT count(*) FROM session`).Scan(&n); err != nil || n != 0 {
			t.Errorf("after the purge: %d sessions, %v", n, err)
		}
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := context.Background()
		w.owner()
		user, err := w.s.UserByEmail(ctx, "lan@example.vn")
		if err != nil {
			t.Fatal(err)
		}
		replaced, err := w.s.CreateLoginLink(ctx, user.ID, LinkTime)
		if err != nil {
			t.Fatal(err)
		}
		token, err := w.s.CreateLoginLink(ctx, user.ID, LinkTime)
		if err != nil {
			t.Fatal(err)
		}
		w.client().want(401, "session.link_invalid", "POST", "/session/link", fields{"token": replaced})
		w.client().want(401, "session.link_invalid", "POST", "/session/link", fields{"token": ""})
		var used atomic.Int64
		browsers := make([]*client, 8)
		parallel(8, func(i int) {
			browsers[i] = w.client()
			if status, _ := browsers[i].do("POST", "/session/link", fields{"token": token}); status == 200 {
				used.Add(1)
				browsers[i].want(200, "", "PUT", "/session/password", fields{"password": "quên rồi đặt lại"})
			}
		})
		if used.Load() != 1 {
			t.Errorf("the link worked %d times, want once", used.Load())
		}
		w.client().want(200, "", "POST", "/session", fields{"email": "lan@example.vn", "password": "quên rồi đặt lại"})
		late, err := w.s.CreateLoginLink(ctx, user.ID, -time.Second)
		if err != nil {
			t.Fatal(err)
		}
		w.client().want(401, "session.link_invalid", "POST", "/session/link", fields{"token": late})
		if got, want := w.s.LinkURL("abc"), "http://loa.test/#/link?token=abc"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestUsers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		var added struct {
			User Member `json:"user"`
			Link string `json:"link"`
		}
		owner.into(&added, "POST", "/users", fields{"name": "Hà", "email": "ha@example.vn", "role": "marketer"})
		owner.want(409, "user.already_member", "POST", "/users", fields{"name": "Hà", "email": "HA@example.vn", "role": "viewer"})
		owner.want(422, "user.email_invalid", "POST", "/users", fields{"name": "Hà", "email": "ha@", "role": "viewer"})
		owner.want(422, "field.one_of", "POST", "/users", fields{"name": "Hà", "email": "ha2@example.vn", "role": "signed_in"})
		owner.want(422, "field.unknown", "POST", "/users", fields{"name": "Hà", "email": "ha2@example.vn", "role": "viewer", "workspace_id": 2})
		_, token, _ := strings.Cut(added.Link, "token=")
		member := w.client()
		member.want(200, "", "POST", "/session/link", fields{"token": token})
		member.want(403, "access.forbidden", "POST", "/users", fields{"name": "X", "email": "x@example.vn", "role": "owner"})
		if got := member.want(200, "", "GET", "/users", nil); strings.Contains(got, "lan@example.vn") {
			t.Errorf("a marketer sees addresses: %s", got)
		}
		path := fmt.Sprintf("/users/%d", added.User.ID)
		owner.want(200, "", "PATCH", path, fields{"role": "viewer"})
		member.want(401, "access.sign_in", "GET", "/session", nil) // a new role ends the sessions
		var me sessionBody
		owner.into(&me, "GET", "/session", nil)
		self := fmt.Sprintf("/users/%d", me.User.ID)
		owner.want(409, "user.last_owner", "PATCH", self, fields{"role": "marketer"})
		owner.want(409, "user.last_owner", "PATCH", self, fields{"status": "disabled"})
		owner.want(409, "user.last_owner", "DELETE", self, nil)
		owner.want(200, "", "PATCH", path, fields{"status": "disabled"})
		owner.want(409, "user.disabled", "POST", path+"/link", nil)
		owner.want(200, "", "PATCH", path, fields{"status": "active"})
		owner.want(201, "", "POST", path+"/link", nil)
		owner.want(204, "", "DELETE", path, nil)
		owner.want(404, "user.not_found", "DELETE", path, nil)
		// Who belongs to somebody else's workspace too can be taken in, but not taken over.
		quoc, _ := w.other()
		added.Link = ""
		owner.into(&added, "POST", "/users", fields{"name": "Quốc", "email": "quoc@example.vn", "role": "viewer"})
		if added.User.ID != quoc.ID || added.Link != "" {
			t.Errorf("got %+v", added)
		}
		path = fmt.Sprintf("/users/%d", quoc.ID)
		owner.want(409, "user.other_workspaces", "POST", path+"/link", nil)
		owner.want(409, "user.other_workspaces", "PATCH", path, fields{"status": "disabled"})
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		var made struct {
			Key    Key    `json:"key"`
			Secret string `json:"secret"`
		}
		owner.into(&made, "POST", "/keys", fields{"name": "Website", "role": "marketer", "expires_at": w.clock.Now().Add(time.Hour)})
		if !strings.HasPrefix(made.Secret, made.Key.Prefix+"_") || len(made.Secret) < 40 {
			t.Errorf("got %+v", made)
		}
		program := w.client("Authorization", "Bearer "+made.Secret)
		program.want(200, "", "GET", "/workspace", nil)
		program.want(200, "", "GET", "/session", nil)
		program.want(403, "access.forbidden", "GET", "/keys", nil)
		program.want(403, "access.users_only", "PUT", "/session/password", fields{"password": goodPassword})
		for _, wrong := range []string{"Bearer " + made.Secret + "x", "Bearer loa_", "Bearer ", "Basic " + made.Secret} {
			w.client("Authorization", wrong).want(401, "access.", "GET", "/workspace", nil)
		}
		if status, _ := owner.do("GET", "/workspace?key="+made.Secret, nil); status != 200 {
			t.Errorf("got %d", status) // a key in the query is not looked at
		}
		if list := owner.want(200, "", "GET", "/keys", nil); strings.Contains(list, made.Secret) {
			t.Error("the list shows the secret")
		}
		w.s.Close()
		for table, columns := range map[string]string{"api_key": "name || prefix || hash", "audit": "actor || action || target || CAST(detail AS text)", "setting": "key || value"} {
			rows, err := d.Query(context.Background(), `SELECT `+columns+` FROM `+table)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(text, made.Secret) || strings.Contains(text, made.Secret[len(made.Key.Prefix)+1:]) {
					t.Errorf("table %s holds the key in clear", table)
				}
			}
			rows.Close()
		}
		w.clock.Advance(2 * time.Hour)
		program.want(401, "access.key_invalid", "GET", "/workspace", nil)
		k, lasting := w.key(made.Key.workspace(t, d), httpx.Viewer)
		lasting.want(200, "", "GET", "/workspace", nil)
		owner.want(204, "", "DELETE", fmt.Sprintf("/keys/%d", k.ID), nil)
		lasting.want(401, "access.key_invalid", "GET", "/workspace", nil)
		owner.want(204, "", "DELETE", fmt.Sprintf("/keys/%d", k.ID), nil)
		owner.want(422, "key.expires_past", "POST", "/keys", fields{"name": "x", "role": "viewer", "expires_at": w.clock.Now()})
		_, marketer := w.key(1, httpx.Marketer)
		marketer.want(403, "access.forbidden", "POST", "/keys", fields{"name": "x", "role": "owner"})
	})
}

func TestCrossSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	owner := w.owner()
	owner.header.Set("Sec-Fetch-Site", "cross-site")
	owner.want(403, "request.cross_site", "POST", "/users", fields{"name": "Evil", "email": "evil@example.com", "role": "owner"})
	owner.want(403, "request.cross_site", "DELETE", "/session", nil)
	owner.header.Set("Sec-Fetch-Site", "same-origin")
	owner.want(200, "", "GET", "/session", nil)
}

// TestRoleMatrix calls every route as every role.
func TestRoleMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.owner()
	callers := map[httpx.Role]httpxtest.Caller{httpx.Anyone: func(*http.Request) {}}
	for _, role := range []httpx.Role{httpx.Viewer, httpx.Care, httpx.Marketer, httpx.Owner} {
		_, c := w.key(1, role)
		callers[role] = func(r *http.Request) { r.Header.Set("Authorization", c.header.Get("Authorization")) }
	}
	// Signed in, member of nothing.
	cookie, err := w.s.startSession(context.Background(), w.stray(), false)
	if err != nil {
		t.Fatal(err)
	}
	callers[httpx.SignedIn] = func(r *http.Request) { r.AddCookie(&cookie) }
	if pairs := httpxtest.Matrix(t, w.api, w.url, callers, "sign-out"); pairs < 100 {
		t.Errorf("only %d pairs were checked", pairs)
	}
}

// stray makes a user who belongs to no workspace.
func (w *world) stray() int64 {
	w.t.Helper()
	var id int64
	err := w.db.WithTx(context.Background(), func(tx *db.Tx) (err error) {
		id, err = w.s.insertUser(context.Background(), tx, User{Email: "stray@example.vn", Name: "Stray", Language: "vi"})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (k Key) workspace(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var id int64
	if err := d.QueryRow(context.Background(), `SELECT workspace_id FROM api_key WHERE id = $1`, k.ID).Scan(&id); err != nil && err != sql.ErrNoRows {
		t.Fatal(err)
	}
	return id
}

func TestIsolation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		quoc, theirs := w.other()
		k, _ := w.key(theirs.ID, httpx.Viewer)
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"PATCH", fmt.Sprintf("/users/%d", quoc.ID), fields{"role": "viewer"}},
			{"DELETE", fmt.Sprintf("/users/%d", quoc.ID), nil},
			{"POST", fmt.Sprintf("/users/%d/link", quoc.ID), nil},
			{"DELETE", fmt.Sprintf("/keys/%d", k.ID), nil},
		} {
			if got := owner.want(404, "", c.method, c.path, c.body); !strings.Contains(got, "not_found") {
				t.Errorf("%s %s: got %s", c.method, c.path, got)
			}
		}
		for _, path := range []string{"/users", "/keys", "/audit", "/workspace", "/workspace/names", "/session"} {
			got := owner.want(200, "", "GET", path, nil)
			for _, foreign := range []string{"Quốc", "quoc@", "Quán Khác", k.Prefix} {
				if strings.Contains(got, foreign) {
					t.Errorf("%s shows %q of another workspace: %s", path, foreign, got)
				}
			}
		}
		owner.header.Set(WorkspaceHeader, fmt.Sprint(theirs.ID))
		owner.want(404, "workspace.not_found", "GET", "/workspace", nil)
		owner.header.Set(WorkspaceHeader, "x")
		owner.want(404, "workspace.not_found", "GET", "/workspace", nil)
		owner.want(200, "", "POST", "/session", fields{"email": "lan@example.vn", "password": goodPassword}) // a stale choice does not lock out
		// A member of both chooses by header, and has in each the role given there.
		if _, _, err := w.s.AddMember(context.Background(), theirs.ID, httpx.Actor{UserID: quoc.ID, Role: httpx.Owner}, "Lan", "lan@example.vn", "", "", httpx.Viewer); err != nil {
			t.Fatal(err)
		}
		owner.header.Set(WorkspaceHeader, fmt.Sprint(theirs.ID))
		if got := owner.want(200, "", "GET", "/session", nil); !strings.Contains(got, `"role":"viewer"`) || !strings.Contains(got, "Quán Khác") {
			t.Errorf("got %s", got)
		}
		owner.want(403, "access.forbidden", "GET", "/keys", nil)
	})
}

func TestWorkspaceSettings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		owner := w.owner()
		var ws Workspace
		owner.into(&ws, "PATCH", "/workspace", fields{"name": "  Hoa   Mai ", "timezone": "Asia/Tokyo", "settings": fields{"window": fields{"from": "08:00", "to": "20:00"}, "spend_cap": 500000, "caps": fields{"messages": 2}}})
		if ws.Name != "Hoa Mai" || ws.Settings.SpendCap != 500000 || ws.Location().String() != "Asia/Tokyo" {
			t.Errorf("got %+v", ws)
		}
		owner.into(&ws, "GET", "/workspace", nil)
		if ws.Settings.Window == nil || ws.Settings.Window.To != "20:00" || ws.Settings.Caps.Messages != 2 {
			t.Errorf("got %+v", ws)
		}
		owner.want(422, "workspace.timezone_unknown", "PATCH", "/workspace", fields{"timezone": "Asia/Saigon2"})
		owner.want(422, "workspace.name_invalid", "PATCH", "/workspace", fields{"name": " "})
		owner.want(422, "field.pattern", "PATCH", "/workspace", fields{"settings": fields{"window": fields{"from": "8", "to": "20:00"}}})
		owner.want(422, "field.too_big", "PATCH", "/workspace", fields{"settings": fields{"caps": fields{"messages": 4}}})
	})
}
