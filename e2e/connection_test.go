package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/simulator"
)

// kind is one kind of connection as the suite of all kinds needs it.
type kind struct {
	provider string
	channels []channel.Channel
	form     func(w *world) object
	secrets  []string // texts that no answer may show
	wrong    object   // secrets that the provider refuses
	address  string   // the field of the block that holds the address of the service
	missing  string   // a field of the block that cannot be left out
}

var kinds = []kind{
	{provider: "zalo", channels: []channel.Channel{channel.ZNS, channel.ZaloOA}, form: zaloForm, address: "base_url", missing: "oa_id",
		secrets: []string{simulator.DefaultAppSecret, simulator.DefaultAccessToken, simulator.DefaultRefreshToken, simulator.DefaultWebhookSecret}, wrong: object{"access_token": "sai"}},
	{provider: "etelecom", channels: []channel.Channel{channel.ZNS}, form: etelecomForm, address: "base_url", missing: "oa_id", secrets: []string{simulator.DefaultETelecomKey}, wrong: object{"api_key": "sai"}},
	{provider: "esms", channels: []channel.Channel{channel.SMS}, form: esmsForm, address: "base_url", missing: "brandname",
		secrets: []string{simulator.DefaultESMSKey, simulator.DefaultESMSSecret}, wrong: object{"api_key": "sai", "secret_key": "sai"}},
	{provider: "speedsms", channels: []channel.Channel{channel.SMS}, form: carrierList[4].form, address: "base_url", secrets: []string{simulator.DefaultSpeedToken}, wrong: object{"api_key": "sai"}},
	{provider: "smtp", channels: []channel.Channel{channel.Email}, address: "host", missing: "from", form: func(w *world) object {
		host, port := w.mailServer()
		return object{"provider": "smtp", "name": "Mail", "smtp": object{"host": host, "port": port, "tls": "none", "from": "shop@shop.example"}}
	}},
	{provider: "messenger", channels: []channel.Channel{channel.Messenger}, address: "base_url", missing: "page_id", secrets: []string{simulator.DefaultFBSecret, simulator.DefaultPageToken, simulator.DefaultVerifyToken},
		wrong: object{"access_token": "sai"}, form: func(w *world) object {
			return object{"provider": "messenger", "name": "Trang", "messenger": object{"base_url": w.sim.MessengerURL(), "page_id": simulator.DefaultPageID},
				"secrets": object{"app_secret": simulator.DefaultFBSecret, "access_token": simulator.DefaultPageToken, "verify_token": simulator.DefaultVerifyToken}}
		}},
	{provider: "http", channels: []channel.Channel{channel.HTTPRequest}, address: "base_url", missing: "base_url", secrets: []string{"Bearer shop"}, wrong: object{"api_key": "sai"}, form: func(w *world) object {
		return object{"provider": "http", "name": "CRM", "http": object{"base_url": w.shop(&simulator.Endpoint{Credential: "Bearer shop", Now: w.clk.Now})}, "secrets": object{"api_key": "Bearer shop"}}
	}},
	{provider: "stringee", channels: []channel.Channel{channel.AICall}, address: "base_url", missing: "from", secrets: []string{simulator.DefaultStringeeSID, simulator.DefaultStringeeSecret, simulator.DefaultStringeeSigning},
		wrong: object{"secret_key": "sai"}, form: func(w *world) object { return w.stringeeForm(simulator.DefaultStringeeSecret) }},
	{provider: "getresponse", channels: []channel.Channel{channel.Sync}, address: "base_url", secrets: []string{simulator.DefaultGetResponseKey}, wrong: object{"api_key": "sai"}, form: func(w *world) object {
		return object{"provider": "getresponse", "name": "GetResponse", "getresponse": object{"base_url": w.sim.GetResponseURL()}, "secrets": object{"api_key": simulator.DefaultGetResponseKey}}
	}},
	{provider: "getfly", channels: []channel.Channel{channel.Sync}, address: "base_url", missing: "base_url", secrets: []string{simulator.DefaultGetflyKey}, wrong: object{"api_key": "sai"}, form: func(w *world) object {
		return object{"provider": "getfly", "name": "Getfly", "getfly": object{"base_url": w.sim.GetflyURL()}, "secrets": object{"api_key": simulator.DefaultGetflyKey}}
	}},
}

// TestConnections is what every kind of connection must pass, on both databases: its set-up and test, no answer that shows a credential, a refused credential and a service that cannot be
// reached told apart and in words, what is missing named by its field, and an address for callbacks that stands whatever comes there.
func TestConnections(t *testing.T) {
	t.Parallel()
	for i := range kinds {
		t.Run(kinds[i].provider, func(t *testing.T) {
			t.Parallel()
			t.Run("sqlite", func(t *testing.T) { t.Parallel(); connect(t, "", &kinds[i]) })
			t.Run("postgres", func(t *testing.T) { t.Parallel(); connect(t, dbtest.PostgresURL(t), &kinds[i]) })
		})
	}
}

