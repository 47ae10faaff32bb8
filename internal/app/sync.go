package app

import (
	"context"

	syncchannel "github.com/loa-project/loa/channel/sync"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/getfly"
	"github.com/loa-project/loa/provider/getresponse"
)

// getResponse carries contacts to lists of GetResponse.
var getResponse = carrier{
	sender: func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error) {
		client, err := a.getresponseClient(c, secrets)
		if err != nil {
			return nil, err
		}
		return &syncchannel.GetResponse{Client: client, Connection: c.ID}, nil
	},
	test: func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error {
		client, err := a.getresponseClient(c, secrets)
		if err != nil {
			return err
		}
		defer client.HTTP.CloseIdleConnections()
		return client.Ping(ctx)
	},
	explain: syncchannel.ExplainGetResponse,
}

// getFly carries contacts to the customers of Getfly.
var getFly = carrier{
	sender: func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error) {
		client, err := a.getflyClient(c, secrets)
		if err != nil {
			return nil, err
		}
		return &syncchannel.Getfly{Client: client, Connection: c.ID}, nil
	},
	test: func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error {
		client, err := a.getflyClient(c, secrets)
		if err != nil {
			return err
		}
		defer client.HTTP.CloseIdleConnections()
		return client.Ping(ctx)
	},
	explain: syncchannel.ExplainGetfly,
}

// openPlatform opens the account of a connection for reading what it offers.
func (a *App) openPlatform(ctx context.Context, workspace, id int64) (*getresponse.Client, *getfly.Client, error) {
	c, secrets, err := a.Connections.Load(ctx, workspace, id)
	switch {
	case err != nil:
		return nil, nil, err
	case c.GetResponse != nil:
		client, err := a.getresponseClient(&c, &secrets)
		return client, nil, err
	case c.Getfly != nil:
		client, err := a.getflyClient(&c, &secrets)
		return nil, client, err
	}
	return nil, nil, errs.Invalid("sync.not_platform")
}

func (a *App) getresponseClient(c *connection.Connection, secrets *connection.Secrets) (*getresponse.Client, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	return &getresponse.Client{BaseURL: c.GetResponse.BaseURL, Domain: c.GetResponse.Domain, APIKey: secrets.APIKey, HTTP: h}, nil
}

func (a *App) getflyClient(c *connection.Connection, secrets *connection.Secrets) (*getfly.Client, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	return &getfly.Client{BaseURL: c.Getfly.BaseURL, APIKey: secrets.APIKey, HTTP: h}, nil
}
