package connection_test

import (
	"context"
	"sync"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

// TestBuiltinConnection makes the connection that every workspace has: once, whoever asks at the same time; in no list; and nobody changes it.
func TestBuiltinConnection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), context.Background()
		ids := make([]int64, 8)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				var err error
				if ids[i], err = w.s.Local(ctx, w.ws); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, id := range ids {
			if id == 0 || id != ids[0] {
				t.Fatalf("got %v, want the same connection", ids)
			}
		}
		c, err := w.s.Get(ctx, w.ws, ids[0])
		if err != nil || !c.Builtin() || c.HookURL != "" || !c.Channels().Has(channel.Voucher) || c.Channels().Has(channel.SMS) {
			t.Errorf("got %+v %v", c, err)
		}
		if list, err := w.s.List(ctx, w.ws, ""); err != nil || len(list) != 0 {
			t.Errorf("list: got %d %v, want none", len(list), err)
		}
		for name, act := range map[string]func() error{
			"update": func() error {
				_, err := w.s.Update(ctx, w.ws, ids[0], "user:1", connection.Form{Provider: connection.LocalProvider})
				return err
			},
			"delete":  func() error { return w.s.Delete(ctx, w.ws, ids[0], "user:1") },
			"hold":    func() error { _, err := w.s.Pause(ctx, w.ws, ids[0], "user:1"); return err },
			"disable": func() error { _, err := w.s.Disable(ctx, w.ws, ids[0], "user:1"); return err },
			"rotate":  func() error { _, err := w.s.RotateHook(ctx, w.ws, ids[0], "user:1"); return err },
		} {
			if err := act(); !errs.Is(err, "connection.builtin") {
				t.Errorf("%s: got %v, want connection.builtin", name, err)
			}
		}
	})
}
