package simulator

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// DefaultGetflyKey is the key of the Getfly that the simulator has by itself.
const DefaultGetflyKey = "sim-getfly-key"

// Getfly is a Getfly CRM. It judges what a sync does: it checks every request, refuses a code, a telephone or a mail that another customer has (unless it is told to allow that), and behaves by the
// end of the telephone number of a customer that is made:
//
//	0004 the first time 503, 0005 the first time made without an answer, 0006 the first time 429, 0007 made and never answered the first time, 0008 refused as wrong data
//
// Sources: developer.getfly.vn, "6.1 account: list, detail, update", "6.0 customer: sources, customer_group, custom_field", "errors"; duplicates and restoring as public integrations met them.
type Getfly struct {
	Key string
	// AllowDuplicates takes customers with the telephone or mail of another, as a CRM may be set up to.
	AllowDuplicates bool

	mu       sync.Mutex
	accounts []*GetflyAccount
	met      map[string]bool
	calls    int
}

// GetflyAccount is a customer.
type GetflyAccount struct {
	Code, Name, Phone, Email string
	Types, Sources           []string
	Custom                   map[string]string
	Fields                   map[string]string // the others, by name
	Deleted                  bool
	Changes                  int
}

var (
	getflyTypes   = []string{"Khách lẻ", "VIP"}
	getflySources = []string{"Loa", "Zalo"}
	getflyCustom  = map[string]string{"hang_the": "Hạng thẻ", "diem": "Điểm tích lũy"}
	getflyFields  = []string{"billing_address_street", "birthday", "description", "website", "sic_code", "province_name", "district_name", "ward_name", "relation_name", "account_manager_username"}
)

func (g *Getfly) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Key, g.AllowDuplicates = DefaultGetflyKey, false
	g.accounts, g.met, g.calls = nil, nil, 0
}

// Getfly is the Getfly CRM.
func (s *Server) Getfly() *Getfly { return &s.crm }

// GetflyURL stands for https://TENANT.getflycrm.com.
func (s *Server) GetflyURL() string { return s.URL() + "/getfly" }

// Set changes the CRM between calls.
func (g *Getfly) Set(change func(*Getfly)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

// Add puts a customer there without a call, as somebody of the shop would.
func (g *Getfly) Add(a GetflyAccount) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accounts = append(g.accounts, &a)
}

// Accounts are all customers, deleted ones too.
func (g *Getfly) Accounts() []GetflyAccount {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]GetflyAccount, 0, len(g.accounts))
	for _, a := range g.accounts {
		out = append(out, *a)
	}
	return out
}

// Copies is how many codes and telephones belong to more than one customer.
func (g *Getfly) Copies() int {
	seen := map[string]int{}
	for _, a := range g.Accounts() {
		seen["code "+a.Code]++
		if a.Phone != "" {
			seen["phone "+a.Phone]++
		}
	}
	n := 0
	for _, times := range seen {
		if times > 1 {
			n++
		}
	}
	return n
}

// Calls is how many calls came.
func (g *Getfly) Calls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls
}

// The statuses of answers that do not come.
const (
	getflyLost = -1
	getflyHang = -2
)

