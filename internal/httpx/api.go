package httpx

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/loa-project/loa/internal/clock"
)

// Base is in front of every path of the API.
const Base = "/api/v1"

// Options are what an API needs. Only Authenticate has no sensible zero value; without it everybody is nobody.
type Options struct {
	Version        string // of the program, shown in the OpenAPI document
	PublicURL      string // where people reach this server, for example https://loa.example.vn; trusted as an origin
	TrustedProxies []string
	Logger         *slog.Logger
	Authenticate   Authenticate
	AnonymousRate  float64 // requests a second and address on routes for anyone, 0 = 5 (with a burst of 60)
}

// API holds the routes. Make it with New, fill it with Register and Raw, serve Handler. Registering is not safe while serving.
type API struct {
	options Options
	log     *slog.Logger
	mux     *http.ServeMux
	huma    huma.API
	names   *namer
	routes  []Route
	limits  *limiter
	cross   *http.CrossOriginProtection
	proxies proxies
	web     http.Handler
	closing context.Context // ends when the server shuts down; streams end with it
	close   context.CancelFunc
	now     func() time.Time
}

// Op describes one route.
type Op struct {
	Method  string // GET, POST, PUT, PATCH, DELETE
	Path    string // below Base, with {name} for parameters; below the root when Root is set
	ID      string // stable operation id such as "activate-campaign": client programs are generated from it
	Summary string // one line
	Doc     string // more lines, may be empty
	Tag     string // group in the document: campaigns, contacts ...
	Role    Role   // the least role; must be set
	MaxBody int64  // bytes, 0 = 1 MiB
	Status  int    // of success; 0 = 200, or 204 without a body
	Stream  bool   // long uploads, downloads and event streams: no short time limits
	Root    bool   // Raw only: Path starts at the root of the server
	Foreign bool   // Raw only: called by other systems and pages (web-hooks, tracked links); looks at no cookie and no key, so Role must be Anyone
}

// Route is what Routes lists.
type Route struct {
	Method, Path string // Path with Base
	ID           string
	Role         Role
	Raw, Foreign bool
	Stream       bool
}

// New makes an API with its own document and fallback routes.
func New(o Options) (*API, error) {
	hook()
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Authenticate == nil {
		o.Authenticate = func(r *http.Request) (context.Context, Actor, error) { return r.Context(), Actor{}, nil }
	}
	if o.AnonymousRate == 0 {
		o.AnonymousRate = 5
	}
	a := &API{options: o, log: o.Logger, mux: http.NewServeMux(), limits: newLimiter(o.AnonymousRate, 60), now: clock.System().Now, cross: http.NewCrossOriginProtection()}
	a.closing, a.close = context.WithCancel(context.Background())
	var err error
	if a.proxies, err = parseProxies(o.TrustedProxies); err != nil {
		return nil, err
	}
	if o.PublicURL != "" {
		if err := a.cross.AddTrustedOrigin(originOf(o.PublicURL)); err != nil {
			return nil, fmt.Errorf("read public URL: %w", err)
		}
	}
	a.names = &namer{taken: map[string]any{}}
	a.huma = huma.NewAPI(a.config(), adapter{a})
	a.documents()
	a.mux.HandleFunc("/", a.fallback)
	return a, nil
}

func (a *API) config() huma.Config {
	c := huma.DefaultConfig("Loa", a.options.Version)
	c.CreateHooks = nil // no $schema fields inside answers
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.Servers = []*huma.Server{{URL: Base}}
	c.Info.Description = "Errors are problem documents (RFC 9457) with a stable code. Lists return items and next; give next as cursor to read on."
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", a.names.name)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key: Authorization: Bearer loa_…"},
		"session": {Type: "apiKey", In: "cookie", Name: "loa_session", Description: "The cookie of a signed-in browser"},
	}
	return c
}

// Register adds a typed route: its input is read and checked, its output written, both described in the OpenAPI document. It panics when the role is missing or unknown.
func Register[I, O any](a *API, op Op, handler func(ctx context.Context, in *I) (*O, error)) {
	a.names.operation = op.ID
	checkInput(reflect.TypeFor[I](), op.ID)
	huma.Register(a.huma, a.operation(op), handler)
}

