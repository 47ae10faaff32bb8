package contact

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

var testDay = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func newService(t testing.TB, d *db.DB) (*Service, int64) {
	t.Helper()
	ctx := context.Background()
	var ws int64
	if err := d.WithTx(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&ws)
	}); err != nil {
		t.Fatal(err)
	}
	return New(Deps{DB: d, Now: func() time.Time { return testDay }, SuppressionKey: []byte("key"), SpoolDir: filepath.Join(t.TempDir(), "spool")}), ws
}

// imported uploads and runs a file and returns how it ended.
func imported(t testing.TB, s *Service, ws int64, name, text string, o ImportOptions) *Import {
	t.Helper()
	ctx := context.Background()
	i, err := s.Upload(ctx, ws, "user:1", name, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartImportHere(ctx, ws, i.ID, "user:1", o); err != nil {
		t.Fatal(err)
	}
	if err := s.RunImport(ctx, ws, i.ID); err != nil {
		t.Fatal(err)
	}
	if i, err = s.Import(ctx, ws, i.ID); err != nil {
		t.Fatal(err)
	}
	return i
}

func everybody(t *testing.T, s *Service, ws int64) []*Contact {
	t.Helper()
	var out []*Contact
	if err := s.eachContact(context.Background(), ws, Filter{}, func(c *Contact) error { out = append(out, c); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

const head = "Mã KH,Họ và tên,Số điện thoại,Email,Ngày sinh,Hạng,Tổng chi tiêu,Thẻ\n"

func TestImportAgainAddsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		raw, err := os.ReadFile("testdata/khach-hang.csv")
		if err != nil {
			t.Fatal(err)
		}
		first := imported(t, s, ws, "khach-hang.csv", string(raw), ImportOptions{})
		people := len(everybody(t, s, ws))
		if first.State != ImportFinished || first.RowsCreated == 0 || int64(people) != first.RowsCreated {
			t.Fatalf("got %+v and %d people", first, people)
		}
		if first.RowsRejected == 0 || first.RowsWarned == 0 || first.RowsMerged == 0 {
			t.Errorf("got %d rejected, %d warned, %d merged; the file has all of them", first.RowsRejected, first.RowsWarned, first.RowsMerged)
		}
		second := imported(t, s, ws, "khach-hang.csv", string(raw), ImportOptions{})
		if second.RowsCreated != 0 || len(everybody(t, s, ws)) != people {
			t.Errorf("the second import made %d people; %d before, %d after", second.RowsCreated, people, len(everybody(t, s, ws)))
		}
		if second.RowsRejected != first.RowsRejected || second.RowsRead != first.RowsRead {
			t.Errorf("got %d of %d rows rejected, before %d of %d", second.RowsRejected, second.RowsRead, first.RowsRejected, first.RowsRead)
		}
		// A run that is repeated, as after a crash, ends in the same place.
		if _, err := d.Exec(context.Background(), `UPDATE import SET state = 'running' WHERE id = $1`, second.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.RunImport(context.Background(), ws, second.ID); err != nil {
			t.Fatal(err)
		}
		third, err := s.Import(context.Background(), ws, second.ID)
		if err != nil || third.RowsRead != second.RowsRead || third.RowsCreated != 0 || third.State != ImportFinished {
			t.Errorf("got %+v, %v", third, err)
		}
	})
}

func TestImportMatchesPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		imported(t, s, ws, "a.csv", head+"K1,An,0901000001,an@example.com,,Vàng,1.000.000,VIP\nK2,Bình,0901000002,,,,,\n,Chi,0901000003,chi@example.com,,,,\n", ImportOptions{})
		again := imported(t, s, ws, "b.csv", head+
			"K1,,,,01/02/1990,,,mua online\n"+ // the code finds An; empty cells erase nothing
			",Chi Lan,+84 901 000 003,,,,,\n"+ // the phone finds Chi
			"K9,Dung,0901000001,,,,,\n"+ // An's number with another code: another person, the number is shared
			",,0901000002,,,,,\n", ImportOptions{})
		if again.RowsCreated != 1 || again.RowsRejected != 0 {
			t.Errorf("got %d created, %d rejected, want 1 and 0", again.RowsCreated, again.RowsRejected)
		}
		byName := map[string]*Contact{}
		for _, c := range everybody(t, s, ws) {
			byName[c.Name] = c
		}
		an := byName["An"]
		if an == nil || an.Birthday != "1990-02-01" || an.Phone != "+84901000001" || string(an.Attrs["hang"]) != `"Vàng"` || len(an.Tags) != 2 {
			t.Errorf("got %+v", an)
		}
		if byName["Chi Lan"] == nil || byName["Chi Lan"].Email != "chi@example.com" {
			t.Errorf("got %+v", byName["Chi Lan"])
		}
		if dung := byName["Dung"]; dung == nil || len(dung.Shared) == 0 || len(an.Shared) == 0 {
			t.Errorf("the shared number is not marked: %+v %+v", dung, an)
		}
	})
}

