package smtp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func verpMAC(secret []byte, key string) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(key))
	return lower32.EncodeToString(m.Sum(nil))[:10]
}

// VERPAddress is the envelope sender under which bounces of one message come back: "b+<key>.<mac>@domain", all lower case. key is letters, digits, "-" and "_", at most 51 of them,
// so that the part before the @ stays within 64; it is "" when the key is not like that. SPF alignment needs the domain under the sender's organisational domain.
func VERPAddress(secret []byte, key, domain string) string {
	key = strings.ToLower(key)
	if !verpKey(key) || domain == "" {
		return ""
	}
	return "b+" + key + "." + verpMAC(secret, key) + "@" + domain
}

// ParseVERP reads the key, in lower case, from an address made by VERPAddress, whatever became of its case on the way; angle brackets are allowed. ok is false when it is none of ours.
func ParseVERP(secret []byte, address string) (key string, ok bool) {
	a := strings.ToLower(strings.Trim(strings.TrimSpace(address), "<>"))
	rest, found := strings.CutPrefix(a, "b+")
	if !found {
		return "", false
	}
	local, _, found := strings.Cut(rest, "@")
	if !found {
		return "", false
	}
	dot := strings.LastIndexByte(local, '.')
	if dot < 0 {
		return "", false
	}
	key, mac := local[:dot], local[dot+1:]
	if !verpKey(key) || !hmac.Equal([]byte(mac), []byte(verpMAC(secret, key))) {
		return "", false
	}
	return key, true
}

func verpKey(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 51
}
