package webcall

import (
	"encoding/json"
	"strconv"
	"strings"
)

// maxValue bounds a value that is taken from an answer, in bytes.
const maxValue = 4096

// Values takes values out of a JSON answer by JSON pointers (RFC 6901): what a step saves of it. Texts, numbers and truth values are taken as text; what is missing, an object, a list or
// longer than 4 KiB is left out. An answer that is no JSON has no values.
func Values(body []byte, pointers map[string]string) map[string]string {
	out := map[string]string{}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	var doc any
	if dec.Decode(&doc) != nil {
		return out
	}
	for name, pointer := range pointers {
		if v, ok := scalar(resolve(doc, pointer)); ok && len(v) <= maxValue {
			out[name] = v
		}
	}
	return out
}

func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	}
	return "", false
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func resolve(doc any, pointer string) any {
	if pointer == "" {
		return doc
	}
	if pointer[0] != '/' {
		return nil
	}
	for part := range strings.SplitSeq(pointer[1:], "/") {
		part = unescape.Replace(part)
		switch v := doc.(type) {
		case map[string]any:
			doc = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) || len(part) > 1 && part[0] == '0' {
				return nil
			}
			doc = v[i]
		default:
			return nil
		}
	}
	return doc
}
