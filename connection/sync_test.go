package connection

import (
	"testing"

	"github.com/loa-project/loa/internal/errs"
)

func TestSyncForms(t *testing.T) {
	t.Parallel()
	f := Form{Provider: "getresponse", Name: "GR", Concurrency: 50, Settings: Settings{GetResponse: &GetResponse{}}}
	if err := check(&f, &Secrets{APIKey: "key"}, false); err != nil || f.RatePerSecond != getResponsePerSecond || f.Concurrency != getResponseAtOnce {
		t.Errorf("got %d a second, %d at once, %v; want the limits of GetResponse", f.RatePerSecond, f.Concurrency, err)
	}
	f = Form{Provider: "getfly", Name: "CRM", RatePerSecond: 2, Settings: Settings{Getfly: &Getfly{BaseURL: "https://shop.getflycrm.com/"}}}
	if err := check(&f, &Secrets{APIKey: "key"}, false); err != nil || f.RatePerSecond != 2 || f.Getfly.BaseURL != "https://shop.getflycrm.com" {
		t.Errorf("got %+v, %v; want the author's own rate and an address without a slash", f, err)
	}
	for name, f := range map[string]Form{
		"no address":     {Provider: "getfly", Name: "x", Settings: Settings{Getfly: &Getfly{}}},
		"no encryption":  {Provider: "getfly", Name: "x", Settings: Settings{Getfly: &Getfly{BaseURL: "http://shop.getflycrm.com"}}},
		"domain as URL":  {Provider: "getresponse", Name: "x", Settings: Settings{GetResponse: &GetResponse{Domain: "https://shop.vn"}}},
		"two lines":      {Provider: "getresponse", Name: "x", Settings: Settings{GetResponse: &GetResponse{}}},
		"other provider": {Provider: "getresponse", Name: "x", Settings: Settings{GetResponse: &GetResponse{}, Getfly: &Getfly{}}},
	} {
		secrets := &Secrets{APIKey: "key"}
		if name == "two lines" {
			secrets.APIKey = "key\r\nX-Other: 1"
		}
		if err := check(&f, secrets, false); !errs.Is(err, "connection.invalid") {
			t.Errorf("%s: got %v, want connection.invalid", name, err)
		}
	}
}
