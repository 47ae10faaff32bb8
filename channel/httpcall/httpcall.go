// Package httpcall makes the HTTP requests of a campaign's steps: one call about one contact to a system of the shop.
package httpcall

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/webcall"
)

// codeNotSaved is the code of a call that succeeded and whose values could not be written to the contact.
const codeNotSaved = "http.not_saved"

// Caller makes the calls of one connection.
type Caller struct {
	Client  *webcall.Client
	BaseURL string           // without a slash at the end
	Header  []webcall.Header // the connection's credentials
	Secret  []byte           // signs the calls, nil = no signature
	// Save writes values of an answer to attributes of the contact that the call was about.
	Save func(ctx context.Context, m *message.Outgoing, values map[string]string) error
}

// Send makes one call. The Idempotency-Key is the same at every attempt, so that a system that heeds it acts once. A call whose answer was lost is unknown, unless the step says that it may
// be repeated. Values that cannot be saved do not make the call fail: the other system has acted.
func (c *Caller) Send(ctx context.Context, m *message.Outgoing) message.Outcome {
	r := m.Rendered.HTTP
	if r == nil || m.Content == nil || m.Content.HTTP == nil {
		return message.Outcome{Class: message.OutcomeRefused, Code: message.ReasonRender, Detail: "no HTTP request"}
	}
	step := m.Content.HTTP
	call := &webcall.Request{Method: r.Method, URL: c.BaseURL + r.Path, Body: []byte(r.Body), Key: m.Once, Secret: c.Secret, AnySuccess: step.AnySuccess, Repeat: step.Repeat}
	for _, h := range r.Headers {
		if !c.own(h.Name) {
			call.Header = append(call.Header, webcall.Header{Name: h.Name, Value: h.Value})
		}
	}
	call.Header = append(call.Header, c.Header...)
	a, err := c.Client.Call(ctx, call)
	if err != nil {
		return message.Failure(err)
	}
	out := message.Outcome{Class: message.OutcomeAccepted, Delivered: true, Detail: fmt.Sprintf("HTTP %d", a.Status), Raw: strings.ToValidUTF8(string(a.Body), "\uFFFD"), Asked: true}
	if len(step.Save) == 0 || c.Save == nil {
		return out
	}
	if values := webcall.Values(a.Body, step.Save); len(values) > 0 {
		if err := c.Save(context.WithoutCancel(ctx), m, values); err != nil {
			out.Code, out.Detail = codeNotSaved, err.Error()
		}
	}
	return out
}

// own reports whether the connection sets a line of the head itself; a step does not replace its credentials.
func (c *Caller) own(name string) bool {
	for _, h := range c.Header {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// Close ends idle connections.
func (c *Caller) Close() error {
	c.Client.HTTP.CloseIdleConnections()
	return nil
}

// Test asks for the base address. Whatever the system answers shows that it is there; only a refusal of the credentials is a failure.
func Test(ctx context.Context, c *Caller) error {
	a, err := c.Client.Call(ctx, &webcall.Request{Method: http.MethodGet, URL: c.BaseURL, Header: c.Header, AnySuccess: true})
	if a.Status == http.StatusUnauthorized {
		return &provider.Error{Provider: "http", Code: "http.401", Class: provider.Auth, Message: "the system refuses the credentials"}
	}
	if a.Status != 0 {
		return nil
	}
	return err
}
