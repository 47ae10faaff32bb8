package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
)

// LogEntry is one line of the audit log that is about a campaign.
type LogEntry struct {
	ID     int64           `json:"id"`
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"`            // user:12, key:3, system
	Name   string          `json:"name,omitempty"`   // of the user or key; absent when it is gone
	Action string          `json:"action"`           // campaign.activate, campaign.edit …
	Detail json.RawMessage `json:"detail,omitempty"` // what else was noted, by action
}

// History reads who did what to a campaign, newest first: at most limit lines with ids below before, 0 = from the newest. campaign.not_found when it does not exist.
func (s *Service) History(ctx context.Context, workspace, id, before int64, limit int) ([]LogEntry, error) {
	if _, err := get(ctx, s.DB, workspace, id); err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT id, at, actor, action, detail FROM audit WHERE workspace_id = $1 AND target = $2 AND (CAST($3 AS bigint) = 0 OR id < CAST($3 AS bigint)) ORDER BY id DESC LIMIT $4`,
		workspace, target(id), before, limit)
	if err != nil {
		return nil, fmt.Errorf("read log of campaign: %w", err)
	}
	out, err := collect(rows, func(r *sql.Rows) (e LogEntry, err error) {
		var at int64
		var detail string
		err = r.Scan(&e.ID, &at, &e.Actor, &e.Action, &detail)
		e.At, e.Detail = clock.FromMillis(at), json.RawMessage(detail)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read log of campaign: %w", err)
	}
	names := map[string]string{}
	for i := range out {
		name, known := names[out[i].Actor]
		if !known {
			if name, err = s.actorName(ctx, workspace, out[i].Actor); err != nil {
				return nil, err
			}
			names[out[i].Actor] = name
		}
		out[i].Name = name
	}
	return out, nil
}

// actorName is the name of a user of the workspace, or of an API key; empty when there is none.
func (s *Service) actorName(ctx context.Context, workspace int64, actor string) (name string, err error) {
	kind, number, _ := strings.Cut(actor, ":")
	id, _ := strconv.ParseInt(number, 10, 64)
	switch kind {
	case "user":
		err = s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(u.name), '') FROM app_user u JOIN membership m ON m.user_id = u.id WHERE m.workspace_id = $1 AND u.id = $2`, workspace, id).Scan(&name)
	case "key":
		err = s.DB.QueryRow(ctx, `SELECT COALESCE(MAX(name), '') FROM api_key WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan(&name)
	}
	if err != nil {
		return "", fmt.Errorf("read actor: %w", err)
	}
	return name, nil
}
