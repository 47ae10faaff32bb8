package contact

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseDate reads a calendar day and gives YYYY-MM-DD. It knows 20/02/1962, 20-2-62, 20.02.1962, 1962-02-20 with or without a time, "ngày 20 tháng 2 năm 1962", 19620220 and
// spreadsheet serial numbers (days since 1899-12-30). The day comes before the month. Two-digit years lie at most in the present year. A day that does not exist is an error.
func ParseDate(raw string, now time.Time) (string, Code) {
	s := strings.TrimSpace(raw)
	if len(s) > 40 {
		return "", DateInvalid
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		return civil(num(s[:4]), num(s[5:7]), num(s[8:]))
	}
	if len(s) == 10 && s[2] == '/' && s[5] == '/' {
		return civil(num(s[6:]), num(s[3:5]), num(s[:2]))
	}
	if i := strings.IndexAny(s, "Tt"); i >= 8 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
		s = s[:i]
	}
	low := Fold(s)
	if strings.Contains(low, "thang") {
		low = strings.NewReplacer("ngay", "", "thang", "/", "nam", "/", " ", "").Replace(low)
	}
	parts := strings.FieldsFunc(low, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' || r == ',' })
	if len(parts) > 3 && strings.Contains(parts[3], ":") {
		parts = parts[:3]
	}
	switch {
	case len(parts) == 1 && !strings.ContainsAny(low, "/-"), len(parts) == 2 && strings.Count(low, ".") == 1 && len(parts[0]) == 5:
		return undivided(parts[0])
	case len(parts) != 3:
		return "", DateInvalid
	case len(parts[0]) == 4:
		return civil(num(parts[0]), num(parts[1]), num(parts[2]))
	case len(parts[2]) == 4:
		return civil(num(parts[2]), num(parts[1]), num(parts[0]))
	case len(parts[2]) == 2:
		y := num(parts[2])
		if y >= 0 {
			if y += 2000; y > now.Year() {
				y -= 100
			}
		}
		return civil(y, num(parts[1]), num(parts[0]))
	}
	return "", DateInvalid
}

func undivided(s string) (string, Code) {
	n := num(s)
	switch {
	case n < 0:
		return "", DateInvalid
	case len(s) == 8 && (s[:2] == "19" || s[:2] == "20"):
		return civil(num(s[:4]), num(s[4:6]), num(s[6:]))
	case len(s) == 8:
		return civil(num(s[4:]), num(s[2:4]), num(s[:2]))
	case len(s) == 5:
		return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), ""
	}
	return "", DateInvalid
}

// num reads up to eight digits; -1 is anything else.
func num(s string) int {
	if s == "" || len(s) > 8 {
		return -1
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func civil(y, m, d int) (string, Code) {
	if y < 1800 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31 || (d > 28 && d > time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()) {
		return "", DateInvalid
	}
	b := [10]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-', byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10)}
	return string(b[:]), ""
}

// parseBirthday is ParseDate for a living person: not in the future, not before 1900.
func parseBirthday(raw string, now time.Time) (string, Code) {
	s, code := ParseDate(raw, now)
	if code == "" && (s > now.Format(time.DateOnly) || s < "1900-01-01") {
		return "", DateFuture
	}
	return s, code
}

// ParseMoney reads an amount of whole VND: "41.871.000", "9,735,000 đ", "1.250.000,50 VNĐ" (rounded), "1,5 triệu", "200k". Other currencies are refused.
func ParseMoney(raw string) (int64, Code) {
	s := strings.ToLower(strings.TrimSpace(raw))
	if plainDigits(s) && len(s) <= 15 {
		n, _ := strconv.ParseInt(s, 10, 64)
		return n, ""
	}
	if scientific(s) {
		return 0, NumberLossy
	}
	f := Fold(s)
	for _, unit := range []string{"vnd", "dong", "₫", "d"} {
		if t := strings.TrimSpace(strings.TrimSuffix(f, unit)); t != f {
			f = t
			break
		}
		if t := strings.TrimSpace(strings.TrimPrefix(f, unit)); t != f {
			f = t
			break
		}
	}
	times := 1.0
	for _, u := range []struct {
		word string
		by   float64
	}{{"nghin", 1e3}, {"ngan", 1e3}, {"trieu", 1e6}, {"tr", 1e6}, {"ty", 1e9}, {"k", 1e3}} {
		if t := strings.TrimSpace(strings.TrimSuffix(f, u.word)); t != f {
			f, times = t, u.by
			break
		}
	}
	n, ok := grouped(f, times == 1)
	if n = math.Round(n * times); !ok || math.Abs(n) > 9e15 {
		return 0, MoneyInvalid
	}
	return int64(n), ""
}

// ParseNumber reads a number with Vietnamese or English separators. exact says that the text comes from a program that always writes a decimal point.
func ParseNumber(raw string, exact bool) (float64, Code) {
	s := strings.TrimSpace(raw)
	if exact {
		if n, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			return n, ""
		}
	}
	if scientific(s) {
		return 0, NumberLossy
	}
	n, ok := grouped(s, true)
	if !ok {
		return 0, NumberInvalid
	}
	return n, ""
}

func plainDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// scientific reports spreadsheet notation such as 9.87654E+08.
func scientific(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 1 || i+1 >= len(s) || len(s) > 30 {
		return false
	}
	return plainDigits(strings.TrimLeft(s[i+1:], "+-")) && plainDigits(strings.NewReplacer(".", "", ",", "").Replace(strings.TrimLeft(s[:i], "+-")))
}

// grouped reads a decimal number whose groups and fraction may be marked by dots, commas or spaces. With threes a single mark before exactly three digits groups.
func grouped(s string, threes bool) (float64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "'", "").Replace(s)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(s, "+-")
	if s == "" || len(s) > 30 {
		return 0, false
	}
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	frac := ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		single := dots+commas == 1
		mixed := dots > 0 && commas > 0
		if (single && (len(s)-i-1 != 3 || !threes || s[:i] == "0" || i > 3)) || (mixed && strings.Count(s, s[i:i+1]) == 1) {
			frac, s = s[i+1:], s[:i]
			if frac == "" {
				return 0, false
			}
		}
	}
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' })
	for i, g := range groups {
		if !plainDigits(g) || (i > 0 && len(g) != 3) {
			return 0, false
		}
	}
	if len(groups) == 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.Join(groups, "")+"."+frac, 64)
	if neg {
		n = -n
	}
	return n, err == nil && !math.IsInf(n, 0)
}

