package segment

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// MaxMembers is how many people one call adds to a list or takes from it.
const MaxMembers = 1000

// listCondition is what the condition of a list says: its own members. So lists can stand wherever segments can.
func listCondition(id int64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"field":"list","operator":"in","value":[%d]}`, id))
}

// AddMembers puts people of the workspace on a list and returns how many were not on it; ids of nobody are passed over. Errors: segment.not_found, segment.not_a_list.
func (s *Service) AddMembers(ctx context.Context, tx *db.Tx, workspace, id int64, contacts []int64) (int64, error) {
	if err := s.list(ctx, tx, workspace, id); err != nil || len(contacts) == 0 {
		return 0, err
	}
	args := []any{workspace, id, s.Now().UnixMilli()}
	for _, c := range contacts {
		args = append(args, c)
	}
	n, err := tx.Exec(ctx, `INSERT INTO list_member (workspace_id, segment_id, contact_id, added_at) SELECT c.workspace_id, CAST($2 AS bigint), c.id, CAST($3 AS bigint) FROM contact c
 WHERE c.workspace_id = $1 AND c.id IN (`+db.In(4, len(contacts))+`) ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return 0, fmt.Errorf("add members: %w", err)
	}
	return n, nil
}

// RemoveMembers takes people from a list and returns how many were on it. Errors as of AddMembers.
func (s *Service) RemoveMembers(ctx context.Context, tx *db.Tx, workspace, id int64, contacts []int64) (int64, error) {
	if err := s.list(ctx, tx, workspace, id); err != nil || len(contacts) == 0 {
		return 0, err
	}
	args := []any{workspace, id}
	for _, c := range contacts {
		args = append(args, c)
	}
	n, err := tx.Exec(ctx, `DELETE FROM list_member WHERE workspace_id = $1 AND segment_id = $2 AND contact_id IN (`+db.In(3, len(contacts))+`)`, args...)
	if err != nil {
		return 0, fmt.Errorf("remove members: %w", err)
	}
	return n, nil
}

// list refuses a segment that is no list.
func (s *Service) list(ctx context.Context, q db.Querier, workspace, id int64) error {
	g, err := get(ctx, q, workspace, id)
	if err != nil {
		return err
	}
	if g.Kind != KindStatic {
		return errs.Conflict("segment.not_a_list")
	}
	return nil
}

type changeMembersInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Add    []int64 `json:"add,omitempty" maxItems:"1000" doc:"Customers to put on the list"`
		Remove []int64 `json:"remove,omitempty" maxItems:"1000" doc:"Customers to take from the list"`
	}
}

type changeMembersOutput struct {
	Body struct {
		Added   int64 `json:"added" doc:"How many were not on it"`
		Removed int64 `json:"removed" doc:"How many were on it"`
	}
}

func (s *Service) httpChangeMembers(ctx context.Context, in *changeMembersInput) (*changeMembersOutput, error) {
	who := httpx.ActorFrom(ctx)
	out := &changeMembersOutput{}
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		if out.Body.Added, err = s.AddMembers(ctx, tx, who.WorkspaceID, in.ID, in.Body.Add); err != nil {
			return err
		}
		if out.Body.Removed, err = s.RemoveMembers(ctx, tx, who.WorkspaceID, in.ID, in.Body.Remove); err != nil {
			return err
		}
		return s.audit(ctx, tx, who.WorkspaceID, who.String(), "segment.members", fmt.Sprintf("segment:%d", in.ID), map[string]any{"added": out.Body.Added, "removed": out.Body.Removed})
	})
	return out, err
}