// checkInput panics when an input embeds an unexported type: the framework cannot set its fields and would leave them zero without a word.
func checkInput(t reflect.Type, id string) {
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && !f.IsExported() {
			panic("httpx: the input of " + id + " embeds the unexported type " + f.Name + ", whose fields would stay empty")
		}
	}
}

// Events adds a typed event stream (text/event-stream). types maps an event's name to a value of its type; send fails when the caller has gone. f must end with ctx, which also ends
// when the server shuts down.
func Events[I any](a *API, op Op, types map[string]any, f func(ctx context.Context, in *I, send sse.Sender)) {
	op.Method, op.Stream = http.MethodGet, true
	a.names.operation = op.ID
	checkInput(reflect.TypeFor[I](), op.ID)
	sse.Register(a.huma, a.operation(op), types, f)
}

// Raw adds a route that reads and writes by itself. An error that it returns is answered as a problem document, so it must not have written anything then.
func (a *API) Raw(op Op, handler func(w http.ResponseWriter, r *http.Request) error) {
	a.mount(op, true, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, op.maxBody())
		if err := handler(w, r); err != nil {
			WriteError(w, r, err)
		}
	})
	if op.Root || op.Foreign {
		return
	}
	o := a.operation(op)
	o.Responses = map[string]*huma.Response{"200": {Description: "OK"}}
	for _, part := range strings.Split(op.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			o.Parameters = append(o.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	a.huma.OpenAPI().AddOperation(&o)
}

// Web serves everything outside /api that no route takes: the web application.
func (a *API) Web(h http.Handler) { a.web = h }

// Routes lists all routes, by path and method.
func (a *API) Routes() []Route {
	routes := append([]Route(nil), a.routes...)
	sort.Slice(routes, func(i, j int) bool {
		if routes[i].Path != routes[j].Path {
			return routes[i].Path < routes[j].Path
		}
		return routes[i].Method < routes[j].Method
	})
	return routes
}

// OpenAPI is the OpenAPI 3.1 document as JSON.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

func (op Op) maxBody() int64 {
	if op.MaxBody > 0 {
		return op.MaxBody
	}
	return 1 << 20
}

const opKey = "loa.op"

func (a *API) operation(op Op) huma.Operation {
	o := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Doc, DefaultStatus: op.Status,
		MaxBodyBytes: op.maxBody() + 1, BodyReadTimeout: bodyTime, // one more, because the framework refuses a body that just reaches its limit
		Metadata: map[string]any{opKey: op}, Extensions: map[string]any{"x-role": string(op.Role)},
	}
	if op.Tag != "" {
		o.Tags = []string{op.Tag}
	}
	if op.Role != Anyone {
		o.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	}
	if op.Stream {
		o.BodyReadTimeout = -1
	}
	return o
}

// adapter puts the framework's routes on our mux, behind our guard.
type adapter struct{ a *API }

func (d adapter) Handle(o *huma.Operation, handler func(huma.Context)) {
	op, ok := o.Metadata[opKey].(Op)
	if !ok {
		panic("httpx: route " + o.Method + " " + o.Path + " was not made by Register")
	}
	d.a.mount(op, false, func(w http.ResponseWriter, r *http.Request) { handler(humago.NewContext(o, r, w)) })
}

func (d adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.a.mux.ServeHTTP(w, r) }

func (a *API) mount(op Op, raw bool, handler http.HandlerFunc) {
	path := op.Path
	if !op.Root || !raw {
		path = Base + path
	}
	if ranks[op.Role] == 0 {
		panic(fmt.Sprintf("httpx: route %s %s names no role", op.Method, path))
	}
	if op.Foreign && op.Role != Anyone {
		panic(fmt.Sprintf("httpx: foreign route %s %s must be for anyone", op.Method, path))
	}
	a.routes = append(a.routes, Route{Method: op.Method, Path: path, ID: op.ID, Role: op.Role, Raw: raw, Foreign: op.Foreign, Stream: op.Stream})
	a.mux.HandleFunc(op.Method+" "+path, a.guard(op, handler))
}

// namer gives schemas of different packages different names: template.Page is TemplatePage, template.Template is Template, an unnamed body is named after its operation.
type namer struct {
	mu        sync.Mutex
	operation string
	taken     map[string]any
}

func originOf(publicURL string) string {
	scheme, rest, ok := strings.Cut(publicURL, "://")
	if !ok {
		return publicURL
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}