// ParseBoolean reads yes and no in Vietnamese and English.
func ParseBoolean(raw string) (bool, Code) {
	switch Fold(strings.TrimSpace(raw)) {
	case "1", "true", "yes", "y", "co", "x", "dung", "on", "✓", "✔":
		return true, ""
	case "0", "false", "no", "n", "khong", "sai", "off", "ko":
		return false, ""
	}
	return false, BooleanInvalid
}

// ParseGender gives male, female or other.
func ParseGender(raw string) (string, Code) {
	switch raw {
	case "Nam", "nam", "M":
		return "male", ""
	case "Nữ", "nữ", "F":
		return "female", ""
	}
	switch strings.Trim(Fold(tidy(raw, false)), ". ") {
	case "nam", "male", "m", "trai", "ong", "anh", "mr", "nam gioi", "man", "boy":
		return "male", ""
	case "nu", "female", "f", "gai", "ba", "chi", "mrs", "ms", "nu gioi", "woman", "girl", "co":
		return "female", ""
	case "khac", "other", "o", "lgbt", "khong xac dinh":
		return "other", ""
	}
	return "", GenderUnknown
}

// ParseEmail gives the address in lower case. It takes what mail servers take in practice: one @, a local part of ASCII letters, digits and the usual marks, a domain with a dot.
func ParseEmail(raw string) (string, Code) {
	s := strings.TrimPrefix(strings.ToLower(strings.Trim(raw, " \t\u00a0\u200b'\"<>;,.")), "mailto:")
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || len(s) > 254 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", EmailInvalid
	}
	for i := 0; i < len(local); i++ {
		if c := local[i]; !alnum(c) && strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) < 0 {
			return "", EmailInvalid
		}
	}
	dots, start := 0, 0
	for i := 0; i <= len(domain); i++ {
		if i < len(domain) && domain[i] != '.' {
			if !alnum(domain[i]) && domain[i] != '-' {
				return "", EmailInvalid
			}
			continue
		}
		if n := i - start; n < 1 || n > 63 || domain[start] == '-' || domain[i-1] == '-' {
			return "", EmailInvalid
		}
		if i < len(domain) {
			dots, start = dots+1, i+1
		}
	}
	if top := domain[start:]; dots == 0 || len(top) < 2 || plainDigits(top) {
		return "", EmailInvalid
	}
	return s, ""
}

func alnum(c byte) bool { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') }

// cut shortens s to at most n characters.
func cut(s string, n int) (string, Code) {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s, ""
	}
	i := 0
	for pos := range s {
		if i == n {
			return strings.TrimSpace(s[:pos]), TextTooLong
		}
		i++
	}
	return s, ""
}

// splitTags cuts a cell into tags at ; , | and line ends, tidies them and drops repeats that fold to the same.
func splitTags(raw string) (tags []string, code Code) {
	for part := range strings.FieldsFuncSeq(raw, func(r rune) bool { return r == ';' || r == ',' || r == '|' || r == '\n' }) {
		t := tidy(part, false)
		if t == "" {
			continue
		}
		if t, _ = cut(t, maxTag); len(tags) == maxTags {
			return tags, TagsTooMany
		}
		known := false
		for _, have := range tags {
			known = known || have == t || Fold(have) == Fold(t)
		}
		if !known {
			tags = append(tags, t)
		}
	}
	return tags, ""
}

const (
	maxTag  = 60
	maxTags = 50
	maxName = 200
	maxText = 2000
	maxID   = 120
)
