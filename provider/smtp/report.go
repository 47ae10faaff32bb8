package smtp

import (
	"bytes"
	"errors"
	"mime"
	"strings"

	"github.com/loa-project/loa/provider"
)

// ReportKind says what an incoming mail is.
type ReportKind string

// The kinds of reports.
const (
	KindBounce    ReportKind = "bounce"     // given up: not delivered
	KindDelayed   ReportKind = "delayed"    // still trying: changes nothing
	KindDelivered ReportKind = "delivered"  // in the mailbox, or handed to a list
	KindRelayed   ReportKind = "relayed"    // passed on to a system that reports nothing: changes nothing
	KindComplaint ReportKind = "complaint"  // the person called it spam
	KindOptOut    ReportKind = "opt_out"    // the person asked for no more mails
	KindAutoReply ReportKind = "auto_reply" // out of office and the like: changes nothing
	KindOther     ReportKind = "other"      // nothing of these, also the complaint taken back and feedback that is no complaint: changes nothing
)

// Report is what an incoming mail says about one of ours. To find ours: VERPTo with ParseVERP first, then EnvelopeID, then MessageID; only the first proves that we sent it.
type Report struct {
	Kind ReportKind
	// Hard, Class and Code are of bounces: whether the address does not work, what it means, and the code to explain. A bounce is final, so Class is never temporary.
	Hard   bool
	Class  provider.Class
	Status string // the enhanced code "5.1.1", "" when the report has none

	VERPTo       []string // addresses that may be our envelope sender, the best first
	EnvelopeID   string   // our ENVID
	MessageID    string   // of our mail, without angle brackets
	Recipient    string   // as the report names it
	Diagnostic   string   // the text of the other server
	RemoteMTA    string
	FeedbackType string // of feedback reports: abuse, fraud, virus, opt-out, not-spam, ...
}

// ErrNoReport says that the bytes are no mail.
var ErrNoReport = errors.New("not a mail")

const (
	maxReport = 4 << 20
	maxParts  = 40
	maxDepth  = 4
)

// ParseReport reads a bounce (RFC 3464, also without the machine-readable part), a complaint (RFC 5965) or another incoming mail of at most 4 MiB; what is longer is cut.
// It never follows or runs anything in the mail. The error is ErrNoReport.
func ParseReport(raw []byte) (Report, error) {
	if len(raw) > maxReport {
		raw = raw[:maxReport]
	}
	head, body := cutHeader(raw)
	if len(head) == 0 {
		return Report{}, ErrNoReport
	}
	w := walker{}
	w.walk(head, body, 0)
	r := Report{Kind: KindOther}
	w.original(&r)
	switch {
	case w.feedback != nil:
		w.complaint(&r)
	case w.status != nil:
		w.delivery(&r)
	case looksReturned(head):
		r.Kind = KindBounce
		r.judge(0, findStatusLine(w.text), firstLines(w.text))
		r.Recipient = head.get("x-failed-recipients")
	case isAutoReply(head):
		r.Kind = KindAutoReply
	}
	for _, k := range []string{"to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"} {
		for _, v := range head[k] {
			r.VERPTo = appendAddresses(r.VERPTo, v)
		}
	}
	return r, nil
}

// header holds the fields of one entity by lower-case name, in their order.
type header map[string][]string

