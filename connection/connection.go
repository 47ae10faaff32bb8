package connection

import (
	"time"

	"github.com/loa-project/loa/channel"
)

// Connection is one account at a provider. Its credentials are in Secrets, apart from it.
type Connection struct {
	ID          int64           `json:"id"`
	WorkspaceID int64           `json:"-"`
	Channel     channel.Channel `json:"channel" enum:"zns,sms,email,messenger,ai_call,http_request,sync"`
	Provider    string          `json:"provider" enum:"zalo,etelecom,esms,speedsms,smtp,messenger,stringee,http,getresponse,getfly"`
	Name        string          `json:"name"`
	Settings
	// Set lists the credentials that are stored, by their JSON names; the values are never shown.
	Set           []string `json:"secrets_set"`
	RatePerSecond int64    `json:"rate_per_second"` // calls per second over all nodes, 0 = no limit of ours
	Concurrency   int      `json:"concurrency"`     // calls at once on one node
	State         State    `json:"state" enum:"active,held,disabled"`
	// Reason says why it is held, by code; its words for people are in ReasonText.
	Reason     string `json:"held_reason,omitempty"`
	ReasonText string `json:"held_reason_text,omitempty"`
	// HeldUntil is when it goes on by itself; zero in a held connection = when a person resumes it.
	HeldUntil time.Time `json:"held_until,omitzero"`
	// HookURL is where the provider must send its callbacks. Owners alone see it: whoever knows it can post to it.
	HookURL        string    `json:"hook_url,omitempty"`
	LastEventAt    time.Time `json:"last_event_at,omitzero"`    // last callback that was accepted, about a minute exact
	TokenExpiresAt time.Time `json:"token_expires_at,omitzero"` // of the access token, where there is one
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
	// Version changes with every edit, new token, hold and resume.
	Version   int64  `json:"-"`
	hookToken string `json:"-"`
}

// Ref names a connection of a workspace.
type Ref struct{ WorkspaceID, ID int64 }

// State is whether a connection may be used.
type State string

// The states.
const (
	Active   State = "active"
	Held     State = "held"     // waits for its time or for a person
	Disabled State = "disabled" // an owner switched it off
)

// Reasons for holding, besides those that the engine gives. Texts are in the i18n catalogue under "connection.held.<reason>".
const (
	ReasonAuth     = "auth"      // the provider refuses our credentials
	ReasonAuthLost = "auth_lost" // the answer to a token refresh was lost or refused: authorise again
	ReasonRefresh  = "refresh"   // the token cannot be refreshed just now
	ReasonBalance  = "balance"   // no money or quota left
	ReasonFailing  = "failing"   // many failures in a row
	ReasonPerson   = "person"    // somebody wanted it
	ReasonPage     = "page"      // Facebook restricts the Page from sending
)

// Usable reports whether the engine may send through c at now.
func (c *Connection) Usable(now time.Time) bool {
	return c.State == Active || c.State == Held && !c.HeldUntil.IsZero() && !now.Before(c.HeldUntil)
}

// Settings are what is not secret. Exactly the block of the provider is set.
type Settings struct {
	Zalo *Zalo `json:"zalo,omitempty"`
	ESMS *ESMS `json:"esms,omitempty"`
	SMTP *SMTP `json:"smtp,omitempty"`
	// ETelecom is set for an OA that sends ZNS through eTelecom.
	ETelecom *ETelecom `json:"etelecom,omitempty"`
	// SpeedSMS is set for an account at SpeedSMS.vn.
	SpeedSMS *SpeedSMS `json:"speedsms,omitempty"`
	// Messenger is set for a Facebook Page.
	Messenger *Messenger `json:"messenger,omitempty"`
	// Stringee is set for a number that calls people.
	Stringee *Stringee `json:"stringee,omitempty"`
	// HTTP is set for a system of the shop that is called over HTTP.
	HTTP *HTTP `json:"http,omitempty"`
	// GetResponse is set for an account at GetResponse.
	GetResponse *GetResponse `json:"getresponse,omitempty"`
	// Getfly is set for a Getfly CRM.
	Getfly *Getfly `json:"getfly,omitempty"`
	// CA is PEM certificates to trust for this connection instead of the system's.
	CA string `json:"ca,omitempty" maxLength:"65536"`
	// Timeout is how long one call may take, in seconds; 0 = the default of the provider.
	Timeout int `json:"timeout_seconds,omitempty" minimum:"0" maximum:"120"`
}

