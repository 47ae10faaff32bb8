package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strconv"

	"github.com/loa-project/loa/campaign"
	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/connection"
	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/message"
	"github.com/loa-project/loa/segment"
	"github.com/loa-project/loa/simulator"
	"github.com/loa-project/loa/workspace"
)

// SeedOptions say what a sample workspace is filled with.
type SeedOptions struct {
	Contacts      string // customer file; "" = made-up people
	People        int    // how many made-up people, 0 = 2,000
	Seed          uint64
	SimulatorURL  string
	SimulatorSMTP string // host:port
	PerSecond     int64  // rate of each connection, 0 = as fast as it goes
}

// Sample is a filled workspace: three connections to a simulator, three templates, people, a segment and a campaign ZNS → SMS → e-mail that waits for its activation.
type Sample struct {
	Workspace int64
	ZNS       int64 // connections
	SMS       int64
	Email     int64
	Templates [3]int64          // ZNS, SMS, e-mail
	Hooks     map[string]string // where zalo, esms and smtp must report
	Segment   int64
	Campaign  *campaign.Campaign
	Import    *contact.Import
}

// Seed fills an empty store with a sample.
func (a *App) Seed(ctx context.Context, o SeedOptions) (*Sample, error) {
	_, w, err := a.Workspaces.Found(ctx, workspace.Founding{Email: SampleUser, Name: "Người dùng thử", Workspace: "Cửa hàng Mẫu"})
	if err != nil {
		return nil, fmt.Errorf("make sample workspace: %w", err)
	}
	ws := w.ID
	s, err := a.seedConnections(ctx, ws, o.SimulatorURL, o.SimulatorSMTP, o.PerSecond)
	if err != nil {
		return nil, err
	}
	if err := a.seedTemplates(ctx, s); err != nil {
		return nil, err
	}
	if s.Import, err = a.seedPeople(ctx, ws, o); err != nil {
		return nil, err
	}
	seg, err := a.Segments.Create(ctx, ws, sampleActor, segment.Form{Name: sampleSegment, Condition: []byte(sampleCondition)})
	if err != nil {
		return nil, fmt.Errorf("make sample segment: %w", err)
	}
	s.Segment = seg.ID
	return s, a.seedCampaign(ctx, s, "Cảm ơn sau mua hàng")
}

// seedPeople imports the file, or made-up people, with the consent that the sample's form asks for.
func (a *App) seedPeople(ctx context.Context, ws int64, o SeedOptions) (*contact.Import, error) {
	path := o.Contacts
	if path == "" {
		f, err := os.CreateTemp(a.Config.DataDir, "khach-hang-*.csv")
		if err != nil {
			return nil, fmt.Errorf("write sample people: %w", err)
		}
		defer os.Remove(f.Name())
		n := o.People
		if n == 0 {
			n = 2000
		}
		w := bufio.NewWriter(f)
		if err := errors.Join(writeSample(w, n, o.Seed+1), w.Flush(), f.Close()); err != nil {
			return nil, fmt.Errorf("write sample people: %w", err)
		}
		path = f.Name()
	}
	return a.ImportFile(ctx, ws, path, contact.ImportOptions{Consent: &contact.BasisOfConsent{Channels: []channel.Channel{channel.ZNS, channel.SMS, channel.Email}, Shown: "Tôi đồng ý nhận tin của Cửa hàng Mẫu", Source: "Phiếu đăng ký tại quầy"}})
}

// SampleUser is the owner of a sample workspace. The account has no password.
const SampleUser = "demo@loa.example"

// sampleActor signs what the demonstration does in the audit log.
const sampleActor = "system"

