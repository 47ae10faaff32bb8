package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/loa-project/loa/internal/clock"
)

// Options sets a simulator up. The zero value is a friendly simulator on the machine's clock and the default ports.
type Options struct {
	Clock       *clock.Clock // nil = the machine's clock; a simulated one can be set through /control/clock
	Seed        uint64       // of all random choices
	HTTPAddr    string       // default 127.0.0.1:8090; port 0 picks a free one
	SMTPAddr    string       // default 127.0.0.1:8025; port 0 picks a free one; "off" for none
	PublicURL   string       // what URL() answers when the simulator stands behind another address
	AllowRemote bool         // listen on and call back to addresses that are not loopback
	NoMagic     bool         // no magic recipients
	ESMSMagic   bool         // the two-digit eSMS endings too
	Inspect     bool         // keep the last raw messages with a check report
	Workers     int          // callbacks on their way at once; default 32
	Log         *slog.Logger // nil = silent

	// OnStage, when set, is called inside each send: "arrived" before anything is decided, "accepted" when the ledger holds it and no answer has left, "answered" (HTTP only)
	// when the answer has left. A test kills the sender's process from here, at exactly that moment.
	OnStage func(provider, stage, key string)

	Zalo, ESMS, SMTP, Messenger, ETelecom, SpeedSMS, Stringee Behaviour // zero = DefaultBehaviour

	ZaloWebhookURL string // where Zalo's events of the default app go; empty = nowhere
	// MessengerWebhookURL is where the events of the default Page go; empty = nowhere.
	MessengerWebhookURL string
	BounceURL           string            // bounce mails are posted here as message/rfc822; wins over BounceSMTP
	BounceSMTP          string            // bounce mails are delivered to this host:port by SMTP
	MailWebhooks        map[string]string // where each mail service's events go, see MailServices; SES counts as confirmed
	SMTPUser            string            // when set, the mail server asks for AUTH PLAIN with this user and SMTPPassword
	SMTPPassword        string            //
}

// Server is the simulator. Make it with New, then Start; Close ends it. All methods are safe for concurrent use.
type Server struct {
	opts     Options
	clk      *clock.Clock
	log      *slog.Logger
	ledger   atomic.Pointer[Ledger]
	queue    *scheduler
	client   *http.Client
	behave   [providers]atomic.Pointer[Behaviour]
	tune     atomic.Pointer[tuning]
	zalo     *zaloState
	esms     *esmsState
	facebook *messengerState
	etelecom etelecomState
	speed    speedState
	voice    stringeeState
	services mailServices
	respond  GetResponse
	crm      Getfly
	once     *firstTries
	inbox    *inbox
	forced   forced
	calls    callbackCounts

	started  time.Time
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	shutOnce sync.Once
	http     *http.Server
	smtp     *smtp.Server
	httpLn   net.Listener
	smtpLn   net.Listener
}

// tuning is what /control changes beside the behaviours. A change replaces the whole.
type tuning struct {
	Magic      bool   `json:"magic"`
	ESMSMagic  bool   `json:"esms_magic"`
	Inspect    bool   `json:"inspect"`
	NightBlock string `json:"night_block"` // promotion, all_but_otp, all, none
	Sign       string `json:"sign"`        // how webhooks are signed, see signVariants
	Flat       bool   `json:"flat"`        // receipts with the message's fields at the top level
	BounceURL  string `json:"bounce_url"`
	BounceSMTP string `json:"bounce_smtp"`
	SlowAfter  int    `json:"slow_after"` // mails on one connection before slow@ is told 421
	DropToken  int    `json:"drop_token"` // this many next token answers are lost after the tokens changed
	SlowToken  int64  `json:"slow_token_ms"`
}

