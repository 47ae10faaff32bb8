package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/loa-project/loa/simulator"
)

// TestBadRequests gives the API what people and programs get wrong: each is refused with a stable code and words, and leaves nothing behind.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	w, s := shop(t, simulator.Options{}, phones(3))
	many := func(n int) json.RawMessage {
		return json.RawMessage(`{"op":"and","items":[` + strings.TrimSuffix(strings.Repeat(`{"field":"phone","operator":"has_any"},`, n), ",") + `]}`)
	}
	for _, c := range []struct {
		name, method, path string
		in                 any
		status             int
		code               string
	}{
		{"no JSON", "POST", "/campaigns", []byte("{"), 400, ""},
		{"unknown field", "POST", "/campaigns", object{"name": "x", "owner_id": 1}, 422, ""},
		{"body over the limit", "POST", "/segments/count", bytes.Repeat([]byte(" "), 2<<20), 413, ""},
		{"10,000 conditions", "POST", "/segments/count", object{"condition": many(10000)}, 422, "segment.too_many_conditions"},
		{"unknown field of people", "POST", "/segments/count", object{"condition": object{"field": "password", "operator": "eq", "value": "x"}}, 422, ""},
		{"unclosed template", "POST", "/templates", object{"name": "x", "channel": "sms", "content": object{"text": "Chao {{ contact.name"}}, 422, ""},
		{"no multipart", "POST", "/imports", []byte("a,b"), 422, "import.not_multipart"},
		{"empty file", "POST", "/imports", upload("a.csv", nil), 422, ""},
		{"file that is a picture", "POST", "/imports", upload("a.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")), 422, ""},
		{"broken workbook", "POST", "/imports", upload("a.xlsx", []byte("PK\x03\x04broken")), 422, ""},
		{"campaign that is not there", "POST", "/campaigns/999/activate", nil, 404, "campaign.not_found"},
		{"campaign without anything", "POST", fmt.Sprintf("/campaigns/%d/activate", w.emptyCampaign()), nil, 409, ""},
	} {
		status, code, fields := w.refused(c.method, c.path, c.in)
		if status != c.status || c.code != "" && code != c.code {
			t.Errorf("%s: got %d %s %v, want %d %s", c.name, status, code, fields, c.status, c.code)
		}
	}
	if calls := w.sim.Ledger().Count("", ""); calls != 0 {
		t.Errorf("calls: got %d, want 0", calls)
	}
	c := w.settled(w.launch(s, "zns"), 0)
	w.want(c, 0, map[string]int64{"delivered": 3})
}

func (w *world) emptyCampaign() int64 {
	w.t.Helper()
	var made struct{ ID int64 }
	w.call("POST", "/campaigns", object{}, &made)
	return made.ID
}

// TestBadFile imports files whose rows are wrong in every way: the good rows are taken, the others listed with their reasons.
func TestBadFile(t *testing.T) {
	t.Parallel()
	w, _ := shop(t, simulator.Options{}, phones(1))
	for _, c := range []struct {
		name, file string
		created    int64
		rejected   int64
	}{
		{"row of 2 MiB", "Họ tên,Số điện thoại\nAn,0901111111\n" + strings.Repeat("x", 2<<20) + ",0902222222\nBình,0903333333\n", 2, 1},
		{"too many cells", "Họ tên,Số điện thoại\nChâu,0904444444,1,2,3\nDung,0905555555\n", 1, 1},
		{"no way to reach", "Họ tên,Số điện thoại\nGiang,\nHà,khong co\nHùng,0906666666\n", 1, 2},
		{"unclosed quote", "Họ tên,Số điện thoại\nLan,0907777777\n\"Mai,0908888888\n", 1, 1},
	} {
		var imp struct {
			ID       int64
			State    string
			Error    string
			Created  int64 `json:"rows_created"`
			Rejected int64 `json:"rows_rejected"`
		}
		w.call("POST", "/imports", upload("khach.csv", []byte(c.file)), &imp)
		w.call("POST", fmt.Sprintf("/imports/%d/start", imp.ID), object{}, nil)
		w.until("the import", 0, func() bool {
			w.call("GET", fmt.Sprintf("/imports/%d", imp.ID), nil, &imp)
			return imp.State == "finished" || imp.State == "failed"
		})
		if imp.State != "finished" || imp.Created != c.created || imp.Rejected != c.rejected {
			t.Errorf("%s: got %+v, want %d created and %d rejected", c.name, imp, c.created, c.rejected)
		}
		if status, raw := w.send("GET", fmt.Sprintf("/api/v1/imports/%d/problems.csv", imp.ID), nil); status != http.StatusOK || bytes.Count(raw, []byte("\n")) < 2 {
			t.Errorf("%s: the list of rejected rows is empty: %d %s", c.name, status, raw)
		}
	}
}

// TestWrongKey starts the program with another key than the one that sealed the credentials, and with none: it says so and ends.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, code := loa(t, dir, "", "user", "add", "chu@example.com", "--name", "Chủ", "--workspace", "Cửa hàng"); code != 0 {
		t.Fatalf("user add: exit %d: %s", code, out)
	}
	file := filepath.Join(dir, "loa.key")
	key, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write([]byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))))
	if out, code := loa(t, dir, "", "verify"); code == 0 || !strings.Contains(out, "key") {
		t.Errorf("another key: got exit %d: %s", code, out)
	}
	write([]byte("not a key"))
	if out, code := loa(t, dir, "", "verify"); code == 0 || !strings.Contains(out, "key") {
		t.Errorf("a broken key file: got exit %d: %s", code, out)
	}
	write(key)
	if out, code := loa(t, dir, "", "verify"); code != 0 {
		t.Errorf("the right key again: got exit %d: %s", code, out)
	}
	blocked := filepath.Join(dir, "file")
	write(key)
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := loa(t, blocked, "", "verify"); code == 0 || !strings.Contains(out, blocked) {
		t.Errorf("a data folder that is a file: got exit %d: %s", code, out)
	}
}
