package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/loa-project/loa/internal/httpx"
)

// registerHealth adds /healthz (the process lives), /readyz (it may claim) and /metrics.
func (a *App) registerHealth(api *httpx.API) {
	op := func(path, id, summary string) httpx.Op {
		return httpx.Op{Method: "GET", Path: path, ID: id, Summary: summary, Tag: "health", Role: httpx.Anyone, Root: true, Foreign: true}
	}
	answer := func(w http.ResponseWriter, status int, v any) error {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(v)
	}
	api.Raw(op("/healthz", "health", "Whether the process lives"), func(w http.ResponseWriter, _ *http.Request) error {
		return answer(w, http.StatusOK, map[string]string{"status": "ok", "version": Version})
	})
	api.Raw(op("/readyz", "ready", "Whether the store answers and messages may be claimed"), func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		var one int
		if err := a.DB.QueryRow(ctx, `SELECT 1`).Scan(&one); err != nil {
			return answer(w, http.StatusServiceUnavailable, map[string]string{"status": "store unavailable"})
		}
		return answer(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{a})
	metrics := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	api.Raw(op("/metrics", "metrics", "Counters for Prometheus; no personal data"), func(w http.ResponseWriter, r *http.Request) error {
		metrics.ServeHTTP(w, r)
		return nil
	})
}

// collector reads the figures that an operator watches when they are asked for.
type collector struct{ a *App }

var (
	descLegs    = prometheus.NewDesc("loa_legs", "Legs of runs that are not finished, by state.", []string{"state"}, nil)
	descClaims  = prometheus.NewDesc("loa_claims_past_lease", "Claims older than their lease.", nil, nil)
	descParked  = prometheus.NewDesc("loa_callbacks_parked", "Receipts that wait for their message.", nil, nil)
	descUnknown = prometheus.NewDesc("loa_unknown_oldest_seconds", "Age of the oldest call without a known result.", nil, nil)
	descHeld    = prometheus.NewDesc("loa_connections_held", "Connections that wait for a person or a time.", nil, nil)
)

// Describe sends the descriptions.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descLegs, descClaims, descParked, descUnknown, descHeld} {
		ch <- d
	}
}

// Collect reads the figures; one that cannot be read is left out.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	now := c.a.Clock.Now().UnixMilli()
	one := func(d *prometheus.Desc, query string, args ...any) {
		var n float64
		if err := c.a.DB.QueryRow(ctx, query, args...).Scan(&n); err == nil {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n)
		}
	}
	one(descClaims, `SELECT COUNT(*) FROM claim WHERE lease_until < $1`, now)
	one(descParked, `SELECT COUNT(*) FROM callback WHERE state = 2`)
	one(descHeld, `SELECT COUNT(*) FROM connection WHERE state = 'held'`)
	one(descUnknown, `SELECT COALESCE(($1 - MIN(l.requested_at)) / 1000, 0) FROM run_count n JOIN leg l ON l.workspace_id = n.workspace_id AND l.run_id = n.run_id AND l.state = 6 WHERE n.metric = 'unknown' AND n.n > 0`, now)
	for _, state := range []string{"queued", "sending", "unknown"} {
		var n float64
		if err := c.a.DB.QueryRow(ctx, `SELECT COALESCE(SUM(n), 0) FROM run_count WHERE metric = $1`, state).Scan(&n); err == nil {
			ch <- prometheus.MustNewConstMetric(descLegs, prometheus.GaugeValue, n, state)
		}
	}
}
