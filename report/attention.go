package report

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strings"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/message"
)

// Attention is one thing that somebody should look at. What to do about it stands in the page's texts, by kind.
type Attention struct {
	Kind  Kind  `json:"kind" enum:"connection_held,token_expired,token_expiring,quota_low,hook_silent,unknown_results,campaign_paused,template_rejected,import_failed,import_rejected,audit_broken,withdrawal"`
	Level Level `json:"level" enum:"error,warning"`
	// Name is that of the connection, campaign, file or person, as somebody typed it.
	Name         string `json:"name,omitempty"`
	ConnectionID int64  `json:"connection_id,omitempty"`
	CampaignID   int64  `json:"campaign_id,omitempty"`
	ImportID     int64  `json:"import_id,omitempty"`
	ContactID    int64  `json:"contact_id,omitempty"`
	// Reason is the code of a hold or a pause.
	Reason string `json:"reason,omitempty"`
	// Count is how many messages, rows or templates it is about; of a low quota what is left of Of.
	Count int64 `json:"count,omitempty"`
	Of    int64 `json:"of,omitempty"`
	// At is when it happened or will happen, Unix ms.
	At int64 `json:"at,omitempty"`
}

// Kind names what is wrong.
type Kind string

// Level says how soon somebody should look.
type Level string

// The levels.
const (
	Serious Level = "error"   // messages do not go out, or the law sets a time
	Notable Level = "warning" // something is lost or will be
)

const (
	recent = 7 * day
	// soon is how much life of a token is left when its refresh must have failed: it is refreshed five hours before its end.
	soon = 4 * 60 * minute
	// silence is how long after it took messages a provider must have called back.
	silence = 60 * minute
	// lowQuota is the part of a day's quota below which people are told.
	lowQuota = 10 // percent
)

// Attention lists what needs somebody, the serious things first.
func (s *Service) Attention(ctx context.Context, workspace int64) ([]Attention, error) {
	now := s.Clock.Now().UnixMilli()
	out := []Attention{}
	for _, look := range []func(context.Context, int64, int64) ([]Attention, error){s.heldConnections, s.quotas, s.silentHooks, s.openResults, s.pausedCampaigns, s.rejectedTemplates, s.badImports, s.brokenAudit, s.withdrawals} {
		found, err := look(ctx, workspace, now)
		if err != nil {
			return nil, fmt.Errorf("look for what needs attention: %w", err)
		}
		out = append(out, found...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Level == Serious && out[j].Level != Serious })
	return out, nil
}

// list reads the lines of one look.
func (s *Service) list(ctx context.Context, text string, read func(r *sql.Rows) (Attention, error), args ...any) ([]Attention, error) {
	rows, err := s.DB.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, read)
}

func (s *Service) heldConnections(ctx context.Context, workspace, now int64) ([]Attention, error) {
	return s.list(ctx, `SELECT id, name, state, held_reason, held_until, token_expires_at FROM connection
WHERE workspace_id = $1 AND ((state = 'held' AND (held_until = 0 OR held_until > $2)) OR (state <> 'disabled' AND token_expires_at > 0 AND token_expires_at < $3)) ORDER BY id LIMIT 100`,
		func(r *sql.Rows) (a Attention, err error) {
			var state string
			var until, expires int64
			err = r.Scan(&a.ConnectionID, &a.Name, &state, &a.Reason, &until, &expires)
			switch {
			case state == "held" && (until == 0 || until > now):
				a.Kind, a.Level, a.At = "connection_held", Serious, until
				if until != 0 {
					a.Level = Notable
				}
			case expires <= now:
				a.Kind, a.Level, a.Reason, a.At = "token_expired", Serious, "", expires
			default:
				a.Kind, a.Level, a.Reason, a.At = "token_expiring", Notable, "", expires
			}
			return a, err
		}, workspace, now, now+soon)
}

// quotas asks for what connections may still send today, where a provider tells it.
func (s *Service) quotas(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	if s.Quota == nil {
		return nil, nil
	}
	all, err := s.list(ctx, `SELECT id, name FROM connection WHERE workspace_id = $1 AND state = 'active' AND provider = 'zalo' ORDER BY id LIMIT 20`, func(r *sql.Rows) (a Attention, err error) {
		return a, r.Scan(&a.ConnectionID, &a.Name)
	}, workspace)
	out := []Attention{}
	for _, a := range all {
		left, of, known := s.Quota(ctx, workspace, a.ConnectionID)
		if known && of > 0 && left*100 < of*lowQuota {
			a.Kind, a.Level, a.Count, a.Of = "quota_low", Notable, left, of
			if left <= 0 {
				a.Level = Serious
			}
			out = append(out, a)
		}
	}
	return out, err
}

