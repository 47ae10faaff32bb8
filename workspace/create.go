package workspace

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Create makes another workspace, which the user owns. Only who owns a workspace already may: workspace.owners_only. zone empty means Asia/Ho_Chi_Minh.
func (s *Service) Create(ctx context.Context, user int64, name, zone string) (Membership, error) {
	name, err := cleanName("name", name)
	if err != nil {
		return Membership{}, err
	}
	if zone == "" {
		zone = DefaultZone
	}
	if err := checkZone(zone); err != nil {
		return Membership{}, err
	}
	m := Membership{Name: name, Timezone: zone, Role: httpx.Owner}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var owned int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM membership WHERE user_id = $1 AND role = 'owner'`, user).Scan(&owned); err != nil {
			return fmt.Errorf("count memberships: %w", err)
		}
		if owned == 0 {
			return errs.Forbidden("workspace.owners_only")
		}
		if m.WorkspaceID, err = s.insertWorkspace(ctx, tx, name, zone); err != nil {
			return err
		}
		if err := s.insertMembership(ctx, tx, m.WorkspaceID, user, httpx.Owner); err != nil {
			return err
		}
		return s.Audit(ctx, tx, m.WorkspaceID, userActor(user), "workspace.create", fmt.Sprintf("workspace:%d", m.WorkspaceID), nil)
	})
	return m, err
}
