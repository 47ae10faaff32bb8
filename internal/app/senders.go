package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/channel/email"
	"github.com/loa-project/loa/channel/local"
	messengerchannel "github.com/loa-project/loa/channel/messenger"
	"github.com/loa-project/loa/channel/sms"
	"github.com/loa-project/loa/channel/zalooa"
	"github.com/loa-project/loa/channel/zns"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/esms"
	"github.com/loa-project/loa/provider/messenger"
	"github.com/loa-project/loa/provider/smtp"
	"github.com/loa-project/loa/provider/webcall"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/report"
)

// senders opens connections for the engine and keeps them open until they are edited.
type senders struct {
	a    *App
	mu   sync.Mutex
	open map[connection.Ref]*openSender
	// certs are those of Amazon SNS that signed webhooks were checked by.
	certs certificates
}

type openSender struct {
	sender  message.Sender
	limits  message.Limits
	version int64
}

func newSenders(a *App) *senders {
	return &senders{a: a, open: map[connection.Ref]*openSender{}}
}

// callTime is the deadline of one call when the connection names none.
const callTime = 20 * time.Second

func (s *senders) get(ctx context.Context, workspace, id int64) (message.Sender, message.Limits, error) {
	c, secrets, err := s.a.Connections.Load(ctx, workspace, id)
	if err != nil {
		return nil, message.Limits{}, err
	}
	ref := connection.Ref{WorkspaceID: workspace, ID: id}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.open[ref]; o != nil && o.version == c.Version {
		return o.sender, o.limits, nil
	}
	o := &openSender{version: c.Version, limits: message.Limits{Channel: c.Channel, Provider: c.Provider, PerSecond: c.RatePerSecond, Concurrency: max(c.Concurrency, 1), Timeout: callTime, Version: c.Version}}
	if c.Timeout > 0 {
		o.limits.Timeout = time.Duration(c.Timeout) * time.Second
	}
	if o.sender, err = s.a.sender(c, secrets, &o.limits); err != nil {
		return nil, message.Limits{}, err
	}
	if old := s.open[ref]; old != nil {
		// Calls that are under way still use it; it is closed when they must be over.
		time.AfterFunc(old.limits.Timeout+time.Minute, func() { _ = old.sender.Close() })
	}
	s.open[ref] = o
	return o.sender, o.limits, nil
}

// sender makes the sender of a connection's provider.
func (a *App) sender(c connection.Connection, secrets connection.Secrets, limits *message.Limits) (message.Sender, error) {
	switch c.Provider {
	case "zalo":
		client, err := a.zaloClient(c, secrets)
		if err != nil {
			return nil, err
		}
		return &zaloSender{zns.Zalo{Client: client, Token: secrets.AccessToken, SendingMode: c.Zalo.SendingMode, Development: c.Zalo.Development, Hash: c.Zalo.HashPhone,
			Connection: c.ID, Journeys: a.Journeys, Now: a.Clock.Now},
			zalooa.OA{API: &zalo.OA{BaseURL: c.Zalo.OAURL, Client: client}, Token: secrets.AccessToken, Now: a.Clock.Now, Resolve: a.uploadsOf(c.WorkspaceID, c.ID)}}, nil
	case "esms":
		client, err := a.esmsClient(c, secrets)
		if err != nil {
			return nil, err
		}
		if c.ESMS.SMSType == "1" {
			return &sms.ESMSAdverts{Client: client, Brandname: c.ESMS.Brandname, Sandbox: c.ESMS.Sandbox, PricePerPart: c.ESMS.PricePerPart, HookURL: c.HookURL, Now: a.Clock.Now}, nil
		}
		limits.HookURL = c.HookURL
		return &sms.ESMS{Client: client, Brandname: c.ESMS.Brandname, SMSType: c.ESMS.SMSType, Sandbox: c.ESMS.Sandbox, PricePerPart: c.ESMS.PricePerPart}, nil
	case "smtp":
		pool, err := a.smtpPool(c, secrets, limits.Concurrency)
		if err != nil {
			return nil, err
		}
		var signer *smtp.Signer
		if secrets.DKIMPrivateKey != "" {
			if signer, err = smtp.NewSigner(c.SMTP.DKIMDomain, c.SMTP.DKIMSelector, []byte(secrets.DKIMPrivateKey)); err != nil {
				return nil, err
			}
		}
		service, set := mailService(&c)
		return &email.SMTP{Service: service, ConfigurationSet: set, Pool: pool, From: c.SMTP.From, FromName: c.SMTP.FromName, ReplyTo: c.SMTP.ReplyTo, BounceDomain: c.SMTP.BounceDomain, FailuresOnly: c.SMTP.FailuresOnly, VERPSecret: a.Sealer.Derive("verp"),
			Signer: signer, Now: a.Clock.Now}, nil
	}
	if c.Builtin() {
		return a.localSender(c.WorkspaceID), nil
	}
	if c.HTTP != nil {
		return a.httpCaller(&c, &secrets)
	}
	if c.Messenger != nil {
		client, err := a.messengerClient(c, secrets)
		if err != nil {
			return nil, err
		}
		return &messengerchannel.Page{Client: client, Token: secrets.AccessToken, Utility: c.Messenger.Utility}, nil
	}
	return a.carrierSender(c, secrets)
}

