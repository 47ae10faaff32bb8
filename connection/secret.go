package connection

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/seal"
)

// Secrets are the credentials of a connection, opened. They must not be logged, shown or kept longer than a call needs them.
type Secrets struct {
	// Zalo; app secret and access token also of Messenger, where the token is the Page's and does not expire by itself.
	AppSecret     string `json:"app_secret,omitempty"`
	AccessToken   string `json:"access_token,omitempty"`
	RefreshToken  string `json:"refresh_token,omitempty"`
	WebhookSecret string `json:"webhook_secret,omitempty"`
	// FixedCodeVerifier is the PKCE verifier whose challenge stands in the app's console at Zalo; "" = a fresh one for each authorisation.
	FixedCodeVerifier string `json:"fixed_code_verifier,omitempty"`
	// VerifyToken is the word that Meta repeats when it subscribes to our callback address.
	VerifyToken string `json:"verify_token,omitempty"`
	// eSMS, and Stringee, whose API key has a SID and a secret; the API key also of eTelecom, and of SpeedSMS, which calls it a token.
	APIKey    string `json:"api_key,omitempty"`
	SecretKey string `json:"secret_key,omitempty"`
	// SMTP.
	Username       string `json:"username,omitempty"`
	Password       string `json:"password,omitempty"`
	DKIMPrivateKey string `json:"dkim_private_key,omitempty"` // PEM, RSA or Ed25519
	// TokenSavedAt is when the pair of tokens was stored, Unix ms.
	TokenSavedAt int64 `json:"token_saved_at,omitempty"`
}

// String keeps credentials out of logs and messages that print a value by accident.
func (Secrets) String() string { return "(secrets)" }

// GoString does the same for %#v.
func (Secrets) GoString() string { return "(secrets)" }

// SecretsForm changes credentials: an absent one stays, an empty one is taken away.
type SecretsForm struct {
	AppSecret      *string `json:"app_secret,omitempty" maxLength:"200"`
	AccessToken    *string `json:"access_token,omitempty" maxLength:"4000"`
	RefreshToken   *string `json:"refresh_token,omitempty" maxLength:"4000"`
	WebhookSecret  *string `json:"webhook_secret,omitempty" maxLength:"200"`
	FixedVerifier  *string `json:"fixed_code_verifier,omitempty" maxLength:"200" doc:"Of Zalo: exactly 43 letters, digits, -, ., _ or ~, for apps whose console holds a fixed code challenge; absent: a fresh one each time"`
	VerifyToken    *string `json:"verify_token,omitempty" maxLength:"200"`
	APIKey         *string `json:"api_key,omitempty" maxLength:"200"`
	SecretKey      *string `json:"secret_key,omitempty" maxLength:"200"`
	Username       *string `json:"username,omitempty" maxLength:"254"`
	Password       *string `json:"password,omitempty" maxLength:"1000"`
	DKIMPrivateKey *string `json:"dkim_private_key,omitempty" maxLength:"16000"`
}

// String keeps credentials out of logs.
func (SecretsForm) String() string { return "(secrets)" }

type secretField struct {
	name      string
	providers []string // that have it
	value     *string  // where it is stored
	change    *string  // nil = as it was
}

func fields(s *Secrets, f *SecretsForm) []secretField {
	return []secretField{
		{"app_secret", []string{"zalo", "messenger"}, &s.AppSecret, f.AppSecret},
		{"access_token", []string{"zalo", "messenger"}, &s.AccessToken, f.AccessToken},
		{"refresh_token", []string{"zalo"}, &s.RefreshToken, f.RefreshToken},
		{"webhook_secret", []string{"zalo", "smtp", "http", "stringee"}, &s.WebhookSecret, f.WebhookSecret},
		{"fixed_code_verifier", []string{"zalo"}, &s.FixedCodeVerifier, f.FixedVerifier},
		{"verify_token", []string{"messenger"}, &s.VerifyToken, f.VerifyToken},
		{"api_key", []string{"esms", "etelecom", "speedsms", "http", "stringee", "getresponse", "getfly"}, &s.APIKey, f.APIKey},
		{"secret_key", []string{"esms", "stringee"}, &s.SecretKey, f.SecretKey},
		{"username", []string{"smtp"}, &s.Username, f.Username},
		{"password", []string{"smtp"}, &s.Password, f.Password},
		{"dkim_private_key", []string{"smtp"}, &s.DKIMPrivateKey, f.DKIMPrivateKey},
	}
}

// apply writes the changes of f into s and returns the names of what changed. New tokens get the time, so that they are not refreshed at once.
func (s *Secrets) apply(f *SecretsForm, now time.Time) (changed []string) {
	for _, x := range fields(s, f) {
		if x.change == nil || strings.TrimSpace(*x.change) == *x.value {
			continue
		}
		*x.value = strings.TrimSpace(*x.change)
		changed = append(changed, x.name)
		if x.name == "access_token" || x.name == "refresh_token" {
			s.TokenSavedAt = now.UnixMilli()
		}
	}
	return changed
}

// set lists the names of the credentials that are there.
func (s *Secrets) set() []string {
	out := []string{}
	for _, x := range fields(s, &SecretsForm{}) {
		if *x.value != "" {
			out = append(out, x.name)
		}
	}
	return out
}

func place(workspace, id int64) seal.Place {
	return seal.Place{Workspace: workspace, Table: "connection", Row: id, Column: "secrets"}
}

func (s *Service) seal(workspace, id int64, secrets Secrets) (string, error) {
	raw, err := json.Marshal(secrets)
	if err != nil {
		return "", fmt.Errorf("write secrets: %w", err)
	}
	sealed, err := s.Sealer.Seal(place(workspace, id), raw)
	if err != nil {
		return "", fmt.Errorf("seal secrets: %w", err)
	}
	return sealed, nil
}

func (s *Service) unseal(workspace, id int64, sealed string) (out Secrets, err error) {
	if sealed == "" {
		return out, nil
	}
	raw, err := s.Sealer.Unseal(place(workspace, id), sealed)
	if err != nil {
		return out, fmt.Errorf("open secrets of connection %d: %w", id, err)
	}
	if json.Unmarshal(raw, &out) != nil { // its error could quote what it read
		return out, fmt.Errorf("read secrets of connection %d: not as we write them", id)
	}
	return out, nil
}
