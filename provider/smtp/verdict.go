package smtp

import (
	"bytes"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// Kind says what a refusal or a bounce means for the address.
type Kind string

// The kinds.
const (
	Hard    Kind = "hard"    // the address does not work: suppress it
	Soft    Kind = "soft"    // for now: try later; suppress after several over days
	Policy  Kind = "policy"  // our reputation, as this receiver sees it: never the person's fault
	Setup   Kind = "setup"   // the set-up of our sending domain (SPF, DKIM, DMARC): every further mail would be refused, too
	TooBig  Kind = "content" // the mail itself
	Account Kind = "account" // our credentials
	Quota   Kind = "quota"   // what our account may send is used up
)

// Verdict is what a reply or a report means.
type Verdict struct {
	Kind     Kind
	Class    provider.Class
	Suppress bool // Kind is Hard
}

// enhanced reads an enhanced code (RFC 3463) at the start of b and gives what follows it.
func enhanced(b []byte) (code string, rest []byte) {
	if len(b) < 5 || (b[0] != '2' && b[0] != '4' && b[0] != '5') || b[1] != '.' {
		return "", b
	}
	i := 2
	for part := range 2 {
		n := 0
		for i < len(b) && b[i] >= '0' && b[i] <= '9' && n < 3 {
			i++
			n++
		}
		if n == 0 {
			return "", b
		}
		if part == 0 {
			if i >= len(b) || b[i] != '.' {
				return "", b
			}
			i++
		}
	}
	if i < len(b) && (b[i] == '.' || (b[i] >= '0' && b[i] <= '9')) {
		return "", b
	}
	return string(b[:i]), bytes.TrimLeft(b[i:], " -:")
}

// findEnhanced looks for an enhanced code near the start of a text: some servers write it there only.
func findEnhanced(text string) string {
	b := []byte(text[:min(len(text), 200)])
	for i := range b {
		if i > 0 && (b[i-1] == '.' || (b[i-1] >= '0' && b[i-1] <= '9')) {
			continue
		}
		if code, _ := enhanced(b[i:]); code != "" && code[0] != '2' {
			return code
		}
	}
	return ""
}

// refused turns a reply that is no success into an error. stage is for the text.
func (r Reply) refused(stage string) *provider.Error {
	enh := r.Enhanced
	if enh == "" {
		enh = findEnhanced(r.Text)
	}
	v := Judge(r.Code, enh, r.Text)
	code := explained(r.Code, enh, v)
	e := &provider.Error{Provider: name, Code: code, Message: stage + ": " + itoa3(r.Code) + " " + r.Text, Class: v.Class, Suppress: v.Suppress, Raw: []byte(itoa3(r.Code) + " " + r.Enhanced + " " + r.Text)}
	if v.Class == provider.Temporary && strings.HasSuffix(enh, ".7.1") || strings.Contains(strings.ToLower(r.Text), "greylist") {
		e.RetryAfter = 5 * time.Minute // greylisting wants to see us again later
	}
	return e
}

func itoa3(n int) string {
	return string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

// explained chooses the code that is kept: the enhanced one, else the basic one, if Explain says of it what the verdict says; otherwise the verdict's kind goes with it, because the text
// or the other code told more.
func explained(code int, enh string, v Verdict) string {
	basic := itoa3(code)
	for _, c := range []string{enh, basic} {
		if c != "" {
			if x := Explain(c); x.Class == v.Class && x.Suppress == v.Suppress {
				return c
			}
		}
	}
	if enh != "" {
		basic = enh
	}
	kind := v.Kind
	switch v.Class {
	case provider.Temporary:
		kind = later
	case provider.RateLimited:
		kind = slower
	}
	return basic + "/" + string(kind)
}

// later and slower stand behind a code in place of the kind where the class is temporary.
const (
	later  Kind = "later"
	slower Kind = "slower"
)

// Judge classes a refusal by its codes; enh may be "", code may be 0 when only the enhanced one is known. The enhanced code is trusted more; when the two disagree about
// permanence, the softer reading holds. Source: RFC 3463, RFC 5321 section 4.2, RFC 4954 section 6, the IANA registry of enhanced status codes (RFC 5248).
func Judge(code int, enh, text string) Verdict {
	permanent := code >= 500 || (code == 0 && strings.HasPrefix(enh, "5"))
	if strings.HasPrefix(enh, "4") {
		permanent = false
	}
	switch {
	case code == 421 || (code == 454 && !permanent):
		return Verdict{Soft, provider.RateLimited, false}
	case code == 523 || code == 524 || code == 530 || code == 534 || code == 535 || code == 538:
		return Verdict{Account, provider.Auth, false}
	}
	subject, detail := split(enh)
	if subject == "" {
		return byBasic(code, permanent, text)
	}
	switch subject + "." + detail {
	case "7.8", "7.9", "7.10", "7.11", "7.13", "7.14":
		if permanent {
			return Verdict{Account, provider.Auth, false}
		}
		return soft(false)
	case "7.26", "7.515":
		if permanent {
			return Verdict{Setup, provider.Auth, false}
		}
		return soft(false)
	case "4.5":
		if permanent { // Gmail: the account's limit of the day. Source: support.google.com/a, "Gmail SMTP errors and codes"
			return Verdict{Quota, provider.Balance, false}
		}
		return Verdict{Soft, provider.RateLimited, false}
	case "7.28":
		return Verdict{Policy, provider.RateLimited, false}
	case "2.2":
		return soft(permanent)
	case "2.3", "3.4":
		if permanent {
			return Verdict{TooBig, provider.Content, false}
		}
		return soft(false)
	case "4.4", "4.6":
		return hardOr(permanent)
	}
	switch subject {
	case "0":
		return byBasic(code, permanent, text)
	case "1":
		if detail == "1" || detail == "2" || detail == "3" || detail == "6" || detail == "10" || detail == "0" || detail == "4" {
			return hardOr(permanent)
		}
		if detail == "7" || detail == "8" { // our own sender address
			if permanent {
				return Verdict{Policy, provider.Auth, false}
			}
			return soft(false)
		}
	case "3", "4":
		return soft(permanent)
	case "5", "6":
		if subject == "5" && code == 550 {
			return byBasic(code, permanent, text) // Outlook writes 550 5.5.0 for a mailbox that does not exist
		}
		if permanent {
			return Verdict{TooBig, provider.Content, false}
		}
		return soft(false)
	case "7":
		if permanent {
			return Verdict{Policy, provider.Recipient, false}
		}
		return soft(false)
	}
	return hardOr(permanent)
}

func split(enh string) (subject, detail string) {
	if len(enh) < 5 {
		return "", ""
	}
	subject, detail, _ = strings.Cut(enh[2:], ".")
	return subject, detail
}

func hardOr(permanent bool) Verdict {
	if permanent {
		return Verdict{Hard, provider.Recipient, true}
	}
	return soft(false)
}

// SetupFault reports whether a code of a *provider.Error blames the set-up of our sending domain, and not the account.
func SetupFault(code string) bool {
	return code == "5.7.26" || code == "5.7.515" || strings.HasSuffix(code, "/"+string(Setup))
}

// soft is for now. A permanent reply of this kind ends this mail, but says little about the next one.
func soft(permanent bool) Verdict {
	if permanent {
		return Verdict{Soft, provider.Recipient, false}
	}
	return Verdict{Soft, provider.Temporary, false}
}

func byBasic(code int, permanent bool, text string) Verdict {
	if !permanent {
		return soft(false)
	}
	switch code {
	case 500, 501, 502, 503, 504, 555:
		return Verdict{TooBig, provider.Content, false}
	case 552:
		if containsAny(text, "size", "too large", "too big") {
			return Verdict{TooBig, provider.Content, false}
		}
		return soft(true)
	}
	switch {
	case containsAny(text, "spam", "block", "blacklist", "blocklist", "reputation", "policy", "dmarc", "spf", "dkim"):
		return Verdict{Policy, provider.Recipient, false}
	case containsAny(text, "mailbox full", "over quota", "quota exceeded"):
		return soft(true)
	}
	return Verdict{Hard, provider.Recipient, true}
}

func containsAny(text string, words ...string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
