package contact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
)

func spool(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readAll(t testing.TB, path string, o FileOptions) (FileInfo, []Row) {
	t.Helper()
	f, err := OpenFile(path, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer f.Close()
	var rows []Row
	for {
		row, err := f.Next()
		if err == io.EOF {
			return f.Info, rows
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		row.Cells = append([]string(nil), row.Cells...)
		rows = append(rows, row)
	}
}

const vietnamese = "Mã KH;Họ và tên;Số điện thoại\r\nKH1;Nguyễn Thị Quỳnh;0862549877\r\nKH2;Đặng Văn Phước;0862549878\r\n"

// encodeTable is the way back of the byte tables, for tests.
func encodeTable(t *table, s string) []byte {
	var out []byte
	for _, r := range s {
		found := byte('?')
		for i, have := range t.to {
			if have == r {
				found = byte(i)
				break
			}
		}
		out = append(out, found)
	}
	return out
}

// toWindows1258 writes base letters composed and tone marks after them, as Windows does.
func toWindows1258(s string) []byte {
	var out []byte
	for _, r := range norm.NFC.String(s) {
		if b, ok := charmap.Windows1258.EncodeRune(r); ok {
			out = append(out, b)
			continue
		}
		d := []rune(norm.NFD.String(string(r)))
		tone := d[len(d)-1]
		if len(d) == 3 && strings.ContainsRune("\u0302\u0306\u031b", d[2]) {
			tone, d = d[1], []rune{d[0], d[2]}
		} else {
			d = d[:len(d)-1]
		}
		base, _ := charmap.Windows1258.EncodeRune([]rune(norm.NFC.String(string(d)))[0])
		mark, _ := charmap.Windows1258.EncodeRune(tone)
		out = append(out, base, mark)
	}
	return out
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	utf16 := func(e xunicode.Endianness, bom xunicode.BOMPolicy) []byte {
		b, err := xunicode.UTF16(e, bom).NewEncoder().Bytes([]byte(vietnamese))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"utf-8":        {[]byte(vietnamese), "utf-8"},
		"utf-8 bom":    {append([]byte("\xEF\xBB\xBF"), vietnamese...), "utf-8"},
		"utf-8 nfd":    {norm.NFD.Bytes([]byte(vietnamese)), "utf-8"},
		"utf-16le bom": {utf16(xunicode.LittleEndian, xunicode.UseBOM), "utf-16le"},
		"utf-16be bom": {utf16(xunicode.BigEndian, xunicode.UseBOM), "utf-16be"},
		"utf-16le":     {utf16(xunicode.LittleEndian, xunicode.IgnoreBOM), "utf-16le"},
		"utf-16be":     {utf16(xunicode.BigEndian, xunicode.IgnoreBOM), "utf-16be"},
		"windows-1258": {toWindows1258(vietnamese), "windows-1258"},
		"viscii":       {encodeTable(viscii, vietnamese), "viscii"},
		"tcvn3":        {encodeTable(tcvn3, vietnamese), "tcvn3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info, rows := readAll(t, spool(t, c.data), FileOptions{})
			if info.Encoding != c.want || info.Delimiter != ";" {
				t.Errorf("got %s with %q, want %s with ;", info.Encoding, info.Delimiter, c.want)
			}
			if diff := cmp.Diff([]string{"Mã KH", "Họ và tên", "Số điện thoại"}, info.Headers); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if len(rows) != 2 || tidy(rows[0].Cells[1], false) != "Nguyễn Thị Quỳnh" || tidy(rows[1].Cells[1], false) != "Đặng Văn Phước" || rows[1].No != 3 {
				t.Errorf("got rows %+v, want two people, the second in row 3", rows)
			}
		})
	}
}

// TestTables checks that each table holds every Vietnamese letter at most once and covers the lower-case ones.
func TestTables(t *testing.T) {
	t.Parallel()
	letters := "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
	for name, tab := range map[string]*table{"viscii": viscii, "tcvn3": tcvn3} {
		seen := map[rune]int{}
		for _, r := range tab.to {
			seen[r]++
		}
		for _, r := range letters + ascii {
			if seen[r] != 1 {
				t.Errorf("%s: got letter %c %d times, want once", name, r, seen[r])
			}
		}
	}
	for _, r := range strings.ToUpper(letters) {
		if !strings.ContainsRune(string(viscii.to[:]), r) {
			t.Errorf("viscii: letter %c is missing", r)
		}
	}
	// Spot checks against RFC 1456 and the ABC fonts.
	if got := viscii.to[0xF1]; got != 'ự' {
		t.Errorf("viscii F1: got %c, want ự", got)
	}
	if got := string([]rune{tcvn3.to['\xd4'], tcvn3.to['\xb8'], tcvn3.to['\xae'], tcvn3.to['\xfe'], tcvn3.to['\xad']}); got != "ễáđỵư" {
		t.Errorf("tcvn3: got %s, want ễáđỵư", got)
	}
}

func TestUnknownEncoding(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"noise": "a;b\n\xff\xfa\xc3\x28;\xa0\xa1\n", "cyrillic 1251": "\xc8\xec\xff;\xd2\xe5\xeb\n\xc8\xe2\xe0\xed;1\n"} {
		_, err := OpenFile(spool(t, []byte(data)), FileOptions{})
		if !errs.Is(err, "import.encoding_unknown") {
			t.Errorf("%s: got %v, want import.encoding_unknown", name, err)
		}
	}
	info, _ := readAll(t, spool(t, []byte("name;phone\nRen\xe9;0862549877\n")), FileOptions{Encoding: "windows-1252"})
	if info.Encoding != "windows-1252" {
		t.Errorf("got %s, want the chosen windows-1252", info.Encoding)
	}
	if _, err := OpenFile(spool(t, []byte("a")), FileOptions{Encoding: "klingon"}); !errs.Is(err, "import.encoding_unsupported") {
		t.Errorf("got %v, want import.encoding_unsupported", err)
	}
}

func TestNotText(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{"": "import.file_empty", " \n\n": "import.file_empty", "\xD0\xCF\x11\xE0....": "import.format_xls", "%PDF-1.7": "import.format_unknown", "PK\x03\x04broken": "import.xlsx_broken"} {
		if _, err := OpenFile(spool(t, []byte(data)), FileOptions{}); !errs.Is(err, want) {
			t.Errorf("%q: got %v, want %s", data, err, want)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want [][]string
	}{
		"quotes":             {"a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", [][]string{{"a", "b"}, {"x, y", `say "hi"`}}},
		"line break":         {"a,b\r\n\"one\r\ntwo\",3\r\n", [][]string{{"a", "b"}, {"one\ntwo", "3"}}},
		"quote inside":       {"a,khách \"ruột\",b\n", [][]string{{"a", `khách "ruột"`, "b"}}},
		"text after quote":   {"\"a\"b,c\n", [][]string{{"ab", "c"}}},
		"empty cells":        {",,\n\n,x,\n", [][]string{{"", "", ""}, {""}, {"", "x", ""}}},
		"no line end":        {"a,b", [][]string{{"a", "b"}}},
		"quoted at the end":  {"a,\"b\"", [][]string{{"a", "b"}}},
		"empty quoted":       {"\"\",\"\"\n", [][]string{{"", ""}}},
		"space before quote": {"a, \"b,c\" ,d\n", [][]string{{"a", "b,c", "d"}}},
	} {
		r := newCSV(strings.NewReader(c.in), ',', '\n')
		var got [][]string
		for {
			cells, _, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, append([]string(nil), cells...))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestUnclosedQuote(t *testing.T) {
	t.Parallel()
	_, rows := readAll(t, spool(t, []byte("name,phone\nA,0862549877\n\"B,0862549878\nC,0862549879\n")), FileOptions{})
	want := []Row{{No: 2, Cells: []string{"A", "0862549877"}}, {No: 3, Cells: []string{`"B`, "0862549878"}, Code: RowUnclosed}, {No: 4, Cells: []string{"C", "0862549879"}, Code: RowUnclosed}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var b strings.Builder
	b.WriteString("name,phone\n")
	for i := range 60000 {
		if i == 40 {
			b.WriteByte('"')
		}
		fmt.Fprintf(&b, "Người %d,08625%05d\n", i, i)
	}
	_, rows = readAll(t, spool(t, []byte(b.String())), FileOptions{})
	if len(rows) != 60000 || rows[39].Code != "" || rows[40].Code != RowUnclosed || rows[59999].Code != RowUnclosed || rows[59999].No != 60001 {
		t.Errorf("got %d rows, want 60000 of which the last 59960 are rejected", len(rows))
	}
}

// endless yields one row of n bytes.
func endless(t *testing.T, n int, quoted bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	q := ""
	if quoted {
		q = `"`
	}
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	if quoted {
		chunk[1000] = '\n'
	}
	fmt.Fprint(f, "name,phone\nA,0862549877\n"+q)
	for range n >> 20 {
		if _, err := f.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(f, q+",1\nB,0862549878\n")
	return path
}

func TestLargeRow(t *testing.T) {
	for _, quoted := range []bool{false, true} {
		path := endless(t, 100<<20, quoted)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, rows := readAll(t, path, FileOptions{})
		runtime.ReadMemStats(&after)
		if len(rows) != 3 || rows[1].Code != RowTooLarge || rows[2].Code != "" || rows[2].No != 4 {
			t.Errorf("quoted %v: got %d rows, want the large one rejected between two good ones", quoted, len(rows))
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 24<<20 {
			t.Errorf("quoted %v: got %d MiB allocated for a 100 MiB row, want under 24", quoted, got>>20)
		}
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in     string
		header int
		rows   int
	}{
		"first":        {"Họ tên,SĐT\nA,0862549877\n", 1, 1},
		"under titles": {"DANH SÁCH KHÁCH HÀNG,\n,\nHọ tên,SĐT\nA,0862549877\n", 3, 1},
		"none":         {"A,0862549877\nB,0862549878\n", -1, 2},
		"unknown":      {"foo,bar\nA,B\n", 1, 1},
	} {
		info, rows := readAll(t, spool(t, []byte(c.in)), FileOptions{})
		if info.Header != c.header || len(rows) != c.rows {
			t.Errorf("%s: got header %d and %d rows, want %d and %d", name, info.Header, len(rows), c.header, c.rows)
		}
	}
}

func TestNUL(t *testing.T) {
	t.Parallel()
	_, rows := readAll(t, spool(t, []byte("name,phone\nA\x00B,0862549877\n\xff\xfe,1\nNguyễn Thị Đặng Trần "+strings.Repeat("Đ", 300)+",2\n")), FileOptions{})
	if rows[0].Cells[0] != "AB" || rows[0].Code != "" || rows[1].Code != RowEncoding || rows[2].Code != "" {
		t.Errorf("got %+v, want the NUL removed and the broken row rejected", rows)
	}
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "Họ tên", "B1": "Điện thoại", "C1": "Ngày sinh", "A2": "Nguyễn An", "B2": 862549877, "C2": 32874, "A4": "=1+1", "B4": "0862549878", "C4": 32874.5} {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	info, rows := readAll(t, spool(t, b.Bytes()), FileOptions{})
	if info.Format != "xlsx" || info.Sheet != "Sheet1" || len(rows) != 3 || !rows[1].Empty() || rows[2].No != 4 {
		t.Fatalf("got %+v with rows %+v, want 3 rows, the second empty", info, rows)
	}
	date, code := ParseDate(rows[0].Cells[2], now)
	if rows[0].Cells[1] != "862549877" || date != "1990-01-01" || code != "" {
		t.Errorf("got %q and date %s, want the raw number and 1990-01-01", rows[0].Cells, date)
	}
	if date, _ := ParseDate(rows[2].Cells[2], now); date != "1990-01-01" {
		t.Errorf("got %s for a serial with a time, want 1990-01-01", date)
	}
	if _, err := OpenFile(spool(t, b.Bytes()), FileOptions{Sheet: "Nope"}); !errs.Is(err, "import.no_sheet") {
		t.Errorf("got %v, want import.no_sheet", err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n\"x\ny\",\"\n"), byte(','))
	f.Add([]byte("\"\"\"\r\n\r\"a\"b;c"), byte(';'))
	f.Fuzz(func(t *testing.T, data []byte, delim byte) {
		if delim == '"' || delim == '\n' || delim == '\r' || delim == ' ' {
			return
		}
		r := newCSV(bytes.NewReader(data), delim, '\n')
		for i := 0; ; i++ {
			if _, _, err := r.next(); err != nil {
				if err != io.EOF && !errors.Is(err, errUnclosed) {
					t.Fatal(err)
				}
				return
			}
			if i > len(data)+1 {
				t.Fatal("more records than bytes")
			}
		}
	})
}

func FuzzOpenFile(f *testing.F) {
	f.Add([]byte(vietnamese))
	f.Add(toWindows1258(vietnamese))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("a\x00b\x00\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := OpenFile(spool(t, data), FileOptions{})
		if err != nil {
			if _, ok := errs.As(err); !ok {
				t.Fatalf("got %v, want an error for people", err)
			}
			return
		}
		defer file.Close()
		n, err := NewNormaliser(GuessMapping(file.Info.Headers, nil), now, false)
		for {
			row, end := file.Next()
			if end != nil {
				break
			}
			if err != nil {
				continue
			}
			rec := n.Record(row)
			for _, s := range append([]string{rec.Name, rec.Email, rec.ExternalID}, rec.Tags...) {
				if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n") {
					t.Fatalf("got %q in a record", s)
				}
			}
		}
	})
}
