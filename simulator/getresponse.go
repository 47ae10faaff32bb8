package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DefaultGetResponseKey is the key of the account that the simulator has by itself.
const DefaultGetResponseKey = "sim-getresponse-key"

// GetResponse is an account at GetResponse, with two lists, two tags and two custom fields. It judges what a sync does: it checks every request as the service does, refuses an address that is on
// a list already, and behaves by the beginning of the address:
//
//	drop    the create is done and its answer lost
//	gone    so, and the answer to the next question, too
//	hang    the create is done and never answered
//	busy    the first call is too many (429)
//	broken  the first call meets an internal error (500)
//	black   is refused for good (1002)
//	unsure  is on the list and waits for its confirmation: refused as existing, and not listed
//
// Sources: apidocs.getresponse.com/v3, "Contacts", "Errors", "Limits and throttling".
type GetResponse struct {
	Key    string
	Domain string // of GetResponse MAX: what X-Domain must be
	Now    func() time.Time
	// Delay is how long a contact that was taken on is not listed yet.
	Delay time.Duration
	// PerSecond is how many calls a second are taken; 0 = any.
	PerSecond int

	mu       sync.Mutex
	contacts []*GetResponseContact
	met      map[string]int // calls by magic word and address
	second   int64
	inSecond int
	calls    int
	refused  map[string]int
}

// GetResponseContact is a person on a list.
type GetResponseContact struct {
	ID, Email, Name, List string
	Tags                  []string
	Fields                map[string]string
	Changes               int // besides being made
	made                  time.Time
}

type named struct{ id, name string }

type grField struct {
	id, name, kind string
	values         []string // all that it takes; nil = anything of its kind
}

var (
	grLists  = []named{{"p86zQ", "khach_moi"}, {"VfTq2", "khach_vip"}}
	grTags   = []named{{"m7E2", "vip"}, {"k3Rp", "tu_loa"}}
	grFields = []grField{{"y8jnp", "hang_the", "string", []string{"Bạc", "Vàng"}}, {"n2Rq", "sinh_nhat", "date", nil}}
)

func (g *GetResponse) reset(now func() time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Key, g.Domain, g.Now, g.Delay, g.PerSecond = DefaultGetResponseKey, "", now, 0, 0
	g.contacts, g.met, g.calls, g.refused = nil, nil, 0, nil
}

// GetResponse is the account at GetResponse.
func (s *Server) GetResponse() *GetResponse { return &s.respond }

// GetResponseURL stands for https://api.getresponse.com/v3.
func (s *Server) GetResponseURL() string { return s.URL() + "/getresponse/v3" }

// Set changes the account between calls.
func (g *GetResponse) Set(change func(*GetResponse)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

// Contacts are those of a list, as the service knows them.
func (g *GetResponse) Contacts(list string) []GetResponseContact {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []GetResponseContact
	for _, c := range g.contacts {
		if c.List == list {
			out = append(out, *c)
		}
	}
	return out
}

// Copies is how many addresses are on one list more than once.
func (g *GetResponse) Copies() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := map[string]int{}
	for _, c := range g.contacts {
		seen[c.List+" "+strings.ToLower(c.Email)]++
	}
	n := 0
	for _, times := range seen {
		if times > 1 {
			n++
		}
	}
	return n
}

// Calls is how many calls came, and Refused how many were answered with each code.
func (g *GetResponse) Calls() (calls int, refused map[string]int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	refused = map[string]int{}
	for k, n := range g.refused {
		refused[k] = n
	}
	return g.calls, refused
}

// grError is an answer that refuses. Source: apidocs.getresponse.com/v3/errors.
type grError struct {
	status, code int
	text         string
}

var (
	grUnauthorized = &grError{401, 1014, "Unable to authenticate request. Check credentials or authentication method details"}
	grTooMany      = &grError{429, 1015, "The throttling limit has been reached"}
	grInternal     = &grError{500, 1, "Internal error"}
	grExists       = &grError{409, 1008, "Contact already added"}
	grBlocked      = &grError{400, 1002, "Cannot add contact that is blacklisted"}
	grNotFound     = &grError{404, 1013, "Resource not found"}
)

// context names what is wrong, as the service does for its validation.
func (e *grError) context() any {
	if e.code == 1000 {
		return []object{{"errorDescription": e.text}}
	}
	return object{}
}

func grInvalid(text string) *grError { return &grError{400, 1000, text} }
func grMissing(text string) *grError { return &grError{400, 1001, text} }