// New builds a simulator that does not listen yet.
func New(o Options) *Server {
	if o.HTTPAddr == "" {
		o.HTTPAddr = "127.0.0.1:8090"
	}
	if o.SMTPAddr == "" {
		o.SMTPAddr = "127.0.0.1:8025"
	}
	if o.Workers <= 0 {
		o.Workers = 32
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{opts: o, clk: o.Clock, log: o.Log, queue: newScheduler(o.Clock, 4*o.Workers), started: o.Clock.Now()}
	s.client = newClient(o.AllowRemote, o.Workers)
	s.reset()
	return s
}

// reset puts everything back to the options: settings, accounts, ledger, waiting events.
func (s *Server) reset() {
	s.queue.clear()
	s.ledger.Store(newLedger(s.opts.Seed))
	for p, b := range [providers]Behaviour{zalo: s.opts.Zalo, esms: s.opts.ESMS, mail: s.opts.SMTP, facebook: s.opts.Messenger, etel: s.opts.ETelecom, speed: s.opts.SpeedSMS, voice: s.opts.Stringee} {
		b = b.orDefault()
		s.behave[p].Store(&b)
	}
	s.tune.Store(&tuning{
		Magic: !s.opts.NoMagic, ESMSMagic: s.opts.ESMSMagic, Inspect: s.opts.Inspect, NightBlock: "promotion",
		BounceURL: s.opts.BounceURL, BounceSMTP: s.opts.BounceSMTP, SlowAfter: 20,
	})
	if s.zalo == nil {
		s.zalo, s.esms, s.once, s.inbox = &zaloState{}, &esmsState{}, &firstTries{}, &inbox{}
		s.facebook = &messengerState{}
	}
	s.zalo.reset(s.clk.Now(), s.opts.ZaloWebhookURL)
	s.esms.reset()
	s.services.reset(s.opts.MailWebhooks)
	s.facebook.reset(s.opts.MessengerWebhookURL)
	s.etelecom.reset()
	s.speed.reset()
	s.respond.reset(s.clk.Now)
	s.crm.reset()
	s.voice.reset()
	s.once.reset()
	s.inbox.reset()
	s.forced.reset()
	s.calls.reset()
}

// Start listens and serves until ctx ends or Close is called. It returns once both listeners are open.
func (s *Server) Start(ctx context.Context) error {
	s.ctx, s.cancel = context.WithCancel(ctx)
	var err error
	if s.httpLn, err = s.listen(s.opts.HTTPAddr); err != nil {
		s.cancel()
		return fmt.Errorf("listen for simulator http: %w", err)
	}
	s.http = &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return s.ctx }, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if s.opts.SMTPAddr != "off" {
		if s.smtpLn, err = s.listen(s.opts.SMTPAddr); err != nil {
			s.cancel()
			return errors.Join(fmt.Errorf("listen for simulator smtp: %w", err), s.httpLn.Close())
		}
		s.smtp = s.newMailServer()
		s.wg.Go(func() { s.ended("smtp", s.smtp.Serve(mailListener{s.smtpLn})) })
	}
	s.wg.Go(func() { s.ended("http", s.http.Serve(s.httpLn)) })
	s.wg.Go(func() { s.queue.run(s.ctx) })
	for range s.opts.Workers {
		s.wg.Go(s.work)
	}
	context.AfterFunc(s.ctx, s.shut)
	return nil
}

func (s *Server) ended(what string, err error) {
	if err != nil && !errors.Is(err, http.ErrServerClosed) && s.ctx.Err() == nil {
		s.log.Error("simulator listener ended", "listener", what, "error", err)
	}
}

func (s *Server) listen(addr string) (net.Listener, error) {
	if !s.opts.AllowRemote {
		if err := checkLoopback(addr); err != nil {
			return nil, err
		}
	}
	return net.Listen("tcp", addr)
}

// shut closes both servers, once: go-smtp's Close does not bear a second caller.
func (s *Server) shut() {
	s.shutOnce.Do(func() {
		if s.http != nil {
			_ = s.http.Close()
		}
		if s.smtp != nil {
			_ = s.smtp.Close()
			_ = s.smtpLn.Close() // a server that has not begun to serve yet does not know its listener
		}
		_ = s.httpLn.Close()
	})
}

// Close ends listeners, callbacks and connections and waits for them. Waiting events are lost; the ledger stays readable.
func (s *Server) Close() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.shut()
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

