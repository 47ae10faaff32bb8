package zalooa

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/provider"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/template"
)

const (
	// kept is how long Zalo keeps an upload; fresh is when Loa gives it to Zalo again, so that a message that is about to go never names one that has just ended.
	kept  = 7 * 24 * time.Hour
	fresh = 6 * 24 * time.Hour
	// refPrefix begins the name of an upload of ours in a template. Without it a template names Zalo's own token.
	refPrefix = template.ZaloUpload
	maxFile   = 200 // characters of a file's name
	uploads   = 500 // of one connection that are listed
)

// File is a picture or a file for messages of an OA. Zalo keeps it for seven days only; Loa keeps it for good and gives it to Zalo again when a message needs it.
type File struct {
	ID        int64     `json:"id"`
	Ref       string    `json:"ref" doc:"What a template writes as its file or picture: upload:12"`
	Kind      string    `json:"kind" enum:"image,file"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	AtZalo    bool      `json:"at_zalo" doc:"Zalo has it now"`
	Until     time.Time `json:"until,omitzero" doc:"Until when Zalo keeps it; it is given to Zalo again when a message needs it later"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`

	token string
}

// sort names the kind of a file by their first bytes and extension. Source: developers.zalo.me, Official Account API, "Upload hình ảnh", "Upload file".
func sort(name string, content []byte) (kind zalo.Upload, media string, most int) {
	switch ext := strings.ToLower(path.Ext(name)); {
	case (ext == ".jpg" || ext == ".jpeg") && bytes.HasPrefix(content, []byte{0xff, 0xd8, 0xff}):
		return zalo.UploadImage, "image/jpeg", zalo.MaxImage
	case ext == ".png" && bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return zalo.UploadImage, "image/png", zalo.MaxImage
	case ext == ".pdf" && bytes.HasPrefix(content, []byte("%PDF-")):
		return zalo.UploadFile, "application/pdf", zalo.MaxFile
	case ext == ".docx" && bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return zalo.UploadFile, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", zalo.MaxFile
	case ext == ".doc" && bytes.HasPrefix(content, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return zalo.UploadFile, "application/msword", zalo.MaxFile
	}
	return "", "", 0
}

// AddFile gives Zalo a picture or a file and keeps it. Errors: oa.file_kind for what Zalo does not take, oa.file_size, oa.refused, oa.not_zalo.
func (u *Users) AddFile(ctx context.Context, workspace, connection int64, actor, name string, content []byte) (File, error) {
	if _, err := u.Open(ctx, workspace, connection); err != nil { // first of all: a neighbour's connection does not exist
		return File{}, err
	}
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	if r := []rune(name); len(r) > maxFile {
		name = string(r[len(r)-maxFile:])
	}
	kind, media, most := sort(name, content)
	switch {
	case kind == "":
		return File{}, errs.Invalid("oa.file_kind").Field("name", "oa.file_kind")
	case len(content) > most:
		return File{}, errs.Invalid("oa.file_size").With("max", strconv.Itoa(most>>20)).Field("name", "oa.file_size")
	}
	token, err := u.give(ctx, workspace, connection, kind, name, media, content)
	if err != nil {
		return File{}, err
	}
	now := u.Now()
	f := File{Kind: string(kind), Name: name, MediaType: media, Size: int64(len(content)), AtZalo: true, Until: now.Add(kept), CreatedBy: actor, CreatedAt: now, token: token}
	err = u.DB.WithTx(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(ctx, `INSERT INTO oa_upload (workspace_id, connection_id, kind, name, media_type, size, token, uploaded_at, created_by, created_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
			workspace, connection, f.Kind, f.Name, f.MediaType, f.Size, token, clock.Millis(now), actor, clock.Millis(now), content).Scan(&f.ID); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		return u.Audit(ctx, tx, workspace, actor, "connection.upload", fmt.Sprintf("connection:%d", connection), map[string]any{"upload_id": f.ID, "name": f.Name})
	})
	f.Ref = refPrefix + strconv.FormatInt(f.ID, 10)
	return f, err
}

func (u *Users) give(ctx context.Context, workspace, connection int64, kind zalo.Upload, name, media string, content []byte) (token string, err error) {
	err = u.call(ctx, workspace, connection, func(a Account) (err error) {
		token, err = a.API.Upload(ctx, a.Token, kind, name, media, content)
		return err
	})
	return token, err
}

const fileColumns = `id, kind, name, media_type, size, token, uploaded_at, created_by, created_at`

