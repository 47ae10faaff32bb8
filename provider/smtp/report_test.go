package smtp

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/provider"
)

func TestParseReport(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]Report{
		"dsn_failed.eml": {Kind: KindBounce, Hard: true, Class: provider.Recipient, Status: "5.1.1", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, EnvelopeID: "att-01J",
			MessageID: "att-01J@loa.example", Recipient: "an@example.net", Diagnostic: "550 5.1.1 No such user", RemoteMTA: "mx.example.net"},
		"dsn_delayed.eml":   {Kind: KindDelayed, Status: "4.4.1", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, EnvelopeID: "m+1", Recipient: "an@example.net", Diagnostic: "451 4.4.1 No answer from host"},
		"dsn_delivered.eml": {Kind: KindDelivered, Status: "2.0.0", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, Recipient: "an@example.net"},
		"dsn_full.eml": {Kind: KindBounce, Class: provider.Recipient, Status: "5.2.2", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, MessageID: "x@loa.example", Recipient: "an@example.net",
			Diagnostic: "552-5.2.2 The email account that you tried to reach is over quota"},
		"dsn_policy.eml": {Kind: KindBounce, Class: provider.Auth, Status: "5.7.26", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, Recipient: "an@gmail.example",
			Diagnostic: "550-5.7.26 This mail has been blocked because the sender is unauthenticated."},
		"arf.eml":          {Kind: KindComplaint, VERPTo: []string{"b+att01j.k3zq@bounce.loa.example", "fbl@loa.example"}, MessageID: "att-01J@loa.example", Recipient: "an@example.net", FeedbackType: "abuse"},
		"arf_not_spam.eml": {Kind: KindOther, VERPTo: []string{"b+att01j.k3zq@bounce.loa.example", "fbl@loa.example"}, FeedbackType: "not-spam"},
		"broken_exim.eml": {Kind: KindBounce, Hard: true, Class: provider.Recipient, VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}, Recipient: "an@example.net",
			Diagnostic: "This message was created automatically by mail delivery software.\r\n\r\n  an@example.net\r\n    host mx.example.net: Unrouteable address: user unknown"},
		"broken_qmail.eml": {Kind: KindBounce, Hard: true, Class: provider.Recipient, Status: "5.1.1", VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"},
			Diagnostic: "Hi. This is the qmail-send program.\r\n<an@example.net>:\r\nRemote host said: 550 5.1.1 sorry, no mailbox here by that name"},
		"out_of_office.eml": {Kind: KindAutoReply, VERPTo: []string{"b+att01j.k3zq@bounce.loa.example"}},
		"person.eml":        {Kind: KindOther, VERPTo: []string{"hotro@loa.example"}},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseReport([]byte(strings.ReplaceAll(string(raw), "\n", "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			bare, err := ParseReport(raw)
			if err != nil || bare.Kind != want.Kind || bare.Status != want.Status || bare.MessageID != want.MessageID {
				t.Errorf("with bare line ends: got %+v, %v", bare, err)
			}
		})
	}
	for _, bad := range []string{"", "\r\n", "no mail at all"} {
		if _, err := ParseReport([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// TestFeedback: only a person's complaint closes the address everywhere, and only a wish to hear nothing more unsubscribes (RFC 5965, section 3.1, and its registry of types).
func TestFeedback(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "arf.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]ReportKind{"abuse": KindComplaint, "Fraud": KindComplaint, "virus": KindComplaint, "abuse (by button)": KindComplaint, "opt-out": KindOptOut, "not-spam": KindOther, "auth-failure": KindOther,
		"other": KindOther, "miscategorized": KindOther, "dmarc": KindOther, "": KindOther} {
		got, err := ParseReport([]byte(strings.Replace(string(raw), "Feedback-Type: abuse", "Feedback-Type: "+word, 1)))
		if err != nil || got.Kind != want || len(got.VERPTo) == 0 || got.VERPTo[0] != "b+att01j.k3zq@bounce.loa.example" {
			t.Errorf("%q: got %+v %v, want %s", word, got, err, want)
		}
	}
}

func TestVERP(t *testing.T) {
	t.Parallel()
	secret := []byte("secret")
	a := VERPAddress(secret, "W1L2A1K0a1b2", "bounce.loa.example")
	if want := "b+w1l2a1k0a1b2."; !strings.HasPrefix(a, want) || strings.IndexByte(a, '@') != len(want)+10 {
		t.Errorf("got %s, want %s and ten characters", a, want)
	}
	for _, good := range []string{a, strings.ToUpper(a), "<" + a + ">", " " + a} {
		if key, ok := ParseVERP(secret, good); !ok || key != "w1l2a1k0a1b2" {
			t.Errorf("%s: got %s, %t", good, key, ok)
		}
	}
	for _, bad := range []string{"", "b+x@y", strings.Replace(a, "w1l2", "w1l3", 1), strings.Replace(a, "b+", "c+", 1), "b+.@y", a[:20], "b+w1l2a1k0a1b2.aaaaaaaaaa@y"} {
		if key, ok := ParseVERP(secret, bad); ok {
			t.Errorf("%s was accepted as %s", bad, key)
		}
	}
	if _, ok := ParseVERP([]byte("other"), a); ok {
		t.Error("another secret was accepted")
	}
	for _, key := range []string{"", "a b", "a@b", strings.Repeat("x", 52)} {
		if got := VERPAddress(secret, key, "x.y"); got != "" {
			t.Errorf("%q: got %s, want nothing", key, got)
		}
	}
	long := VERPAddress(secret, strings.Repeat("x", 51), "x.y")
	if local, _, _ := strings.Cut(long, "@"); len(local) != 64 {
		t.Errorf("got %d characters before the @, want 64", len(local))
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code      int
		enh, text string
		kind      Kind
		class     provider.Class
	}{
		{550, "5.1.1", "", Hard, provider.Recipient}, {550, "5.1.10", "", Hard, provider.Recipient}, {450, "4.1.1", "", Soft, provider.Temporary}, {550, "5.2.1", "", Hard, provider.Recipient},
		{450, "4.2.1", "", Soft, provider.Temporary}, {552, "5.2.2", "", Soft, provider.Recipient}, {452, "4.2.2", "", Soft, provider.Temporary}, {550, "4.2.2", "", Soft, provider.Temporary},
		{450, "5.1.1", "", Hard, provider.Temporary}, {552, "5.2.3", "", TooBig, provider.Content}, {552, "5.3.4", "", TooBig, provider.Content}, {451, "4.3.0", "", Soft, provider.Temporary},
		{451, "4.4.2", "", Soft, provider.Temporary}, {550, "5.4.7", "", Soft, provider.Recipient}, {550, "5.4.4", "", Hard, provider.Recipient}, {550, "5.4.1", "", Soft, provider.Recipient},
		{550, "5.4.6", "", Hard, provider.Recipient}, {501, "5.5.4", "", TooBig, provider.Content}, {550, "5.5.0", "mailbox unavailable", Hard, provider.Recipient}, {554, "5.6.0", "", TooBig, provider.Content},
		{550, "5.7.1", "", Policy, provider.Recipient}, {451, "4.7.1", "", Soft, provider.Temporary}, {535, "5.7.8", "", Account, provider.Auth}, {550, "5.7.9", "", Account, provider.Auth},
		{550, "5.7.26", "", Setup, provider.Auth}, {550, "5.7.28", "", Policy, provider.RateLimited}, {450, "4.7.28", "", Policy, provider.RateLimited}, {550, "5.7.515", "", Setup, provider.Auth}, {421, "4.7.26", "", Soft, provider.RateLimited}, {550, "5.4.5", "", Quota, provider.Balance}, {451, "4.4.5", "", Soft, provider.RateLimited}, {523, "", "", Account, provider.Auth}, {523, "5.7.10", "", Account, provider.Auth},
		{421, "4.7.0", "", Soft, provider.RateLimited}, {454, "4.7.0", "", Soft, provider.RateLimited}, {530, "", "", Account, provider.Auth}, {550, "", "", Hard, provider.Recipient},
		{550, "", "blocked by spam filter", Policy, provider.Recipient}, {554, "", "listed in blacklist", Policy, provider.Recipient}, {554, "", "no such user", Hard, provider.Recipient},
		{552, "", "message too large", TooBig, provider.Content}, {552, "", "mailbox full", Soft, provider.Recipient}, {555, "", "", TooBig, provider.Content}, {450, "", "", Soft, provider.Temporary},
		{553, "5.1.7", "", Policy, provider.Auth}, {0, "5.0.0", "", Hard, provider.Recipient},
		{550, "5.1.2", "", Hard, provider.Recipient}, {553, "5.1.3", "", Hard, provider.Recipient}, {551, "5.1.6", "", Hard, provider.Recipient}, {550, "5.1.8", "", Policy, provider.Auth}, {450, "4.1.8", "", Soft, provider.Temporary},
		{450, "4.1.2", "", Soft, provider.Temporary}, {451, "4.4.1", "", Soft, provider.Temporary}, {451, "4.4.7", "", Soft, provider.Temporary}, {550, "5.3.0", "", Soft, provider.Recipient}, {451, "4.2.3", "", Soft, provider.Temporary},
		{534, "", "", Account, provider.Auth}, {535, "", "", Account, provider.Auth}, {538, "", "", Account, provider.Auth}, {535, "5.7.13", "", Account, provider.Auth}, {550, "5.7.14", "", Account, provider.Auth}, {451, "4.7.8", "", Soft, provider.Temporary},
		{550, "5.7.0", "", Policy, provider.Recipient}, {550, "5.7.27", "", Policy, provider.Recipient}, {450, "4.7.26", "", Soft, provider.Temporary}, {451, "4.5.3", "", Soft, provider.Temporary}, {501, "", "", TooBig, provider.Content}, {503, "5.5.1", "", TooBig, provider.Content},
		{451, "", "", Soft, provider.Temporary}, {452, "", "", Soft, provider.Temporary}, {421, "", "", Soft, provider.RateLimited}, {551, "", "", Hard, provider.Recipient}, {553, "", "", Hard, provider.Recipient}, {554, "5.7.1", "no such user", Policy, provider.Recipient},
		{554, "", "rejected by DMARC policy", Policy, provider.Recipient}, {550, "", "over quota", Soft, provider.Recipient}, {552, "5.2.2", "message too large", Soft, provider.Recipient},
	} {
		v := Judge(c.code, c.enh, c.text)
		if c.code == 450 && c.enh == "5.1.1" { // the softer reading of a contradiction
			c.kind = Soft
		}
		if v.Kind != c.kind || v.Class != c.class || v.Suppress != (c.kind == Hard) {
			t.Errorf("%d %s %q: got %+v, want %s %s", c.code, c.enh, c.text, v, c.kind, c.class)
		}
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	for code, c := range Causes {
		if c.VI == "" || c.EN == "" || c.AdviceVI == "" || c.AdviceEN == "" || c.Class == "" {
			t.Errorf("%s: cause is not complete", code)
		}
		if enh, _ := enhanced([]byte(code)); enh == code && code != "4.4.7" && code != "5.5.0" {
			if v := Judge(0, code, ""); v.Class != c.Class || v.Suppress != c.Suppress {
				t.Errorf("%s: the table says %s, %t, the verdict %s, %t", code, c.Class, c.Suppress, v.Class, v.Suppress)
			}
		}
	}
	for code, want := range map[string]provider.Class{"5.1.99": provider.Recipient, "4.9.9": provider.Temporary, "5.7.99": provider.Recipient, "x": provider.Unknown, provider.CodeLost: provider.Unknown, "2.0.0": provider.Unknown} {
		if c := Explain(code); c.Class != want || c.VI == "" {
			t.Errorf("%s: got %+v, want %s", code, c, want)
		}
	}
}

// TestExplainAgrees: what people read about a refusal says the same as what the engine does with it.
func TestExplainAgrees(t *testing.T) {
	t.Parallel()
	texts := []string{"", "blocked by spam filter", "mailbox full", "message too large", "no such user", "size limit", "greylisted"}
	for _, code := range []int{421, 432, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 523, 524, 530, 534, 535, 538, 541, 550, 551, 552, 553, 554, 555, 556} {
		for subject := range 9 {
			for _, detail := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 26, 27, 28, 99, 515} {
				for _, class := range "45" {
					for _, text := range texts {
						r := Reply{Code: code, Enhanced: fmt.Sprintf("%c.%d.%d", class, subject, detail), Text: text}
						if subject == 8 {
							r.Enhanced = ""
						}
						e := r.refused("RCPT")
						if c := Explain(e.Code); c.Class != e.Class || c.Suppress != e.Suppress || c.VI == "" || c.EN == "" || c.AdviceVI == "" {
							t.Fatalf("%+v: the engine hears %s, %t under %q, people read %+v", r, e.Class, e.Suppress, e.Code, c)
						}
					}
				}
			}
		}
	}
}

func FuzzParseReport(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ParseReport(raw)
		if err == nil && r.Kind == KindBounce && (r.Class == "" || r.Class == provider.Temporary || r.Class == provider.Unknown) {
			t.Errorf("a bounce of class %q", r.Class)
		}
		for _, a := range r.VERPTo {
			_, _ = ParseVERP([]byte("x"), a)
		}
	})
}