// silentHooks finds connections whose provider took messages a while ago and never told what became of any. An act ends with its answer: nobody reports on it later.
func (s *Service) silentHooks(ctx context.Context, workspace, now int64) ([]Attention, error) {
	reaching := make([]string, len(channel.All))
	for i, c := range channel.All {
		reaching[i] = "'" + string(c) + "'"
	}
	silent, err := s.list(ctx, `SELECT id, name FROM connection WHERE workspace_id = $1 AND state <> 'disabled' AND provider <> 'smtp' AND channel IN (`+strings.Join(reaching, ",")+`) AND last_event_at = 0 ORDER BY id LIMIT 100`,
		func(r *sql.Rows) (a Attention, err error) {
			a.Kind, a.Level = "hook_silent", Notable
			return a, r.Scan(&a.ConnectionID, &a.Name)
		}, workspace)
	if err != nil || len(silent) == 0 {
		return nil, err
	}
	list, err := s.happenings(ctx, workspace, now-recent)
	if err != nil {
		return nil, err
	}
	runs := map[int64]bool{}
	for _, h := range list {
		runs[h.run] = true
	}
	ways, err := s.routes.of(ctx, s, workspace, runs)
	if err != nil {
		return nil, err
	}
	taken := map[int64]int64{}
	for _, h := range list {
		if h.fact == message.FactAccepted && h.at < now-silence && h.rank < len(ways[h.run]) {
			taken[ways[h.run][h.rank].Connection] += h.n
		}
	}
	out := []Attention{}
	for _, a := range silent {
		if a.Count = taken[a.ConnectionID]; a.Count > 0 {
			out = append(out, a)
		}
	}
	return out, nil
}

func (s *Service) openResults(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	return s.list(ctx, `SELECT r.source_id, r.name, CAST(SUM(n.n) AS bigint), MIN(r.started_at) FROM run r JOIN run_count n ON n.workspace_id = $1 AND n.run_id = r.id AND n.metric = 'unknown' AND n.n > 0
WHERE r.workspace_id = $1 AND r.kind = 'campaign' GROUP BY r.id, r.source_id, r.name ORDER BY r.id DESC LIMIT 10`,
		func(r *sql.Rows) (a Attention, err error) {
			a.Kind, a.Level = "unknown_results", Notable
			return a, r.Scan(&a.CampaignID, &a.Name, &a.Count, &a.At)
		}, workspace)
}

func (s *Service) pausedCampaigns(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	return s.list(ctx, `SELECT r.source_id, r.name, r.state_reason FROM run r WHERE r.workspace_id = $1 AND r.state = 'paused' AND r.state_reason NOT IN ('', 'person') AND r.kind = 'campaign' ORDER BY r.id DESC LIMIT 20`,
		func(r *sql.Rows) (a Attention, err error) {
			a.Kind, a.Level = "campaign_paused", Serious
			return a, r.Scan(&a.CampaignID, &a.Name, &a.Reason)
		}, workspace)
}

// rejectedTemplates finds those that templates of ours name; others harm nobody.
func (s *Service) rejectedTemplates(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	return s.list(ctx, `SELECT c.id, c.name, COUNT(*) FROM connection c JOIN zns_template t ON t.workspace_id = $1 AND t.connection_id = c.id AND t.gone = 0 AND t.status IN ('REJECT', 'DISABLE')
 AND EXISTS (SELECT 1 FROM template m JOIN template_version v ON v.workspace_id = $1 AND v.template_id = m.id AND v.version = m.version
  WHERE m.workspace_id = $1 AND m.channel = 'zns' AND m.deleted_at = 0 AND CAST(v.content AS text) LIKE '%"template_id"%"' || t.template_id || '"%')
WHERE c.workspace_id = $1 AND c.state <> 'disabled' GROUP BY c.id, c.name ORDER BY c.id LIMIT 20`,
		func(r *sql.Rows) (a Attention, err error) {
			a.Kind, a.Level = "template_rejected", Notable
			return a, r.Scan(&a.ConnectionID, &a.Name, &a.Count)
		}, workspace)
}

func (s *Service) badImports(ctx context.Context, workspace, now int64) ([]Attention, error) {
	return s.list(ctx, `SELECT id, filename, state, rows_rejected, finished_at FROM import WHERE workspace_id = $1 AND finished_at > $2 AND (state = 'failed' OR (state = 'finished' AND rows_rejected > 0)) ORDER BY id DESC LIMIT 5`,
		func(r *sql.Rows) (a Attention, err error) {
			var state string
			err = r.Scan(&a.ImportID, &a.Name, &state, &a.Count, &a.At)
			a.Kind, a.Level = "import_rejected", Notable
			if state == "failed" {
				a.Kind, a.Level = "import_failed", Serious
			}
			return a, err
		}, workspace, now-recent)
}

func (s *Service) brokenAudit(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	if s.AuditWhole == nil {
		return nil, nil
	}
	whole, err := s.AuditWhole(ctx, workspace)
	if err != nil || whole {
		return nil, err
	}
	return []Attention{{Kind: "audit_broken", Level: Serious}}, nil
}

// withdrawals finds people who asked at an OA for the deletion of their data. Erasing a person erases the event, which ends the line here.
func (s *Service) withdrawals(ctx context.Context, workspace, _ int64) ([]Attention, error) {
	return s.list(ctx, `SELECT c.id, c.name, MIN(e.at) FROM chat_event e JOIN identity i ON i.workspace_id = $1 AND i.kind = e.kind AND i.scope = e.scope AND i.value = e.value
 JOIN contact c ON c.workspace_id = $1 AND c.id = i.contact_id WHERE e.workspace_id = $1 AND e.type = 'withdraw' GROUP BY c.id, c.name ORDER BY MIN(e.at) LIMIT 100`,
		func(r *sql.Rows) (a Attention, err error) {
			a.Kind, a.Level = "withdrawal", Serious
			return a, r.Scan(&a.ContactID, &a.Name, &a.At)
		}, workspace)
}