// ServeHTTP is the service below /api.
func (g *Getfly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	_, path, _ := strings.Cut(r.URL.Path, "/api/")
	g.mu.Lock()
	g.calls++
	status, answer := http.StatusUnauthorized, any(object{"message": "API Key không hợp lệ"})
	if r.Header.Get("X-API-KEY") == g.Key {
		status, answer = g.answer(r, path, body)
	}
	g.mu.Unlock()
	switch status {
	case getflyHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case getflyLost:
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (g *Getfly) answer(r *http.Request, path string, body []byte) (int, any) {
	q := r.URL.Query()
	switch r.Method + " " + path {
	case "GET v6.1/account":
		if i := g.find(q.Get("account_code"), false); i >= 0 {
			return http.StatusOK, g.accounts[i].show()
		}
		return http.StatusNotFound, object{"message": "Không tìm thấy khách hàng"}
	case "GET v6/accounts":
		return http.StatusOK, object{"data": g.list(q.Get("filtering[phone_office:eq]"), q.Get("filtering[email:eq]"), q.Get("limit")), "has_more": false, "offset": 0}
	case "GET v6/accounts/sources":
		list := []object{}
		for i, s := range getflySources {
			list = append(list, object{"id": i + 1, "source_name": s, "valid": 1})
		}
		return http.StatusOK, object{"data": list, "offset": 0, "limited": false}
	case "GET v6/accounts/types":
		list := []object{}
		for i, t := range getflyTypes {
			list = append(list, object{"account_type_id": strconv.Itoa(i + 1), "account_type_name": t, "invalid": "0"})
		}
		return http.StatusOK, list
	case "GET v6/accounts/custom_fields":
		list := []object{}
		for _, name := range slices.Sorted(maps.Keys(getflyCustom)) {
			list = append(list, object{"field_id": len(list) + 1, "field_htmltype": "textinput", "field_name": name, "field_description": getflyCustom[name]})
		}
		return http.StatusOK, list
	case "POST v6.1/account":
		return g.write(body, true)
	case "PUT v6.1/account":
		return g.write(body, false)
	case "POST v6.1/account/restore":
		var in struct {
			Code string `json:"account_code"`
		}
		_ = json.Unmarshal(body, &in) // an unreadable one names nobody
		if i := g.find(in.Code, true); i >= 0 && g.accounts[i].Deleted {
			g.accounts[i].Deleted = false
			return http.StatusOK, object{"message": "OK"}
		}
		return http.StatusNotFound, object{"message": "Không tìm thấy khách hàng đã xóa"}
	}
	return http.StatusNotFound, object{"message": "Not found"}
}

func (g *Getfly) find(code string, deleted bool) int {
	return slices.IndexFunc(g.accounts, func(a *GetflyAccount) bool { return a.Code == code && (deleted || !a.Deleted) })
}

func (g *Getfly) list(phone, email, limit string) []object {
	most, err := strconv.Atoi(limit)
	if err != nil {
		most = 20
	}
	out := []object{}
	for _, a := range g.accounts {
		if !a.Deleted && (phone == "" || a.Phone == phone) && (email == "" || strings.EqualFold(a.Email, email)) && len(out) < most {
			out = append(out, a.show())
		}
	}
	return out
}

func (a *GetflyAccount) show() object {
	details := []object{}
	for _, t := range a.Types {
		details = append(details, object{"id": slices.Index(getflyTypes, t) + 1, "label": t})
	}
	return object{"account_code": a.Code, "account_name": a.Name, "phone_office": a.Phone, "email": a.Email, "account_type_details": details}
}

// getflyBody is a customer in a request. A pointer is nil where the request is silent, and then the value stays.
type getflyBody struct {
	Current *string           `json:"current_account_code"`
	Code    *string           `json:"account_code"`
	Name    *string           `json:"account_name"`
	Phone   *string           `json:"phone_office"`
	Email   *string           `json:"email"`
	Types   []string          `json:"account_type_names"`
	Sources []string          `json:"account_source_names"`
	Custom  map[string]string `json:"custom_fields"`
}

func refuse(text string) (int, any) { return http.StatusBadRequest, object{"message": text} }

func (g *Getfly) write(body []byte, create bool) (int, any) {
	var in getflyBody
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &in) != nil || json.Unmarshal(body, &all) != nil {
		return refuse("Dữ liệu không hợp lệ")
	}
	for _, t := range in.Types {
		if !slices.Contains(getflyTypes, t) {
			return refuse("Loại khách hàng " + t + " không tồn tại")
		}
	}
	for _, s := range in.Sources {
		if !slices.Contains(getflySources, s) {
			return refuse("Nguồn khách hàng " + s + " không tồn tại")
		}
	}
	for k := range in.Custom {
		if getflyCustom[k] == "" {
			return refuse("Trường " + k + " không tồn tại")
		}
	}
	a := &GetflyAccount{Custom: map[string]string{}, Fields: map[string]string{}}
	if create {
		if in.Code == nil || in.Name == nil || *in.Name == "" || in.Current != nil {
			return refuse("account_name là bắt buộc")
		}
		if g.find(*in.Code, true) >= 0 {
			return refuse("account_code already exists")
		}
	} else {
		i := -1
		if in.Current != nil {
			i = g.find(*in.Current, false)
		}
		if i < 0 {
			return http.StatusNotFound, object{"message": "Không tìm thấy khách hàng"}
		}
		a = g.accounts[i]
	}
	if !g.AllowDuplicates && g.taken(a, &in) {
		return refuse("Số điện thoại hoặc email không cho phép trùng")
	}
	status := http.StatusOK
	if create {
		if status = g.fate(in.Phone); status > 201 {
			return status, object{"message": "Dữ liệu không hợp lệ"}
		}
		g.accounts = append(g.accounts, a)
	} else {
		a.Changes++
	}
	a.take(&in, all)
	return status, object{"account_id": len(g.accounts), "account_code": a.Code}
}

// taken reports whether somebody else has the telephone or the mail.
func (g *Getfly) taken(a *GetflyAccount, in *getflyBody) bool {
	return slices.ContainsFunc(g.accounts, func(o *GetflyAccount) bool {
		return o != a && !o.Deleted && (in.Phone != nil && *in.Phone != "" && o.Phone == *in.Phone || in.Email != nil && *in.Email != "" && strings.EqualFold(o.Email, *in.Email))
	})
}

// fate is what a create is answered with.
func (g *Getfly) fate(phone *string) int {
	if phone == nil {
		return http.StatusCreated
	}
	end := ending(*phone, 4)
	if end == "0008" {
		return http.StatusBadRequest
	}
	if g.met[*phone] {
		return http.StatusCreated
	}
	if g.met == nil {
		g.met = map[string]bool{}
	}
	g.met[*phone] = true
	switch end {
	case "0004":
		return http.StatusServiceUnavailable
	case "0005":
		return getflyLost
	case "0006":
		return http.StatusTooManyRequests
	case "0007":
		return getflyHang
	}
	return http.StatusCreated
}

func (a *GetflyAccount) take(in *getflyBody, all map[string]json.RawMessage) {
	for to, from := range map[*string]*string{&a.Code: in.Code, &a.Name: in.Name, &a.Phone: in.Phone, &a.Email: in.Email} {
		if from != nil {
			*to = *from
		}
	}
	if in.Types != nil {
		a.Types = in.Types
	}
	if in.Sources != nil {
		a.Sources = in.Sources
	}
	if a.Custom == nil {
		a.Custom = map[string]string{}
	}
	for k, v := range in.Custom {
		a.Custom[k] = v
	}
	if a.Fields == nil {
		a.Fields = map[string]string{}
	}
	for _, k := range getflyFields {
		var v string
		if json.Unmarshal(all[k], &v) == nil {
			a.Fields[k] = v
		}
	}
}
