package template

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// serve starts the routes on loopback; the header X-Workspace stands for the log-in.
func serve(t *testing.T, s *Service) *httptest.Server {
	t.Helper()
	api, err := httpx.New(httpx.Options{Version: "test", PublicURL: "http://loa.test", Logger: slog.New(slog.DiscardHandler),
		Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
			var id int64
			_, _ = fmt.Sscan(r.Header.Get("X-Workspace"), &id)
			return r.Context(), httpx.Actor{WorkspaceID: id, UserID: 1, Role: httpx.Owner}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	h := &Routes{Service: s,
		Caller: func(ctx context.Context) (Caller, error) {
			a := httpx.ActorFrom(ctx)
			return Caller{WorkspaceID: a.WorkspaceID, Actor: a.String(), WorkspaceName: "Cửa hàng Mẫu", Zone: time.UTC}, nil
		},
		Contact: func(_ context.Context, _, id int64) (Person, error) {
			if id != 5 {
				return Person{}, errs.NotFound("contact")
			}
			return Person{ID: 5, Name: "Trần Bình"}, nil
		},
		Audience: func(context.Context, int64, int64) (Audience, error) { return nil, errs.NotFound("segment") }}
	h.Register(api)
	srv := httptest.NewServer(api.Handler())
	t.Cleanup(srv.Close)
	return srv
}

func TestHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws, other := twoWorkspaces(t, d)
		srv := serve(t, s)
		call := func(ws int64, method, path, body string) (int, string) {
			t.Helper()
			req, err := http.NewRequest(method, srv.URL+"/api/v1/templates"+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Workspace", fmt.Sprint(ws))
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var b bytes.Buffer
			_, _ = b.ReadFrom(resp.Body)
			return resp.StatusCode, b.String()
		}
		status, body := call(ws, "POST", "", `{"name":"Quà","channel":"sms","content":{"text":"Chào {{ contact.name }}","unicode":true}}`)
		var made Template
		if err := json.Unmarshal([]byte(body), &made); err != nil || status != 201 {
			t.Fatalf("create = %d %s", status, body)
		}
		one := fmt.Sprintf("/%d", made.ID)
		steps := []struct {
			name         string
			ws           int64
			method, path string
			body         string
			status       int
			want         string
		}{
			{"list", ws, "GET", "?search=qua", "", 200, `"name":"Quà"`},
			{"list of another", other, "GET", "", "", 200, `"items":[]`},
			{"get", ws, "GET", one, "", 200, `"content":{"text":"Chào {{ contact.name }}","unicode":true}`},
			{"get from another", other, "GET", one, "", 404, "template.not_found"},
			{"update", ws, "PATCH", one, `{"content":{"text":"Kính chào {{ contact.name }}","unicode":true},"version":1}`, 200, `"version":2`},
			{"update again", ws, "PATCH", one, `{"name":"x","version":1}`, 409, "template.changed"},
			{"update from another", other, "PATCH", one, `{"name":"x"}`, 404, "template.not_found"},
			{"old version", ws, "GET", one + "?version=1", "", 200, `"text":"Chào `},
			{"broken", ws, "POST", "", `{"name":"x","channel":"sms","content":{"text":"{{ a"}}`, 422, "template.unclosed"},
			{"broken, by field", ws, "POST", "", `{"name":"x","channel":"zns","content":{"template_id":"1","params":{"a":"{{ a"}}}`, 422, `"path":"content.params.a"`},
			{"versions", ws, "GET", one + "/versions", "", 200, `{"items":[{"version":2,"created_by":"user:1",`},
			{"versions from another", other, "GET", one + "/versions", "", 404, "template.not_found"},
			{"uses", ws, "GET", one + "/uses", "", 200, `{"items":[],"count":0}`},
			{"audience", ws, "POST", "/check-audience", `{"channel":"sms","content":{"text":"a"}}`, 200, `"people":0,"unreachable":0,"checked":0,"failing":0,"done":true,"causes":[],"empty":[]`},
			{"audience of a broken text", ws, "POST", "/check-audience", `{"channel":"sms","content":{"text":"{{ a"}}`, 422, "template.unclosed"},
			{"audience of no segment", ws, "POST", "/check-audience", `{"channel":"sms","content":{"text":"a"},"segment_id":7}`, 404, "segment.not_found"},
			{"clone", ws, "POST", one + "/clone", `{"name":"Bản sao"}`, 201, `"version":1`},
			{"clone from another", other, "POST", one + "/clone", `{"name":"x"}`, 404, "template.not_found"},
			{"preview", ws, "POST", "/preview", `{"channel":"sms","content":{"text":"{{ contact.name }} {{ workspace.name }}"}}`, 200, `"text":"Nguyen Van An Cua hang Mau"`},
			{"preview of a contact", ws, "POST", "/preview", `{"channel":"sms","content":{"text":"{{ contact.name }} {{ params.ma }}"},"contact_id":5,"params":{"ma":"A1"}}`, 200, `"text":"Tran Binh A1"`},
			{"preview of nobody", ws, "POST", "/preview", `{"channel":"sms","content":{"text":"a"},"contact_id":6}`, 404, "contact.not_found"},
			{"check", ws, "POST", "/check", `{"channel":"sms","content":{"text":"{{ contact.nmae }}a"},"price_per_part":470}`, 200, `"unknown":["contact.nmae"]`},
			{"language", ws, "GET", "/language", "", 200, `"money_vnd"`},
			{"delete from another", other, "DELETE", one, "", 404, "template.not_found"},
			{"delete", ws, "DELETE", one, "", 204, ""},
			{"get deleted", ws, "GET", one, "", 404, "template.not_found"},
		}
		for _, st := range steps {
			status, body := call(st.ws, st.method, st.path, st.body)
			if status != st.status || !strings.Contains(body, st.want) {
				t.Errorf("%s: %d %s, want %d with %s", st.name, status, body, st.status, st.want)
			}
		}
	})
}
