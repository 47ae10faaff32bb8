package template

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
)

// AICallContent is a call that a machine makes: a script that is read aloud, and keys that the person may press.
// Source of voices and speeds: developer.stringee.com, "Stringee Call Control Object (SCCO)", talk and input. The lengths are ours: Stringee publishes none.
type AICallContent struct {
	Script string `json:"script"`          // what is read, with variables; at most 2,000 characters
	Voice  string `json:"voice,omitempty"` // a voice of Stringee's; "" is the connection's
	Speed  *int   `json:"speed,omitempty"` // -3 (slow) to 3; absent is the connection's
	Times  int    `json:"times,omitempty"` // how often the script is read, 1 (also when 0) to 3
	// Keys is set when the person is asked to press something.
	Keys *AICallKeys `json:"keys,omitempty"`
}

// AICallKeys asks the person for a key. Its texts have no variables: what is said after a key is pressed comes from here, and not from the message that was made for the person.
type AICallKeys struct {
	Prompt    string      `json:"prompt"`                    // read after the script; at most 500 characters
	MaxDigits int         `json:"max_digits,omitempty"`      // 1 (also when 0) to 12
	Timeout   int         `json:"timeout_seconds,omitempty"` // how long is waited for a key: 3 to 60, 0 = 10
	Again     int         `json:"again,omitempty"`           // how often the prompt is read again when nothing, or a key without a meaning, was pressed: 0 to 2
	List      []AICallKey `json:"list"`                      // 1 to 12
}

// AICallKey is what pressing a key means.
type AICallKey struct {
	Digits string `json:"digits"`          // of 0-9 * #
	Label  string `json:"label"`           // what it means, for reports; at most 60 characters
	Reply  string `json:"reply,omitempty"` // what the person hears then; at most 300 characters
	OptOut bool   `json:"opt_out,omitempty"`
}

// AICallRendered is a finished call.
type AICallRendered struct {
	Script  string `json:"script"` // as it is read
	Times   int    `json:"times"`
	Voice   string `json:"voice,omitempty"`
	Speed   *int   `json:"speed,omitempty"`
	Prompt  string `json:"prompt,omitempty"`
	Seconds int    `json:"seconds"` // about how long it is spoken, without waiting for keys
}

// Limits of a call, in characters and pieces.
const (
	callScript  = 2000
	callPrompt  = 500
	callLabel   = 60
	callReply   = 300
	callTimes   = 3
	callDigits  = 12
	callKeys    = 12
	callWait    = 10 // seconds
	callMinute  = 60
	callSpeed   = 3
	callAgain   = 2
	callMinWait = 3
)

var (
	voiceName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)
	keyDigits = regexp.MustCompile(`^[0-9*#]{1,12}$`)
)

// Wait is how long is waited for a key, in seconds.
func (k *AICallKeys) Wait() int {
	if k.Timeout == 0 {
		return callWait
	}
	return k.Timeout
}

// Most is the most digits that may be pressed.
func (k *AICallKeys) Most() int { return max(k.MaxDigits, 1) }

// Find is the meaning of what was pressed, nil when it has none.
func (k *AICallKeys) Find(digits string) *AICallKey {
	for i := range k.List {
		if k.List[i].Digits == digits {
			return &k.List[i]
		}
	}
	return nil
}

func (c *Compiled) compileAICall() *errs.Error {
	a := c.AICall
	bad := func(field string) *errs.Error { return errs.Invalid("template.content_invalid").With("field", field) }
	switch {
	case strings.TrimSpace(a.Script) == "":
		return errs.Invalid("template.empty").With("field", "script")
	case a.Voice != "" && !voiceName.MatchString(a.Voice):
		return bad("voice")
	case a.Speed != nil && (*a.Speed < -callSpeed || *a.Speed > callSpeed):
		return bad("speed")
	case a.Times < 0 || a.Times > callTimes:
		return bad("times")
	}
	if err := callLength("script", templatePlace.ReplaceAllString(a.Script, ""), callScript); err != nil {
		return err
	}
	p, err := compile(a.Script, Text)
	if err != nil {
		return err.With("field", "script")
	}
	c.text = p
	c.read(p)
	if a.Keys == nil {
		return nil
	}
	return a.Keys.check(bad)
}