func (a *App) http(c connection.Connection) (*http.Client, error) {
	return provider.HTTPClient(provider.HTTPOptions{RootCA: []byte(c.CA), Control: a.guard()})
}

func (a *App) zaloClient(c connection.Connection, secrets connection.Secrets) (*zalo.Client, error) {
	h, err := a.http(c)
	if err != nil {
		return nil, err
	}
	client := &zalo.Client{BaseURL: c.Zalo.BaseURL, OAuthURL: c.Zalo.OAuthURL, HTTP: h}
	if c.Zalo.AppSecretProof {
		client.ProofSecret = secrets.AppSecret
	}
	return client, nil
}

func (a *App) esmsClient(c connection.Connection, secrets connection.Secrets) (*esms.Client, error) {
	h, err := a.http(c)
	if err != nil {
		return nil, err
	}
	return &esms.Client{BaseURL: c.ESMS.BaseURL, APIKey: secrets.APIKey, SecretKey: secrets.SecretKey, HTTP: h}, nil
}

func (a *App) smtpPool(c connection.Connection, secrets connection.Secrets, concurrency int) (*smtp.Pool, error) {
	n := c.SMTP.MaxConns
	if n == 0 {
		n = concurrency
	}
	hello := c.SMTP.EHLO
	if hello == "" {
		_, hello, _ = strings.Cut(c.SMTP.From, "@")
	}
	return smtp.NewPool(smtp.Options{Addr: net.JoinHostPort(c.SMTP.Host, strconv.Itoa(c.SMTP.Port)), TLS: smtp.TLSMode(c.SMTP.TLS), Hello: hello, Username: secrets.Username, Password: secrets.Password, RootCA: []byte(c.CA), MaxConns: n, Control: a.guard()})
}

