package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// routes is the whole HTTP side.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/zalo/", s.serveZalo)
	mux.HandleFunc("/zalo-oauth/v4/oa/permission", s.zaloConsent)
	mux.HandleFunc("/zalo-oauth/v4/oa/access_token", s.zaloTokenCall)
	mux.HandleFunc("/esms/", s.serveESMS)
	mux.HandleFunc("/facebook/", s.serveMessenger)
	mux.HandleFunc("/etelecom/", s.serveETelecom)
	mux.HandleFunc("/speedsms/", s.serveSpeed)
	mux.Handle("/getresponse/", &s.respond)
	mux.Handle("/getfly/", &s.crm)
	mux.HandleFunc("/stringee/", s.serveStringee)
	s.serviceRoutes(mux)
	mux.HandleFunc("GET /ledger", s.guard(s.ledgerList))
	mux.HandleFunc("GET /ledger/summary", s.guard(s.ledgerSummary))
	mux.HandleFunc("GET /ledger.ndjson", s.guard(s.ledgerStream))
	mux.HandleFunc("GET /{$}", s.guard(s.home))
	s.controlRoutes(mux)
	return mux
}

// ledgerList is GET /ledger?provider=&key=&phone=&limit=: matching records, 100 unless told, 10,000 at most.
func (s *Server) ledgerList(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = 100
	}
	who := q.Get("phone")
	if p, ok := smsPhone(who); ok {
		who = p
	}
	if who == "" {
		who = q.Get("recipient")
	}
	records := s.Ledger().Find(q.Get("provider"), q.Get("key"), who, min(limit, 10_000))
	if records == nil {
		records = []Record{}
	}
	writeJSON(w, records)
}

// Overview is GET /ledger/summary.
type Overview struct {
	Providers map[string]Totals `json:"providers"`
	Callbacks map[string]int64  `json:"callbacks"` // ok, failed (one try), lost (every try), forged
	Waiting   int               `json:"waiting"`   // receipts and reports still to come
	Now       int64             `json:"now"`       // the simulator's clock, Unix milliseconds
}

// Overview is the totals of all providers, of callbacks, and what is still to come.
func (s *Server) Overview() Overview {
	return Overview{s.Ledger().Summary(), s.calls.counts(), s.Waiting(), s.clk.Now().UnixMilli()}
}

func (s *Server) ledgerSummary(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Overview()) }

// ledgerStream is GET /ledger.ndjson: every record, one a line.
func (s *Server) ledgerStream(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc := json.NewEncoder(w)
	s.Ledger().Each(func(r Record) bool { return enc.Encode(r) == nil })
}
