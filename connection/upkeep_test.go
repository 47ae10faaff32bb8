package connection_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/seal"
)

func TestCredentialsSurviveAChangeOfKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		first, second := seal.NewKey(), seal.NewKey()
		with := func(lines ...string) {
			t.Helper()
			_, err := d.Exec(t.Context(), `DELETE FROM setting WHERE key = 'seal.root' AND $1 = 'new'`, lines[0])
			x.must(err)
			keys, err := seal.Parse(strings.Join(lines[1:], "\n"))
			x.must(err)
			sealer, err := seal.Open(t.Context(), d, keys)
			x.must(err)
			x.s = x.service(sealer)
		}
		with("new", first)
		c := x.zalo()
		with("same", second, first)
		for _, want := range []int{1, 0} {
			if got, err := x.s.Reseal(t.Context()); got != want || err != nil {
				t.Errorf("Reseal = %d %v, want %d", got, err, want)
			}
		}
		with("same", second)
		if _, secrets, err := x.s.Load(t.Context(), x.ws, c.ID); err != nil || secrets.AppSecret != "canary-app" {
			t.Errorf("with the new key alone: %v", err)
		}
	})
}

func TestTokensAreRefreshedBeforeTheirEnd(t *testing.T) {
	t.Parallel()
	x := newWorld(t, dbtest.SQLite(t))
	a, b := x.zalo(), x.zalo()
	// The tokens were pasted: their time is not known, so half a day is taken.
	for _, c := range []*connection.Connection{a, b} {
		if want := x.clock.Now().Add(12 * time.Hour); !c.TokenExpiresAt.Equal(want) {
			t.Errorf("token until %v, want %v", c.TokenExpiresAt, want)
		}
	}
	var asked []int64
	due := func(want int) {
		t.Helper()
		asked = nil
		x.must(x.s.RefreshExpiring(t.Context(), func(_ context.Context, _, id int64) (bool, error) {
			asked = append(asked, id)
			return false, context.DeadlineExceeded
		}))
		if len(asked) != want {
			t.Errorf("asked for %v, want %d", asked, want)
		}
	}
	due(0)
	x.clock.Advance(8 * time.Hour)
	due(2)
	_, err := x.s.Disable(t.Context(), x.ws, b.ID, "user:1")
	x.must(err)
	due(1)
}