func (k *AICallKeys) check(bad func(string) *errs.Error) *errs.Error {
	switch {
	case k.MaxDigits < 0 || k.MaxDigits > callDigits:
		return bad("keys.max_digits")
	case k.Timeout != 0 && (k.Timeout < callMinWait || k.Timeout > callMinute):
		return bad("keys.timeout_seconds")
	case k.Again < 0 || k.Again > callAgain:
		return bad("keys.again")
	case len(k.List) == 0:
		return errs.Invalid("template.empty").With("field", "keys.list")
	case len(k.List) > callKeys:
		return errs.Invalid("template.too_many").With("field", "keys.list").With("max", strconv.Itoa(callKeys))
	}
	if err := callFixed("keys.prompt", k.Prompt, callPrompt, true); err != nil {
		return err
	}
	for i, key := range k.List {
		at := "keys.list[" + strconv.Itoa(i) + "]"
		if !keyDigits.MatchString(key.Digits) || len(key.Digits) > k.Most() {
			return errs.Invalid("template.call_key").With("field", at+".digits").With("max", strconv.Itoa(k.Most()))
		}
		if slices.ContainsFunc(k.List[:i], func(o AICallKey) bool { return o.Digits == key.Digits }) {
			return errs.Invalid("template.call_key_twice").With("field", at+".digits").With("digits", key.Digits)
		}
		if err := callFixed(at+".label", key.Label, callLabel, true); err != nil {
			return err
		}
		if err := callFixed(at+".reply", key.Reply, callReply, false); err != nil {
			return err
		}
	}
	return nil
}

// callFixed checks a text that is the same for everybody.
func callFixed(field, text string, limit int, need bool) *errs.Error {
	switch {
	case need && strings.TrimSpace(text) == "":
		return errs.Invalid("template.empty").With("field", field)
	case strings.Contains(text, "{{") || strings.Contains(text, "{%"):
		return errs.Invalid("template.call_variable").With("field", field)
	}
	return callLength(field, text, limit)
}

func callLength(field, text string, limit int) *errs.Error {
	if n := characters(text); n > limit {
		return errs.Invalid("template.call_too_long").With("field", field).With("max", strconv.Itoa(limit)).With("length", strconv.Itoa(n))
	}
	return nil
}

func (c *Compiled) renderAICall(r *run, out *Rendered) error {
	text, err := r.render(c.text)
	if err != nil {
		return err
	}
	a := c.AICall
	done := &AICallRendered{Script: Spoken(text), Times: max(a.Times, 1), Voice: a.Voice, Speed: a.Speed}
	if a.Keys != nil {
		done.Prompt = Spoken(a.Keys.Prompt)
	}
	switch n := characters(done.Script); {
	case n == 0:
		return errs.Invalid("template.empty_message")
	case n > callScript:
		out.Problems = append(out.Problems, ParamError{Param: "script", Code: MessengerTooLong, Limit: callScript})
	}
	done.Seconds = spokenSeconds(done.Script)*done.Times + spokenSeconds(done.Prompt)
	out.AICall, out.Text = done, done.Script
	return nil
}

// Spoken is a text as a voice is given it: on one line, without pictures and signs that no voice can read.
func Spoken(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Co, unicode.Cs) || r == '\ufe0f':
			return -1
		}
		return r
	}, norm.NFC.String(text))
	return strings.Join(strings.Fields(text), " ")
}

// spokenSeconds is about how long a Vietnamese text is spoken: four syllables a second, and each digit is one.
func spokenSeconds(text string) int {
	syllables := 0
	for word := range strings.FieldsSeq(text) {
		digits := 0
		for _, r := range word {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		syllables += max(digits, 1)
	}
	return (syllables + 3) / 4
}

// callWarnings are the codes of what an author of a call should think about.
func callWarnings(c *Compiled, done *AICallRendered) []string {
	var out []string
	if webAddresses.MatchString(done.Script) || webAddresses.MatchString(done.Prompt) {
		out = append(out, "template.call_link")
	}
	if done.Seconds > callMinute {
		out = append(out, "template.call_long")
	}
	if k := c.AICall.Keys; k == nil || !slices.ContainsFunc(k.List, func(k AICallKey) bool { return k.OptOut }) {
		out = append(out, "template.call_no_opt_out")
	}
	return out
}
