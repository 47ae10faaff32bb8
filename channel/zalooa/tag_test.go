package zalooa

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/zalo"
)

// TestWatchTakesParticulars hands on name, phone number and birthday that a person tells the OA, and nothing of what people tell another OA of the same app.
func TestWatchTakesParticulars(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	var got []zalo.User
	u := NewUsers(Deps{DB: dbtest.SQLite(t), Now: func() time.Time { return now }, Acquaint: func(_ context.Context, _ *db.Tx, workspace int64, oa string, users []zalo.User) (int64, error) {
		if workspace != 1 || oa != "9" {
			t.Errorf("got workspace %d and OA %s, want 1 and 9", workspace, oa)
		}
		got = append(got, users...)
		return 0, nil
	}})
	read := func(*http.Request, string, []byte) ([]message.Receipt, error) { return nil, nil }
	for _, oa := range []string{"9", "8"} {
		body := fmt.Sprintf(`{"event_name":"user_submit_info","sender":{"id":"7"},"recipient":{"id":"%s"},"timestamp":"%d","info":{"name":"An","phone":"84901234567","user_dob":"30/10/1999"}}`, oa, now.UnixMilli())
		if _, err := u.Watch(1, "9", read)(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)), "", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	want := zalo.User{ID: "7", Name: "An", Shared: zalo.SharedInfo{Name: "An", Phone: "84901234567", Birthday: "30/10/1999"}}
	if d := cmp.Diff([]zalo.User{want}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
