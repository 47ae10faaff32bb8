// Package errs holds the one error type that reaches people: a stable code, parameters for its translated text, the fields it concerns, and a hidden cause.
package errs

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is an error for a person or a program that calls the API. Code never changes meaning; the text comes from internal/i18n by code. Cause is logged, never shown.
type Error struct {
	Status int               // HTTP status
	Code   string            // for example "campaign.not_pending"
	Params map[string]string // values for the text
	Fields []Field           // what is wrong with which input field
	Cause  error
}

// Field names one wrong input field by its JSON path and says what is wrong by code.
type Field struct {
	Path   string            `json:"path"`
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

func (e *Error) Error() string {
	s := e.Code
	for k, v := range e.Params {
		s += fmt.Sprintf(" %s=%q", k, v)
	}
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Path, f.Code)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the hidden cause.
func (e *Error) Unwrap() error { return e.Cause }

// With adds a parameter for the text and returns the same error.
func (e *Error) With(key, value string) *Error {
	if e.Params == nil {
		e.Params = map[string]string{}
	}
	e.Params[key] = value
	return e
}

// Because hides cause inside the error and returns the same error.
func (e *Error) Because(cause error) *Error { e.Cause = cause; return e }

// Field adds a wrong field and returns the same error.
func (e *Error) Field(path, code string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Code: code})
	return e
}

// Invalid is a 422: the request was understood and is wrong.
func Invalid(code string) *Error { return &Error{Status: http.StatusUnprocessableEntity, Code: code} }

// NotFound is a 404 for one noun: code "<noun>.not_found".
func NotFound(noun string) *Error {
	return &Error{Status: http.StatusNotFound, Code: noun + ".not_found"}
}

// Conflict is a 409: the thing is not in a state that allows this.
func Conflict(code string) *Error { return &Error{Status: http.StatusConflict, Code: code} }

// Forbidden is a 403.
func Forbidden(code string) *Error { return &Error{Status: http.StatusForbidden, Code: code} }

// Unauthorized is a 401.
func Unauthorized(code string) *Error { return &Error{Status: http.StatusUnauthorized, Code: code} }

// Unavailable is a 503: try again later, nothing was changed.
func Unavailable(code string) *Error {
	return &Error{Status: http.StatusServiceUnavailable, Code: code}
}

// TooMany is a 429.
func TooMany(code string) *Error { return &Error{Status: http.StatusTooManyRequests, Code: code} }

// As finds an *Error in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is reports whether err carries this code.
func Is(err error, code string) bool {
	e, ok := As(err)
	return ok && e.Code == code
}
