package sync

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/getfly"
	"github.com/loa-project/loa/provider/getresponse"
	"github.com/loa-project/loa/template"
)

func outgoing(r *template.SyncRendered, connection int64) *message.Outgoing {
	return &message.Outgoing{Rendered: template.Rendered{Sync: r}, Content: &template.Compiled{Sync: &template.SyncContent{ConnectionID: connection}}}
}

// TestRefusedBeforeTheCall needs no server: nothing may be asked.
func TestRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	gr := &GetResponse{Client: &getresponse.Client{BaseURL: "http://127.0.0.1:1"}, Connection: 3}
	gf := &Getfly{Client: &getfly.Client{BaseURL: "http://127.0.0.1:1"}, Connection: 3}
	for name, c := range map[string]struct {
		sender interface {
			Send(context.Context, *message.Outgoing) message.Outcome
		}
		rendered   *template.SyncRendered
		connection int64
		class      provider.Class
		code       string
	}{
		"no mail":           {gr, &template.SyncRendered{Provider: "getresponse", Fields: map[string]string{"name": "An"}}, 3, provider.Recipient, codeNoEmail},
		"no mail address":   {gr, &template.SyncRendered{Provider: "getresponse", Fields: map[string]string{"email": "an@localhost"}}, 3, provider.Recipient, codeNoEmail},
		"another account":   {gr, &template.SyncRendered{Provider: "getresponse", Fields: map[string]string{"email": "an@example.vn"}}, 4, provider.Content, codeOtherAccount},
		"another platform":  {gf, &template.SyncRendered{Provider: "getresponse", Fields: map[string]string{"email": "an@example.vn"}}, 3, provider.Content, codeOtherAccount},
		"no code":           {gf, &template.SyncRendered{Provider: "getfly", Fields: map[string]string{"account_name": "An"}}, 3, provider.Recipient, codeNoKey},
		"nothing but a key": {gf, &template.SyncRendered{Provider: "getfly", Fields: map[string]string{"account_code": "LOA-7"}}, 3, provider.Recipient, codeNoName},
		"no sync":           {gf, nil, 3, message.OutcomeRefused, message.ReasonRender},
	} {
		got := c.sender.Send(context.Background(), outgoing(c.rendered, c.connection))
		if got.Class != c.class || got.Code != c.code {
			t.Errorf("%s: got %+v, want %s %s", name, got, c.class, c.code)
		}
	}
}

func TestAccount(t *testing.T) {
	t.Parallel()
	got := account(&template.SyncRendered{Fields: map[string]string{"account_code": "LOA-7", "phone_office": "0901888484", "email": "an@example.vn", "relation_name": "Mới"}, Types: []string{"VIP"}, Custom: map[string]string{"hang": "Vàng"}, Keep: true})
	want := &getfly.Account{Code: "LOA-7", Name: "0901888484", Phone: "0901888484", Email: "an@example.vn", Relation: "Mới", Types: []string{"VIP"}, Custom: map[string]string{"hang": "Vàng"}, Keep: true}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("who has no name is called by phone (-want +got):\n%s", d)
	}
}

// TestEveryCauseHasWords: what can happen is explained in both languages, and never as a message that may have been sent.
func TestEveryCauseHasWords(t *testing.T) {
	t.Parallel()
	explain := map[string]func(string) provider.Cause{}
	for _, code := range []string{codeNoEmail, codeNoKey, codeNoName, codeOtherAccount, provider.CodeLost, provider.CodeNotSent, provider.CodeUnreadable, "http.429", "http.404", "http.500", "http.302"} {
		explain["getresponse "+code] = func(string) provider.Cause { return ExplainGetResponse(code) }
		explain["getfly "+code] = func(string) provider.Cause { return ExplainGetfly(code) }
	}
	for code := range getresponse.Causes {
		explain["getresponse "+code] = func(string) provider.Cause { return ExplainGetResponse(code) }
	}
	for code := range getfly.Causes {
		explain["getfly "+code] = func(string) provider.Cause { return ExplainGetfly(code) }
	}
	for name, f := range explain {
		c := f("")
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == provider.Unknown || c.Class == "" {
			t.Errorf("%s: got %+v, want words, advice and a certain class", name, c)
		}
	}
}
