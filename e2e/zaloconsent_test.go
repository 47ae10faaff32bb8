package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loa-project/loa/provider/zalo"
)

// TestFixedCodeVerifier authorises an OA whose app's console holds one code challenge, whatever the address of the consent page says: only the verifier of that challenge gets tokens. Without
// a fixed verifier each visit has its own challenge.
func TestFixedCodeVerifier(t *testing.T) {
	t.Parallel()
	bothStores(t, func(t *testing.T, at string) {
		w, connection, _ := znsWorld(t, at, "zalo", quick(), nil)
		post, cookie := w.signedIn(), w.session()
		path := fmt.Sprintf("/connections/%d", connection)
		begin := func() *url.URL {
			t.Helper()
			var out struct{ URL string }
			status, raw := post(path+"/authorize", object{})
			if err := json.Unmarshal(raw, &out); err != nil || status != http.StatusOK {
				t.Fatalf("begin: got %d %s", status, raw)
			}
			to, err := url.Parse(out.URL)
			if err != nil {
				t.Fatal(err)
			}
			return to
		}
		visit := func(to string, c *http.Cookie) string {
			t.Helper()
			r, err := http.NewRequest("GET", to, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c != nil {
				r.AddCookie(c)
			}
			res, err := direct.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			return res.Header.Get("Location")
		}
		verifier := strings.Repeat("Loa.-_~", 6) + "7"
		// consent goes through Zalo's page, which puts the challenge of the console in the place of ours, and back.
		consent := func() string {
			t.Helper()
			to := begin()
			q := to.Query()
			q.Set("code_challenge", zalo.Challenge(verifier))
			to.RawQuery = q.Encode()
			back, err := url.Parse(visit(to.String(), nil))
			if err != nil || back.RawQuery == "" {
				t.Fatalf("consent page: got %v %v, want the way back", back, err)
			}
			_, result, _ := strings.Cut(visit(w.url+back.Path+"?"+back.RawQuery, cookie), "?")
			return result
		}
		challenge := func() string { return begin().Query().Get("code_challenge") }
		if one, two := challenge(), challenge(); one == "" || one == two {
			t.Errorf("without a fixed verifier: got %q and %q, want a fresh challenge each time", one, two)
		}
		if got, want := consent(), "consent=consent_failed&code=-14005"; got != want {
			t.Errorf("a fresh verifier at a fixed challenge: got %s, want %s", got, want)
		}
		form := zaloForm(w)
		form["secrets"] = object{"fixed_code_verifier": verifier[1:]}
		if status, code, _ := w.refused("PUT", path, form); status != 422 || code != "connection.invalid" {
			t.Errorf("42 characters: got %d %s, want 422 connection.invalid", status, code)
		}
		form["secrets"] = object{"fixed_code_verifier": verifier}
		w.call("PUT", path, form, nil)
		if got := challenge(); got != zalo.Challenge(verifier) {
			t.Errorf("with a fixed verifier: got %q, want its challenge", got)
		}
		if got := consent(); got != "consent=ok" {
			t.Errorf("the fixed verifier: got %s, want consent=ok", got)
		}
		form["secrets"] = object{"fixed_code_verifier": ""}
		w.call("PUT", path, form, nil)
		if one, two := challenge(), challenge(); one == two {
			t.Errorf("taken away: got %q twice, want a fresh challenge each time", one)
		}
	})
}
