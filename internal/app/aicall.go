package app

import (
	"context"

	"github.com/loa-project/loa/channel/aicall"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/stringee"
	"github.com/loa-project/loa/template"
)

// stringeeCarrier carries automatic calls.
var stringeeCarrier = carrier{
	sender: func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error) {
		client, err := a.stringeeClient(c, secrets)
		if err != nil {
			return nil, err
		}
		return &aicall.Stringee{Client: client, From: c.Stringee.From, Voice: voiceOf(c), PricePerCall: c.Stringee.PricePerCall, HookURL: c.HookURL}, nil
	},
	read: func(a *App, c *connection.Connection, secrets *connection.Secrets) message.ReadHook {
		workspace := c.WorkspaceID
		hook := &aicall.Hook{Secret: secrets.WebhookSecret, From: c.Stringee.From, Voice: voiceOf(c), HookURL: c.HookURL, Now: a.Clock.Now,
			Content: func(ctx context.Context, key string) (*template.AICallContent, error) {
				content, err := a.Messages.ContentOf(ctx, workspace, key)
				if err != nil || content == nil {
					return nil, err
				}
				return content.AICall, nil
			}}
		return hook.Read
	},
	test: func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error {
		client, err := a.stringeeClient(c, secrets)
		if err != nil {
			return err
		}
		defer client.HTTP.CloseIdleConnections()
		return aicall.Test(ctx, client)
	},
	explain: aicall.Explain,
}

func voiceOf(c *connection.Connection) aicall.Voice {
	return aicall.Voice{Name: c.Stringee.Voice, Speed: c.Stringee.Speed}
}

func (a *App) stringeeClient(c *connection.Connection, secrets *connection.Secrets) (*stringee.Client, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	return &stringee.Client{BaseURL: c.Stringee.BaseURL, KeySID: secrets.APIKey, Secret: secrets.SecretKey, HTTP: h, Now: a.Clock.Now}, nil
}
