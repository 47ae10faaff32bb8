package app

import (
	"context"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/message"
)

// TestOpenCampaign runs the measurement over a small run: it must work on both engines before anybody waits for a million.
func TestOpenCampaign(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": "", "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := newShop(t, url), context.Background()
			if err := s.app.DB.WithTx(ctx, func(tx *db.Tx) error {
				_, err := s.app.Messages.StartRun(ctx, tx, message.Run{WorkspaceID: s.sample.Workspace, Kind: message.KindCampaign, Name: "bench", Purpose: message.Care, Class: 1})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			var e EngineResult
			if err := openContacts(ctx, s.app, s.sample.Workspace, &e); err != nil {
				t.Fatalf("got %v, want figures", err)
			}
			if err := openCampaign(ctx, s.app, s.sample.Workspace, &e); err != nil {
				t.Fatalf("got %v, want figures", err)
			}
		})
	}
}
