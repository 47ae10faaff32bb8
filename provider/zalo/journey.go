package zalo

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/loa-project/loa/provider"
)

// JourneyKinds are the kinds of journey tokens: what they are for and how many days they live.
var JourneyKinds = []string{"token_logistics_7", "token_logistics_30", "token_coach_bus_7", "token_coach_bus_30"}

// JourneyLife is how long a token of a kind lives; 0 for an unknown kind.
func JourneyLife(kind string) time.Duration {
	switch kind {
	case "token_logistics_7", "token_coach_bus_7":
		return 7 * 24 * time.Hour
	case "token_logistics_30", "token_coach_bus_30":
		return 30 * 24 * time.Hour
	}
	return 0
}

// Journey is the right to send the messages of one delivery or one trip to one phone number. The token is a credential.
type Journey struct {
	Token string
	ID    string
}

// NewJourney asks for a journey token for a phone number "84…". Asking sends nothing to the person.
// Source: developers.zalo.me, ZBS Template Message, "Journey token" (POST /journey/get-token).
func (c *Client) NewJourney(ctx context.Context, token, phone, kind string) (Journey, error) {
	if phone == "" || !slices.Contains(JourneyKinds, kind) {
		return Journey{}, provider.Invalid(name, "a journey needs a phone number and a known kind")
	}
	to, err := address(c.BaseURL, DefaultBaseURL, "/journey/get-token")
	if err != nil {
		return Journey{}, err
	}
	body, err := json.Marshal(struct {
		Phone string `json:"phone"`
		Kind  string `json:"token_type"`
	}{phone, kind})
	if err != nil {
		return Journey{}, provider.Invalid(name, err.Error())
	}
	var out struct {
		envelope
		Token provider.Text `json:"token"` // beside the code, not under data
		ID    provider.Text `json:"journey_id"`
	}
	raw, err := c.call(ctx, provider.Post(to, c.header(token), body), &out, &out.envelope)
	if err != nil {
		return Journey{}, err
	}
	if out.Token == "" {
		return Journey{}, &provider.Error{Provider: name, Code: provider.CodeNoID, Message: string(out.Message), Class: provider.Unknown, Raw: raw}
	}
	return Journey{Token: string(out.Token), ID: string(out.ID)}, nil
}

// journeyHeader is the head of a call with a journey token, a copy of the shared one.
func (c *Client) journeyHeader(token, journey string) http.Header {
	h := maps.Clone(c.header(token))
	h["journey_token"] = []string{journey}
	return h
}
