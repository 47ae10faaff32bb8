package template

import (
	"github.com/loa-project/loa/internal/errs"
)

// WaitContent is how long a step waits before the next one begins.
type WaitContent struct {
	Seconds int64 `json:"seconds"` // 1 to MaxWait
}

// MaxWait is the longest wait in seconds: 365 days.
const MaxWait = 365 * 24 * 60 * 60

func (c *Compiled) compileWait() *errs.Error {
	if s := c.Wait.Seconds; s < 1 || s > MaxWait {
		return errs.Invalid("template.wait_range").With("field", "seconds")
	}
	return nil
}
