package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/template"
)

// TestActivationNamesTheRules: what law and platform forbid whoever it is for is refused when the campaign is activated, each rule by its name and source, and the forecast says the same.
func TestActivationNamesTheRules(t *testing.T) {
	t.Parallel()
	const refusal = ". Tu choi: soan TC gui 1900"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.s.Unsendable = func(_ context.Context, workspace, connection int64, content *template.Compiled) (*errs.Field, error) {
			if content.ZNS == nil {
				return nil, nil
			}
			id := content.ZNS.TemplateID
			if workspace != x.ws || connection != znsConnection {
				return nil, fmt.Errorf("asked about connection %d of %d", connection, workspace)
			}
			switch id {
			case "404":
				return &errs.Field{Code: "campaign.zns_unknown", Params: map[string]string{"template": id}}, nil
			case "500":
				return nil, fmt.Errorf("the catalogue cannot be read")
			}
			return nil, nil
		}
		for i, c := range []struct {
			channel channel.Channel
			purpose message.Purpose
			content string
			want    string
		}{
			{channel.SMS, message.Marketing, `{"text":"Giam 20%"}`, "campaign.rule.decree91.label campaign.rule.decree91.opt_out"},
			{channel.SMS, message.Marketing, `{"text":"[QC] Giam 20%"}`, "campaign.rule.decree91.opt_out"},
			{channel.SMS, message.Marketing, `{"text":"Giam 20%` + refusal + `"}`, "campaign.rule.decree91.label"},
			{channel.SMS, message.Marketing, `{"text":"[QC] Giam 20%` + refusal + `"}`, ""},
			{channel.SMS, message.Care, `{"text":"Cam on"}`, ""},
			{channel.Email, message.Marketing, `{"subject":"Ưu đãi","html":"<p>x</p>","purpose":"care"}`, "campaign.rule.decree91.label campaign.mail_without_unsubscribe"},
			{channel.Email, message.Marketing, `{"subject":"[AD] Ưu đãi","html":"<a href=\"{{ unsubscribe_url }}\">Hủy</a>","purpose":"care"}`, ""},
			{channel.ZNS, message.Care, `{"template_id":"1","params":{},"tag":"PROMOTION"}`, "campaign.rule.zns.promotion"},
			{channel.ZNS, message.Care, `{"template_id":"1","params":{},"tag":"OTP"}`, "campaign.rule.zns.otp"},
			{channel.ZNS, message.Marketing, `{"template_id":"1","params":{},"tag":"PROMOTION"}`, ""},
			{channel.ZNS, message.Care, `{"template_id":"404","params":{},"tag":"PROMOTION"}`, "campaign.rule.zns.promotion campaign.zns_unknown"},
			{channel.ZNS, message.Transaction, `{"template_id":"404","params":{}}`, "campaign.zns_unknown"},
			{channel.ZNS, message.Transaction, `{"template_id":"500","params":{}}`, "the catalogue cannot be read"},
		} {
			tpl, err := x.s.Templates.Create(ctx, x.ws, "user:1", fmt.Sprint("Mẫu ", i), c.channel, json.RawMessage(c.content))
			x.must(err)
			f := x.full()
			f.Name, f.Purpose = fmt.Sprint("Tết ", i), c.purpose
			f.Legs = []Leg{{Channel: c.channel, ConnectionID: map[channel.Channel]int64{channel.ZNS: znsConnection, channel.SMS: smsConnection, channel.Email: mailConnection}[c.channel], TemplateID: tpl.ID}}
			made := x.create(f)
			var got []string
			_, err = x.s.Activate(ctx, x.ws, made.ID, "user:1")
			if e, ok := errs.As(err); ok {
				for _, p := range e.Fields {
					got = append(got, p.Code)
				}
			} else if err != nil && strings.Contains(err.Error(), c.want) {
				continue // a check that cannot be made lets nothing start
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%s for %s: got %q, want %q (%v)", c.content, c.purpose, text, c.want, err)
			}
			if c.want == "" {
				continue
			}
			forecast, err := x.s.Forecast(ctx, "vi", x.ws, made.ID)
			x.must(err)
			for j, p := range forecast.Problems {
				law := strings.HasPrefix(p.Code, "campaign.rule.") || p.Code == "campaign.mail_without_unsubscribe"
				if p.Code != got[j] || p.Detail == p.Code || law != (p.Source != nil) {
					t.Errorf("forecast of %s: got %+v, want %s with words and source", c.content, p, got[j])
				}
			}
		}
	})
}

// TestForecastOpensByTag: a ZNS template that Zalo calls care waits for the morning although the shop calls the campaign a transaction.
func TestForecastOpensByTag(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		for tag, want := range map[string]string{"CUSTOMER_CARE": "06:00 zns.night", "2": "06:00 zns.night", "TRANSACTION": "03:00", "": "03:00"} {
			tpl, err := x.s.Templates.Create(ctx, x.ws, "user:1", "Mẫu "+tag, channel.ZNS, json.RawMessage(`{"template_id":"1","params":{},"tag":"`+tag+`"}`))
			x.must(err)
			f := x.full()
			f.Name, f.Purpose = "Tết "+tag, message.Transaction
			f.ScheduleAt = time.Date(2026, 11, 22, 3, 0, 0, 0, time.FixedZone("ICT", 7*3600))
			f.Legs = []Leg{{Channel: channel.ZNS, ConnectionID: znsConnection, TemplateID: tpl.ID}}
			forecast, err := x.s.Forecast(ctx, "vi", x.ws, x.create(f).ID)
			x.must(err)
			got := time.UnixMilli(forecast.OpensAt).In(f.ScheduleAt.Location()).Format("15:04")
			for _, w := range forecast.Windows {
				got += " " + w.Name
				if w.Source == nil {
					t.Errorf("%s: no source", w.Name)
				}
			}
			if got != want {
				t.Errorf("tag %q: got %s, want %s", tag, got, want)
			}
		}
	})
}
