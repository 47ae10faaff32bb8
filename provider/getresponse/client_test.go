package getresponse

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/loa-project/loa/provider"
)

// answers plays back (status, body) pairs and notes what was asked.
func answers(t *testing.T, script ...string) (*Client, *[]string) {
	t.Helper()
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked = append(asked, fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), raw))
		if got, want := r.Header.Get("X-Auth-Token"), "api-key geheim"; got != want {
			t.Errorf("X-Auth-Token: got %q, want %q", got, want)
		}
		if len(asked) > len(script) {
			w.WriteHeader(500)
			return
		}
		status, body, _ := strings.Cut(script[len(asked)-1], " ")
		var code int
		_, _ = fmt.Sscan(status, &code)
		if code == 429 {
			w.Header().Set("X-RateLimit-Reset", "3 seconds")
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	client, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &Client{BaseURL: srv.URL, APIKey: "geheim", HTTP: client}, &asked
}

var an = &Contact{Email: "an@example.vn", Name: "Nguyễn An", ListID: "p86zQ", Fields: map[string]string{"y8jnp": "30-44", "a1": "x"}, TagIDs: []string{"m7E2"}}

// TestGoldenCreate is the request of apidocs.getresponse.com/v3, "Adding contacts".
func TestGoldenCreate(t *testing.T) {
	t.Parallel()
	c, asked := answers(t, "202")
	r, err := c.Put(context.Background(), an)
	want := `POST /contacts {"email":"an@example.vn","name":"Nguyễn An","campaign":{"campaignId":"p86zQ"},"customFieldValues":[{"customFieldId":"a1","value":["x"]},{"customFieldId":"y8jnp","value":["30-44"]}],"tags":[{"tagId":"m7E2"}]}`
	if err != nil || !r.Created || r.Status != 202 || (*asked)[0] != want {
		t.Errorf("got %+v %v %q, want created by %q", r, err, *asked, want)
	}
}

func TestWhoExistsIsChanged(t *testing.T) {
	t.Parallel()
	c, asked := answers(t, `409 {"httpStatus":409,"code":1008,"message":"exists"}`, `200 [{"contactId":"z9"}]`, "200 {}", "200 {}")
	r, err := c.Put(context.Background(), an)
	if err != nil || r.Created || r.Status != 200 {
		t.Errorf("got %+v %v, want a change", r, err)
	}
	want := []string{
		"GET /contacts?fields=contactId&perPage=1&query%5BcampaignId%5D=p86zQ&query%5Bemail%5D=an%40example.vn ",
		`POST /contacts/z9 {"name":"Nguyễn An","tags":[{"tagId":"m7E2"}]}`,
		`POST /contacts/z9/custom-fields {"customFieldValues":[{"customFieldId":"a1","value":["x"]},{"customFieldId":"y8jnp","value":["30-44"]}]}`,
	}
	if got := strings.Join((*asked)[1:], "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestRefusalsAreClassified(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]provider.Class{
		`400 {"code":1000,"message":"validation"}`:  provider.Content,
		`400 {"code":1002,"message":"blacklisted"}`: provider.Recipient,
		`401 {"code":1014}`:                         provider.Auth,
		`401`:                                       provider.Auth,
		`429 {"code":1015}`:                         provider.RateLimited,
		`500 {"code":1}`:                            provider.Temporary,
		`502 <html>`:                                provider.Unknown,
		`409 {"code":"1008","message":"still making"}`: provider.Temporary,
	} {
		c, _ := answers(t, script, "200 []")
		_, err := c.Put(context.Background(), an)
		if got := provider.ClassOf(err); got != want {
			t.Errorf("%s: got class %q, want %q (%v)", script, got, want, err)
		}
	}
}