// seedConnections makes three connections to the simulator at the addresses.
func (a *App) seedConnections(ctx context.Context, workspace int64, simURL, smtpAddr string, perSecond int64) (*Sample, error) {
	s := &Sample{Workspace: workspace, Hooks: map[string]string{}}
	text := func(v string) *string { return &v }
	host, portText, err := net.SplitHostPort(smtpAddr)
	if err != nil {
		return nil, fmt.Errorf("address of the simulated mail server: %w", err)
	}
	port, _ := strconv.Atoi(portText)
	forms := []connection.Form{
		{Provider: "zalo", Name: "Zalo OA Cửa hàng Mẫu (mô phỏng)", Concurrency: 64, Settings: connection.Settings{Zalo: &connection.Zalo{BaseURL: simURL + "/zalo", OAURL: simURL + "/zalo", OAuthURL: simURL + "/zalo-oauth", AppID: simulator.DefaultAppID, OAID: simulator.DefaultOAID}},
			Secrets: connection.SecretsForm{AppSecret: text(simulator.DefaultAppSecret), AccessToken: text(simulator.DefaultAccessToken), RefreshToken: text(simulator.DefaultRefreshToken), WebhookSecret: text(simulator.DefaultWebhookSecret)}},
		{Provider: "esms", Name: "eSMS LOASHOP (mô phỏng)", Concurrency: 32, Settings: connection.Settings{ESMS: &connection.ESMS{BaseURL: simURL + "/esms", Brandname: simulator.DefaultBrandname, PricePerPart: 850}},
			Secrets: connection.SecretsForm{APIKey: text(simulator.DefaultESMSKey), SecretKey: text(simulator.DefaultESMSSecret)}},
		{Provider: "smtp", Name: "Máy chủ thư (mô phỏng)", Concurrency: 16, Settings: connection.Settings{SMTP: &connection.SMTP{Host: host, Port: port, TLS: "none", From: "cskh@cuahangmau.example", FromName: "Cửa hàng Mẫu", BounceDomain: "bounce.cuahangmau.example"}}},
	}
	ids := []*int64{&s.ZNS, &s.SMS, &s.Email}
	for i, f := range forms {
		f.RatePerSecond = perSecond
		c, err := a.Connections.Create(ctx, workspace, sampleActor, f)
		if err != nil {
			return nil, fmt.Errorf("make sample connection: %w", err)
		}
		*ids[i], s.Hooks[f.Provider] = c.ID, c.HookURL
	}
	return s, nil
}

const sampleMail = `<p>Chào {{ contact.name | default: "Quý khách" }},</p>
<p>Cảm ơn bạn đã đồng hành cùng <b>Cửa hàng Mẫu</b>. Hạng thành viên của bạn: <b>{{ contact.attrs.hang | default: "chưa xếp hạng" }}</b>.</p>
<p><a href="https://cuahangmau.example/uu-dai">Xem ưu đãi của bạn</a></p>
<p><small><a href="{{ unsubscribe_url }}">Hủy đăng ký</a></small></p>`

// seedTemplates makes one template for each channel.
func (a *App) seedTemplates(ctx context.Context, s *Sample) error {
	contents := []struct {
		name    string
		channel channel.Channel
		content map[string]any
	}{
		{"Chăm sóc sau mua (ZNS)", channel.ZNS, map[string]any{"template_id": "100003", "connection_id": s.ZNS, "params": map[string]string{"customer_name": `{{ contact.name | default: "Quý khách" | truncate: 30 }}`},
			"schema": []map[string]any{{"name": "customer_name", "type": "STRING", "required": true, "max_length": 30}}, "price_vnd": 200, "timeout_ms": 7200000, "tag": "CUSTOMER_CARE"}},
		{"Chăm sóc sau mua (SMS)", channel.SMS, map[string]any{"text": `Cua hang Mau cam on {{ contact.first_name | default: "quy khach" | no_accents }} da mua hang. Can ho tro vui long goi 19001234.`}},
		{"Chăm sóc sau mua (email)", channel.Email, map[string]any{"subject": `Cảm ơn {{ contact.first_name | default: "bạn" }} đã mua hàng`, "html": sampleMail, "purpose": "care"}},
	}
	for i, c := range contents {
		raw, err := json.Marshal(c.content)
		if err != nil {
			return err
		}
		t, err := a.Templates.Create(ctx, s.Workspace, sampleActor, c.name, c.channel, raw)
		if err != nil {
			return fmt.Errorf("make sample template: %w", err)
		}
		s.Templates[i] = t.ID
	}
	return nil
}

