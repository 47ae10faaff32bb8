package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/loa-project/loa/internal/db"
)

// ErrWrongKey says that what is stored was sealed with a key that we do not have.
var ErrWrongKey = errors.New("the secret key does not fit this database: put the right key file (LOA_KEY_FILE) or LOA_SECRET_KEY back; without it the stored credentials cannot be read")

// ErrBroken says that a sealed value was changed, or was moved from another place.
var ErrBroken = errors.New("the sealed value was changed or belongs to another row")

// Sealer seals and opens. Make it with Open; it is safe for concurrent use.
type Sealer struct {
	ciphers map[string]cipher.AEAD
	current string
	root    []byte
}

// Place is where a sealed value lives. All four parts are authenticated.
type Place struct {
	Workspace int64 // 0 for what belongs to no workspace
	Table     string
	Row       int64
	Column    string
}

const (
	mark    = "s1." // format 1; then the key id, a dot, and base64 of nonce and ciphertext
	setting = "seal.root"
)

var rootPlace = Place{Table: "setting", Column: setting}

// Open checks the keys against the database and returns a Sealer. On an empty database it stores a fresh root. The error is ErrWrongKey when the keys do not fit.
func Open(ctx context.Context, d *db.DB, keys Keys) (*Sealer, error) {
	s, err := newSealer(keys)
	if err != nil {
		return nil, err
	}
	err = d.WithTx(ctx, func(tx *db.Tx) error {
		fresh := make([]byte, keySize)
		_, _ = rand.Read(fresh)
		sealed, err := s.Seal(rootPlace, fresh)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, setting, sealed); err != nil {
			return fmt.Errorf("store root: %w", err)
		}
		var stored string
		if err := tx.QueryRow(ctx, `SELECT value FROM setting WHERE key = $1`+tx.Dialect.ForUpdate(), setting).Scan(&stored); err != nil {
			return fmt.Errorf("read root: %w", err)
		}
		root, err := s.Unseal(rootPlace, stored)
		if errors.Is(err, ErrBroken) {
			return ErrWrongKey
		}
		if err != nil {
			return err
		}
		if len(root) != keySize {
			return errors.New("read root: wrong length")
		}
		s.root = root
		if !s.Stale(stored) {
			return nil
		}
		if sealed, err = s.Seal(rootPlace, root); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE setting SET value = $1 WHERE key = $2`, sealed, setting)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	return s, nil
}

// Exists reports whether the database already holds something sealed, so that a missing key file is an error and not a reason to make a new one.
func Exists(ctx context.Context, d *db.DB) (bool, error) {
	var stored string
	err := d.QueryRow(ctx, `SELECT value FROM setting WHERE key = $1`, setting).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func newSealer(keys Keys) (*Sealer, error) {
	if len(keys.list) == 0 {
		return nil, errors.New("open secrets: no key")
	}
	s := &Sealer{ciphers: map[string]cipher.AEAD{}, current: keys.list[0].id}
	for _, k := range keys.list {
		sub, err := hkdf.Key(sha256.New, k.secret, nil, "loa seal 1", keySize)
		if err != nil {
			return nil, fmt.Errorf("derive key: %w", err)
		}
		block, err := aes.NewCipher(sub)
		if err != nil {
			return nil, fmt.Errorf("make cipher: %w", err)
		}
		if s.ciphers[k.id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("make cipher: %w", err)
		}
	}
	return s, nil
}

// additional is what the ciphertext is bound to. Tables and columns never hold the separator.
func (p Place) additional() []byte {
	return fmt.Appendf(nil, "%d|%s|%d|%s", p.Workspace, p.Table, p.Row, p.Column)
}

// Seal encrypts plain for one place. The result is ASCII text.
func (s *Sealer) Seal(p Place, plain []byte) (string, error) {
	if p.Table == "" || p.Column == "" || strings.Contains(p.Table+p.Column, "|") {
		return "", errors.New("seal value: the place needs a table and a column")
	}
	out := s.ciphers[s.current].Seal(nil, nil, plain, p.additional())
	return mark + s.current + "." + base64.RawURLEncoding.EncodeToString(out), nil
}

// Unseal opens what Seal made for the same place. The error is ErrWrongKey when its key is not among ours and ErrBroken when it was changed or moved.
func (s *Sealer) Unseal(p Place, sealed string) ([]byte, error) {
	id, text, ok := strings.Cut(strings.TrimPrefix(sealed, mark), ".")
	if !ok || !strings.HasPrefix(sealed, mark) {
		return nil, ErrBroken
	}
	c, ok := s.ciphers[id]
	if !ok {
		return nil, ErrWrongKey
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrBroken
	}
	plain, err := c.Open(nil, nil, raw, p.additional())
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// Stale reports whether sealed was made with another key than the present one and should be sealed again.
func (s *Sealer) Stale(sealed string) bool { return !strings.HasPrefix(sealed, mark+s.current+".") }

// Derive is a key of 32 bytes for one purpose, such as "suppression" or "link". It is the same on every start and every node, and after a rotation of the secret key.
func (s *Sealer) Derive(purpose string) []byte {
	k, err := hkdf.Key(sha256.New, s.root, nil, "loa derive "+purpose, keySize)
	if err != nil {
		panic(err) // only for a length that is not ours
	}
	return k
}
