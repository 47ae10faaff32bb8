package template

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/errs"
)

const syncedList = `{"provider":"getresponse","connection_id":3,"list":"p86zQ","fields":{"email":"{{ contact.email }}","name":" {{ contact.name }} "},"custom":{"y8jnp":"{{ contact.attrs.hang }}"},"tags":["m7E2"]}`

func TestRenderSync(t *testing.T) {
	t.Parallel()
	c, err := CompileContent(channel.Sync, json.RawMessage(syncedList))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Render(Data{Contact: Person{ID: 7, Name: "Nguyễn \"An\"", Email: "An@Example.vn"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Rendered{Sync: &SyncRendered{Provider: "getresponse", List: "p86zQ", Fields: map[string]string{"email": "an@example.vn", "name": "Nguyễn \"An\""}, Tags: []string{"m7E2"}}, Missing: []string{"contact.attrs.hang"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("a value that is missing is left out (-want +got):\n%s", d)
	}
	for from, want := range map[string]string{"+84901888484": "0901888484", "+15551234567": "15551234567", "0901888484": "0901888484"} {
		if got := asWritten("phone_office", from); got != want {
			t.Errorf("%s at Getfly: got %s, want %s", from, got, want)
		}
	}
	long := make([]byte, 3000)
	for i := range long {
		long[i] = 'x'
	}
	if got, _ = c.Render(Data{Contact: Person{Email: "an@example.vn", Name: string(long)}}); len(got.Problems) != 1 || got.Problems[0] != (ParamError{Param: "fields.name", Code: SyncTooLong, Limit: maxSyncValue}) {
		t.Errorf("a name of 3000 characters: got %+v, want one problem", got.Problems)
	}
}

func TestSyncErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, code, field string }{
		"no platform":            {`{"connection_id":1,"fields":{}}`, "template.content_invalid", "provider"},
		"no account":             {`{"provider":"getfly","fields":{"account_code":"{{ contact.id }}","account_name":"x"}}`, "template.empty", "connection_id"},
		"no list":                {`{"provider":"getresponse","connection_id":1,"fields":{"email":"{{ contact.email }}"}}`, "template.empty", "list"},
		"no key":                 {`{"provider":"getresponse","connection_id":1,"list":"a","fields":{"name":"x"}}`, "template.empty", "fields.email"},
		"one key for everybody":  {`{"provider":"getfly","connection_id":1,"fields":{"account_code":"KH1","account_name":"x"}}`, "template.sync_key_fixed", "fields.account_code"},
		"field of the other":     {`{"provider":"getresponse","connection_id":1,"list":"a","fields":{"email":"{{ contact.email }}","account_code":"x"}}`, "template.sync_field", "fields.account_code"},
		"tag at Getfly":          {`{"provider":"getfly","connection_id":1,"tags":["a"],"fields":{"account_code":"{{ contact.id }}","account_name":"x"}}`, "template.content_invalid", "list"},
		"custom key":             {`{"provider":"getresponse","connection_id":1,"list":"a","fields":{"email":"{{ contact.email }}"},"custom":{"a/b":"x"}}`, "template.sync_field", "custom.a/b"},
		"syntax":                 {`{"provider":"getresponse","connection_id":1,"list":"a","fields":{"email":"{{ contact.email }}","name":"{{ x"}}`, "template.unclosed", "fields.name"},
		"what to do when exists": {`{"provider":"getresponse","connection_id":1,"list":"a","existing":"delete","fields":{"email":"{{ contact.email }}"}}`, "template.content_invalid", "existing"},
	} {
		_, err := CompileContent(channel.Sync, json.RawMessage(c.content))
		e, ok := errs.As(err)
		if !ok || e.Code != c.code || e.Params["field"] != c.field {
			t.Errorf("%s: got %v, want %s at %s", name, err, c.code, c.field)
		}
	}
}