func (s *senders) usable(ctx context.Context, workspace, id int64) (bool, error) {
	c, err := s.a.Connections.Get(ctx, workspace, id)
	if errs.Is(err, "connection.not_found") {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return c.Usable(s.a.Clock.Now()), nil
}

func (s *senders) hold(ctx context.Context, workspace, id int64, reason string, until time.Time) error {
	return s.a.Connections.Hold(ctx, workspace, id, reason, until)
}

// refresh renews the access token of a connection whose provider refused it. Providers with fixed keys have nothing to renew.
func (s *senders) refresh(ctx context.Context, workspace, id int64, sender message.Sender) (bool, error) {
	refused := "" // the token that this very call was made with: meanwhile somebody may have a newer one
	if z, ok := sender.(*zaloSender); ok {
		refused = z.Zalo.Token
	}
	c, err := s.a.Connections.Get(ctx, workspace, id)
	if err != nil || c.Provider != "zalo" {
		return false, err
	}
	return s.a.Connections.Refresh(ctx, workspace, id, refused, func(ctx context.Context, c connection.Connection, secrets connection.Secrets) (connection.Tokens, error) {
		client, err := s.a.zaloClient(c, secrets)
		if err != nil {
			// Our settings are wrong and nothing was asked: the refresh token is still good.
			return connection.Tokens{}, &provider.Error{Provider: "zalo", Code: provider.CodeBadRequest, Class: provider.Temporary, Unasked: true, Err: err}
		}
		t, err := client.Refresh(ctx, c.Zalo.AppID, secrets.AppSecret, secrets.RefreshToken)
		return connection.Tokens{Access: t.Access, Refresh: t.Refresh, ExpiresIn: t.ExpiresIn}, err
	})
}

// findHook finds who reads the callbacks that come to an address.
func (s *senders) findHook(ctx context.Context, name, token string) (int64, int64, message.ReadHook, error) {
	c, secrets, found, err := s.a.Connections.ByHookToken(ctx, name, token)
	if err != nil || !found {
		return 0, 0, nil, err
	}
	switch c.Provider {
	case "zalo":
		read := zns.Read(c.Zalo.AppID, secrets.WebhookSecret, c.Zalo.OAID, s.a.Clock.Now, zalooa.Receipts)
		// Beside receipts Zalo tells changes of the catalogue of templates, and what contacts tell the OA.
		return c.WorkspaceID, c.ID, s.a.OAUsers.Watch(c.WorkspaceID, c.Scope(), s.a.ZNS.Watch(c.WorkspaceID, c.ID, read)), nil
	case "esms":
		return c.WorkspaceID, c.ID, sms.Read(s.a.Clock.Now), nil
	case "messenger":
		return c.WorkspaceID, c.ID, messengerchannel.Read(secrets.AppSecret, secrets.VerifyToken, c.Scope(), s.a.Clock.Now, s.a.enforce(c.WorkspaceID, c.ID)), nil
	case "smtp":
		read, err := s.mailHook(c, secrets)
		return c.WorkspaceID, c.ID, read, err
	}
	return c.WorkspaceID, c.ID, s.a.carrierHook(c, &secrets), nil
}

// testers are the harmless questions behind "Thử kết nối".
func (a *App) testers() map[string]connection.Tester {
	out := map[string]connection.Tester{
		"zalo": func(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
			client, err := a.zaloClient(c, secrets)
			if err != nil {
				return err
			}
			return zns.Test(ctx, client, secrets.AccessToken)
		},
		"esms": func(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
			client, err := a.esmsClient(c, secrets)
			if err != nil {
				return err
			}
			if c.ESMS.SMSType == "1" {
				return sms.TestAdverts(ctx, client, c.ESMS.Brandname)
			}
			return sms.Test(ctx, client)
		},
		"messenger": func(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
			client, err := a.messengerClient(c, secrets)
			if err != nil {
				return err
			}
			return messengerchannel.Test(ctx, client, secrets.AccessToken)
		},
		"http": a.testHTTP,
		"smtp": func(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
			pool, err := a.smtpPool(c, secrets, 1)
			if err != nil {
				return err
			}
			return errors.Join(pool.Check(ctx), pool.Close())
		},
	}
	for name, k := range carriers {
		out[name] = func(ctx context.Context, c connection.Connection, secrets connection.Secrets) error {
			return k.test(ctx, a, &c, &secrets)
		}
	}
	return out
}

// explain gives the meaning of a provider's failure code in both languages; ch is "" where the code is not about a message.
func explain(name string, ch channel.Channel, code string) report.Meaning {
	var c provider.Cause
	switch name {
	case "zalo":
		// Some numbers mean one thing for ZNS and another at the OA's host.
		if c = zalo.Explain(code); zalo.OACauses[code].VI != "" && (ch == channel.ZaloOA || zalo.Causes[code].VI == "") {
			c = zalo.ExplainOA(code)
		}
	case "esms":
		c = esms.Explain(code)
	case "smtp":
		c = explainMail(code)
	case "messenger":
		c = messenger.Explain(code)
	case "http":
		c = webcall.Explain(code)
	case connection.LocalProvider:
		c = local.Explain(code)
	default:
		c = provider.Explain(code)
		if k, ok := carriers[name]; ok {
			c = k.explain(code)
		}
	}
	return report.Meaning{Class: string(c.Class), VI: c.VI, EN: c.EN, AdviceVI: c.AdviceVI, AdviceEN: c.AdviceEN}
}

// explainIn is explain in one language.
func explainIn(name, code, language string) (meaning, advice string) {
	m := explain(name, "", code)
	if language == "en" {
		return m.EN, m.AdviceEN
	}
	return m.VI, m.AdviceVI
}