func TestConsentAndSuppression(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		file := head + "K1,An,0901000001,an@example.com,,,,\n"
		imported(t, s, ws, "a.csv", file, ImportOptions{})
		an := everybody(t, s, ws)[0]
		if len(an.Consent) != 0 {
			t.Errorf("got consent %v without a basis, want none", an.Consent)
		}
		basis := &BasisOfConsent{Channels: []channel.Channel{channel.SMS}, Shown: "Tôi đồng ý", Source: "Phiếu"}
		imported(t, s, ws, "a.csv", file, ImportOptions{Consent: basis})
		if an, _ = s.Get(ctx, ws, an.ID); len(an.Consent) != 1 || an.Consent[0] != channel.SMS {
			t.Errorf("got consent %v, want sms", an.Consent)
		}
		if err := d.WithTx(ctx, func(tx *db.Tx) error {
			return s.SuppressContact(ctx, tx, ws, an.ID, channel.SMS, ReasonComplained, "leg:1")
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Erase(ctx, ws, an.ID, "user:1"); err != nil {
			t.Fatal(err)
		}
		for table, column := range map[string]string{"contact": "phone", "identity": "value", "suppression": "hint"} {
			var n int
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM `+table+` WHERE `+column+` LIKE '%901000001%'`).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s still has the number (%v)", table, err)
			}
		}
		imported(t, s, ws, "a.csv", file, ImportOptions{Consent: basis})
		for _, c := range everybody(t, s, ws) {
			if c.Phone == "+84901000001" && !channel.Of(c.Blocked...).Has(channel.SMS) {
				t.Errorf("the person came back and is not suppressed: %+v", c)
			}
		}
		if _, err := s.Get(ctx, ws+1, an.ID); !errs.Is(err, "contact.not_found") {
			t.Errorf("got %v from another workspace, want contact.not_found", err)
		}
	})
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	s, ws := newService(t, dbtest.SQLite(t))
	ctx := context.Background()
	big := head + "K1,An,0901000001,,,,,\nK2," + strings.Repeat("x", 3<<20) + ",0901000002,,,,,\nK3,Chi,0901000003,,,,,\n"
	i := imported(t, s, ws, "big.csv", big, ImportOptions{})
	if i.RowsCreated != 2 || i.RowsRejected != 1 {
		t.Errorf("a row of 3 MiB: got %d created, %d rejected, want 2 and 1", i.RowsCreated, i.RowsRejected)
	}
	up, err := s.Upload(ctx, ws, "user:1", "x.csv", strings.NewReader("a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartImportHere(ctx, ws, up.ID, "user:1", ImportOptions{File: FileOptions{Encoding: "klingon"}}); err == nil {
		t.Error("an unknown encoding was accepted")
	}
	if _, err := s.Upload(ctx, ws, "user:1", "leer.xlsx", strings.NewReader("PK\x03\x04 broken")); err == nil {
		t.Error("a broken workbook was accepted")
	}
	if entries, err := os.ReadDir(s.SpoolDir); err != nil || len(entries) != 2 {
		t.Errorf("got %d spooled files, want the two good ones (%v)", len(entries), err)
	}
}

func TestExportNeutralisesFormulasAndComesBack(t *testing.T) {
	t.Parallel()
	s, ws := newService(t, dbtest.SQLite(t))
	imported(t, s, ws, "a.csv", head+"K1,\"=HYPERLINK(\"\"http://x\"\")\",0901000001,an@example.com,,@SUM(A1),,\n", ImportOptions{})
	api, err := httpx.New(httpx.Options{PublicURL: "http://loa.test", Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
		return r.Context(), httpx.Actor{WorkspaceID: ws, UserID: 1, Role: httpx.Owner}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	Register(api, s)
	srv := httptest.NewServer(api.Handler())
	defer srv.Close()
	res, err := http.Get(srv.URL + "/api/v1/contacts/export")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v: %s", res.StatusCode, err, body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %v, %v", rows, err)
	}
	for _, cell := range rows[1] {
		if cell != "" && strings.ContainsRune("=-@\t\r", rune(cell[0])) {
			t.Errorf("cell %q is a formula", cell)
		}
	}
	again := imported(t, s, ws, "export.csv", string(body), ImportOptions{})
	if again.RowsCreated != 0 || again.RowsRejected != 0 {
		t.Errorf("the export came back with %d created and %d rejected, want 0", again.RowsCreated, again.RowsRejected)
	}
}

func TestImportLeavesKnownPeopleAsAsked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := "Họ tên,Số điện thoại,Email,Hạng\nHà,0901234567,,\n"
		second := "Họ tên,Số điện thoại,Email,Hạng\nHà Nguyễn,0901234567,ha@shop.vn,Vàng\nNam,0907654321,,Bạc\n"
		for existing, want := range map[string]string{
			"":             "Hà Nguyễn ha@shop.vn {\"hang\":\"Vàng\"} Nam  {\"hang\":\"Bạc\"}",
			ExistingUpdate: "Hà Nguyễn ha@shop.vn {\"hang\":\"Vàng\"} Nam  {\"hang\":\"Bạc\"}",
			ExistingFill:   "Hà ha@shop.vn {\"hang\":\"Vàng\"} Nam  {\"hang\":\"Bạc\"}",
			ExistingKeep:   "Hà  {} Nam  {\"hang\":\"Bạc\"}",
		} {
			s, ws := newService(t, d)
			imported(t, s, ws, "a.csv", first, ImportOptions{})
			i := imported(t, s, ws, "b.csv", second, ImportOptions{Existing: existing, Tags: []string{"Hội chợ"}})
			if i.State != ImportFinished || i.RowsCreated != 1 || i.RowsRejected != 0 {
				t.Errorf("%q: got %+v, want one new person", existing, i)
			}
			var got []string
			for _, c := range everybody(t, s, ws) {
				attrs, err := json.Marshal(c.Attrs)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, c.Name, c.Email, string(attrs))
				if len(c.Tags) != 1 {
					t.Errorf("%q: got tags %v of %s, want those of the whole file", existing, c.Tags, c.Name)
				}
			}
			if text := strings.Join(got, " "); text != want {
				t.Errorf("%q: got %s, want %s", existing, text, want)
			}
		}
	})
}

func TestProblemsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		i := imported(t, s, ws, "a.csv", "Họ tên,Số điện thoại,Email\nHà,0901234567,sai\nNam,,\nLan,0902222222,\nTú,12,\n", ImportOptions{})
		p, err := s.Problems(context.Background(), ws, i.ID, "", 0, 2, "vi")
		if err != nil || len(p.Items) != 2 || p.Next != p.Items[1].Row || p.Items[0].Severity != "warning" || p.Items[0].Reasons[0] != "Email: Email không hợp lệ" || p.Headers[2] != "Email" {
			t.Fatalf("got %+v, %v, want the first two of three", p, err)
		}
		if p, err = s.Problems(context.Background(), ws, i.ID, "", p.Next, 2, "en"); err != nil || len(p.Items) != 1 || p.Next != 0 || p.Items[0].Cells[0] != "Tú" {
			t.Fatalf("got %+v, %v, want the last one", p, err)
		}
		if p, err = s.Problems(context.Background(), ws, i.ID, "rejected", 0, 10, "vi"); err != nil || len(p.Items) != 2 {
			t.Fatalf("got %+v, %v, want the two that were rejected", p, err)
		}
		if _, err = s.Problems(context.Background(), ws+1, i.ID, "", 0, 10, "vi"); !errs.Is(err, "import.not_found") {
			t.Errorf("another workspace: got %v, want import.not_found", err)
		}
	})
}
