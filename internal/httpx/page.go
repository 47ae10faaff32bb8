package httpx

import (
	"encoding/base64"
	"encoding/json"

	"github.com/loa-project/loa/internal/errs"
)

// Page is one page of a list. Next goes into the parameter "cursor" of the next request; it is empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent at the end"`
}

// Paging are the query parameters of every list; embed it in an input.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"1000" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Items a page"`
}

// Cursor packs the sort values of a page's last row into an opaque mark.
func Cursor(values ...any) string {
	raw, err := json.Marshal(values)
	if err != nil {
		panic(err) // a programmer gave something that has no JSON form
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ParseCursor unpacks a mark into pointers to as many values as were packed, and reports false for the empty mark (the first page). The error is request.cursor_invalid.
func ParseCursor(mark string, into ...any) (bool, error) {
	if mark == "" {
		return false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(mark)
	if err != nil {
		return false, errs.Invalid("request.cursor_invalid").Because(err)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return false, errs.Invalid("request.cursor_invalid").Because(err)
	}
	if len(parts) != len(into) {
		return false, errs.Invalid("request.cursor_invalid")
	}
	for i, part := range parts {
		if string(part) == "null" {
			return false, errs.Invalid("request.cursor_invalid")
		}
		if err := json.Unmarshal(part, into[i]); err != nil {
			return false, errs.Invalid("request.cursor_invalid").Because(err)
		}
	}
	return true, nil
}

// PageOf makes a page of rows that were read with a limit one higher than the page's: the extra row tells that there is more. mark gives the sort values of a row for the cursor.
func PageOf[T any](rows []T, limit int, mark func(T) []any) Page[T] {
	if rows == nil {
		rows = []T{}
	}
	if limit < 1 || len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	return Page[T]{Items: rows[:limit], Next: Cursor(mark(rows[limit-1])...)}
}