// ServeHTTP is the service below /v3.
func (g *GetResponse) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	_, path, _ := strings.Cut(r.URL.Path, "/v3")
	g.mu.Lock()
	g.calls++
	left, bad := g.admit(r)
	var a grAnswer
	if bad == nil {
		a, bad = g.answer(r, path, body)
	}
	if bad != nil {
		if g.refused == nil {
			g.refused = map[string]int{}
		}
		g.refused[strconv.Itoa(bad.code)]++
	}
	g.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-RateLimit-Limit", "80")
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", "1 seconds")
	switch {
	case a.lost:
		panic(http.ErrAbortHandler)
	case a.hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case bad != nil:
		w.WriteHeader(bad.status)
		_ = json.NewEncoder(w).Encode(object{"httpStatus": bad.status, "code": bad.code, "codeDescription": "", "message": bad.text, "moreInfo": fmt.Sprintf("https://apidocs.getresponse.com/v3/errors/%d", bad.code), "context": bad.context(), "uuid": "1"})
		return
	}
	if a.pages > 0 {
		h.Set("TotalCount", strconv.Itoa(a.total))
		h.Set("TotalPages", strconv.Itoa(a.pages))
	}
	w.WriteHeader(max(a.status, http.StatusOK))
	if a.body != nil {
		_ = json.NewEncoder(w).Encode(a.body)
	}
}

// grAnswer is what is answered: a body, or nothing at all.
type grAnswer struct {
	status, total, pages int
	body                 any
	lost, hang           bool
}

// admit checks the credentials and counts calls.
func (g *GetResponse) admit(r *http.Request) (left int, bad *grError) {
	if r.Header.Get("X-Auth-Token") != "api-key "+g.Key || r.Header.Get("X-Domain") != g.Domain {
		return 80, grUnauthorized
	}
	if at := g.Now().Unix(); at != g.second {
		g.second, g.inSecond = at, 0
	}
	if g.inSecond++; g.PerSecond > 0 && g.inSecond > g.PerSecond {
		return 0, grTooMany
	}
	return max(80-g.inSecond, 0), nil
}

// first reports whether a magic word is met with an address for the first time.
func (g *GetResponse) first(word, email string) bool {
	if !strings.HasPrefix(email, word) {
		return false
	}
	if g.met == nil {
		g.met = map[string]int{}
	}
	g.met[word+" "+email]++
	return g.met[word+" "+email] == 1
}

func (g *GetResponse) answer(r *http.Request, path string, body []byte) (grAnswer, *grError) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if r.Method == http.MethodGet && len(parts) == 1 {
		return g.list(r, parts[0])
	}
	if r.Method != http.MethodPost || parts[0] != "contacts" || len(parts) > 3 {
		return grAnswer{}, grNotFound
	}
	var in grContact
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return grAnswer{}, grInvalid(err.Error())
	}
	if bad := in.check(); bad != nil {
		return grAnswer{}, bad
	}
	if len(parts) == 1 {
		return g.create(&in)
	}
	i := slices.IndexFunc(g.contacts, func(c *GetResponseContact) bool { return c.ID == parts[1] })
	if i < 0 {
		return grAnswer{}, grNotFound
	}
	part := ""
	if len(parts) == 3 {
		part = parts[2]
	}
	if part != "" && part != "tags" && part != "custom-fields" {
		return grAnswer{}, grNotFound
	}
	g.contacts[i].change(&in, part)
	return grAnswer{body: object{"contactId": parts[1]}}, nil
}

// list answers the questions. Without exactMatch an address is found by any part of it.
func (g *GetResponse) list(r *http.Request, what string) (grAnswer, *grError) {
	q := r.URL.Query()
	var all []object
	switch what {
	case "campaigns":
		for _, l := range grLists {
			all = append(all, object{"campaignId": l.id, "name": l.name})
		}
	case "tags":
		for _, t := range grTags {
			all = append(all, object{"tagId": t.id, "name": t.name})
		}
	case "custom-fields":
		for _, f := range grFields {
			all = append(all, object{"customFieldId": f.id, "name": f.name, "valueType": f.kind, "values": f.values})
		}
	case "contacts":
		email := strings.ToLower(q.Get("query[email]"))
		if strings.HasPrefix(email, "gone") && g.first("ask", "ask "+email) {
			return grAnswer{lost: true}, nil
		}
		for _, c := range g.contacts {
			has := strings.ToLower(c.Email)
			if q.Get("query[campaignId]") == c.List && g.Now().Sub(c.made) >= g.Delay && (has == email || q.Get("additionalFlags") != "exactMatch" && strings.Contains(has, email)) {
				all = append(all, object{"contactId": c.ID, "email": c.Email})
			}
		}
	default:
		return grAnswer{}, grNotFound
	}
	size, err := strconv.Atoi(q.Get("perPage"))
	if err != nil || size < 1 || size > 1000 {
		size = 100
	}
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	from := min((page-1)*size, len(all))
	some := append([]object{}, all[from:min(from+size, len(all))]...)
	return grAnswer{body: some, total: len(all), pages: max((len(all)+size-1)/size, 1)}, nil
}
