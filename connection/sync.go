package connection

import "strings"

// The limits of connections to other platforms that name none. A person may take four calls.
const (
	// getResponsePerSecond keeps under 30,000 calls in ten minutes and 80 in a second. Source: apidocs.getresponse.com/v3, "Limits and throttling".
	getResponsePerSecond = 12
	// getResponseAtOnce is how many calls GetResponse takes side by side. Source: the same page.
	getResponseAtOnce = 10
	// getflyPerSecond is what public integrations keep to, because Getfly publishes no limit: 200 ms between two writes.
	getflyPerSecond = 5
)

// GetResponse is an account at GetResponse whose lists people are put on. The secret api_key is the account's API key.
type GetResponse struct {
	BaseURL string `json:"base_url,omitempty" maxLength:"500" doc:"Absent: https://api.getresponse.com/v3; GetResponse MAX: https://api3.getresponse360.com/v3 or https://api3.getresponse360.pl/v3"`
	// Domain is the customer's domain at GetResponse MAX, without www.
	Domain string `json:"domain,omitempty" maxLength:"255" doc:"GetResponse MAX only"`
}

// Getfly is the shop's Getfly CRM. The secret api_key is the key that Getfly shows under its integrations.
type Getfly struct {
	BaseURL string `json:"base_url" maxLength:"500" doc:"https://TENANT.getflycrm.com"`
}

func (k *checker) getresponse(f *Form, secrets *Secrets) {
	g := f.GetResponse
	if f.RatePerSecond == 0 {
		f.RatePerSecond = getResponsePerSecond
	}
	f.Concurrency = min(f.Concurrency, getResponseAtOnce)
	k.address("getresponse.base_url", &g.BaseURL)
	g.Domain = strings.TrimSpace(g.Domain)
	if g.Domain != "" && !domain.MatchString(g.Domain) {
		k.wrong("getresponse.domain", "connection.domain")
	}
	k.apiKey(secrets)
}

func (k *checker) getfly(f *Form, secrets *Secrets) {
	g := f.Getfly
	if f.RatePerSecond == 0 {
		f.RatePerSecond = getflyPerSecond
	}
	k.address("getfly.base_url", &g.BaseURL)
	k.need("getfly.base_url", g.BaseURL)
	k.apiKey(secrets)
}

// apiKey demands a key that can stand in the head of a request.
func (k *checker) apiKey(secrets *Secrets) {
	if k.need("secrets.api_key", secrets.APIKey) && strings.ContainsFunc(secrets.APIKey, control) {
		k.wrong("secrets.api_key", "connection.control_character")
	}
}
