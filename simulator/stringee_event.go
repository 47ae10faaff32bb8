package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// stringeeBody is an event of a call. Source: developer.stringee.com, "Call events".
func stringeeBody(c *stringeeCall, status string, at int64) []byte {
	fields := object{"type": "stringee_call", "call_status": status, "call_id": c.id, "project_id": stringeeProject, "account_sid": "AC.sim", "timestamp_ms": at,
		"from": object{"number": c.from, "alias": c.from, "is_online": false, "type": "external"}, "to": object{"number": c.to, "alias": c.to, "is_online": false, "type": "external"},
		"clientCustomData": "", "callCreatedReason": "SERVER_CALL_OUT_BY_MAKE_CALL_TO_EXTERNAL_BEFORE", "callType": "CALL"}
	if status == "ended" {
		fields["duration"], fields["answerDuration"], fields["endCallCause"], fields["endedBy"] = seconds(c.ended-c.at), int64(0), c.cause, "EXTERNAL"
		if c.answered != 0 {
			fields["answerDuration"], fields["endCallCause"] = seconds(c.ended-c.answered), "USER_END_CALL"
		}
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil
	}
	return body
}

// tellStringee settles a call when it was answered or has ended, and posts the event, signed; whether Stringee tries again is not published, the simulator does.
func (s *Server) tellStringee(ev event) {
	if ev.try == 0 {
		s.stringeeSettle(&ev)
	}
	s.voice.mu.Lock()
	to, signing := s.voice.webhook, s.voice.signing
	c := s.voice.byID[s.Ledger().callID(ev.seq)]
	s.voice.mu.Unlock()
	if to == "" || c == nil || !c.hears {
		return
	}
	b := s.behave[voice].Load()
	body := ev.extra.body
	if ev.try == 0 && b.Forged > 0 && roll(s.opts.Seed, "forged", string(body)) < b.Forged {
		s.forgeStringee(to, signing, c)
	}
	copies := 1
	if ev.try == 0 {
		copies += ev.extra.copies
	}
	good := true
	for range copies {
		good = s.call(http.MethodPost, to, stringeeHead(stringeeSign(signing, body)), body) && good
	}
	if !good {
		s.tellAgain(ev, esmsWaits, b)
	}
}

// stringeeSettle writes into the ledger what an event means: an answered call is charged, one that nobody answered is not.
func (s *Server) stringeeSettle(ev *event) {
	s.voice.mu.Lock()
	c := s.voice.byID[s.Ledger().callID(ev.seq)]
	s.voice.mu.Unlock()
	switch {
	case c == nil:
	case ev.extra.app == "answered":
		s.Ledger().mark(ev.seq, isDelivered, c.answered, false)
	case ev.extra.app == "ended" && c.answered != 0:
		s.Ledger().mark(ev.seq, isDelivered, c.answered, true)
	case ev.extra.app == "ended":
		s.Ledger().mark(ev.seq, isFailed, c.ended, true)
	}
}

func stringeeHead(sign string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if sign != "" {
		h["X-Stringee-Signature"] = []string{sign}
	}
	return h
}

// forgeStringee posts events that a receiver must refuse: each says that a call was answered or that it failed, unsigned, signed with a guess, or changed after it was signed.
func (s *Server) forgeStringee(to, signing string, c *stringeeCall) {
	lie := stringeeCall{id: c.id, from: c.from, to: c.to, at: c.at, ended: c.at + 1000, cause: "603 Decline"}
	if c.answered == 0 {
		lie.answered = c.at
	}
	body := stringeeBody(&lie, "ended", c.at)
	for _, sign := range []string{"", stringeeSign("guessed", body), stringeeSign(signing, append([]byte(" "), body...))} {
		s.calls.forged.Add(1)
		s.call(http.MethodPost, to, stringeeHead(sign), body)
	}
}

// stringeeAsk puts the next key of a person on the schedule when a script waits for one. Who presses nothing lets the time run out.
func (s *Server) stringeeAsk(seq uint32, c *stringeeCall, actions []stringeeAction, at int64) {
	for _, a := range actions {
		if a.Action != "input" {
			continue
		}
		s.voice.mu.Lock()
		c.prompts++
		pressed := ""
		if c.reached < len(c.keys) {
			pressed = c.keys[c.reached]
		}
		c.reached++
		s.voice.mu.Unlock()
		due := at + 1000
		if pressed == "" {
			wait, err := strconv.Atoi(string(a.Timeout))
			if err != nil {
				wait = 10
			}
			due = at + int64(wait)*1000
		}
		body, err := json.Marshal(object{"time": strconv.FormatInt(due, 10), "dtmf": pressed, "call_id": c.id, "customField": "", "timeout": pressed == ""})
		if err == nil {
			s.queue.add(event{due: due, seq: seq, kind: stringeeKey, extra: &extra{app: a.EventURL, body: body}})
		}
		return
	}
}

// pressStringee tells a pressed key and does what the answer says. Source: developer.stringee.com, "Stringee Call Control Object (SCCO)", input.
func (s *Server) pressStringee(ev event) {
	s.voice.mu.Lock()
	c, signing := s.voice.byID[s.Ledger().callID(ev.seq)], s.voice.signing
	s.voice.mu.Unlock()
	if c == nil {
		return
	}
	var answer []byte // of copies the last one's
	for range 1 + s.behave[voice].Load().CallbackCopies {
		if raw, good := s.ask(ev.extra.app, stringeeHead(stringeeSign(signing, ev.extra.body)), ev.extra.body); good {
			answer = raw
		}
	}
	var next []stringeeAction
	if json.Unmarshal(answer, &next) != nil || !goodScript(next) {
		return
	}
	s.voice.mu.Lock()
	c.hear(next)
	s.voice.mu.Unlock()
	s.stringeeAsk(ev.seq, c, next, ev.due)
}

// ask is call that reads the answer.
func (s *Server) ask(url string, header http.Header, body []byte) ([]byte, bool) {
	ctx, cancel := context.WithTimeout(s.ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		s.calls.failed.Add(1)
		return nil, false
	}
	req.Header = header
	res, err := s.client.Do(req)
	if err != nil {
		s.calls.failed.Add(1)
		return nil, false
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil || res.StatusCode != http.StatusOK {
		s.calls.failed.Add(1)
		return nil, false
	}
	s.calls.ok.Add(1)
	return raw, true
}
