package contact

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/loa-project/loa/internal/errs"
)

// Encodings are the names that may be chosen when a file's encoding is not recognised.
var Encodings = []string{"utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "tcvn3", "viscii"}

// viscii is RFC 1456; tcvn3 is the ABC font encoding of TCVN 5712-3, in which old Vietnamese office files are written.
var (
	viscii = byteTable("\x00\x01Ẳ\x03\x04ẴẪ\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13Ỷ\x15\x16\x17\x18Ỹ\x1a\x1b\x1c\x1dỴ\x1f" + ascii +
		"ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ")
	tcvn3 = byteTable("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f" + ascii +
		strings.Repeat("\ufffd", 32) + "\u00a0ĂÂÊÔƠƯĐăâêôơưđ\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdàảãáạ\ufffdằẳẵắ\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdặầẩẫấậè\ufffdẻẽéẹềểễếệìỉ\ufffd\ufffd\ufffdĩíịò\ufffdỏõóọồổỗốộờởỡớợù\ufffdủũúụừửữứựỳỷỹýỵ\ufffd")
)

const ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f"

// table is a single-byte encoding.
type table struct {
	transform.NopResetter
	to [256]rune
}

// byteTable makes a table from its 256 characters in order.
func byteTable(s string) *table {
	t := &table{}
	i := 0
	for _, r := range s {
		if i < 256 {
			t.to[i] = r
		}
		i++
	}
	for ; i < 256; i++ {
		t.to[i] = utf8.RuneError
	}
	return t
}

// Transform turns bytes into UTF-8.
func (t *table) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, c := range src {
		r := t.to[c]
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc++
	}
	return nDst, nSrc, nil
}

// decoder gives the transformer to UTF-8, nil for UTF-8 itself.
func decoder(encoding string) (transform.Transformer, bool) {
	switch encoding {
	case "utf-8":
		return nil, true
	case "utf-16le":
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder(), true
	case "utf-16be":
		return xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM).NewDecoder(), true
	case "windows-1258":
		return charmap.Windows1258.NewDecoder(), true
	case "windows-1252":
		return charmap.Windows1252.NewDecoder(), true
	case "tcvn3":
		return tcvn3, true
	case "viscii":
		return viscii, true
	}
	return nil, false
}

// decode wraps r so that it yields UTF-8 without a byte order mark.
func decode(r io.Reader, encoding string) (io.Reader, error) {
	t, ok := decoder(encoding)
	if !ok {
		return nil, errs.Invalid("import.encoding_unsupported").With("encoding", encoding).With("choices", strings.Join(Encodings, ", "))
	}
	if t == nil {
		b := bufio.NewReaderSize(r, 64<<10)
		if mark, _ := b.Peek(3); bytes.Equal(mark, []byte{0xEF, 0xBB, 0xBF}) {
			_, _ = b.Discard(3)
		}
		return b, nil
	}
	return transform.NewReader(r, t), nil
}

// DetectEncoding looks at the beginning of a text file (complete says that it is the whole file). A byte order mark decides, then valid UTF-8, then zero bytes, then the number
// of Vietnamese words that each old encoding gives. When nothing is convincing the error import.encoding_unknown asks a person to choose.
func DetectEncoding(sample []byte, complete bool) (string, error) {
	switch {
	case bytes.HasPrefix(sample, []byte{0xEF, 0xBB, 0xBF}):
		return "utf-8", nil
	case bytes.HasPrefix(sample, []byte{0xFF, 0xFE}):
		return "utf-16le", nil
	case bytes.HasPrefix(sample, []byte{0xFE, 0xFF}):
		return "utf-16be", nil
	}
	var zeros [2]int
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	if n := len(sample) / 2; n > 0 {
		switch {
		case zeros[1]*10 > n*3 && zeros[0]*10 < zeros[1]:
			return "utf-16le", nil
		case zeros[0]*10 > n*3 && zeros[1]*10 < zeros[0]:
			return "utf-16be", nil
		}
	}
	if mostlyUTF8(sample, complete) {
		return "utf-8", nil
	}
	best, second, name := 0, 0, ""
	for _, enc := range []string{"windows-1258", "tcvn3", "viscii"} {
		n := vietnameseWords(sample, enc)
		if n > best {
			best, second, name = n, best, enc
		} else if n > second {
			second = n
		}
	}
	if best >= 2 && best >= 2*second {
		return name, nil
	}
	return "", errs.Invalid("import.encoding_unknown").With("choices", strings.Join(Encodings, ", "))
}

// mostlyUTF8 accepts a text in which at most every hundredth letter beyond ASCII is broken: such rows are rejected one by one instead of the whole file.
func mostlyUTF8(sample []byte, complete bool) bool {
	good, bad := 0, 0
	for i := 0; i < len(sample); {
		if sample[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(sample[i:])
		if r == utf8.RuneError && n <= 1 {
			if !complete && len(sample)-i < utf8.UTFMax {
				break
			}
			bad++
		} else {
			good++
		}
		i += n
	}
	return bad*100 <= good
}

// telling are words with letters beyond ASCII that nearly every Vietnamese customer file has in its header or its first rows.
var telling = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý thị văn đức hữu bảo quốc đình mã họ tên số điện thoại địa chỉ ngày giới tính nữ hạng tỉnh thành phố khách hàng ghi chú thẻ tổng tiêu hà nội đà nẵng hồ chí hải phòng cần thơ đắk lắk huế quận huyện phường đường vàng bạc đồng") {
		m[w] = true
	}
	return m
}()

func vietnameseWords(sample []byte, encoding string) int {
	t, _ := decoder(encoding)
	text, _, err := transform.Bytes(t, sample)
	if err != nil {
		return 0
	}
	n := 0
	for w := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) }) {
		if w = strings.ToLower(tidy(w, false)); len(w) > 0 && telling[w] {
			n++
		}
	}
	return n
}
