package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The values of r of a refused call. Stringee publishes none but 0; these are ours.
const (
	stringeeBad     = "2" // the body, or a script that cannot be read
	stringeeForeign = "3" // a calling number that is not the project's
	stringeeNumber  = "4" // a number that cannot be called
)

var stringeeTexts = map[string]string{stringeeBad: "Invalid parameters", stringeeForeign: "From number is not allowed", stringeeNumber: "To number is invalid"}

// stringeeDigits is a number as Stringee wants it: digits with the country code, no plus; mobile and fixed lines.
var stringeeDigits = regexp.MustCompile(`^84[1-9][0-9]{7,9}$`)

type stringeeParty struct {
	Type   string `json:"type"`
	Number text   `json:"number"`
	Alias  text   `json:"alias"`
}

// stringeeAction is one action of a script. Source: developer.stringee.com, "Stringee Call Control Object (SCCO)".
type stringeeAction struct {
	Action   string `json:"action"`
	Text     string `json:"text"`
	Voice    string `json:"voice"`
	Speed    int    `json:"speed"`
	Loop     int    `json:"loop"`
	EventURL string `json:"eventUrl"`
	Timeout  text   `json:"timeout"`
	Most     int    `json:"maxDigits"`
}

// good reports whether a script can be carried out.
func goodScript(list []stringeeAction) bool {
	for _, a := range list {
		switch a.Action {
		case "talk":
			if strings.TrimSpace(a.Text) == "" || a.Speed < -3 || a.Speed > 3 {
				return false
			}
		case "input":
			if !strings.HasPrefix(a.EventURL, "http") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// stringeeCallout is POST /v1/call2/callout. Stringee takes no key, so the ledger's key is person and script: a copy is the same words to the same person. Source: developer.stringee.com,
// "Make outbound call".
func (s *Server) stringeeCallout(w http.ResponseWriter, r *http.Request, b *Behaviour) {
	p, fits := readBody(r, 1<<20)
	defer bodies.Put(p)
	var in struct {
		From    stringeeParty    `json:"from"`
		To      []stringeeParty  `json:"to"`
		Actions []stringeeAction `json:"actions"`
		Answer  string           `json:"answer_url"`
	}
	now, code := s.clk.Now().UnixMilli(), ""
	if !fits || json.Unmarshal(*p, &in) != nil || len(in.To) != 1 || in.From.Type != "external" || in.To[0].Type != "external" || len(in.Actions) == 0 || !goodScript(in.Actions) {
		stringeeRefuse(w, stringeeBad)
		return
	}
	from, to := string(in.From.Number), string(in.To[0].Number)
	key := strconv.FormatUint(hash64(0, to, stringeeWords(in.Actions)), 16)
	s.stage(voice, "arrived", key)
	s.voice.mu.Lock()
	ours := slices.Contains(s.voice.numbers, from)
	s.voice.mu.Unlock()
	switch {
	case !ours:
		code = stringeeForeign
	case !stringeeDigits.MatchString(to):
		code = stringeeNumber
	}
	if code == "" {
		if status := s.transport(voice, b, key, to); status != 0 {
			s.refuseTransport(w, voice, status, "", key, to, s.clk.Now())
			return
		}
		code = s.forced.take(voice, to)
	}
	t := s.tune.Load()
	if code == "" && (t.Magic && magicEnding(to) == "0002" || b.RefuseRecipient > 0 && roll(s.opts.Seed, "call person", to) < b.RefuseRecipient) {
		code = stringeeNumber
	}
	s.latency(r, b, key)
	if code != "" {
		s.Ledger().add(entryIn{provider: voice, key: key, rcpt: to, at: now, code: code})
		stringeeRefuse(w, code)
		return
	}
	f := s.fateOf(voice, b, key, to)
	e := entryIn{provider: voice, key: key, rcpt: to, at: now, price: stringeePrice, note: from}
	if !b.ReceiptsOff {
		e.flags |= isPending
	}
	if f.drop {
		e.flags |= isDropped
	}
	seq, _ := s.Ledger().add(e)
	s.inbox.add(voice, to, now, func() string { return stringeeWords(in.Actions) })
	if !b.ReceiptsOff {
		s.stringeePlan(seq, from, to, key, now, in.Actions, b, f)
	}
	s.stage(voice, "accepted", key)
	if f.after(w, r, `{"r":0,"message":"Success"}`) {
		return
	}
	defer s.answered(w, voice, key)
	writeJSON(w, object{"r": 0, "message": "Success", "call_id": s.Ledger().callID(seq)})
}

func stringeeRefuse(w http.ResponseWriter, code string) {
	n, err := strconv.Atoi(code)
	if err != nil {
		n = 99
	}
	words := stringeeTexts[code]
	if words == "" {
		words = "Refused"
	}
	writeJSON(w, object{"r": n, "message": words})
}

// stringeeWords is what is read, for the page.
func stringeeWords(list []stringeeAction) string {
	var out []string
	for _, a := range list {
		if a.Action == "talk" {
			out = append(out, a.Text)
		}
	}
	return strings.Join(out, " · ")
}

// The endings of people who do not answer, and how their calls end; and of those who press keys.
var (
	stringeeEnds = map[string]string{"0486": "486 Busy Here", "0480": "480 Temporarily Unavailable", "0603": "603 Decline", "0404": "404 Not Found", "0405": "CAN_NOT_MAKE_CALL"}
	stringeeKeys = map[string][]string{"0011": {"1"}, "0019": {"9"}, "0010": {""}, "0012": {"7", "1"}, "0013": {"", "1"}}
)

// stringeePlan decides what becomes of a call and puts its events on the schedule.
func (s *Server) stringeePlan(seq uint32, from, to, key string, at int64, actions []stringeeAction, b *Behaviour, f fate) {
	c := &stringeeCall{id: s.Ledger().callID(seq), from: from, to: to, at: at, hears: !f.silent}
	magic := s.tune.Load().Magic
	if end := magicEnding(to); magic {
		c.cause, c.keys = stringeeEnds[end], stringeeKeys[end]
	}
	if (f.failed || f.silent) && c.cause == "" {
		c.cause = "480 Temporarily Unavailable"
	}
	rings := max(s.receiptDelay(b, to, key), 4)
	if c.cause != "" {
		c.ended = at + rings
	} else {
		c.answered = at + rings
		c.ended = c.answered + 1000*(5+int64(hash64(s.opts.Seed, "spoken", to)%20))
		c.hear(actions)
	}
	s.voice.mu.Lock()
	if len(s.voice.calls) >= stringeeKept {
		delete(s.voice.byID, s.voice.calls[0].id)
		s.voice.calls = s.voice.calls[1:]
	}
	s.voice.calls = append(s.voice.calls, c)
	s.voice.byID[c.id] = c
	s.voice.mu.Unlock()
	tell := func(status string, due, posted int64) {
		s.queue.add(event{due: posted, seq: seq, kind: stringeeEvent, extra: &extra{app: status, copies: f.copies, body: stringeeBody(c, status, due)}})
	}
	final := c.ended
	if b.Reorder && c.answered != 0 { // the end is told before the answer
		final = c.answered - 1
	}
	if f.early {
		s.tellStringee(event{due: at, seq: seq, kind: stringeeEvent, extra: &extra{app: "created", copies: f.copies, body: stringeeBody(c, "created", at)}})
	} else {
		tell("created", at, at)
	}
	tell("started", at, at)
	tell("ringing", at+rings/2, at+rings/2)
	if c.answered != 0 {
		tell("answered", c.answered, c.answered)
		s.stringeeAsk(seq, c, actions, c.answered)
	}
	tell("ended", c.ended, final)
}

// hear adds what a script reads; the caller owns c or holds the lock.
func (c *stringeeCall) hear(actions []stringeeAction) {
	for _, a := range actions {
		if a.Action == "talk" {
			c.heard = append(c.heard, a.Text)
		}
	}
}
