package message

import (
	"errors"

	"github.com/loa-project/loa/provider"
)

// Failure makes the outcome of a call that a provider's client reports as failed. An error that is not classed is unknown: nothing else is certain.
func Failure(err error) Outcome {
	var e *provider.Error
	if !errors.As(err, &e) {
		return Outcome{Class: provider.Unknown, Code: "error", Detail: err.Error(), Asked: true}
	}
	if e.Code == provider.CodeBadRequest { // refused by the client before any call: nothing was asked, so nothing was sent
		return Outcome{Class: OutcomeRefused, Code: ReasonBadValue, Detail: e.Message}
	}
	detail := e.Message
	if detail == "" && e.Err != nil {
		detail = e.Err.Error()
	}
	return Outcome{Class: e.Class, Code: e.Code, Detail: detail, Raw: string(e.Raw), RetryAfter: e.RetryAfter, Suppress: e.Suppress, Asked: !e.Unasked}
}