// made is a connection as the API shows it.
type made struct {
	ID      int64
	Channel channel.Channel
	State   string
	HookURL string   `json:"hook_url"`
	Set     []string `json:"secrets_set"`
}

func connect(t *testing.T, url string, k *kind) {
	w := newWorld(t, url, simulator.Options{})
	w.found()
	form := k.form(w)
	block := form[k.provider].(object)

	if k.missing != "" {
		had := block[k.missing]
		delete(block, k.missing)
		status, code, _ := w.refused("POST", "/connections", form)
		if status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Errorf("without %s: got %d %s, want it refused", k.missing, status, code)
		}
		block[k.missing] = had
	}
	var c made
	w.call("POST", "/connections", form, &c)
	if !slices.Contains(k.channels, c.Channel) {
		t.Errorf("channel: got %s, want one of %v", c.Channel, k.channels)
	}
	path := fmt.Sprintf("/connections/%d", c.ID)
	if ok, code := w.tested(c.ID); !ok {
		t.Errorf("test: got %s, want ok", code)
	}
	for _, p := range []string{path, "/connections", "/audit?limit=50"} {
		_, raw := w.send("GET", "/api/v1"+p, nil)
		for _, secret := range k.secrets {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("GET %s shows a credential", p)
			}
		}
	}
	w.callbacks(&c)

	if k.wrong != nil {
		right := form["secrets"]
		bad := object{}
		for name, value := range right.(object) {
			bad[name] = value
		}
		for name, value := range k.wrong {
			bad[name] = value
		}
		delete(bad, "refresh_token") // which would bring a good one
		form["secrets"] = bad
		w.call("PUT", path, form, nil)
		w.failing(path, "a refused credential")
		form["secrets"] = right
	}
	unreached, had := "http://"+closed(t), block[k.address]
	if k.address == "host" {
		block["port"] = 1
	} else {
		block[k.address] = unreached
	}
	w.call("PUT", path, form, nil)
	w.failing(path, "a service that cannot be reached")
	if block[k.address] = had; k.address != "host" {
		block[k.address] = "ftp://example.vn"
		if status, code, fields := w.refused("PUT", path, form); status != http.StatusUnprocessableEntity || len(fields) == 0 {
			t.Errorf("address of another kind: got %d %s %v, want the field named", status, code, fields)
		}
	}
	w.call("POST", path+"/disable", nil, nil)
	w.call("DELETE", path, nil, nil)
	if c.HookURL != "" {
		if status, _ := w.send("POST", strings.TrimPrefix(c.HookURL, w.url), []byte("{}")); status != http.StatusNotFound {
			t.Errorf("callback of a deleted connection: got %d, want 404", status)
		}
	}
}

// failing expects the test of a connection to fail in words, in both languages.
func (w *world) failing(path, why string) {
	w.t.Helper()
	for _, language := range []string{"vi", "en"} {
		var test struct {
			OK                    bool
			Code, Meaning, Advice string
		}
		w.call("POST", path+"/test?lang="+language, nil, &test)
		if test.OK || test.Code == "" || test.Meaning == "" || test.Advice == "" {
			w.t.Errorf("test with %s (%s): got %+v, want a code, its meaning and advice", why, language, test)
		}
	}
}

// callbacks sends what nobody should send to the address for callbacks: none of it may be an error of ours, and a guessed address is none.
func (w *world) callbacks(c *made) {
	w.t.Helper()
	if c.HookURL == "" {
		return
	}
	path := strings.TrimPrefix(c.HookURL, w.url)
	for _, body := range [][]byte{nil, []byte("{}"), []byte("[]"), []byte("null"), []byte("\x00{"), []byte(`{"events":[{}]}`), []byte("a=1&a=2"), bytes.Repeat([]byte("["), 100_000), bytes.Repeat([]byte("x"), 5<<20)} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			if status, answer := w.send(method, path, body); status >= 500 {
				w.t.Errorf("%s with %.20q: got %d %.100s", method, body, status, answer)
			}
		}
	}
	if status, _ := w.send("POST", path+"x", []byte("{}")); status != http.StatusNotFound {
		w.t.Errorf("callback at a guessed address: got %d, want 404", status)
	}
}

// shop serves a system of the shop until the test ends and returns its address.
func (w *world) shop(end *simulator.Endpoint) string {
	s := httptest.NewServer(end)
	w.t.Cleanup(s.Close)
	return s.URL
}

// mailServer is the simulator's host and port for mails.
func (w *world) mailServer() (string, json.Number) {
	host, port, _ := net.SplitHostPort(w.sim.SMTPAddr())
	return host, json.Number(port)
}

// closed is an address at which nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