// Zalo is an OA that sends ZNS ("ZBS Template Message") directly.
type Zalo struct {
	BaseURL  string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://business.openapi.zalo.me"`
	OAuthURL string `json:"oauth_url,omitempty" maxLength:"500" doc:"Absent: https://oauth.zaloapp.com"`
	OAURL    string `json:"oa_url,omitempty" maxLength:"500" doc:"Of the Official Account API; absent: https://openapi.zalo.me"`
	AppID    string `json:"app_id" maxLength:"40"`
	OAID     string `json:"oa_id" maxLength:"40"`
	// SendingMode "3" sends promotion beyond the quota, for OAs on Zalo's list.
	SendingMode string `json:"sending_mode,omitempty" enum:"1,3"`
	// Development sends only to admins of the app or the OA.
	Development bool `json:"development,omitempty"`
	// HashPhone gives Zalo the SHA-256 of each phone number instead of the number.
	HashPhone bool `json:"hash_phone,omitempty" doc:"Phone numbers go to Zalo as SHA-256 hashes only; messages within a journey are then not possible"`
	// AppSecretProof proves with each call that we know the app's secret, for apps that demand it.
	AppSecretProof bool `json:"app_secret_proof,omitempty" doc:"Send the header appsecret_proof with each call, for apps that demand it; needs the app secret"`
}

// ESMS is a brandname at eSMS.vn.
type ESMS struct {
	BaseURL   string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://rest.esms.vn/MainService.svc/json"`
	Brandname string `json:"brandname" maxLength:"30"`
	SMSType   string `json:"sms_type,omitempty" enum:"1,2,8" doc:"2 customer care (also when absent), 1 advertising, 8 fixed number"`
	Sandbox   bool   `json:"sandbox,omitempty" doc:"eSMS only checks: nothing is sent, charged or reported"`
	// PricePerPart is VND for one part of a message, for forecasts and the spend cap; 0 = not known.
	PricePerPart int64 `json:"price_per_part,omitempty" minimum:"0" maximum:"100000"`
}

// ETelecom is an OA that sends ZNS through eTelecom, with a key of eTelecom instead of tokens of Zalo.
type ETelecom struct {
	BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://api.etelecom.vn/v1/shop; partners end in /v1/partner"`
	OAID    string `json:"oa_id" maxLength:"40"`
	// SendingMode "tag3" sends promotion beyond the quota, for OAs on Zalo's list.
	SendingMode string `json:"sending_mode,omitempty" enum:"default,tag3"`
	// Development sends only to admins of the app or the OA, and costs nothing.
	Development bool `json:"development,omitempty"`
}

// SpeedSMS is an account at SpeedSMS.vn.
type SpeedSMS struct {
	BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://api.speedsms.vn/index.php"`
	Sender  string `json:"sender,omitempty" maxLength:"30" doc:"Brandname; needed for type 3"`
	SMSType string `json:"sms_type,omitempty" enum:"2,3" doc:"3 customer care under a brandname (also when absent), 2 customer care from a number of SpeedSMS"`
	// PricePerPart is VND for one part of a message, for forecasts and the spend cap; 0 = not known.
	PricePerPart int64 `json:"price_per_part,omitempty" minimum:"0" maximum:"100000"`
}

// Messenger is a Facebook Page that sends through our app.
type Messenger struct {
	BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://graph.facebook.com"`
	Version string `json:"version,omitempty" maxLength:"10" doc:"Of the Graph API; absent: v25.0"`
	PageID  string `json:"page_id" maxLength:"40"`
	// Utility says that the Page may send utility templates; Meta opens them by country and Page.
	Utility bool `json:"utility,omitempty"`
}

// Stringee is a number at Stringee.com that calls people. The secrets are api_key (the SID of an API key), secret_key (its secret) and webhook_secret (the project's signing secret).
type Stringee struct {
	BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://api.stringee.com"`
	From    string `json:"from" maxLength:"20" doc:"The number that calls, with the country code: 842471000000"`
	Voice   string `json:"voice,omitempty" maxLength:"60" doc:"Where a template names none; absent: Stringee's own choice"`
	Speed   int    `json:"speed,omitempty" minimum:"-3" maximum:"3" doc:"Where a template names none: -3 slow to 3 fast"`
	// PricePerCall is VND for one call, for forecasts and the spend cap; 0 = not known.
	PricePerCall int64 `json:"price_per_call,omitempty" minimum:"0" maximum:"100000"`
}

