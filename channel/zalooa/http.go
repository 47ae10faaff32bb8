package zalooa

import (
	"context"
	"net/http"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/provider/zalo"
)

// Register adds the routes of an OA's people, tags and uploads.
func Register(api *httpx.API, u *Users) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/connections/{id}/oa" + path, ID: id, Summary: summary, Tag: "connections", Role: role}
	}
	httpx.Register(api, op("GET", "/users/sync", "oa-users-sync", "How far the reading of an OA's users into the customers is", httpx.Viewer), u.httpSync)
	httpx.Register(api, op("POST", "/users/sync", "start-oa-users-sync", "Read an OA's users, their profiles and tags into the customers, in the background", httpx.Marketer), u.httpStart)
	httpx.Register(api, op("POST", "/users/sync/cancel", "cancel-oa-users-sync", "Stop reading; what was read stays", httpx.Marketer), u.httpCancel)
	httpx.Register(api, op("GET", "/tags", "list-oa-tags", "List the tags that the OA has at Zalo", httpx.Viewer), u.httpTags)
	httpx.Register(api, op("POST", "/tags", "tag-at-oa", "Give a customer a tag at the OA and here, or take it away at both", httpx.Marketer), u.httpTag)
	httpx.Register(api, op("GET", "/uploads", "list-oa-uploads", "List the pictures and files for messages of an OA, newest first", httpx.Viewer), u.httpFiles)
	add := op("POST", "/uploads", "add-oa-upload", "Upload a picture (JPG, PNG up to 1 MB) or a file (PDF, DOC, DOCX up to 5 MB) for messages of an OA", httpx.Marketer)
	add.Status, add.MaxBody = http.StatusCreated, maxBody
	httpx.Register(api, add, u.httpAdd)
	httpx.Register(api, op("DELETE", "/uploads/{upload_id}", "delete-oa-upload", "Forget an upload; templates that name it can no longer be sent", httpx.Marketer), u.httpDelete)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type syncOutput struct{ Body Sync }

// answer puts the failure into the caller's language.
func answer(ctx context.Context, s Sync, err error) (*syncOutput, error) {
	if err != nil {
		return nil, err
	}
	if s.Failure != "" {
		cause := zalo.ExplainOA(s.Failure)
		if s.FailureText, s.Advice = cause.VI, cause.AdviceVI; httpx.Language(ctx) == "en" {
			s.FailureText, s.Advice = cause.EN, cause.AdviceEN
		}
	}
	return &syncOutput{s}, nil
}

// told puts Zalo's refusal into the caller's language.
func told(ctx context.Context, err error) error {
	if e, ok := errs.As(err); ok && e.Code == "oa.refused" && httpx.Language(ctx) == "en" {
		return e.With("text", zalo.ExplainOA(e.Params["code"]).EN)
	}
	return err
}

func (u *Users) httpSync(ctx context.Context, in *idInput) (*syncOutput, error) {
	s, err := u.Sync(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return answer(ctx, s, err)
}

func (u *Users) httpStart(ctx context.Context, in *idInput) (*syncOutput, error) {
	who := httpx.ActorFrom(ctx)
	s, err := u.Start(ctx, who.WorkspaceID, in.ID, who.String())
	return answer(ctx, s, err)
}

func (u *Users) httpCancel(ctx context.Context, in *idInput) (*syncOutput, error) {
	who := httpx.ActorFrom(ctx)
	s, err := u.Cancel(ctx, who.WorkspaceID, in.ID, who.String())
	return answer(ctx, s, err)
}

type tagsOutput struct {
	Body struct {
		Items []string `json:"items"`
	}
}

func (u *Users) httpTags(ctx context.Context, in *idInput) (*tagsOutput, error) {
	tags, err := u.OATags(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	out := &tagsOutput{}
	out.Body.Items = append(make([]string, 0, len(tags)), tags...)
	return out, told(ctx, err)
}

type tagInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		ContactID int64  `json:"contact_id" minimum:"1"`
		Tag       string `json:"tag" maxLength:"200"`
		Remove    bool   `json:"remove,omitempty" doc:"Take the tag away instead of giving it"`
	}
}

func (u *Users) httpTag(ctx context.Context, in *tagInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, told(ctx, u.TagAtOA(ctx, who.WorkspaceID, in.ID, in.Body.ContactID, who.String(), in.Body.Tag, !in.Body.Remove))
}

type filesOutput struct {
	Body struct {
		Items []File `json:"items"`
	}
}

func (u *Users) httpFiles(ctx context.Context, in *idInput) (*filesOutput, error) {
	out := &filesOutput{}
	var err error
	out.Body.Items, err = u.Files(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	return out, err
}

type addInput struct {
	ID      int64  `path:"id" minimum:"1"`
	Name    string `query:"name" maxLength:"400" doc:"Name of the file with its extension; the person sees it"`
	RawBody []byte `contentType:"application/octet-stream" required:"true"`
}

type fileOutput struct{ Body File }

func (u *Users) httpAdd(ctx context.Context, in *addInput) (*fileOutput, error) {
	who := httpx.ActorFrom(ctx)
	f, err := u.AddFile(ctx, who.WorkspaceID, in.ID, who.String(), in.Name, in.RawBody)
	return &fileOutput{f}, told(ctx, err)
}

type fileInput struct {
	ID       int64 `path:"id" minimum:"1"`
	UploadID int64 `path:"upload_id" minimum:"1"`
}

func (u *Users) httpDelete(ctx context.Context, in *fileInput) (*struct{}, error) {
	who := httpx.ActorFrom(ctx)
	return nil, u.DeleteFile(ctx, who.WorkspaceID, in.ID, in.UploadID, who.String())
}
