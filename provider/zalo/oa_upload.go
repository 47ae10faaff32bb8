package zalo

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/loa-project/loa/provider"
)

// Upload is a kind of thing that Zalo keeps for messages.
type Upload string

// The kinds. Source: developers.zalo.me, Official Account API, "Upload hình ảnh", "Upload file".
const (
	UploadImage Upload = "image" // JPG or PNG of at most 1 MB
	UploadFile  Upload = "file"  // PDF, DOC or DOCX of at most 5 MB
)

// Limits of uploads in bytes.
const (
	MaxImage = 1 << 20
	MaxFile  = 5 << 20
)

// body makes the form of an upload: one part "file" whose name has the right extension, without which Zalo answers success and no data.
func (u Upload) body(filename, contentType string, content []byte) (kind string, body []byte, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.SetBoundary("loa-" + string(u) + "-upload"); err != nil {
		return "", nil, err
	}
	quoted := strings.NewReplacer(`\`, "_", `"`, "_", "\r", "", "\n", "").Replace(filename)
	part, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + quoted + `"`}, "Content-Type": {contentType}})
	if err != nil {
		return "", nil, err
	}
	_, _ = part.Write(content) // a buffer takes everything
	if err := m.Close(); err != nil {
		return "", nil, err
	}
	return m.FormDataContentType(), b.Bytes(), nil
}

// Upload gives Zalo a picture or a file for messages and returns what names it there: the attachment id of a picture, the token of a file. Zalo keeps it for seven days; 5,000 uploads a
// month are allowed. Source: developers.zalo.me, Official Account API, "Upload hình ảnh" (POST /v2.0/oa/upload/image), "Upload file" (…/file).
func (o *OA) Upload(ctx context.Context, token string, kind Upload, filename, contentType string, content []byte) (string, error) {
	u, err := address(o.BaseURL, DefaultOAURL, "/v2.0/oa/upload/"+string(kind))
	if err != nil {
		return "", err
	}
	form, body, err := kind.body(filename, contentType, content)
	if err != nil || bytes.Count(body, []byte("loa-"+string(kind)+"-upload")) != 2 {
		return "", provider.Invalid(name, "the file cannot be put into a form")
	}
	h := o.Client.header(token).Clone()
	h.Set("Content-Type", form)
	var d struct {
		AttachmentID provider.Text `json:"attachment_id"`
		Token        provider.Text `json:"token"`
	}
	raw, err := o.call(ctx, provider.Post(u, h, body), &d)
	if err != nil {
		return "", err
	}
	if id := first(d.Token, d.AttachmentID); id != "" {
		return id, nil
	}
	return "", &provider.Error{Provider: name, Code: provider.CodeNoID, Class: provider.Content, Raw: raw}
}
