package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"golang.org/x/text/language"
)

// The languages that exist. Vietnamese is the one people get who ask for nothing.
const (
	Vietnamese = "vi"
	English    = "en"
)

//go:embed vi.json en.json
var files embed.FS

var catalogs = map[string]map[string]string{Vietnamese: load("vi.json"), English: load("en.json")}

func load(name string) map[string]string {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		panic(fmt.Sprintf("read %s: %v", name, err))
	}
	return texts
}

// Text is the sentence for code in lang with its parameters filled in. A code without a text in lang is looked up in Vietnamese; a code without any text is returned as it is.
// A parameter that is not given stays visible as {name}.
func Text(lang, code string, params map[string]string) string {
	text, ok := catalogs[lang][code]
	if !ok {
		if text, ok = catalogs[Vietnamese][code]; !ok {
			return code
		}
	}
	if len(params) == 0 || !strings.Contains(text, "{") {
		return text
	}
	// One pass, so that a value with braces is not taken for a parameter.
	pairs := make([]string, 0, 2*len(params))
	for name, value := range params {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Has reports whether code has a text in lang itself.
func Has(lang, code string) bool {
	_, ok := catalogs[lang][code]
	return ok
}

// Codes lists all codes of a language, sorted.
func Codes(lang string) []string {
	codes := make([]string, 0, len(catalogs[lang]))
	for code := range catalogs[lang] {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	return codes
}

var matcher = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// Match picks a language for an Accept-Language header, or for a plain tag like "en". Empty, unknown or broken input gives Vietnamese.
func Match(accept string) string {
	if len(accept) > 200 {
		return Vietnamese
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return Vietnamese
	}
	_, index, confidence := matcher.Match(tags...)
	if index == 1 && confidence > language.No {
		return English
	}
	return Vietnamese
}