func (h header) get(key string) string {
	if v := h[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// cutHeader reads fields up to an empty line, as forgivingly as it can: lines that are no field are left out.
func cutHeader(b []byte) (header, []byte) {
	h := header{}
	last := ""
	for fields := 0; len(b) > 0 && fields < 500; {
		line := b
		i := bytes.IndexByte(b, '\n')
		if i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			return h, b
		}
		line = line[:min(len(line), 8<<10)]
		if line[0] == ' ' || line[0] == '\t' {
			if v := h[last]; len(v) > 0 && len(v[len(v)-1]) < 8<<10 {
				v[len(v)-1] += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(key) > 100 || bytes.ContainsAny(key, " \t") {
			last = ""
			continue
		}
		last = strings.ToLower(string(key))
		h[last] = append(h[last], string(bytes.TrimSpace(value)))
		fields++
	}
	return h, b
}

// walker collects what matters from the parts of a mail.
type walker struct {
	status   []header // the groups of message/delivery-status
	feedback header
	ours     header // of the returned mail
	text     string
	parts    int
}

func (w *walker) walk(h header, body []byte, depth int) {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(h.get("content-type"))
	if kind == "" || (err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter)) {
		kind, _, _ = strings.Cut(h.get("content-type"), ";")
		kind = strings.ToLower(strings.TrimSpace(kind))
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		for _, part := range splitParts(body, params["boundary"]) {
			ph, pb := cutHeader(part)
			w.walk(ph, pb, depth+1)
		}
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		w.status = groups(decode(h, body))
	case kind == "message/feedback-report":
		w.feedback, _ = cutHeader(decode(h, body))
	case kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/global-headers":
		if w.ours == nil {
			w.ours, _ = cutHeader(bytes.TrimLeft(decode(h, body), "\r\n"))
		}
	case kind == "" || strings.HasPrefix(kind, "text/"):
		if w.text == "" {
			w.text = string(bytes.ToValidUTF8(decode(h, body[:min(len(body), 64<<10)]), []byte("\uFFFD")))
		}
	}
}

// splitParts cuts a multipart body at its boundary lines.
func splitParts(body []byte, boundary string) [][]byte {
	var parts [][]byte
	mark := []byte("--" + boundary)
	from := -1
	for at := 0; at < len(body) && len(parts) < maxParts; {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(mark)
		if i > 0 && body[i-1] != '\n' {
			continue
		}
		if from >= 0 {
			parts = append(parts, bytes.TrimSuffix(bytes.TrimSuffix(body[from:i], []byte("\n")), []byte("\r")))
			from = -1
		}
		if bytes.HasPrefix(body[at:], []byte("--")) {
			return parts
		}
		if nl := bytes.IndexByte(body[at:], '\n'); nl >= 0 {
			at += nl + 1
			from = at
		} else {
			at = len(body)
		}
	}
	if from >= 0 && from < len(body) {
		parts = append(parts, body[from:]) // cut off before its end
	}
	return parts
}

// groups reads the blocks of fields of a delivery status: one about the mail, then one per recipient.
func groups(b []byte) []header {
	var out []header
	for len(b) > 0 && len(out) < 100 {
		b = bytes.TrimLeft(b, "\r\n \t")
		if len(b) == 0 {
			break
		}
		var h header
		h, b = cutHeader(b)
		if len(h) > 0 {
			out = append(out, h)
		}
	}
	return out
}

func (w *walker) original(r *Report) {
	if w.ours == nil {
		return
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(w.ours.get("message-id"), "<"), ">")
	r.MessageID = id
	for _, v := range w.ours["return-path"] {
		r.VERPTo = appendAddresses(r.VERPTo, v)
	}
}

func (w *walker) complaint(r *Report) {
	r.FeedbackType = strings.ToLower(firstWord(w.feedback.get("feedback-type")))
	switch r.FeedbackType {
	case "abuse", "fraud", "virus":
		r.Kind = KindComplaint
	case "opt-out":
		r.Kind = KindOptOut
	default: // not-spam, auth-failure, other, dmarc and what is invented later say nothing that a person wants
		r.Kind = KindOther
	}
	r.EnvelopeID = w.feedback.get("original-envelope-id")
	r.Recipient = plainAddress(w.feedback.get("original-rcpt-to"))
	r.VERPTo = appendAddresses(nil, w.feedback.get("original-mail-from"))
	w.originalAfter(r)
}

func (w *walker) originalAfter(r *Report) {
	for _, v := range w.ours["return-path"] {
		r.VERPTo = appendAddresses(r.VERPTo, v)
	}
}

// weight orders the actions: a failure counts more than anything else that the same report says.
var weight = map[string]int{"failed": 5, "delayed": 4, "delivered": 3, "expanded": 2, "relayed": 1}

func (w *walker) delivery(r *Report) {
	best := -1
	var about header
	for _, g := range w.status {
		if v := g.get("original-envelope-id"); v != "" && r.EnvelopeID == "" {
			r.EnvelopeID = unxtext(v)
		}
		action := firstWord(g.get("action"))
		if action == "" && g.get("final-recipient") == "" && g.get("status") == "" {
			continue
		}
		if weight[action] > best {
			best, about = weight[action], g
		}
	}
	if about == nil {
		r.Kind = KindBounce
		r.judge(0, findStatusLine(w.text), firstLines(w.text))
		return
	}
	r.Recipient = typed(about.get("original-recipient"))
	if r.Recipient == "" {
		r.Recipient = typed(about.get("final-recipient"))
	}
	r.RemoteMTA = typed(about.get("remote-mta"))
	status, _ := enhanced([]byte(firstWord(about.get("status"))))
	diagnostic := typed(about.get("diagnostic-code"))
	switch firstWord(about.get("action")) {
	case "delayed":
		r.Kind, r.Status, r.Diagnostic = KindDelayed, status, diagnostic
	case "delivered", "expanded":
		r.Kind, r.Status, r.Diagnostic = KindDelivered, status, diagnostic
	case "relayed":
		r.Kind, r.Status, r.Diagnostic = KindRelayed, status, diagnostic
	case "failed":
		r.Kind = KindBounce
		code, _ := replyCode([]byte(diagnostic))
		if status == "" || strings.HasSuffix(status, ".0.0") {
			if in := findEnhanced(diagnostic); in != "" {
				status = in
			}
		}
		r.judge(code, status, diagnostic)
	default:
		r.Kind, r.Status, r.Diagnostic = KindOther, status, diagnostic
		if strings.HasPrefix(status, "5") {
			r.Kind = KindBounce
			r.judge(0, status, diagnostic)
		}
	}
}

// judge fills in what a bounce means. A bounce is the end of this mail, so "for now" becomes "this person cannot be reached here" without closing the address.
func (r *Report) judge(code int, status, text string) {
	r.Status, r.Diagnostic = status, text
	switch {
	case status == "" && code == 0 && containsAny(text, "user unknown", "unknown user", "does not exist", "no such user", "no such address", "recipient not found", "mailbox unavailable", "invalid recipient", "address rejected"):
		r.Hard, r.Class = true, provider.Recipient
		return
	case status == "" && code == 0:
		r.Class = provider.Recipient
		return
	}
	v := Judge(code, status, text)
	r.Hard, r.Class = v.Suppress, v.Class
	if !v.Class.Certain() || v.Class == provider.Temporary || v.Class == provider.RateLimited {
		r.Class = provider.Recipient
	}
}
