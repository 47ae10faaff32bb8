package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/proof"
	"github.com/loa-project/loa/simulator"
)

// TestMail sends through a plain server, which reports by mail, and through each mail service, which reports by webhook, on both databases, while every report comes twice, in the wrong order, some
// before the server's own answer, and some forged. It proves each cell of the row of e-mail in the status table.
func TestMail(t *testing.T) {
	t.Parallel()
	proof.Cells(t, "email", "sent", "processing", "delivered", "failed", "opened", "clicked", "unsubscribed", "complained", "bounced")
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); mails(t, "") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); mails(t, dbtest.PostgresURL(t)) })
}

// mailPeople are what the mailboxes of one campaign do, see simulator.MagicRecipients.
var mailPeople = []string{"an", "drop", "bounce", "soft", "complaint", "delay", "open", "click", "unsub", "mpp", "scanner", "gateway"}

const mailPage = `<p>Chào {{ contact.name }}</p><p><a href="https://shop.example/mot">Một</a> <a href="https://shop.example/hai">Hai</a> <a href="https://shop.example/ba">Ba</a></p><p><a href="{{ unsubscribe_url }}">Hủy</a></p>`

func mails(t *testing.T, url string) {
	b := quick()
	b.ReceiptMinMS, b.ReceiptMaxMS = 7000, 8000 // nobody clicks sooner than a person can
	b.CallbackCopies, b.Reorder, b.Forged, b.BeforeAnswer = 1, true, 1, 0.4
	w := newWorld(t, url, simulator.Options{SMTP: b, Inspect: true})
	w.found()
	senders := append([]string{"plain"}, simulator.MailServices...)
	w.mailboxes(senders)
	var template struct{ ID int64 }
	w.call("POST", "/templates", object{"name": "Thư", "channel": "email", "content": object{"subject": "Chào {{ contact.name }}", "html": mailPage, "purpose": "care"}}, &template)
	campaigns := map[string]int64{}
	for _, name := range senders {
		campaigns[name] = w.mailCampaign(name, w.mailConnection(name), template.ID)
		w.call("POST", fmt.Sprintf("/campaigns/%d/activate", campaigns[name]), nil, nil)
	}
	// A server that reports failures only leaves mails on their way that nobody opened, and the one whose answer was lost stays unknown.
	failures := map[string]int64{"total": 12, "sent": 12, "processing": 5, "delivered": 4, "failed": 2, "bounced": 2, "complained": 1, "opened": 2, "clicked": 1, "unsubscribed": 1, "unknown": 1, "skipped": 0}
	told := map[string]int64{"total": 12, "sent": 12, "processing": 0, "delivered": 10, "failed": 2, "bounced": 2, "complained": 1, "opened": 2, "clicked": 1, "unsubscribed": 1, "unknown": 0, "skipped": 0}
	for _, name := range senders {
		want := told
		if name == "plain" && failuresOnly(url) {
			want = failures
		}
		w.settled(campaigns[name], 100*time.Millisecond)
		w.until("the clicks of "+name, time.Second, func() bool { return w.counts(campaigns[name]).Total["clicked"] == 1 })
		c := w.counts(campaigns[name])
		w.addUp(c)
		for word, n := range want {
			if got := c.Legs[0].Counts[word]; got != n {
				t.Errorf("%s, %s: got %d, want %d", name, word, got, n)
			}
		}
	}
	// A dead mailbox, a complaint and an opt-out close the address; a full mailbox does not.
	for reason, want := range map[string]int{"bounced": len(senders), "complained": len(senders), "unsubscribed": len(senders)} {
		if got := w.number(`SELECT COUNT(*) FROM suppression WHERE reason = $1`, reason); got != want {
			t.Errorf("addresses closed as %s: got %d, want %d", reason, got, want)
		}
	}
	if n := w.number(`SELECT COUNT(*) FROM hit WHERE verdict = 'machine' AND reasons = 'image_proxy'`); n != len(senders) {
		t.Errorf("openings by Apple's proxy: got %d, want %d", n, len(senders))
	}
	if n := w.number(`SELECT COUNT(*) FROM hit WHERE verdict = 'machine' AND reasons = 'burst'`); n != 3*len(senders) {
		t.Errorf("clicks in a burst: got %d, want %d", n, 3*len(senders))
	}
	if n := w.number(`SELECT COUNT(*) FROM hit WHERE verdict = 'held'`); n != 0 {
		t.Errorf("clicks still held: got %d, want 0", n)
	}
	if calls := w.sim.Overview().Callbacks; calls["forged"] < 4*10 || calls["lost"] != 0 {
		t.Errorf("webhooks: got %v, want many forged and none lost", calls)
	}
	w.signedMails()
	w.told(campaigns)
	w.verified()
	w.lateMail(template.ID)
}