// seedCampaign makes a campaign over the segment: ZNS, then SMS, then e-mail.
func (a *App) seedCampaign(ctx context.Context, s *Sample, name string) error {
	c, err := a.Campaigns.Create(ctx, s.Workspace, sampleActor, campaign.Form{Name: name, Purpose: message.Care, Audience: campaign.Audience{SegmentIDs: []int64{s.Segment}},
		Legs: []campaign.Leg{
			{Channel: channel.ZNS, ConnectionID: s.ZNS, TemplateID: s.Templates[0]},
			{Channel: channel.SMS, ConnectionID: s.SMS, TemplateID: s.Templates[1]},
			{Channel: channel.Email, ConnectionID: s.Email, TemplateID: s.Templates[2]},
		}, Options: campaign.Options{TrackOpens: true, TrackClicks: true}})
	if err != nil {
		return fmt.Errorf("make sample campaign: %w", err)
	}
	s.Campaign = c
	return nil
}

var (
	sampleFamilies = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	sampleMiddles  = []string{"Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "Quốc", "Xuân", "Hoài", "Bảo", "Kim"}
	sampleGivens   = []string{"An", "Bình", "Châu", "Dung", "Giang", "Hà", "Hiếu", "Hoa", "Hùng", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Phong", "Phúc", "Quân", "Sơn", "Thảo", "Trang", "Tú", "Uyên", "Yến"}
	sampleRanks    = []string{"Đồng", "Bạc", "Vàng", "Kim cương", ""}
	sampleCities   = []string{"Hà Nội", "TP. Hồ Chí Minh", "Đà Nẵng", "Cần Thơ", "Hải Phòng", "Thừa Thiên Huế", "Đắk Lắk"}
	samplePrefixes = []string{"032", "033", "034", "035", "036", "037", "038", "039", "070", "077", "078", "079", "081", "082", "083", "086", "088", "090", "091", "093", "094", "096", "097", "098"}
)

// writeSample writes a customer file of n made-up people: random numbers, reserved example domains, a few gaps. The same seed gives the same file.
func writeSample(w io.Writer, n int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 2026))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	if _, err := io.WriteString(w, "Mã KH,Họ và tên,Số điện thoại,Email,Giới tính,Ngày sinh,Hạng,Tỉnh/Thành,Tổng chi tiêu,Thẻ\n"); err != nil {
		return err
	}
	for i := 1; i <= n; i++ {
		phone, mail := fmt.Sprintf("%s%07d", pick(samplePrefixes), r.IntN(10_000_000)), fmt.Sprintf("khach%d@example.com", i)
		if r.IntN(20) == 0 {
			phone = ""
		}
		if r.IntN(10) == 0 {
			mail = ""
		}
		if _, err := fmt.Fprintf(w, "KH%06d,%s %s %s,%s,%s,%s,%02d/%02d/%d,%s,%s,%d,%s\n", i, pick(sampleFamilies), pick(sampleMiddles), pick(sampleGivens), phone, mail, pick([]string{"Nam", "Nữ"}),
			1+r.IntN(28), 1+r.IntN(12), 1955+r.IntN(50), pick(sampleRanks), pick(sampleCities), 1000*(100+r.IntN(50_000)), pick([]string{"", "VIP", "khách sỉ", "mua online"})); err != nil {
			return err
		}
	}
	return nil
}

// benchPlan is one channel of the sample as a single leg of a run.
func (a *App) benchPlan(ctx context.Context, s *Sample, ch channel.Channel) (message.LegPlan, error) {
	i, connection := 0, s.ZNS
	if ch == channel.Email {
		i, connection = 2, s.Email
	}
	t, err := a.Templates.Get(ctx, s.Workspace, s.Templates[i])
	if err != nil {
		return message.LegPlan{}, err
	}
	return message.LegPlan{Channel: ch, ConnectionID: connection, TemplateID: t.ID, Content: t.Content}, nil
}