func (u *Users) scanFile(scan func(dest ...any) error) (f File, err error) {
	var given, created int64
	if err = scan(&f.ID, &f.Kind, &f.Name, &f.MediaType, &f.Size, &f.token, &given, &f.CreatedBy, &created); err != nil {
		return f, err
	}
	f.Ref, f.CreatedAt = refPrefix+strconv.FormatInt(f.ID, 10), clock.FromMillis(created)
	if until := clock.FromMillis(given).Add(kept); f.token != "" && u.Now().Before(until) {
		f.AtZalo, f.Until = true, until
	}
	return f, nil
}

// Files lists the newest 500 uploads of a connection.
func (u *Users) Files(ctx context.Context, workspace, connection int64) ([]File, error) {
	if _, err := u.Open(ctx, workspace, connection); err != nil {
		return nil, err
	}
	rows, err := u.DB.Query(ctx, `SELECT `+fileColumns+` FROM oa_upload WHERE workspace_id = $1 AND connection_id = $2 ORDER BY id DESC LIMIT $3`, workspace, connection, uploads)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	defer rows.Close()
	out := make([]File, 0)
	for rows.Next() {
		f, err := u.scanFile(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("scan upload: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// DeleteFile forgets an upload; a template that names it can no longer be sent. The error is oa_upload.not_found.
func (u *Users) DeleteFile(ctx context.Context, workspace, connection, id int64, actor string) error {
	return u.DB.WithTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM oa_upload WHERE workspace_id = $1 AND connection_id = $2 AND id = $3`, workspace, connection, id)
		if err != nil {
			return fmt.Errorf("delete upload: %w", err)
		}
		if n == 0 {
			return errs.NotFound("oa_upload")
		}
		return u.Audit(ctx, tx, workspace, actor, "connection.delete_upload", fmt.Sprintf("connection:%d", connection), map[string]any{"upload_id": id})
	})
}

// Resolve gives what a message must write for a file or picture of a template: an upload of ours as the name that it has at Zalo now, and anything else as it is. One whose time is nearly
// over is given to Zalo again; two who do so at once both get a name that is good. The errors are *provider.Error: what is not there is the content's fault.
func (u *Users) Resolve(ctx context.Context, workspace, connection int64, want zalo.Upload, ref string) (string, error) {
	number, ours := strings.CutPrefix(ref, refPrefix)
	if !ours {
		return ref, nil
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", provider.Invalid("zalo", "no such upload")
	}
	var given int64
	var kind, name, media, token string
	if err := u.DB.QueryRow(ctx, `SELECT kind, name, media_type, token, uploaded_at FROM oa_upload WHERE workspace_id = $1 AND connection_id = $2 AND id = $3`, workspace, connection, id).
		Scan(&kind, &name, &media, &token, &given); errors.Is(err, sql.ErrNoRows) {
		return "", provider.Invalid("zalo", "no such upload")
	} else if err != nil {
		return "", notNow(err)
	}
	if kind != string(want) {
		return "", provider.Invalid("zalo", "the upload is of another kind")
	}
	if now := u.Now(); token != "" && now.Sub(clock.FromMillis(given)) < fresh {
		return token, nil
	}
	var content []byte
	if err := u.DB.QueryRow(ctx, `SELECT body FROM oa_upload WHERE workspace_id = $1 AND id = $2`, workspace, id).Scan(&content); err != nil {
		return "", notNow(err)
	}
	if token, err = u.give(ctx, workspace, connection, zalo.Upload(kind), name, media, content); err != nil {
		return "", unasked(err)
	}
	if _, err := u.DB.Exec(ctx, `UPDATE oa_upload SET token = $3, uploaded_at = $4 WHERE workspace_id = $1 AND id = $2`, workspace, id, token, clock.Millis(u.Now())); err != nil {
		return "", notNow(err)
	}
	return token, nil
}

// notNow is the failure of our own store before any call.
func notNow(err error) error {
	return &provider.Error{Provider: "zalo", Code: provider.CodeNotSent, Class: provider.Temporary, Unasked: true, Err: err}
}

// unasked makes the failure of an upload one of a message that was certainly not sent, whatever became of the upload.
func unasked(err error) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return notNow(err)
	}
	out := *e
	out.Unasked = true
	if out.Class == provider.Unknown {
		out.Class = provider.Temporary
	}
	return &out
}

// maxBody is the largest upload that is read.
const maxBody = zalo.MaxFile + 1
