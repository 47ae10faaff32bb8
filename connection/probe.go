package connection

import (
	"context"
	"errors"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/provider"
)

// Report says what a test of a connection brought.
type Report struct {
	OK bool `json:"ok"`
	// Class, Code and Detail are the provider's answer when it was not good: what kind of failure, its code, its own words.
	Class  string `json:"class,omitempty"`
	Code   string `json:"code,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Meaning and Advice say the same in the caller's language; empty where nothing is known of the code.
	Meaning  string `json:"meaning,omitempty"`
	Advice   string `json:"advice,omitempty"`
	Duration int64  `json:"duration_ms"`
}

const testTime = 20 * time.Second

// Test asks the provider something harmless with the stored credentials. What the provider thinks of them is in the report, not in the error; the error is
// connection.test_unsupported when there is no probe for the provider.
func (s *Service) Test(ctx context.Context, workspace, id int64) (*Report, error) {
	c, secrets, err := s.Load(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	probe := s.Testers[c.Provider]
	if probe == nil {
		return nil, errs.Invalid("connection.test_unsupported")
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	real := clock.System() // the duration of a call, not a time of the domain
	began := real.Now()
	err = probe(ctx, c, secrets)
	r := &Report{OK: err == nil, Duration: real.Now().Sub(began).Milliseconds()}
	var failure *provider.Error
	switch {
	case err == nil:
	case errors.As(err, &failure):
		r.Class, r.Code, r.Detail = string(failure.Class), failure.Code, failure.Message
		if r.Detail == "" && failure.Err != nil {
			r.Detail = failure.Err.Error()
		}
	default:
		r.Class, r.Detail = string(provider.Unknown), err.Error()
	}
	if !r.OK && s.Explain != nil {
		r.Meaning, r.Advice = s.Explain(c.Provider, r.Code, httpx.Language(ctx))
	}
	return r, nil
}
