package provider

import (
	"fmt"
	"time"
)

// Error is a failed call, classed. The class alone decides what the sender does next.
type Error struct {
	Provider   string // zalo, esms, smtp
	Code       string // the provider's code; "http.503" and the like where it gave none
	Message    string // the provider's text
	Class      Class
	RetryAfter time.Duration
	Suppress   bool // the provider says that this person refused us
	Unasked    bool // not one byte of the request left us
	Raw        []byte
	Err        error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s (%s)", e.Provider, e.Code, e.Class)
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the underlying error.
func (e *Error) Unwrap() error { return e.Err }

// Cause explains a code to people, in Vietnamese and English: what happened and what to do.
type Cause struct {
	Class              Class
	VI, EN             string
	AdviceVI, AdviceEN string
	Suppress           bool // the person refused us: do not ask again
}