// failuresOnly says on which database the plain server is asked for reports of failures only; on the other it is asked for those of arrival too.
func failuresOnly(url string) bool { return url != "" }

// told asks "Vì sao?" about a mail that came back, through each way of telling, and wants words for people.
func (w *world) told(campaigns map[string]int64) {
	w.t.Helper()
	for name, campaign := range campaigns {
		var found struct{ Items []struct{ ID int64 } }
		w.call("GET", "/contacts?search="+name+"-bounce", nil, &found)
		if len(found.Items) != 1 {
			w.t.Fatalf("search %s-bounce: got %d people, want 1", name, len(found.Items))
		}
		status, raw := w.send("GET", fmt.Sprintf("/api/v1/campaigns/%d/contacts/%d/why", campaign, found.Items[0].ID), nil)
		if status != 200 || !bytes.Contains(raw, []byte("không")) || !bytes.Contains(raw, []byte(`"bounced"`)) {
			w.t.Errorf("why did the mail through %s come back: got %d %s", name, status, raw)
		}
	}
}

// mailboxes imports the people of each campaign under a tag of its own.
func (w *world) mailboxes(tags []string) {
	w.t.Helper()
	var b strings.Builder
	b.WriteString("\ufeffMã KH,Họ và tên,Email,Thẻ\n")
	for _, tag := range tags {
		for _, p := range mailPeople {
			fmt.Fprintf(&b, "%s-%s,%s,%s+%s@example.com,%s\n", tag, p, p, p, tag, tag)
		}
	}
	var imp struct {
		ID      int64
		State   string
		Created int64 `json:"rows_created"`
	}
	w.call("POST", "/imports", upload("thu.csv", []byte(b.String())), &imp)
	w.call("POST", fmt.Sprintf("/imports/%d/preview", imp.ID), object{}, nil)
	w.call("POST", fmt.Sprintf("/imports/%d/start", imp.ID), object{}, nil)
	w.until("the import", 0, func() bool {
		w.call("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
		return imp.State == "finished" || imp.State == "failed"
	})
	if int(imp.Created) != len(tags)*len(mailPeople) {
		w.t.Fatalf("import: got %+v, want %d people", imp, len(tags)*len(mailPeople))
	}
}

// mailConnection connects the mail server, with a service behind it or, as "plain", signing by itself.
func (w *world) mailConnection(name string) int64 {
	w.t.Helper()
	host, port, _ := net.SplitHostPort(w.sim.SMTPAddr())
	smtp, secrets := object{"host": host, "port": json.Number(port), "tls": "none", "from": "cskh@shop.example", "from_name": "Cửa hàng", "bounce_domain": "bounce.shop.example"}, object{}
	set := w.sim.MailService(name)
	switch name {
	case "plain":
		smtp["failures_only"] = failuresOnly(w.app.Config.DatabaseURL)
		smtp["dkim_domain"], smtp["dkim_selector"], secrets["dkim_private_key"] = "shop.example", "loa", dkimKey()
	case simulator.ServiceSES:
		smtp["webhook"] = object{"service": name, "topic_arn": set.TopicARN, "sns_url": set.SNSURL, "configuration_set": "loa"}
	default:
		smtp["webhook"], secrets["webhook_secret"] = object{"service": name}, set.Secret
	}
	var c struct {
		ID      int64
		HookURL string `json:"hook_url"`
	}
	form := object{"provider": "smtp", "name": name, "concurrency": 4, "smtp": smtp, "secrets": secrets}
	if name != "plain" { // a service whose webhooks cannot be checked is refused
		smtp["webhook"].(object)["topic_arn"] = ""
		form["secrets"] = object{}
		if _, code, fields := w.refused("POST", "/connections", form); code != "connection.invalid" || fmt.Sprint(fields) != "[connection.missing]" {
			w.t.Errorf("%s without a key: got %s %v, want connection.missing", name, code, fields)
		}
		smtp["webhook"].(object)["topic_arn"] = set.TopicARN
		form["secrets"] = secrets
	}
	w.call("POST", "/connections", form, &c)
	if name == "plain" {
		w.sim.SetBounceTarget(c.HookURL, "")
		if addr := w.bounces(); w.app.Config.DatabaseURL != "" { // on one database reports are piped to the address of the connection, on the other they come by SMTP
			w.sim.SetBounceTarget("", addr)
		}
	} else if !w.sim.SetMailWebhook(name, c.HookURL) {
		w.t.Errorf("%s: the webhook was not confirmed", name)
	}
	return c.ID
}

// bounces opens the mailbox for reports and gives its address.
func (w *world) bounces() string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.app.ServeBounces(ctx, l) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Errorf("mailbox for reports: %v", err)
		}
	})
	return l.Addr().String()
}

