package template

import (
	"context"
	"fmt"
	"time"

	"github.com/loa-project/loa/internal/clock"
)

// VersionInfo says when a version was made and by whom.
type VersionInfo struct {
	Version   int       `json:"version"`
	CreatedBy string    `json:"created_by"` // user:12, key:3
	CreatedAt time.Time `json:"created_at"` // UTC
}

// maxVersions bounds the list of versions; older ones are still read by their number.
const maxVersions = 200

// Versions lists the versions of a template, newest first, at most 200; template.not_found when there is no such template.
func (s *Service) Versions(ctx context.Context, workspaceID, id int64) ([]VersionInfo, error) {
	if _, err := s.Get(ctx, workspaceID, id); err != nil {
		return nil, err
	}
	rows, err := s.deps.DB.Query(ctx, `SELECT version, created_by, created_at FROM template_version WHERE workspace_id = $1 AND template_id = $2 ORDER BY version DESC LIMIT $3`, workspaceID, id, maxVersions)
	if err != nil {
		return nil, fmt.Errorf("list template versions: %w", err)
	}
	defer rows.Close()
	out := []VersionInfo{}
	for rows.Next() {
		var v VersionInfo
		var at int64
		if err := rows.Scan(&v.Version, &v.CreatedBy, &at); err != nil {
			return nil, fmt.Errorf("list template versions: %w", err)
		}
		v.CreatedAt = clock.FromMillis(at)
		out = append(out, v)
	}
	return out, rows.Err()
}
