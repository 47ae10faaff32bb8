package simulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // SignatureVersion 1 of SNS
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// snsNote is the envelope of SNS. Source: docs.aws.amazon.com, "SNS: HTTP/HTTPS notification JSON format".
type snsNote struct {
	Type             string
	MessageID        string `json:"MessageId"`
	Token            string `json:",omitempty"`
	TopicARN         string `json:"TopicArn"`
	Subject          string `json:",omitempty"`
	Message          string
	SubscribeURL     string `json:",omitempty"`
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	UnsubscribeURL   string `json:",omitempty"`
}

func snsHeader(kind string) http.Header {
	return http.Header{"Content-Type": {"text/plain; charset=UTF-8"}, "X-Amz-Sns-Message-Type": {kind}, "User-Agent": {"Amazon Simple Notification Service Agent"}}
}

// signSNS signs a note as Amazon does (docs.aws.amazon.com, "SNS: verifying the signatures of messages") and writes it. spoil may change it before (true) and after (false) the signing.
func (s *Server) signSNS(n snsNote, spoil func(n *snsNote, before bool)) []byte {
	s.services.keys()
	if spoil == nil {
		spoil = func(*snsNote, bool) {}
	}
	if n.Timestamp == "" {
		n.Timestamp = s.clk.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	}
	n.SigningCertURL = s.URL() + snsCertificatePath
	spoil(&n, true)
	var text strings.Builder
	for _, f := range [][2]string{{"Message", n.Message}, {"MessageId", n.MessageID}, {"Subject", n.Subject}, {"SubscribeURL", n.SubscribeURL}, {"Timestamp", n.Timestamp}, {"Token", n.Token}, {"TopicArn", n.TopicARN}, {"Type", n.Type}} {
		if f[1] != "" {
			text.WriteString(f[0] + "\n" + f[1] + "\n")
		}
	}
	kind, sum := crypto.SHA256, sha256.Sum256([]byte(text.String()))
	digest := sum[:]
	if n.SignatureVersion == "1" {
		old := sha1.Sum([]byte(text.String())) //nolint:gosec // as SNS signs
		kind, digest = crypto.SHA1, old[:]
	}
	sign, err := rsa.SignPKCS1v15(nil, s.services.sns, kind, digest)
	if err != nil {
		return nil
	}
	n.Signature = base64.StdEncoding.EncodeToString(sign)
	spoil(&n, false)
	raw, _ := json.Marshal(n) // texts always marshal
	return raw
}

// post is one webhook ready to go.
type servicePost struct {
	header http.Header
	body   []byte
}

// signed wraps and signs an event's text for its service.
func (s *Server) signed(service, id string, text []byte) servicePost {
	now := s.clk.Now()
	switch service {
	case ServiceSES:
		version := "1"
		if hash64(s.opts.Seed, "sns", id)%2 == 0 {
			version = "2"
		}
		return servicePost{snsHeader("Notification"), s.signSNS(snsNote{Type: "Notification", MessageID: id, TopicARN: DefaultTopicARN, Subject: "Amazon SES Email Event Notification", Message: string(text), SignatureVersion: version}, nil)}
	case ServiceSendGrid:
		return s.signSendGrid(text, now)
	case ServiceMailgun:
		return mailgunPost(DefaultMailgunKey, id, text, now)
	}
	return servicePost{postmarkHeader(DefaultPostmarkPass), text}
}

// signSendGrid signs a batch (docs.sendgrid.com, "Event webhook security features").
func (s *Server) signSendGrid(body []byte, now time.Time) servicePost {
	s.services.keys()
	stamp := strconv.FormatInt(now.Unix(), 10)
	sum := sha256.Sum256(append([]byte(stamp), body...))
	sign, _ := ecdsa.SignASN1(rand.Reader, s.services.sendgrid, sum[:]) // crypto/rand does not fail
	return servicePost{http.Header{"Content-Type": {"application/json"}, "X-Twilio-Email-Event-Webhook-Timestamp": {stamp},
		"X-Twilio-Email-Event-Webhook-Signature": {base64.StdEncoding.EncodeToString(sign)}}, body}
}

// mailgunToken is fifty characters that belong to one event.
func mailgunToken(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])[:50]
}

// mailgunPost adds time, token and their signature to an event (help.mailgun.com, "Webhooks", "Securing webhooks").
func mailgunPost(key, id string, data []byte, now time.Time) servicePost {
	stamp, token := strconv.FormatInt(now.Unix(), 10), mailgunToken(id)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + token))
	body, _ := json.Marshal(object{"signature": object{"timestamp": stamp, "token": token, "signature": hex.EncodeToString(mac.Sum(nil))}, "event-data": json.RawMessage(data)})
	return servicePost{http.Header{"Content-Type": {"application/json"}}, body}
}

func postmarkHeader(password string) http.Header {
	return http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Postmark"}, "Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(DefaultPostmarkUser+":"+password))}}
}

// forgeService posts what a receiver must refuse: a complaint of somebody who does not have the key, signed with another one, signed for other bytes, too old, or with the signature of an event
// that was seen.
func (s *Server) forgeService(service, url string, good servicePost, complaint []byte) {
	var posts []servicePost
	now := s.clk.Now()
	switch service {
	case ServiceSES:
		spoiled := func(f func(n *snsNote, before bool)) {
			posts = append(posts, servicePost{snsHeader("Notification"), s.signSNS(snsNote{Type: "Notification", MessageID: "forged", TopicARN: DefaultTopicARN, Message: string(complaint), SignatureVersion: "2"}, f)})
		}
		set := func(before bool, change func(n *snsNote)) func(*snsNote, bool) {
			return func(n *snsNote, now bool) {
				if now == before {
					change(n)
				}
			}
		}
		spoiled(set(false, func(n *snsNote) { n.Signature = "" }))
		spoiled(set(false, func(n *snsNote) { n.Message += " " }))
		spoiled(set(true, func(n *snsNote) { n.TopicARN = "arn:aws:sns:ap-southeast-1:999999999999:other" }))
		spoiled(set(true, func(n *snsNote) { n.Timestamp = now.Add(-2 * time.Hour).UTC().Format(time.RFC3339) }))
		spoiled(set(true, func(n *snsNote) { n.SigningCertURL = "https://sns.example.com" + snsCertificatePath }))
	case ServiceSendGrid:
		batch := append(append([]byte("["), complaint...), ']')
		posts = append(posts, servicePost{http.Header{"Content-Type": {"application/json"}}, batch}, servicePost{good.header, batch}, s.signSendGrid(batch, now.Add(-time.Hour)))
	case ServiceMailgun:
		var seen struct {
			Signature json.RawMessage `json:"signature"`
		}
		_ = json.Unmarshal(good.body, &seen) // our own bytes
		replay, _ := json.Marshal(object{"signature": seen.Signature, "event-data": json.RawMessage(complaint)})
		posts = append(posts, mailgunPost("guessed", "forged", complaint, now), mailgunPost(DefaultMailgunKey, "forged", complaint, now.Add(-time.Hour)), servicePost{good.header, replay})
	case ServicePostmark:
		posts = append(posts, servicePost{postmarkHeader("guessed"), complaint}, servicePost{http.Header{"Content-Type": {"application/json"}}, complaint})
	}
	for _, p := range posts {
		s.calls.forged.Add(1)
		s.call(http.MethodPost, url, p.header, p.body)
	}
}
