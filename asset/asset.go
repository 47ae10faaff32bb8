package asset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the kinds of pictures
	_ "image/jpeg" // that all mail programs
	_ "image/png"  // show
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Deps is what the service is built from.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
	// PublicURL is where people reach us; the addresses of pictures start with it. No slash at the end.
	PublicURL string
}

// Service keeps pictures. It is safe for many goroutines.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{d} }

// Asset is one picture without its bytes.
type Asset struct {
	Hash      string    `json:"hash"` // 64 hexadecimal digits: its id
	URL       string    `json:"url"`  // for mails: needs no sign-in and never changes
	Path      string    `json:"path"` // the same address without the server, for our own pages
	Name      string    `json:"name"` // of the file as uploaded
	Kind      string    `json:"kind"` // png, jpeg or gif
	Size      int       `json:"size"` // bytes
	Width     int       `json:"width"`
	Height    int       `json:"height"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"` // UTC
}

// The limits: MaxSize in bytes, the longest side in pixels, and the pictures of one workspace.
const (
	MaxSize   = 2 << 20
	maxSide   = 5000
	maxNumber = 2000
	maxName   = 200
)

var extensions = map[string]string{"png": "png", "jpeg": "jpg", "gif": "gif"}

// read finds out what a file is from its bytes, whatever its name or sender says.
func read(raw []byte) (kind string, width, height int, err error) {
	if len(raw) > MaxSize {
		return "", 0, 0, errs.Invalid("asset.too_large").With("max", "2 MB").Field("body", "asset.too_large")
	}
	c, kind, bad := image.DecodeConfig(bytes.NewReader(raw))
	if bad != nil || extensions[kind] == "" || c.Width < 1 || c.Height < 1 {
		return "", 0, 0, errs.Invalid("asset.kind").Field("body", "asset.kind").Because(bad)
	}
	if c.Width > maxSide || c.Height > maxSide {
		return "", 0, 0, errs.Invalid("asset.too_many_pixels").With("max", strconv.Itoa(maxSide)).Field("body", "asset.too_many_pixels")
	}
	return kind, c.Width, c.Height, nil
}

// Add stores a picture; one that is there already is given again. Errors: asset.kind, asset.too_large, asset.too_many_pixels, asset.full.
func (s *Service) Add(ctx context.Context, workspace int64, by, name string, raw []byte) (Asset, error) {
	kind, width, height, err := read(raw)
	if err != nil {
		return Asset{}, err
	}
	sum := sha256.Sum256(raw)
	a := Asset{Hash: hex.EncodeToString(sum[:]), Name: cleanName(name), Kind: kind, Size: len(raw), Width: width, Height: height, CreatedBy: by, CreatedAt: s.Now()}
	err = s.DB.WithTx(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM asset WHERE workspace_id = $1 AND hash <> $2`, workspace, a.Hash).Scan(&n); err != nil {
			return fmt.Errorf("count pictures: %w", err)
		}
		if n >= maxNumber {
			return errs.Conflict("asset.full").With("max", strconv.Itoa(maxNumber))
		}
		_, err := tx.Exec(ctx, `INSERT INTO asset (workspace_id, hash, name, kind, size, width, height, created_by, created_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace_id, hash) DO NOTHING`,
			workspace, a.Hash, a.Name, a.Kind, a.Size, a.Width, a.Height, by, clock.Millis(a.CreatedAt), raw)
		if err != nil {
			return fmt.Errorf("write picture: %w", err)
		}
		a, err = scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM asset WHERE workspace_id = $1 AND hash = $2`, workspace, a.Hash))
		return err
	})
	s.locate(workspace, &a)
	return a, err
}

const columns = `hash, name, kind, size, width, height, created_by, created_at`

func scan(row interface{ Scan(...any) error }) (a Asset, err error) {
	var at int64
	if err = row.Scan(&a.Hash, &a.Name, &a.Kind, &a.Size, &a.Width, &a.Height, &a.CreatedBy, &at); err != nil {
		return a, fmt.Errorf("read picture: %w", err)
	}
	a.CreatedAt = clock.FromMillis(at)
	return a, nil
}

func (s *Service) locate(workspace int64, a *Asset) {
	a.Path = "/media/" + strconv.FormatInt(workspace, 10) + "/" + a.Hash + "." + extensions[a.Kind]
	a.URL = s.PublicURL + a.Path
}

// List gives all pictures of the workspace, newest first.
func (s *Service) List(ctx context.Context, workspace int64) ([]Asset, error) {
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM asset WHERE workspace_id = $1 ORDER BY created_at DESC, hash`, workspace)
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	defer rows.Close()
	out := make([]Asset, 0)
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, err
		}
		s.locate(workspace, &a)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Body gives the bytes and the kind of a picture; asset.not_found when there is none.
func (s *Service) Body(ctx context.Context, workspace int64, hash string) (body []byte, kind string, err error) {
	err = s.DB.QueryRow(ctx, `SELECT body, kind FROM asset WHERE workspace_id = $1 AND hash = $2`, workspace, hash).Scan(&body, &kind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", errs.NotFound("asset")
	}
	if err != nil {
		return nil, "", fmt.Errorf("read picture: %w", err)
	}
	return body, kind, nil
}

// Delete removes a picture. Mails that show it lose it, also those that were sent.
func (s *Service) Delete(ctx context.Context, workspace int64, hash string) error {
	n, err := s.DB.Exec(ctx, `DELETE FROM asset WHERE workspace_id = $1 AND hash = $2`, workspace, hash)
	if err != nil {
		return fmt.Errorf("delete picture: %w", err)
	}
	if n == 0 {
		return errs.NotFound("asset")
	}
	return nil
}

// cleanName keeps what can be shown of a file's name.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	for utf8.RuneCountInString(name) > maxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return strings.TrimSpace(name)
}
