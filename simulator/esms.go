package simulator

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// The default eSMS account and its brandnames. LOASHOP takes any text; Baotrixemay is the public test pair of eSMS with its one registered template.
const (
	DefaultESMSKey    = "sim-esms-key"
	DefaultESMSSecret = "sim-esms-secret"
	DefaultBrandname  = "LOASHOP"
)

// ESMSAccount is a customer of eSMS.
type ESMSAccount struct {
	Key     string `json:"api_key"`
	Secret  string `json:"secret_key"`
	UserID  int    `json:"user_id"`
	Balance int64  `json:"balance"` // VND, charged on acceptance, given back when the report says failed
	Locked  bool   `json:"locked"`  // 143
}

// Brandname is a registered sender name of type 2 (customer care and OTP) and, with Adverts, of type 1.
type Brandname struct {
	Name      string   `json:"name"`
	Inactive  bool     `json:"inactive"`  // 104
	Adverts   bool     `json:"adverts"`   // registered for advertising, too
	Templates []string `json:"templates"` // registered texts with {P<kind>,<maxlen>}; none = any text
	Carriers  []int    `json:"carriers"`  // telco ids it is registered with; none = all; else 177
	Price     int64    `json:"price"`     // VND a part; 0 = 850
	// Prices are VND a part by telco id; telcos that are not named cost Price.
	Prices   map[int]int64 `json:"prices"`
	compiled []*regexp.Regexp
}

type esmsState struct {
	mu       sync.Mutex
	accounts map[string]*ESMSAccount
	brands   map[string]*Brandname
	blocked  []string // words that give 201, lower case
	adverts  adverts
}

func (e *esmsState) reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.accounts = map[string]*ESMSAccount{DefaultESMSKey: {Key: DefaultESMSKey, Secret: DefaultESMSSecret, UserID: 9999, Balance: 1_000_000_000}}
	e.brands = map[string]*Brandname{}
	e.blocked = nil
	e.adverts.reset()
	for _, b := range []Brandname{{Name: DefaultBrandname, Adverts: true}, {Name: "Baotrixemay", Templates: []string{"{P1,8} la ma xac minh dang ky Baotrixemay cua ban"}}} {
		if err := e.add(b); err != nil {
			panic("simulator: default brandname: " + err.Error()) // a fault of this file
		}
	}
}

var placeholder = regexp.MustCompile(`\{P\d+,(\d{1,3})\}`)

// add compiles a brandname's templates. mu is held.
func (e *esmsState) add(b Brandname) error {
	if b.Price == 0 {
		b.Price = 850
	}
	b.compiled = nil
	for _, t := range b.Templates {
		var p strings.Builder
		p.WriteString(`\A(?s:`)
		last := 0
		for _, m := range placeholder.FindAllStringSubmatchIndex(t, -1) {
			p.WriteString(regexp.QuoteMeta(t[last:m[0]]))
			fmt.Fprintf(&p, ".{0,%s}", t[m[2]:m[3]])
			last = m[1]
		}
		p.WriteString(regexp.QuoteMeta(t[last:]))
		p.WriteString(`)\z`)
		re, err := regexp.Compile(p.String())
		if err != nil {
			return fmt.Errorf("compile brandname template %q: %w", t, err)
		}
		b.compiled = append(b.compiled, re)
	}
	e.brands[b.Name] = &b
	return nil
}

// AddBrandname adds or replaces a sender name. A template that cannot be understood is an error.
func (s *Server) AddBrandname(b Brandname) error {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	return s.esms.add(b)
}

// AddESMSAccount adds or replaces an account.
func (s *Server) AddESMSAccount(a ESMSAccount) {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	s.esms.accounts[a.Key] = &a
}

// ChangeESMSAccount changes an account in place and reports whether it exists.
func (s *Server) ChangeESMSAccount(key string, f func(*ESMSAccount)) bool {
	s.esms.mu.Lock()
	defer s.esms.mu.Unlock()
	a := s.esms.accounts[key]
	if a == nil {
		return false
	}
	f(a)
	return true
}

// matches reports whether a text is one of the registered ones.
func (b *Brandname) matches(content string) bool {
	if len(b.compiled) == 0 {
		return true
	}
	for _, re := range b.compiled {
		if re.MatchString(content) {
			return true
		}
	}
	return false
}

const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€\f"
)

// smsParts counts the parts of a text by the arithmetic of 3GPP TS 23.038: 160/153 septets, or 70/67 UTF-16 units when one character is outside the GSM alphabet.
func smsParts(content string) int {
	septets, units, gsm := 0, 0, true
	for _, r := range content {
		units++
		if r > 0xFFFF {
			units++
		}
		switch {
		case r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= ' ' && r <= '?' && r != '$'):
			septets++
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtended, r):
			septets += 2
		default:
			gsm = false
		}
	}
	n, one, each := septets, 160, 153
	if !gsm {
		n, one, each = units, 70, 67
	}
	if n <= one {
		return 1
	}
	return (n + each - 1) / each
}

// smsPhone turns 0…, 84… and +84… into 84… and reports whether it is a Vietnamese mobile number.
func smsPhone(p string) (string, bool) {
	p = strings.TrimPrefix(strings.TrimSpace(p), "+")
	if strings.HasPrefix(p, "0") {
		p = "84" + p[1:]
	}
	return p, len(p) == 11 && p[:2] == "84" && strings.Trim(p, "0123456789") == "" && strings.ContainsRune("35789", rune(p[2]))
}

// telco guesses the carrier's eSMS number from the prefix (1 Viettel … 7 Reddi).
func telco(phone string) int {
	switch p := phone[2:4]; {
	case p[0] == '3' || p == "86" || p == "96" || p == "97" || p == "98":
		return 1
	case p == "70" || p == "76" || p == "77" || p == "78" || p == "79" || p == "89" || p == "90" || p == "93":
		return 2
	case p == "81" || p == "82" || p == "83" || p == "84" || p == "85" || p == "88" || p == "91" || p == "94":
		return 3
	case p == "52" || p == "56" || p == "58" || p == "92":
		return 4
	case p == "59" || p == "99":
		return 5
	case p == "87":
		return 6
	case p == "55":
		return 7
	}
	return 1
}
