// Package httpx is the door of the HTTP API: routes with roles, errors as problem documents, limits, security headers, and the server around them.
//
// A noun package has one function in http.go:
//
//	func Register(api *httpx.API, s *Service) {
//		httpx.Register(api, httpx.Op{Method: "GET", Path: "/campaigns/{id}", ID: "get-campaign", Summary: "One campaign", Tag: "campaigns", Role: httpx.Viewer}, s.httpGet)
//	}
//
// Every route names the least role that may use it; a route without one panics at start, so nothing is open by oversight. A handler asks ActorFrom(ctx) who calls and works only
// inside Actor.WorkspaceID. It returns errors of package errs for people; every other error becomes a 500 that hides its cause and logs it once.
//
// Life of a request: panic guard, request id, security headers, compression, access log, route, body limit, cross-site check, authentication, role, handler.
// The package never logs paths, queries, bodies, addresses of people or keys: the log names the route's pattern.
package httpx
