package template

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Encoding is the alphabet of an SMS.
type Encoding string

// The two alphabets; one character outside the first puts the whole message into the second.
const (
	GSM7 Encoding = "gsm7"
	UCS2 Encoding = "ucs2"
)

// SMSInfo says how long an SMS is for the network. The number of parts is an estimate of what is billed: carriers have rules of their own for brandname messages.
type SMSInfo struct {
	Encoding Encoding `json:"encoding"`
	Units    int      `json:"units"`    // septets (gsm7) or UTF-16 units (ucs2)
	Parts    int      `json:"parts"`    // 0 for an empty text
	PerPart  int      `json:"per_part"` // units that fit into each part
	// OffendingRunes are the characters that are not in the GSM alphabet, in order, each once.
	OffendingRunes []string `json:"offending,omitempty"`
}

// Price estimates the cost in whole VND at a price per part.
func (i SMSInfo) Price(perPart int64) int64 { return int64(i.Parts) * perPart }

// Source: 3GPP TS 23.038, section 6.2.1 (default alphabet and its extension table); 23.040 for the length of parts (140 octets, less 6 for the header of concatenated ones).
const (
	gsmBasic     = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// gsmUnits is 1 or 2 for the characters of the GSM alphabet and 0 for all others.
func gsmUnits(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return int(gsmASCII[r])
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case r == '€':
		return 2
	}
	return 0
}

var gsmASCII = func() (t [128]uint8) {
	for _, r := range gsmBasic {
		if r < 128 {
			t[r] = 1
		}
	}
	for _, r := range gsmExtension {
		if r < 128 {
			t[r] = 2
		}
	}
	return t
}()

// MeasureSMS counts a text as it is, without normalising it.
func MeasureSMS(text string) SMSInfo {
	info := SMSInfo{Encoding: GSM7}
	seen := map[rune]bool(nil)
	for _, r := range text {
		if gsmUnits(r) == 0 && !seen[r] {
			if seen == nil {
				seen = map[rune]bool{}
			}
			seen[r] = true
			info.OffendingRunes = append(info.OffendingRunes, string(r))
		}
	}
	unit, single, joined := gsmUnits, 160, 153
	if seen != nil {
		info.Encoding, unit, single, joined = UCS2, utf16Units, 70, 67
	}
	for _, r := range text {
		info.Units += unit(r)
	}
	info.PerPart = single
	switch {
	case info.Units == 0:
	case info.Units <= single:
		info.Parts = 1
	default:
		// An escape pair or a surrogate pair is never cut in two, so a part may stay one unit short.
		info.PerPart, info.Parts = joined, 1
		left := joined
		for _, r := range text {
			n := unit(r)
			if n > left {
				info.Parts++
				left = joined
			}
			left -= n
		}
	}
	return info
}

func utf16Units(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

var smsReplacer = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\u2018", "'", "\u2019", "'", "\u201a", "'", "\u2032", "'", "\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u2033", `"`, "\u2013", "-", "\u2014", "-",
	"\u2010", "-", "\u2011", "-", "\u2212", "-", "\u2026", "...", "\u00a0", " ", "\u202f", " ", "\u2007", " ", "\u2009", " ", "\u3000", " ", "\t", " ", "\u200b", "", "\u200c", "",
	"\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "", "\u2022", "-",
)

// NormalizeSMS puts a text into NFC and replaces what looks like plain text and silently makes a message dearer: smart quotes, long dashes, non-breaking and invisible spaces. With
// plain it also takes the diacritics off and drops every character that is still outside the GSM alphabet.
func NormalizeSMS(text string, plain bool) string {
	ascii := true
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= utf8.RuneSelf || c == '\r' || c == '\t' {
			ascii = false
			break
		}
	}
	if ascii {
		return text
	}
	text = smsReplacer.Replace(norm.NFC.String(text))
	if !plain {
		return text
	}
	text = StripAccents(text)
	return strings.Map(func(r rune) rune {
		if gsmUnits(r) == 0 {
			return -1
		}
		return r
	}, text)
}
