package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/i18n"
)

// Problem is the body of every error answer, after RFC 9457. Programs decide by Code; Detail is for people, in their language.
type Problem struct {
	Type      string            `json:"type" doc:"Always about:blank; code tells the kinds apart"`
	Title     string            `json:"title" doc:"The words of the HTTP status"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail" doc:"For people, in the language of the user or of Accept-Language"`
	Code      string            `json:"code" doc:"Stable, for programs, such as campaign.not_pending"`
	Params    map[string]string `json:"params,omitempty" doc:"The values inside detail"`
	Errors    []FieldProblem    `json:"errors,omitempty" doc:"What is wrong with which field"`
	RequestID string            `json:"request_id"`
}

// FieldProblem says what is wrong with one field of the request.
type FieldProblem struct {
	Path   string            `json:"path" doc:"Such as legs[0].template_id; parameters are query.limit or path.id"`
	Code   string            `json:"code"`
	Detail string            `json:"detail"`
	Params map[string]string `json:"params,omitempty"`
}

// Error makes a Problem an error that the API framework writes as it is.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problemOf turns any error into its document; what is not for people is logged here, once, and hidden.
func problemOf(ctx context.Context, err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	e, ok := errs.As(err)
	switch {
	case ok:
		if e.Status >= 500 {
			logError(ctx, "request failed", err)
		}
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		e = &errs.Error{Status: 499, Code: "request.failed"} // the caller has gone
	case db.Unavailable(err):
		logError(ctx, "store unavailable", err)
		e = errs.Unavailable("store.unavailable")
	default:
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			e = &errs.Error{Status: http.StatusRequestEntityTooLarge, Code: "request.too_large"}
			break
		}
		logError(ctx, "request failed", err)
		e = &errs.Error{Status: http.StatusInternalServerError, Code: "internal"}
	}
	return describe(ctx, e)
}

func describe(ctx context.Context, e *errs.Error) *Problem {
	lang, id := Language(ctx), RequestID(ctx)
	params := e.Params
	if e.Code == "internal" {
		params = map[string]string{"request_id": id}
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(e.Status), Status: e.Status, Code: e.Code, Detail: i18n.Text(lang, e.Code, params), Params: e.Params, RequestID: id}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{Path: f.Path, Code: f.Code, Detail: i18n.Text(lang, f.Code, f.Params), Params: f.Params})
	}
	return p
}

func logError(ctx context.Context, message string, err error) {
	log := slog.Default()
	if s := scopeFrom(ctx); s != nil && s.api != nil {
		log = s.api.log
	}
	log.ErrorContext(ctx, message, "request_id", RequestID(ctx), "workspace_id", ActorFrom(ctx).WorkspaceID, "error", err)
}

// WriteError answers a raw request with err as a problem document.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	h := w.Header()
	h.Del("Content-Length")
	h.Del("Content-Disposition")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// hook puts our problem documents in the place of the framework's own. Its two hooks are variables of the process, so they are set once and find everything else in the context.
var hook = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(hc huma.Context, status int, message string, details ...error) huma.StatusError {
		return fromFramework(hc.Context(), status, message, details)
	}
	huma.NewError = func(status int, message string, details ...error) huma.StatusError {
		return fromFramework(context.Background(), status, message, details)
	}
})

func fromFramework(ctx context.Context, status int, message string, details []error) huma.StatusError {
	for _, err := range details {
		if _, ok := errs.As(err); ok || status == http.StatusInternalServerError {
			if message == "cannot read request body" {
				return describe(ctx, &errs.Error{Status: http.StatusBadRequest, Code: "request.body_unreadable"})
			}
			return problemOf(ctx, err)
		}
	}
	e := &errs.Error{Status: status, Code: "request.failed"}
	switch status {
	case http.StatusBadRequest:
		e.Code = "request.body_unreadable"
		if message == "request body is required" {
			e.Code = "request.body_missing"
		} else if len(details) > 0 {
			e.Code = "request.json_invalid"
		}
		return describe(ctx, e)
	case http.StatusRequestEntityTooLarge:
		e.Code = "request.too_large"
	case http.StatusRequestTimeout:
		e.Code = "request.too_slow"
	case http.StatusUnsupportedMediaType:
		e.Code = "request.media_type"
		return describe(ctx, e)
	case http.StatusNotAcceptable:
		e.Code = "request.not_acceptable"
		return describe(ctx, e)
	case http.StatusUnprocessableEntity:
		e.Code = "request.invalid"
	case http.StatusInternalServerError:
		return problemOf(ctx, errors.New(message))
	}
	for _, err := range details {
		e.Fields = append(e.Fields, fieldOf(err))
	}
	return describe(ctx, e)
}

// findings translate the validator's sentences into our codes; the groups of a pattern are the values of the named parameters. The first match wins.
var findings = []struct {
	pattern *regexp.Regexp
	code    string
	params  []string
}{
	{regexp.MustCompile(`^expected required property (\S+) to be present`), "field.required", []string{"property"}},
	{regexp.MustCompile(`^expected property (\S+) to be present when`), "field.required", []string{"property"}},
	{regexp.MustCompile(`^required .* is missing`), "field.required", nil},
	{regexp.MustCompile(`^expected length >= (\d+)`), "field.too_short", []string{"min"}},
	{regexp.MustCompile(`^expected length <= (\d+)`), "field.too_long", []string{"max"}},
	{regexp.MustCompile(`^expected array length >= (\d+)`), "field.too_few", []string{"min"}},
	{regexp.MustCompile(`^expected array length <= (\d+)`), "field.too_many", []string{"max"}},
	{regexp.MustCompile(`^expected object with at least (\d+)`), "field.too_few", []string{"min"}},
	{regexp.MustCompile(`^expected object with at most (\d+)`), "field.too_many", []string{"max"}},
	{regexp.MustCompile(`^expected number >=? ?(\S+)`), "field.too_small", []string{"min"}},
	{regexp.MustCompile(`^expected number <=? ?(\S+)`), "field.too_big", []string{"max"}},
	{regexp.MustCompile(`^expected value to be one of "(.*)"`), "field.one_of", []string{"values"}},
	{regexp.MustCompile(`^expected array items to be unique`), "field.not_unique", nil},
	{regexp.MustCompile(`^expected string to match pattern (.*)`), "field.pattern", []string{"pattern"}},
	{regexp.MustCompile(`^expected (boolean|number|integer|string|array|object)$`), "field.type", []string{"type"}},
	{regexp.MustCompile(`^expected string to be (?:either )?(?:RFC \d+ )?([a-z0-9-]+)`), "field.format", []string{"format"}},
	{regexp.MustCompile(`^invalid (integer|float|boolean|date/time)`), "field.type", []string{"type"}},
	{regexp.MustCompile(`^unexpected property`), "field.unknown", nil},
}

func fieldOf(err error) errs.Field {
	detail, ok := err.(huma.ErrorDetailer)
	if !ok {
		return errs.Field{Code: "field.invalid"}
	}
	d := detail.ErrorDetail()
	path := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body"), ".")
	for _, f := range findings {
		m := f.pattern.FindStringSubmatch(d.Message)
		if m == nil {
			continue
		}
		field := errs.Field{Path: path, Code: f.code}
		for i, name := range f.params {
			if name == "property" {
				field.Path = strings.TrimPrefix(path+"."+m[i+1], ".")
				continue
			}
			if field.Params == nil {
				field.Params = map[string]string{}
			}
			field.Params[name] = m[i+1]
		}
		return field
	}
	return errs.Field{Path: path, Code: "field.invalid"}
}