func (w *world) mailCampaign(tag string, connection, template int64) int64 {
	w.t.Helper()
	return w.complete(object{"name": tag, "purpose": "care", "options": object{"track_opens": true, "track_clicks": true},
		"audience": object{"everyone": true, "condition": object{"field": "tag", "operator": "in", "value": []string{tag}}},
		"legs":     []object{{"channel": "email", "connection_id": connection, "template_id": template}}})
}

var dkimPair = func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}()

func dkimKey() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(dkimPair)}))
}

// signedMails verifies the signature on every mail of the plain connection that the simulator received, and that it covers what one-click unsubscription needs (RFC 8058, section 4).
func (w *world) signedMails() {
	w.t.Helper()
	der, err := x509.MarshalPKIXPublicKey(dkimPair.Public())
	if err != nil {
		w.t.Fatal(err)
	}
	o := &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "loa._domainkey.shop.example" {
			return nil, fmt.Errorf("no record for %s", name)
		}
		return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}, nil
	}}
	n := 0
	for _, m := range w.sim.Inspected() {
		if len(m.Problems) > 0 {
			w.t.Errorf("mail to %s: %q", m.Recipient, m.Problems)
		}
		if !strings.Contains(m.Recipient, "+plain@") {
			continue
		}
		n++
		found, err := dkim.VerifyWithOptions(strings.NewReader(m.Raw), o)
		if err != nil || len(found) != 1 || found[0].Err != nil {
			w.t.Fatalf("signature on the mail to %s: got %+v %v, want one that verifies", m.Recipient, found, err)
		}
		covered := strings.ToLower(strings.Join(found[0].HeaderKeys, " ") + " ")
		for _, h := range []string{"from ", "to ", "subject ", "date ", "message-id ", "list-unsubscribe ", "list-unsubscribe-post "} {
			if !strings.Contains(covered, h) {
				w.t.Errorf("signature on the mail to %s does not cover %s: %s", m.Recipient, h, covered)
			}
		}
		other := bytes.Replace([]byte(m.Raw), []byte("List-Unsubscribe: <http"), []byte("List-Unsubscribe: <xttp"), 1)
		if found, err = dkim.VerifyWithOptions(bytes.NewReader(other), o); err == nil && found[0].Err == nil {
			w.t.Errorf("a mail with another address to unsubscribe verifies")
		}
	}
	if n != len(mailPeople) {
		w.t.Errorf("signed mails: got %d, want %d", n, len(mailPeople))
	}
}