// HTTP is a system that steps call. Steps name a path behind the base URL, so that credentials go nowhere else. The secret api_key is the value of Header; webhook_secret ("whsec_…") signs
// the calls as Standard Webhooks say.
type HTTP struct {
	BaseURL string `json:"base_url" maxLength:"500" doc:"Calls go to this address and the paths below it"`
	Header  string `json:"header,omitempty" maxLength:"100" doc:"Name of the header line that carries the secret api_key; absent: Authorization"`
}

// SMTP is a mail server that takes our mails.
type SMTP struct {
	Host         string `json:"host" maxLength:"255"`
	Port         int    `json:"port" minimum:"1" maximum:"65535"`
	TLS          string `json:"tls" enum:"tls,starttls,none" doc:"tls from the first byte (465), starttls required (587); none only for a server on this machine"`
	From         string `json:"from" maxLength:"254" doc:"Sender address"`
	FromName     string `json:"from_name,omitempty" maxLength:"100"`
	ReplyTo      string `json:"reply_to,omitempty" maxLength:"254"`
	BounceDomain string `json:"bounce_domain,omitempty" maxLength:"255" doc:"Domain of the return paths; absent: mails come back to the sender address"`
	// FailuresOnly asks the server for reports of mails that failed or are late only. Without it, and with a bounce domain and no mail service, a report of arrival is asked for too, where the
	// server offers DSN: one more incoming mail for each that is sent.
	FailuresOnly bool   `json:"failures_only,omitempty" doc:"Ask for no reports of mails that arrived"`
	EHLO         string `json:"ehlo,omitempty" maxLength:"255" doc:"Our name in the dialogue; absent: the domain of the sender address"`
	MaxConns     int    `json:"max_conns,omitempty" minimum:"0" maximum:"256" doc:"Connections kept to the server; 0 = as many as calls at once"`
	DKIMDomain   string `json:"dkim_domain,omitempty" maxLength:"255" doc:"Sign with this domain, for servers that do not sign themselves"`
	DKIMSelector string `json:"dkim_selector,omitempty" maxLength:"63"`
	// Webhook is set when a mail service stands behind the server and tells us by webhook what becomes of our mails.
	Webhook *MailWebhook `json:"webhook,omitempty"`
}

// MailWebhook says which mail service calls our address, and what we check its calls by. The key that is not public is the secret webhook_secret: SendGrid's verification key, Mailgun's signing
// key, or the password that stands in the address at Postmark. SES has none: the topic of SNS is its proof.
type MailWebhook struct {
	Service          string `json:"service" enum:"ses,sendgrid,mailgun,postmark"`
	TopicARN         string `json:"topic_arn,omitempty" maxLength:"256" doc:"SES: the only topic of SNS that is believed"`
	ConfigurationSet string `json:"configuration_set,omitempty" maxLength:"64" doc:"SES: the set whose events go to the topic; absent: the default of the identity"`
	Username         string `json:"username,omitempty" maxLength:"100" doc:"Postmark: the user name in the address; absent: loa"`
	SNSURL           string `json:"sns_url,omitempty" maxLength:"500" doc:"SES: where certificates and confirmations of SNS are, for tests; absent: Amazon's addresses only"`
}

// ChannelOf is the channel that a provider's connections serve; empty for an unknown provider.
func ChannelOf(provider string) channel.Channel {
	switch provider {
	case "zalo", "etelecom":
		return channel.ZNS
	case "esms", "speedsms":
		return channel.SMS
	case "smtp":
		return channel.Email
	case "messenger":
		return channel.Messenger
	case "stringee":
		return channel.AICall
	case "http":
		return channel.HTTPRequest
	case "getresponse", "getfly":
		return channel.Sync
	case LocalProvider:
		return channel.Action
	}
	return ""
}

// Scope is the Page or OA that the connection's addresses belong to; "" where addresses belong to nobody.
func (c *Connection) Scope() string {
	if c.Messenger != nil {
		return c.Messenger.PageID
	}
	if c.Zalo != nil {
		return c.Zalo.OAID
	}
	return ""
}

// Channels are all channels that the connection serves. An OA of Zalo carries ZNS to phone numbers and messages to the OA's users with one pair of tokens: two connections of the same OA would
// end each other's tokens.
func (c *Connection) Channels() channel.Set {
	if c.Zalo != nil {
		return channel.Of(channel.ZNS, channel.ZaloOA)
	}
	if c.Builtin() {
		return LocalChannels
	}
	return c.Channel.Bit()
}
