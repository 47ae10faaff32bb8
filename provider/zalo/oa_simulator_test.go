package zalo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/simulator"
)

// TestOAAgainstSimulator asks the simulated OA host everything that the client can ask, and meets its refusals.
func TestOAAgainstSimulator(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clk := clock.NewSimulated(time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("ICT", 7*3600)), 0)
	sim := simulator.New(simulator.Options{Clock: clk, Seed: 3, HTTPAddr: "127.0.0.1:0", SMTPAddr: "off"})
	if err := sim.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	h, err := provider.HTTPClient(provider.HTTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := &zalo.OA{BaseURL: sim.ZaloURL(), Client: &zalo.Client{BaseURL: sim.ZaloURL(), OAuthURL: sim.ZaloOAuthURL(), HTTP: h}}
	const token = simulator.DefaultAccessToken
	now := clk.Now().UnixMilli()
	hours := func(n int64) int64 { return now - n*3_600_000 }
	for i := range 120 {
		sim.AddZaloUser(simulator.ZaloUser{ID: fmt.Sprintf("3%018d", i), Name: fmt.Sprintf("Người %d", i), Follower: i%3 == 0, LastAct: hours(int64(i * 10)), SharedPhone: map[bool]string{true: "84901234567"}[i == 7], Tags: []string{fmt.Sprint("Nhóm ", i%2)}})
	}
	user := func(i int) string { return fmt.Sprintf("3%018d", i) }
	want := func(what string, err error, code string) {
		t.Helper()
		var e *provider.Error
		if code == "" && err != nil || code != "" && (!errors.As(err, &e) || e.Code != code) {
			t.Errorf("%s: got %v, want %q", what, err, code)
		}
	}
	var all []string
	for offset := 0; ; offset += zalo.UsersPage {
		ids, total, err := o.Users(ctx, token, zalo.UserFilter{}, offset, zalo.UsersPage)
		if err != nil || total != 120 {
			t.Fatalf("got %d of %d users, %v, want 120", len(ids), total, err)
		}
		if len(ids) == 0 {
			break
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 120 {
		t.Errorf("got %d users, want 120 different ones", len(all))
	}
	if _, n, err := o.Users(ctx, token, zalo.UserFilter{Followers: true, Tag: "Nhóm 0", Period: "L7D"}, 0, 50); err != nil || n != 3 {
		t.Errorf("followers with a tag of the last seven days: got %d %v, want 3", n, err)
	}
	_, _, err = o.Users(ctx, token, zalo.UserFilter{}, zalo.LastOffset+1, 50)
	want("beyond the last offset", err, "-210")
	u, err := o.User(ctx, token, user(7))
	if err != nil || u.Name != "Người 7" || u.Shared.Phone != "84901234567" || u.LastInteraction != "18/11/2026" || u.Follower || len(u.Notes.Tags) != 1 {
		t.Errorf("got %+v %v, want the profile of person 7", u, err)
	}
	_, err = o.User(ctx, token, "1")
	want("a stranger", err, "-201")
	_, err = o.User(ctx, "old", user(7))
	want("an unknown token", err, "-220")
	want("tag", o.Tag(ctx, token, user(7), "VIP"), "")
	want("untag", o.Untag(ctx, token, user(7), "Nhóm 1"), "")
	if got := sim.ZaloTags("", user(7)); fmt.Sprint(got) != "[VIP]" {
		t.Errorf("tags: got %v, want VIP alone", got)
	}
	if tags, err := o.Tags(ctx, token); err != nil || fmt.Sprint(tags) != "[Nhóm 0 Nhóm 1 VIP]" {
		t.Errorf("tags of the OA: got %v %v", tags, err)
	}

	send := func(i int, m zalo.OAMessage) (zalo.OASent, error) {
		return o.Consult(ctx, token, &zalo.Consultation{Recipient: zalo.OARecipient{UserID: user(i)}, Message: m})
	}
	if s, err := send(4, zalo.OAMessage{Text: "a"}); err != nil || s.QuotaType != "reply" {
		t.Errorf("40 hours after: got %+v %v, want free", s, err)
	}
	if s, err := send(5, zalo.OAMessage{Text: "a"}); err != nil || s.QuotaType != "sub_quota" {
		t.Errorf("50 hours after: got %+v %v, want one of the package", s, err)
	}
	if l, err := o.MessageQuota(ctx, token, "sub_quota"); err != nil || len(l) != 1 || l[0].Remain.Int() != 1999 || l[0].Total.Int() != 2000 {
		t.Errorf("quota of the OA: got %+v %v, want 1,999 of 2,000", l, err)
	}
	_, err = send(17, zalo.OAMessage{Text: "a"})
	want("170 hours after", err, "-230")

	file := func(tok string) zalo.OAMessage {
		return zalo.OAMessage{Attachment: &zalo.OAAttachment{Type: "file", Payload: zalo.OAPayload{Token: tok}}}
	}
	name, err := o.Upload(ctx, token, zalo.UploadFile, "bảng giá.pdf", "application/pdf", []byte("%PDF-1.7"))
	want("upload", err, "")
	_, err = send(0, file(name))
	want("a file", err, "")
	_, err = send(0, file("guessed"))
	want("a guessed file", err, "-201")
	_, err = o.Upload(ctx, token, zalo.UploadFile, "bảng giá", "application/pdf", []byte("%PDF-1.7"))
	want("a file without an extension", err, provider.CodeNoID)
	_, err = o.Upload(ctx, token, zalo.UploadImage, "a.png", "image/png", make([]byte, zalo.MaxImage+1))
	want("a picture of more than 1 MB", err, "-210")
	clk.Advance(7 * 24 * time.Hour)
	if _, err := o.Client.Refresh(ctx, simulator.DefaultAppID, simulator.DefaultAppSecret, simulator.DefaultRefreshToken); err != nil {
		t.Fatal(err)
	}
	access, _, _ := sim.ZaloTokens(simulator.DefaultOAID)
	sim.AddZaloUser(simulator.ZaloUser{ID: user(0), LastAct: clk.Now().UnixMilli()})
	_, err = o.Consult(ctx, access, &zalo.Consultation{Recipient: zalo.OARecipient{UserID: user(0)}, Message: file(name)})
	want("a file of seven days", err, "-100")
}
