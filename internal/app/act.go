package app

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/loa-project/loa/channel/httpcall"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/webcall"
)

// testHTTP asks a system of the shop whether it is there.
func (a *App) testHTTP(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
	caller, err := a.httpCaller(&c, &secrets)
	if err != nil {
		return err
	}
	defer func() { _ = caller.Close() }()
	return httpcall.Test(ctx, caller)
}

// httpCaller makes the caller of a connection.
func (a *App) httpCaller(c *connection.Connection, secrets *connection.Secrets) (*httpcall.Caller, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	out := &httpcall.Caller{Client: &webcall.Client{HTTP: h, Version: Version, Now: a.Clock.Now}, BaseURL: c.HTTP.BaseURL, Save: a.saveValues}
	if secrets.APIKey != "" {
		name := c.HTTP.Header
		if name == "" {
			name = "Authorization"
		}
		out.Header = []webcall.Header{{Name: name, Value: secrets.APIKey}}
	}
	if secrets.WebhookSecret != "" {
		if out.Secret, err = webcall.ParseSecret(secrets.WebhookSecret); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// saveValues writes texts to attributes of a contact; each attribute reads them by its type. The audit log gets one line for the step, not one for each person.
func (a *App) saveValues(ctx context.Context, m *message.Outgoing, values map[string]string) error {
	attrs := make(map[string]json.RawMessage, len(values))
	for k, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		attrs[k] = raw
	}
	return a.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := a.Contacts.SetValues(ctx, tx, m.Workspace, m.Contact, attrs); err != nil {
			return err
		}
		return a.noteAct(ctx, tx, m.Workspace, m, map[string]any{"act": "http_request", "attributes": slices.Sorted(maps.Keys(m.Content.HTTP.Save))})
	})
}
