package template

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
)

// HTTPContent is what an HTTP request asks for. The host is the connection's: a step names the path behind its address, so that credentials go nowhere else.
type HTTPContent struct {
	Method string `json:"method"` // GET, POST, PUT, PATCH or DELETE
	// Path begins with "/" and may hold a query. Values in it are percent-encoded.
	Path    string       `json:"path"`
	Headers []HTTPHeader `json:"headers,omitempty"`
	// BodyType says how values are made safe in Body: json (when empty), form or text.
	BodyType string `json:"body_type,omitempty"`
	Body     string `json:"body,omitempty"`
	// AnySuccess takes every 2xx as a success; else only 200 is one.
	AnySuccess bool `json:"any_success,omitempty"`
	// Repeat says that the other side bears the same call twice: it heeds Idempotency-Key.
	Repeat bool `json:"repeat,omitempty"`
	// Save writes values of a JSON answer to the contact: key of an attribute to JSON pointer (RFC 6901).
	Save map[string]string `json:"save,omitempty"`
}

// HTTPHeader is one line of the head.
type HTTPHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HTTPRendered is a request ready to be made.
type HTTPRendered struct {
	Method  string       `json:"method"`
	Path    string       `json:"path"`
	Headers []HTTPHeader `json:"headers,omitempty"`
	Body    string       `json:"body,omitempty"`
}

// Limits of a request.
const (
	maxPath    = 4000
	maxHeaders = 20
	maxSaved   = 20
)

var (
	requestMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	bodyTypes      = map[string]string{"": "application/json", "json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain; charset=utf-8"}
	headerName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,99}$`)
	attributeKey   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
	// ownHeaders are the lines that frame the message or that we set.
	ownHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Expect",
		"Idempotency-Key", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}
)

// RequestBad is the problem of a finished request that must not be made.
const RequestBad = "request_bad"

type requestField struct {
	path    string
	program *Program
	put     func(*HTTPRendered, string)
}

func (c *Compiled) compileHTTP() *errs.Error {
	h := c.HTTP
	bad := func(field string) *errs.Error { return errs.Invalid("template.content_invalid").With("field", field) }
	many := func(field string, most int) *errs.Error {
		return errs.Invalid("template.too_many").With("field", field).With("max", strconv.Itoa(most))
	}
	_, known := bodyTypes[h.BodyType]
	switch {
	case !slices.Contains(requestMethods, h.Method):
		return bad("method")
	case !strings.HasPrefix(h.Path, "/") || strings.Contains(h.Path, "#") || strings.HasPrefix(h.Path, "//"):
		return errs.Invalid("template.request_path").With("field", "path")
	case !known:
		return bad("body_type")
	case h.Method == "GET" && strings.TrimSpace(h.Body) != "":
		return errs.Invalid("template.request_no_body").With("field", "body")
	case len(h.Headers) > maxHeaders:
		return many("headers", maxHeaders)
	case len(h.Save) > maxSaved:
		return many("save", maxSaved)
	}
	var err *errs.Error
	add := func(path, source string, ctx Context, put func(*HTTPRendered, string)) {
		if err != nil || strings.TrimSpace(source) == "" {
			return
		}
		p, wrong := compile(source, ctx)
		if wrong != nil {
			err = wrong.With("field", path)
			return
		}
		c.request = append(c.request, requestField{path, p, put})
		c.read(p)
	}
	add("path", h.Path, URL, func(r *HTTPRendered, v string) { r.Path = v })
	for i, line := range h.Headers {
		at := "headers[" + strconv.Itoa(i) + "]"
		if !headerName.MatchString(line.Name) || slices.Contains(ownHeaders, http.CanonicalHeaderKey(line.Name)) {
			return errs.Invalid("template.request_header").With("field", at+".name")
		}
		add(at+".value", line.Value, Header, func(r *HTTPRendered, v string) { r.Headers[i].Value = v })
	}
	ctx := JSON
	switch h.BodyType {
	case "form":
		ctx = URL
	case "text":
		ctx = Text
	}
	add("body", h.Body, ctx, func(r *HTTPRendered, v string) { r.Body = v })
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(h.Save)) {
		if !attributeKey.MatchString(key) || h.Save[key] != "" && h.Save[key][0] != '/' {
			return errs.Invalid("template.request_save").With("field", "save."+key)
		}
	}
	return nil
}

func (c *Compiled) renderHTTP(r *run, out *Rendered) error {
	h := c.HTTP
	done := &HTTPRendered{Method: h.Method, Headers: slices.Clone(h.Headers)}
	for i := range c.request {
		v, err := r.render(c.request[i].program)
		if err != nil {
			return err
		}
		c.request[i].put(done, v)
	}
	bad := func(param string) { out.Problems = append(out.Problems, ParamError{Param: param, Code: RequestBad}) }
	// A path that climbs or begins with two slashes would leave the address that the credentials are for.
	if len(done.Path) > maxPath || strings.HasPrefix(done.Path, "//") || slices.ContainsFunc(strings.Split(strings.SplitN(done.Path, "?", 2)[0], "/"), climbs) {
		bad("path")
	}
	if done.Body != "" {
		if kind := bodyTypes[h.BodyType]; !slices.ContainsFunc(done.Headers, func(l HTTPHeader) bool { return strings.EqualFold(l.Name, "Content-Type") }) {
			done.Headers = append(done.Headers, HTTPHeader{"Content-Type", kind})
		}
		if (h.BodyType == "" || h.BodyType == "json") && !json.Valid([]byte(done.Body)) {
			bad("body")
		}
	}
	out.HTTP, out.Text = done, done.Body
	return nil
}

// climbs reports whether a part of a path leads upwards, however it is written.
func climbs(part string) bool {
	part = strings.ReplaceAll(strings.ToLower(part), "%2e", ".")
	return part == ".." || strings.Contains(part, "\\")
}
