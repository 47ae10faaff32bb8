package connection_test

import (
	"context"
	"strings"
	"testing"

	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
)

func TestMakeDKIM(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		s, ws := x.s, x.ws
		ctx := context.Background()
		c, err := s.Create(ctx, ws, "user:1", connection.Form{Provider: "smtp", Name: "Thư", Settings: connection.Settings{SMTP: &connection.SMTP{Host: "smtp.gmail.com", Port: 587, TLS: "starttls", From: "cskh@shop.vn"}}})
		if err != nil {
			t.Fatal(err)
		}
		if c, err = s.MakeDKIM(ctx, ws, c.ID, "user:1", " Shop.vn ", "loa1"); err != nil || c.SMTP.DKIMDomain != "shop.vn" {
			t.Fatalf("got %+v (%v), want a key for shop.vn", c, err)
		}
		up, err := s.SetUp(ctx, ws, c.ID)
		if err != nil || len(up.DNS) != 3 {
			t.Fatalf("got %+v (%v), want three records", up, err)
		}
		if r := up.DNS[0]; r.Name != "loa1._domainkey.shop.vn" || !strings.HasPrefix(r.Value, "v=DKIM1; k=rsa; p=MIIB") {
			t.Errorf("got %+v, want the public key", r)
		}
		if r := up.DNS[1]; r.Name != "shop.vn" || r.Value != "v=spf1 include:_spf.google.com ~all" {
			t.Errorf("got %+v, want Google's servers", r)
		}
		for host, want := range map[string]string{"email-smtp.ap-southeast-1.amazonaws.com": "include:amazonses.com", "mail.shop.vn": "a:mail.shop.vn", "203.0.113.7": "ip4:203.0.113.7", "notgmail.com": "a:notgmail.com"} {
			c.SMTP.Host = host
			if _, err := s.Update(ctx, ws, c.ID, "user:1", connection.Form{Provider: "smtp", Name: "Thư", Settings: c.Settings}); err != nil {
				t.Fatal(err)
			}
			if up, err = s.SetUp(ctx, ws, c.ID); err != nil || up.DNS[1].Value != "v=spf1 "+want+" ~all" {
				t.Errorf("%s: got %+v (%v), want %s", host, up, err, want)
			}
		}
		if _, err := s.MakeDKIM(ctx, ws, c.ID, "user:1", "shop vn", "loa1"); !errs.Is(err, "connection.invalid") {
			t.Errorf("got %v for a bad domain, want connection.invalid", err)
		}
	})
}
