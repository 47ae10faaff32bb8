package asset

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of pictures: viewers list, marketers add and delete, and anybody who has the address loads.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/assets" + path, ID: id, Summary: summary, Tag: "assets", Role: role}
	}
	add := op("POST", "", "add-asset", "Upload a picture for mails: PNG, JPEG or GIF of at most 2 MB", httpx.Marketer)
	add.Status, add.MaxBody = http.StatusCreated, MaxSize+1
	httpx.Register(api, op("GET", "", "list-assets", "List the pictures, newest first", httpx.Viewer), s.httpList)
	httpx.Register(api, add, s.httpAdd)
	httpx.Register(api, op("DELETE", "/{hash}", "delete-asset", "Delete a picture; mails that show it lose it", httpx.Marketer), s.httpDelete)
	api.Raw(httpx.Op{Method: "GET", Path: "/media/{workspace}/{file}", ID: "load-asset", Summary: "Load a picture", Tag: "assets", Role: httpx.Anyone, Root: true, Foreign: true}, s.serve)
}

type listOutput struct {
	Body struct {
		Items []Asset `json:"items"`
	}
}

func (s *Service) httpList(ctx context.Context, _ *struct{}) (*listOutput, error) {
	out := &listOutput{}
	var err error
	out.Body.Items, err = s.List(ctx, httpx.ActorFrom(ctx).WorkspaceID)
	return out, err
}

type addInput struct {
	Name    string `query:"name" maxLength:"400" doc:"Name of the file"`
	RawBody []byte `contentType:"application/octet-stream" required:"true"`
}

type assetOutput struct{ Body Asset }

func (s *Service) httpAdd(ctx context.Context, in *addInput) (*assetOutput, error) {
	who := httpx.ActorFrom(ctx)
	a, err := s.Add(ctx, who.WorkspaceID, who.String(), in.Name, in.RawBody)
	return &assetOutput{a}, err
}

type hashInput struct {
	Hash string `path:"hash" maxLength:"64"`
}

func (s *Service) httpDelete(ctx context.Context, in *hashInput) (*struct{}, error) {
	return nil, s.Delete(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.Hash)
}

// serve answers mail programs. The bytes never change under their address, are never guessed at by the browser, and can run nothing.
func (s *Service) serve(w http.ResponseWriter, r *http.Request) error {
	workspace, err := strconv.ParseInt(r.PathValue("workspace"), 10, 64)
	hash, extension, _ := strings.Cut(r.PathValue("file"), ".")
	if err != nil || len(hash) != 64 {
		return errs.NotFound("asset")
	}
	h := w.Header()
	if r.Header.Get("If-None-Match") == `"`+hash+`"` {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, kind, err := s.Body(r.Context(), workspace, hash)
	if err != nil {
		return err
	}
	if extensions[kind] != extension {
		return errs.NotFound("asset")
	}
	h.Set("Content-Type", "image/"+kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // it is shown inside web mail
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+hash+`"`)
	_, _ = w.Write(body) // a reader that went away is nobody's error
	return nil
}