// work performs what is due. The number of workers bounds the callbacks on their way; what they cannot take waits in the scheduler.
func (s *Server) work() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case e := <-s.queue.out:
			s.perform(e)
		}
	}
}

func (s *Server) perform(e event) {
	defer s.queue.open.Add(-1) // after a next try was added, so that the count never dips to zero in between
	if s.queue.stale(e) {
		return
	}
	switch e.kind {
	case zaloReceipt, zaloFeedback:
		s.tellZalo(e)
	case zaloManagement:
		s.tellZaloManagement(e)
	case messengerEvent:
		s.tellMessenger(e)
	case etelecomReceipt, etelecomTaken, etelecomRated:
		s.tellETelecom(e)
	case speedFinal, speedSent:
		s.tellSpeed(e)
	case stringeeEvent:
		s.tellStringee(e)
	case stringeeKey:
		s.pressStringee(e)
	case smsSent, smsFinal:
		s.tellSMS(e)
	case mailTold:
		s.tellService(e)
	case mailReport, mailPerson, mailDone:
		s.mailAftermath(e)
	}
}

// URL is the base address of the HTTP side, without a slash at the end.
func (s *Server) URL() string {
	if s.opts.PublicURL != "" {
		return s.opts.PublicURL
	}
	if s.httpLn == nil {
		return "http://" + s.opts.HTTPAddr
	}
	return "http://" + s.httpLn.Addr().String()
}

// ZaloURL stands for https://business.openapi.zalo.me.
func (s *Server) ZaloURL() string { return s.URL() + "/zalo" }

// ZaloOAuthURL stands for https://oauth.zaloapp.com.
func (s *Server) ZaloOAuthURL() string { return s.URL() + "/zalo-oauth" }

// ESMSURL stands for https://rest.esms.vn/MainService.svc/json.
func (s *Server) ESMSURL() string { return s.URL() + "/esms" }

// SMTPAddr is the host:port of the mail server, or "off".
func (s *Server) SMTPAddr() string {
	if s.smtpLn == nil {
		return s.opts.SMTPAddr
	}
	return s.smtpLn.Addr().String()
}

// Ledger is the judge: what was accepted and what became of it.
func (s *Server) Ledger() *Ledger { return s.ledger.Load() }

// Waiting is the number of receipts, reports and other events that are still to come.
func (s *Server) Waiting() int { return s.queue.waiting() }

// Drain waits until nothing is to come any more: all receipts, reports and repeats have been sent. On a simulated clock somebody has to move the clock. It returns ctx's error
// when that ends first.
func (s *Server) Drain(ctx context.Context) error {
	for s.Waiting() > 0 && ctx.Err() == nil {
		pause(ctx, 2*time.Millisecond)
	}
	return ctx.Err()
}

// Behaviour is the present scenario of zalo, esms or smtp; an unknown name gives the default.
func (s *Server) Behaviour(provider string) Behaviour {
	for p, name := range providerNames {
		if name == provider {
			return *s.behave[p].Load()
		}
	}
	return DefaultBehaviour()
}

// SetBehaviour changes the scenario of zalo, esms or smtp from the next call on. It reports false for an unknown name.
func (s *Server) SetBehaviour(provider string, b Behaviour) bool {
	for p, name := range providerNames {
		if name == provider {
			s.behave[p].Store(&b)
			return true
		}
	}
	return false
}

// retune changes the settings beside the behaviours.
func (s *Server) retune(f func(*tuning)) {
	for {
		old := s.tune.Load()
		t := *old
		f(&t)
		if s.tune.CompareAndSwap(old, &t) {
			return
		}
	}
}

// SetBounceTarget says where bounce mails and complaints go: a URL that takes the raw mail by POST, or a host:port that takes SMTP. Both empty means nowhere.
func (s *Server) SetBounceTarget(url, smtpAddr string) {
	s.retune(func(t *tuning) { t.BounceURL, t.BounceSMTP = url, smtpAddr })
}
