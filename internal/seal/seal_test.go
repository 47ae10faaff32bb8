package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

func keysOf(t *testing.T, lines ...string) Keys {
	t.Helper()
	k, err := Parse(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		first, second := NewKey(), NewKey()
		if ok, err := Exists(ctx, d); ok || err != nil {
			t.Fatalf("exists before: %v %v", ok, err)
		}
		s, err := Open(ctx, d, keysOf(t, first))
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := Exists(ctx, d); !ok || err != nil {
			t.Errorf("exists after: %v %v", ok, err)
		}
		place := Place{Workspace: 1, Table: "connection", Row: 7, Column: "secrets"}
		sealed, err := s.Seal(place, []byte("canary"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, d, keysOf(t, second)); !errors.Is(err, ErrWrongKey) {
			t.Errorf("wrong key: got %v, want ErrWrongKey", err)
		}
		mac := s.Derive("link")
		if bytes.Equal(mac, s.Derive("suppression")) {
			t.Error("two purposes have one key")
		}
		rotated, err := Open(ctx, d, keysOf(t, second, first))
		if err != nil {
			t.Fatalf("rotate: %v", err)
		}
		if plain, err := rotated.Unseal(place, sealed); err != nil || string(plain) != "canary" {
			t.Errorf("old value after rotation: %q %v", plain, err)
		}
		if !rotated.Stale(sealed) || s.Stale(sealed) {
			t.Error("Stale does not tell old from present")
		}
		if !bytes.Equal(mac, rotated.Derive("link")) {
			t.Error("a derived key changed by rotation")
		}
		again, err := Open(ctx, d, keysOf(t, second))
		if err != nil {
			t.Fatalf("only the new key: %v", err)
		}
		if _, err := again.Unseal(place, sealed); !errors.Is(err, ErrWrongKey) {
			t.Errorf("old value without old key: got %v, want ErrWrongKey", err)
		}
		if _, err := Open(ctx, d, keysOf(t, first)); !errors.Is(err, ErrWrongKey) {
			t.Errorf("old key after rotation: got %v, want ErrWrongKey", err)
		}
	})
}

func TestPlace(t *testing.T) {
	t.Parallel()
	s, err := newSealer(keysOf(t, NewKey()))
	if err != nil {
		t.Fatal(err)
	}
	place := Place{1, "connection", 7, "secrets"}
	sealed, err := s.Seal(place, []byte("canary"))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []Place{{2, "connection", 7, "secrets"}, {1, "setting", 7, "secrets"}, {1, "connection", 8, "secrets"}, {1, "connection", 7, "settings"}} {
		if _, err := s.Unseal(other, sealed); !errors.Is(err, ErrBroken) {
			t.Errorf("opened at %v: %v", other, err)
		}
	}
	for i := range sealed {
		changed := []byte(sealed)
		changed[i] ^= 1
		if plain, err := s.Unseal(place, string(changed)); err == nil && i < len(sealed)-1 {
			t.Errorf("opened with byte %d changed: %q", i, plain)
		}
	}
	if again, _ := s.Seal(place, []byte("canary")); again == sealed {
		t.Error("two seals are the same")
	}
	if _, err := s.Seal(Place{}, nil); err == nil {
		t.Error("sealed without a place")
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "loa.key")
	var wg sync.WaitGroup
	ids, made := make([]string, 8), make([]bool, 8)
	for i := range ids {
		wg.Go(func() {
			k, m, err := LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i], made[i] = k.list[0].id, m
		})
	}
	wg.Wait()
	count := 0
	for i := range ids {
		if ids[i] != ids[0] {
			t.Errorf("two starts have two keys: %v", ids)
		}
		if made[i] {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d starts made the file, want 1", count)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode %o, want 600", got)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".loa-key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	secret := NewKey()
	raw, _ := decode(secret)
	if got, want := keysOf(t, "# note", "", hex.EncodeToString(raw)).list[0].id, keysOf(t, secret).list[0].id; got != want {
		t.Errorf("hex and base64 of one key: %s and %s", got, want)
	}
	for _, bad := range []string{"", "# only a note", "short", secret + "x", secret + "\nhunter2"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) gave no error", bad)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	k, err := Parse(NewKey())
	if err != nil {
		f.Fatal(err)
	}
	s, err := newSealer(k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("s1.00000000.AAAA")
	f.Add("s1." + s.current + ".AAAA")
	f.Fuzz(func(t *testing.T, sealed string) {
		if plain, err := s.Unseal(rootPlace, sealed); err == nil {
			t.Errorf("opened %q: %q", sealed, plain)
		}
	})
}
