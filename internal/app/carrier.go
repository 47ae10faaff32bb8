package app

import (
	"context"
	"fmt"

	"github.com/loa-project/loa/channel/sms"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/etelecom"
	"github.com/loa-project/loa/provider/speedsms"
)

// carrier is a provider that needs nothing but its client: no tokens to renew, no pool to keep. More of them are entries in carriers.
type carrier struct {
	sender func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error)
	// read is nil where nobody calls back.
	read    func(a *App, c *connection.Connection, secrets *connection.Secrets) message.ReadHook
	test    func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error
	explain func(code string) provider.Cause
}

var carriers = map[string]carrier{
	"getresponse": getResponse,
	"getfly":      getFly,
	"etelecom": {
		sender: func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error) {
			client, err := a.etelecomClient(c, secrets)
			if err != nil {
				return nil, err
			}
			return &zns.ETelecom{Client: client, OAID: c.ETelecom.OAID, SendingMode: c.ETelecom.SendingMode, Development: c.ETelecom.Development, Connection: c.ID, Journeys: a.Journeys, Now: a.Clock.Now}, nil
		},
		read: func(a *App, c *connection.Connection, _ *connection.Secrets) message.ReadHook {
			return zns.ReadETelecom(c.ETelecom.OAID, a.Clock.Now)
		},
		test: func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error {
			client, err := a.etelecomClient(c, secrets)
			if err != nil {
				return err
			}
			return zns.TestETelecom(ctx, client)
		},
		explain: zns.ExplainETelecom,
	},
	"speedsms": {
		sender: func(a *App, c *connection.Connection, secrets *connection.Secrets) (message.Sender, error) {
			client, err := a.speedsmsClient(c, secrets)
			if err != nil {
				return nil, err
			}
			return &sms.SpeedSMS{Client: client, Sender: c.SpeedSMS.Sender, SMSType: c.SpeedSMS.SMSType, PricePerPart: c.SpeedSMS.PricePerPart, Now: a.Clock.Now}, nil
		},
		read: func(a *App, _ *connection.Connection, _ *connection.Secrets) message.ReadHook {
			return sms.ReadSpeedSMS(a.Clock.Now)
		},
		test: func(ctx context.Context, a *App, c *connection.Connection, secrets *connection.Secrets) error {
			client, err := a.speedsmsClient(c, secrets)
			if err != nil {
				return err
			}
			return sms.TestSpeedSMS(ctx, client)
		},
		explain: speedsms.Explain,
	},
	"stringee": stringeeCarrier,
}

// carrierSender makes the sender of a plain carrier.
func (a *App) carrierSender(c connection.Connection, secrets connection.Secrets) (message.Sender, error) {
	if k, ok := carriers[c.Provider]; ok {
		return k.sender(a, &c, &secrets)
	}
	return nil, fmt.Errorf("no sender for provider %s", c.Provider)
}

// carrierHook reads the callbacks of a plain carrier; nil when the provider is none.
func (a *App) carrierHook(c connection.Connection, secrets *connection.Secrets) message.ReadHook {
	if k, ok := carriers[c.Provider]; ok && k.read != nil {
		return k.read(a, &c, secrets)
	}
	return nil
}

func (a *App) etelecomClient(c *connection.Connection, secrets *connection.Secrets) (*etelecom.Client, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	return &etelecom.Client{BaseURL: c.ETelecom.BaseURL, APIKey: secrets.APIKey, HTTP: h, Numbers: zns.ExplainETelecom}, nil
}

func (a *App) speedsmsClient(c *connection.Connection, secrets *connection.Secrets) (*speedsms.Client, error) {
	h, err := a.http(*c)
	if err != nil {
		return nil, err
	}
	return &speedsms.Client{BaseURL: c.SpeedSMS.BaseURL, Token: secrets.APIKey, HTTP: h}, nil
}

// pricePerPart is what a part of a message, or a call, costs by the connection's settings, in VND; 0 = not known.
func pricePerPart(c *connection.Connection) int64 {
	switch {
	case c.ESMS != nil:
		return c.ESMS.PricePerPart
	case c.SpeedSMS != nil:
		return c.SpeedSMS.PricePerPart
	case c.Stringee != nil:
		return c.Stringee.PricePerCall
	}
	return 0
}
