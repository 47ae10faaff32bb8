package stringee

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Stringee signs with HMAC-SHA1
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/loa-project/loa/provider"
)

// SignatureHeader holds the signature of a request from Stringee.
const SignatureHeader = "X-Stringee-Signature"

// Signed reports whether a request is Stringee's: base64 of HMAC-SHA1 under the project's signing secret, over the raw body of a POST, or over path and query of a GET.
// Source: developer.stringee.com, "Validating requests are coming from Stringee".
func Signed(secret, signature string, data []byte) bool {
	if secret == "" {
		return false
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(data)
	return subtle.ConstantTimeCompare([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(strings.TrimSpace(signature))) == 1
}

// Event is what Stringee tells about a call. Source: developer.stringee.com, "Call events".
type Event struct {
	Status  string // created, started, ringing, answered, ended
	CallID  string
	From    string // digits with country code
	To      string // digits with country code
	Reason  string // why the call exists: SERVER_CALL_OUT_… for calls over the API; "" when not told
	At      time.Time
	Cause   string // of ended: a SIP line such as "486 Busy Here", USER_END_CALL, CAN_NOT_MAKE_CALL, MAX_CONNECT_TIME
	EndedBy string
	// AnswerSeconds is how long was spoken; -1 when the event does not say.
	AnswerSeconds int64
}

// ErrEvent is a body that is no event of a call.
var ErrEvent = errors.New("not an event of a call")

type number struct {
	Number provider.Text `json:"number"`
}

// ParseEvent reads the body of an event. It does not check the signature, see Signed.
func ParseEvent(body []byte) (Event, error) {
	var in struct {
		Type    provider.Text `json:"type"`
		Status  provider.Text `json:"call_status"`
		CallID  provider.Text `json:"call_id"`
		At      provider.Text `json:"timestamp_ms"`
		From    number        `json:"from"`
		To      number        `json:"to"`
		Reason  provider.Text `json:"callCreatedReason"`
		Cause   provider.Text `json:"endCallCause"`
		EndedBy provider.Text `json:"endedBy"`
		Answer  provider.Text `json:"answerDuration"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Event{}, errors.Join(ErrEvent, err)
	}
	if in.Status == "" || (in.Type != "" && in.Type != "stringee_call") {
		return Event{}, ErrEvent
	}
	e := Event{Status: string(in.Status), CallID: string(in.CallID), From: Digits(string(in.From.Number)), To: Digits(string(in.To.Number)), Reason: string(in.Reason), Cause: string(in.Cause), EndedBy: string(in.EndedBy), AnswerSeconds: -1}
	if ms, ok := whole(string(in.At)); ok {
		e.At = time.UnixMilli(ms).UTC()
	}
	if s, ok := whole(string(in.Answer)); ok {
		e.AnswerSeconds = s
	}
	return e, nil
}

// Key is what a person pressed, told to the eventUrl of an input action. Source: developer.stringee.com, "Stringee Call Control Object", input.
type Key struct {
	Digits  string
	CallID  string
	Timeout bool // nothing was pressed
}

// ParseKey reads the body of a key press.
func ParseKey(body []byte) (Key, error) {
	var in struct {
		Digits  provider.Text `json:"dtmf"`
		CallID  provider.Text `json:"call_id"`
		Timeout bool          `json:"timeout"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Key{}, errors.Join(ErrEvent, err)
	}
	if in.CallID == "" && in.Digits == "" && !in.Timeout {
		return Key{}, ErrEvent
	}
	return Key{Digits: string(in.Digits), CallID: string(in.CallID), Timeout: in.Timeout}, nil
}

// whole reads a number of milliseconds or seconds; what is none, or beyond the year 9999, is not taken.
func whole(text string) (int64, bool) {
	var n int64
	if text == "" || len(text) > 15 {
		return 0, false
	}
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	return n, n <= 253_402_300_799_999
}
