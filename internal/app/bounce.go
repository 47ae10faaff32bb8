package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/loa-project/loa/channel/email"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider/smtp"
)

// complaintBoxes are the mailboxes at which feedback loops of mailbox providers are registered. What comes there must name one of our mails by a key of ours.
var complaintBoxes = []string{"fbl", "abuse"}

// ServeBounces takes returned mails and complaints by SMTP from l until ctx ends. Only return paths that we made and the mailboxes of feedback loops exist; a mail that is about none of ours
// changes nothing.
func (a *App) ServeBounces(ctx context.Context, l net.Listener) error {
	secret := a.Sealer.Derive("verp")
	hello := "localhost"
	if u, err := url.Parse(a.Config.PublicURL); err == nil && u.Hostname() != "" {
		hello = u.Hostname()
	}
	box := &smtp.Inbox{Hello: hello}
	if a.Config.BounceTLSCert != "" {
		pair := &keyPair{cert: a.Config.BounceTLSCert, key: a.Config.BounceTLSKey}
		if _, err := pair.get(nil); err != nil {
			return err
		}
		box.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get}
	}
	box.Accept = func(to string) bool {
		local, _, _ := strings.Cut(strings.ToLower(to), "@")
		for _, name := range complaintBoxes {
			if local == name {
				return true
			}
		}
		_, ok := smtp.ParseVERP(secret, to)
		return ok
	}
	box.Take = func(ctx context.Context, to []string, raw []byte) error {
		r, err := email.Report(secret, to, raw, a.Clock.Now())
		if err != nil { // no mail at all; a bounce is never bounced
			a.Log.Warn("returned mail is unreadable", "bytes", len(raw))
			return nil
		}
		workspace, _, _, ok := a.Messages.Keys.Parse(r.Key)
		if !ok {
			a.Log.Info("mail is about none of ours", "kind", r.Event)
			return nil
		}
		err = a.Messages.Receive(ctx, workspace, 0, "smtp", []message.Receipt{r})
		if err != nil {
			a.Log.Error("store returned mail", "workspace_id", workspace, "error", err)
		}
		return err
	}
	return box.Serve(ctx, l)
}

// startBounces opens the address of the settings, where there is one. stop ends the listener and waits for it.
func (a *App) startBounces(ctx context.Context) (stop func(), err error) {
	if a.Config.BounceListen == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", a.Config.BounceListen)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.ServeBounces(ctx, l); err != nil {
			a.Log.Error("listener of returned mails ended", "error", err)
		}
	}()
	return func() { cancel(); <-done }, nil
}

// keyPair is a certificate in files, read again when the certificate's file changes, so that a renewal needs no restart.
type keyPair struct {
	cert, key string
	mu        sync.Mutex
	read      *tls.Certificate
	at        time.Time // of the file that was read
}

// get gives the certificate. When a renewal cannot be read the one before it goes on.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.cert)
	if err == nil && (k.read == nil || !info.ModTime().Equal(k.at)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(k.cert, k.key); err == nil {
			k.read, k.at = &pair, info.ModTime()
		}
	}
	if k.read == nil {
		return nil, fmt.Errorf("read certificate for returned mails: %w", err)
	}
	return k.read, nil
}
