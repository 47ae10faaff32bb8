package template

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ZNSParam is one parameter of a template at Zalo. Source: developers.zalo.me, ZBS Template Message, template detail (listParams). Type is "STRING" there, or one of "1" to "15" as
// when the template is made; lengths count characters after NFC, 0 means no limit of its own.
type ZNSParam struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Required   bool   `json:"required"`
	MinLength  int    `json:"min_length"`
	MaxLength  int    `json:"max_length"`
	AcceptNull bool   `json:"accept_null"`
}

// The kinds of parameter that have a form of their own; the others are plain text.
const (
	znsPhone    = "2"
	znsTime     = "11"
	znsURL      = "13"
	znsCurrency = "14"
	znsBankNote = "15"
)

// znsMax is the longest value per kind of parameter. Source: developers.zalo.me, ZBS Template Message, create template, table of parameter types.
var znsMax = map[string]int{
	"1": 30, znsPhone: 15, "3": 200, "4": 30, "5": 30, "6": 30, "7": 50, "8": 5, "9": 200, "10": 20, znsTime: 20, "12": 10, znsURL: 200, znsCurrency: 12, znsBankNote: 90,
}

// max is the smaller of the template's own limit and the limit of the type.
func (p ZNSParam) max() int {
	limit := znsMax[p.Type]
	if p.MaxLength > 0 && (limit == 0 || p.MaxLength < limit) {
		return p.MaxLength
	}
	return limit
}

// The codes that Zalo would answer; the same words are used before the call. Source: developers.zalo.me, ZBS Template Message, table of error codes.
const (
	ZNSTooLong     = "-1121"
	ZNSMissing     = "-1122"
	ZNSWrongFormat = "-1124"
)

// ParamError is one value that the provider would refuse.
type ParamError struct {
	Param string `json:"param"`
	Code  string `json:"code"`            // -1121, -1122 or -1124
	Limit int    `json:"limit,omitempty"` // of length
}

var (
	znsDates = regexp.MustCompile(`^(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: (?:0[1-9]|[12]\d|3[01])/(?:0[1-9]|1[0-2])/\d{4})?|(?:0[1-9]|[12]\d|3[01])/(?:0[1-9]|1[0-2])/\d{4}|(?:0[1-9]|1[0-2])/\d{4})$`)
	// znsNumber is a phone number as people write it.
	znsNumber = regexp.MustCompile(`^\+?[0-9][0-9 .()-]*$`)
	znsNote   = regexp.MustCompile(`^[A-Za-z0-9 ]*$`)
)

// CheckZNS finds the values that Zalo would refuse, in the order of params. A missing value is no error where the parameter is optional or accepts an empty one. Values of parameters
// that the template does not have are not looked at.
func CheckZNS(params []ZNSParam, values map[string]string) []ParamError {
	var out []ParamError
	for i := range params {
		p := &params[i]
		v := values[p.Name]
		if v == "" {
			if p.Required && !p.AcceptNull {
				out = append(out, ParamError{Param: p.Name, Code: ZNSMissing})
			}
			continue
		}
		n := characters(v)
		switch limit := p.max(); {
		case limit > 0 && n > limit:
			out = append(out, ParamError{Param: p.Name, Code: ZNSTooLong, Limit: limit})
		case n < p.MinLength:
			out = append(out, ParamError{Param: p.Name, Code: ZNSWrongFormat, Limit: p.MinLength})
		case !znsForm(p.Type, v):
			out = append(out, ParamError{Param: p.Name, Code: ZNSWrongFormat})
		}
	}
	return out
}

func characters(s string) int {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return utf8.RuneCountInString(s)
}

func znsForm(kind, v string) bool {
	switch kind {
	case znsPhone:
		return znsNumber.MatchString(v)
	case znsTime:
		return znsDates.MatchString(v)
	case znsCurrency:
		return digits(v) && v[0] != '0'
	case znsURL:
		return strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://")
	case znsBankNote:
		return znsNote.MatchString(StripAccents(v))
	}
	return true
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// missingParams are the names in params that have no source.
func missingParams(params []ZNSParam, sources map[string]string) []string {
	var out []string
	for _, p := range params {
		if strings.TrimSpace(sources[p.Name]) == "" && p.Required && !p.AcceptNull {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}
