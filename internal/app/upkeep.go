package app

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// refreshExpiring renews access tokens before they end, so that messages rarely meet one that is no longer good.
func (a *App) refreshExpiring(ctx context.Context) error {
	return a.Connections.RefreshExpiring(ctx, func(ctx context.Context, workspace, id int64) (bool, error) {
		return a.senders.refresh(ctx, workspace, id, nil)
	})
}

// reseal seals credentials with the newest key after a change of keys.
func (a *App) reseal(ctx context.Context) error {
	n, err := a.Connections.Reseal(ctx)
	if n > 0 {
		a.Log.Info("sealed credentials with the newest key", "connections", n)
	}
	return err
}

// memory keeps answers that are dear to get for a while: figures on pages, never decisions.
type memory[K comparable, V any] struct {
	mu    sync.Mutex
	found map[K]remembered[V]
}

type remembered[V any] struct {
	value V
	at    time.Time
}

const maxRemembered = 10_000

func (m *memory[K, V]) get(key K, now time.Time, life time.Duration) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.found[key]
	return r.value, ok && now.Sub(r.at).Abs() < life
}

func (m *memory[K, V]) put(key K, v V, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.found == nil || len(m.found) > maxRemembered {
		m.found = map[K]remembered[V]{}
	}
	m.found[key] = remembered[V]{v, now}
}

// drop forgets an answer that is known to be old.
func (m *memory[K, V]) drop(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.found, key)
}

// Quota is what a connection may still send, as its provider tells. Known is false when the provider has no such figure or cannot be asked now; -1 = not told.
type Quota struct {
	Known         bool  `json:"known"`
	Daily         int64 `json:"daily"`
	Remaining     int64 `json:"remaining"`
	Promotion     int64 `json:"promotion"` // this month
	PromotionLeft int64 `json:"promotion_remaining"`
	PromotionNext int64 `json:"promotion_next_month"`
	// Consultation are the messages of an OA to its users after the free 48 hours: what its packages hold and what is left of it.
	Consultation     int64 `json:"consultation"`
	ConsultationLeft int64 `json:"consultation_remaining"`
	AskedAt          int64 `json:"asked_at"` // Unix ms
	// DailyBefore is the daily limit before Zalo changed it at ChangedAt (Unix ms); -1 and 0 while no change was told.
	DailyBefore int64 `json:"daily_before"`
	ChangedAt   int64 `json:"changed_at"`
	// Kinds are the kinds of ZNS templates that the OA may send, in Zalo's words; empty = not told.
	Kinds []string `json:"kinds"`
}

// nothing is a quota of which nothing is known.
func nothing(now time.Time) Quota {
	return Quota{Daily: -1, Remaining: -1, Promotion: -1, PromotionLeft: -1, PromotionNext: -1, Consultation: -1, ConsultationLeft: -1, AskedAt: now.UnixMilli(), DailyBefore: -1, Kinds: []string{}}
}

const (
	quotaLife = 10 * time.Minute
	quotaTime = 4 * time.Second
	auditLife = time.Hour
)

// quota asks the provider at most every ten minutes, and at once when it told that the quota has changed.
func (a *App) quota(ctx context.Context, workspace, id int64) (*Quota, error) {
	ref := connection.Ref{WorkspaceID: workspace, ID: id}
	now := a.Clock.Now()
	if q, ok := a.quotas.get(ref, now, quotaLife); ok {
		return &q, nil
	}
	source, err := a.openTemplates(ctx, workspace, id)
	q := nothing(now)
	if errs.Is(err, "zns.not_zalo") {
		return &q, nil
	}
	if err != nil {
		return nil, err
	}
	told, err := a.ZNS.Account(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	q.Kinds = told.Kinds
	if !told.QuotaAt.IsZero() {
		q.DailyBefore, q.ChangedAt = told.QuotaBefore, told.QuotaAt.UnixMilli()
	}
	ctx, cancel := context.WithTimeout(ctx, quotaTime)
	defer cancel()
	if err := askQuota(ctx, source, &q); err != nil {
		a.Log.Debug("ask for quota", "connection_id", id, "error", err)
	}
	a.consultationQuota(ctx, workspace, id, &q)
	a.quotas.put(ref, q, now)
	return &q, nil
}

// askQuota asks Zalo, or eTelecom in its place.
func askQuota(ctx context.Context, source zns.Source, q *Quota) error {
	switch s := source.(type) {
	case *zns.ZaloSource:
		got, err := s.Client.Quota(ctx, s.Token)
		if err != nil {
			return err
		}
		q.Daily, q.Remaining, q.Promotion, q.PromotionLeft, q.PromotionNext = number(string(got.Daily)), number(string(got.Remaining)), number(string(got.MonthlyPromotion)), number(string(got.RemainingMonthly)), number(string(got.NextMonth))
	case *zns.ETelecomSource:
		got, err := s.Client.Account(ctx, s.OAID)
		if err != nil {
			return err
		}
		q.Daily, q.Remaining, q.Promotion, q.PromotionLeft = got.DailyQuota, got.Remaining, got.MonthlyPromotion, got.RemainingPromotion
	}
	q.Known = true
	return nil
}

func (a *App) reportQuota(ctx context.Context, workspace, id int64) (left, of int64, known bool) {
	q, err := a.quota(ctx, workspace, id)
	if err != nil || !q.Known || q.Daily < 0 || q.Remaining < 0 {
		return 0, 0, false
	}
	return q.Remaining, q.Daily, true
}

// auditWhole walks the audit log at most once an hour.
func (a *App) auditWhole(ctx context.Context, workspace int64) (bool, error) {
	now := a.Clock.Now()
	if whole, ok := a.audits.get(workspace, now, auditLife); ok {
		return whole, nil
	}
	check, err := a.Workspaces.VerifyAudit(ctx, workspace)
	if err != nil {
		return false, err
	}
	a.audits.put(workspace, check.OK, now)
	return check.OK, nil
}

// number reads a figure of a provider; -1 = not told.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

type connectionInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type quotaOutput struct{ Body *Quota }

// registerConnections adds the routes of connections that call providers.
func (a *App) registerConnections(api *httpx.API) {
	httpx.Register(api, httpx.Op{Method: "GET", Path: "/connections/{id}/quota", ID: "connection-quota", Summary: "What the connection may still send, as its provider tells", Tag: "connections", Role: httpx.Viewer},
		func(ctx context.Context, in *connectionInput) (*quotaOutput, error) {
			q, err := a.quota(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
			if err != nil {
				return nil, err
			}
			return &quotaOutput{q}, nil
		})
	a.registerConsent(api)
}
