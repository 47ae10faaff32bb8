package zns_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/simulator"
)

var noon = time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)

type world struct {
	sim   *simulator.Server
	c     *zns.Catalogue
	now   time.Time
	token string
	fresh int // refreshes
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{now: noon, token: simulator.DefaultAccessToken}
	w.sim = simulator.New(simulator.Options{Clock: clock.NewSimulated(noon, 0), HTTPAddr: "127.0.0.1:0", SMTPAddr: "off"})
	if err := w.sim.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.sim.Close)
	client(t, w, w.sim.ZaloURL(), d)
	return w
}

// client points the catalogue at an address.
func client(t *testing.T, w *world, url string, d *db.DB) {
	t.Helper()
	h, err := provider.HTTPClient(provider.HTTPOptions{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	w.c = zns.NewCatalogue(zns.CatalogueDeps{DB: d, Now: func() time.Time { return w.now },
		Open: func(_ context.Context, workspace, id int64) (zns.Source, error) {
			if workspace != 1 || id != 9 {
				return nil, errs.NotFound("connection")
			}
			return &zns.ZaloSource{Client: &zalo.Client{BaseURL: url, HTTP: h}, Token: w.token}, nil
		},
		Refresh: func(_ context.Context, _, _ int64, refused string) (bool, error) {
			w.fresh++
			if refused != w.token {
				t.Errorf("refused token: got %q, want the one of the call", refused)
			}
			w.token, _, _ = w.sim.ZaloTokens(simulator.DefaultOAID)
			return true, nil
		},
		Due: func(context.Context) ([]zns.Ref, error) { return []zns.Ref{{WorkspaceID: 1, ConnectionID: 9}}, nil }})
}

func byID(l zns.List) map[string]zns.Template {
	out := map[string]zns.Template{}
	for _, t := range l.Items {
		out[t.ID] = t
	}
	return out
}

func TestSync(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w := newWorld(t, d)
		l, err := w.c.Sync(ctx, 1, 9)
		if err != nil || l.Failure != "" || !l.SyncedAt.Equal(noon) || l.Running {
			t.Fatalf("Sync = %+v, %v; want everything read", l, err)
		}
		all := byID(l)
		pay := all["100007"]
		if len(all) != 10 || !pay.Sendable || pay.PriceVND != 300 || len(pay.Buttons) != 1 || len(pay.Params) != 5 {
			t.Fatalf("got %d templates, %+v; want 10, the payment request with its parameters", len(all), pay)
		}
		if all["100005"].Sendable || all["100006"].Sendable || all["100010"].Sendable {
			t.Error("a template that is not approved counts as sendable")
		}
		guesses := map[string]string{}
		for _, p := range append(pay.Params, all["100009"].Params...) {
			guesses[p.Name] = p.Guess
		}
		if guesses["due_date"] != "11" || guesses["amount"] != "14" || guesses["tracking_url"] != "13" || guesses["customer_name"] != "" {
			t.Errorf("guessed types: %v", guesses)
		}

		// What a person wrote down stays; what Zalo drops is gone; what changed is read again; an unchanged one is not.
		if _, err := w.c.Describe(ctx, 1, 9, "100001", "Chào <customer_name>"); err != nil {
			t.Fatal(err)
		}
		w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: "100001", Name: "Xác nhận đơn hàng", Status: "DISABLE"})
		w.sim.AddZaloTemplate(simulator.ZaloTemplate{ID: "100002", OAID: "other", Name: "Ưu đãi thành viên"})
		w.now = noon.Add(7 * time.Hour)
		w.sim.ExpireZaloTokens("")
		if err := w.c.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		l, err = w.c.List(ctx, 1, 9)
		all = byID(l)
		if err != nil || w.fresh != 1 || all["100001"].Status != "DISABLE" || all["100001"].Wording != "Chào <customer_name>" || !all["100002"].Gone || all["100002"].Sendable || !all["100007"].DetailAt.Equal(noon) {
			t.Errorf("after the tick: %d refreshes, %+v, %+v, %v", w.fresh, all["100001"], all["100002"], err)
		}

		if _, err := w.c.Sync(ctx, 2, 9); !errs.Is(err, "connection.not_found") {
			t.Errorf("Sync of another workspace = %v, want connection.not_found", err)
		}
		if _, err := w.c.Describe(ctx, 1, 9, "999", "x"); !errs.Is(err, "zns_template.not_found") {
			t.Errorf("Describe of an unknown template = %v, want zns_template.not_found", err)
		}
	})
}

func TestSyncFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		w := newWorld(t, d)
		if _, err := w.c.Sync(ctx, 1, 9); err != nil {
			t.Fatal(err)
		}
		calls := 0
		bad := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			calls++
			if strings.HasSuffix(r.URL.Path, "/template/all") && calls > 1 {
				fmt.Fprint(rw, `{"error":0,"data":[{"templateId":"55","templateName":"Mới\u0000","status":"ENABLE"},{"templateId":"../x","templateName":"y"}]}`)
				return
			}
			fmt.Fprint(rw, `{"error":-135,"message":"OA does not have permission to send"}`)
		}))
		t.Cleanup(bad.Close)
		client(t, w, bad.URL, d)
		w.now = noon.Add(time.Hour)
		l, err := w.c.Sync(ctx, 1, 9)
		if err != nil || l.Failure != "-135" || !l.SyncedAt.Equal(noon) || len(l.Items) != 10 || byID(l)["100001"].Gone {
			t.Errorf("a refused list: %+v, %v; want -135 and the templates as they were", l, err)
		}
		l, err = w.c.Sync(ctx, 1, 9)
		one := byID(l)["55"]
		if err != nil || l.Failure != "-135" || one.Name != "Mới" || one.Sendable || len(l.Items) != 11 {
			t.Errorf("a refused detail: %+v, %+v, %v; want the new template without parameters", l.Failure, one, err)
		}
	})
}
