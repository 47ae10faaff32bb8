package asset

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

func picture(t testing.TB, kind string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	default:
		err = gif.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newService(t *testing.T, d *db.DB) (*Service, int64) {
	t.Helper()
	s := New(Deps{DB: d, Now: func() time.Time { return time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC) }, PublicURL: "https://loa.example.vn"})
	var ws int64
	if err := d.WithTx(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(context.Background(), `INSERT INTO workspace (name, created_at) VALUES ('Cửa hàng', 1) RETURNING id`).Scan(&ws)
	}); err != nil {
		t.Fatal(err)
	}
	return s, ws
}

// TestPictures uploads, lists, loads without signing in, and deletes over HTTP.
func TestPictures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		api, err := httpx.New(httpx.Options{Authenticate: func(r *http.Request) (context.Context, httpx.Actor, error) {
			if r.Header.Get("Authorization") == "" {
				return r.Context(), httpx.Actor{}, nil
			}
			return r.Context(), httpx.Actor{WorkspaceID: ws, UserID: 1, Role: httpx.Marketer}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		Register(api, s)
		server := httptest.NewServer(api.Handler())
		defer server.Close()
		call := func(method, path, body string, signedIn bool) (*http.Response, string) {
			r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/octet-stream")
			if signedIn {
				r.Header.Set("Authorization", "Bearer x")
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			raw, _ := io.ReadAll(res.Body)
			return res, string(raw)
		}
		file := string(picture(t, "png", 3, 2))
		var first, again Asset
		for _, into := range []*Asset{&first, &again} {
			res, body := call("POST", "/api/v1/assets?name=%E1%BA%A3nh.png", file, true)
			if res.StatusCode != http.StatusCreated {
				t.Fatalf("upload: got %d %s", res.StatusCode, body)
			}
			if err := json.Unmarshal([]byte(body), into); err != nil {
				t.Fatal(err)
			}
		}
		if first != again || first.Kind != "png" || first.Width != 3 || first.Height != 2 || first.Name != "ảnh.png" || first.URL != "https://loa.example.vn"+first.Path {
			t.Errorf("got %+v, then %+v", first, again)
		}
		res, body := call("GET", first.Path, "", false)
		if res.StatusCode != 200 || body != file || res.Header.Get("Content-Type") != "image/png" || res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("load: got %d %v", res.StatusCode, res.Header)
		}
		for _, path := range []string{strings.Replace(first.Path, ".png", ".gif", 1), strings.Replace(first.Path, first.Hash, strings.Repeat("0", 64), 1), "/media/x/y.png", "/media/99/" + first.Hash + ".png"} {
			if res, _ := call("GET", path, "", false); res.StatusCode != http.StatusNotFound {
				t.Errorf("GET %s: got %d, want 404", path, res.StatusCode)
			}
		}
		if res, _ := call("POST", "/api/v1/assets", file, false); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("upload by nobody: got %d", res.StatusCode)
		}
		if list, err := s.List(context.Background(), ws); err != nil || len(list) != 1 || list[0] != first {
			t.Errorf("list: got %+v, %v", list, err)
		}
		if list, err := s.List(context.Background(), ws+1); err != nil || len(list) != 0 {
			t.Errorf("list of the neighbour: got %+v, %v", list, err)
		}
		if res, body := call("DELETE", "/api/v1/assets/"+first.Hash, "", true); res.StatusCode != http.StatusNoContent {
			t.Errorf("delete: got %d %s", res.StatusCode, body)
		}
		if res, _ := call("GET", first.Path, "", false); res.StatusCode != http.StatusNotFound {
			t.Errorf("load after delete: got %d", res.StatusCode)
		}
	})
}

// TestKinds: the bytes decide, not the name.
func TestKinds(t *testing.T) {
	t.Parallel()
	big := picture(t, "png", 1, 1)
	for _, c := range []struct {
		name, want string
		raw        []byte
	}{
		{"png", "", picture(t, "png", 1, 1)}, {"jpeg", "", picture(t, "jpeg", 1, 1)}, {"gif", "", picture(t, "gif", 1, 1)},
		{"svg", "asset.kind", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)},
		{"html", "asset.kind", []byte("<html></html>")}, {"empty", "asset.kind", nil}, {"half", "asset.kind", big[:12]},
		{"webp", "asset.kind", []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")},
		{"wide", "asset.too_many_pixels", picture(t, "gif", 5001, 1)},
		{"heavy", "asset.too_large", append(big, make([]byte, MaxSize)...)},
	} {
		kind, _, _, err := read(c.raw)
		if (c.want == "") != (err == nil) || c.want != "" && !errs.Is(err, c.want) || c.want == "" && kind != c.name {
			t.Errorf("%s: got %q, %v, want %q", c.name, kind, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(picture(f, "png", 1, 1))
	f.Add(picture(f, "gif", 1, 1))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if kind, w, h, err := read(raw); err == nil && (extensions[kind] == "" || w < 1 || h < 1 || w > maxSide || h > maxSide) {
			t.Errorf("took a %s of %d x %d", kind, w, h)
		}
	})
}