func FuzzEnhanced(f *testing.F) {
	f.Add("550 5.1.1 No such user")
	f.Add("5.7.515 x")
	f.Fuzz(func(t *testing.T, text string) {
		code, _ := enhanced([]byte(text))
		if code != "" && !strings.HasPrefix(text, code) {
			t.Errorf("%q: got %q", text, code)
		}
		v := Judge(550, findEnhanced(text), text)
		if v.Class == "" || !v.Class.Certain() {
			t.Errorf("%q: got %+v", text, v)
		}
	})
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 2.0.0 OK\r\n", "250-a\r\n250 b\r\n", "550-5.7.26 x\r\n550 5.7.26 y\r\n", "250\r\n", "25", "250-a\r\n550 b\r\n", "\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := conn{r: bufio.NewReaderSize(strings.NewReader(s), 4096)}
		for {
			r, err := c.read()
			if err != nil {
				return
			}
			if r.Code < 200 || r.Code > 599 || !utf8.ValidString(r.Text) {
				t.Errorf("%q: got %+v", s, r)
			}
			if r.Code >= 400 {
				if e := r.refused("x"); e.Code == "" || !e.Class.Certain() {
					t.Errorf("%q: got %+v", s, e)
				}
			}
			_ = queueID(r.Text)
		}
	})
}
