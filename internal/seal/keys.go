package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const keySize = 32

// key is one secret key with the id that stands in front of what it sealed.
type key struct {
	id     string // 8 hex digits, says nothing about the key itself
	secret []byte
}

// Keys are the present key and older ones that may still open. The zero value is not usable.
type Keys struct {
	list []key // the first seals
}

// Parse reads keys from text: one key a line, 32 bytes in standard base64 or 64 hex digits, the present key first; empty lines and lines that begin with # are skipped.
func Parse(text string) (Keys, error) {
	var keys Keys
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		secret, err := decode(line)
		if err != nil {
			return Keys{}, fmt.Errorf("read secret key: line %d is not a key of 32 bytes in base64 or hex", n+1) // never the line itself
		}
		keys.list = append(keys.list, key{id: keyID(secret), secret: secret})
	}
	if len(keys.list) == 0 {
		return Keys{}, errors.New("read secret key: there is no key in it")
	}
	return keys, nil
}

func decode(line string) ([]byte, error) {
	if len(line) == 2*keySize {
		if b, err := hex.DecodeString(line); err == nil {
			return b, nil
		}
	}
	b, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		b, err = base64.RawURLEncoding.DecodeString(line)
	}
	if err != nil {
		return nil, err
	}
	if len(b) != keySize {
		return nil, errors.New("wrong length")
	}
	return b, nil
}

func keyID(secret []byte) string {
	sum := sha256.Sum256(append([]byte("loa key id\x00"), secret...))
	return hex.EncodeToString(sum[:4])
}

// NewKey is a fresh random key as one line of a key file.
func NewKey() string {
	b := make([]byte, keySize)
	_, _ = rand.Read(b) // it never fails: the process ends instead
	return base64.StdEncoding.EncodeToString(b)
}

// LoadOrCreate reads the key file at path, or makes it with a fresh key and mode 0600 when it does not exist. made tells which. Of two processes that start at once, one makes it.
func LoadOrCreate(path string) (keys Keys, made bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return Keys{}, false, fmt.Errorf("make key file: %w", err)
		} else if err == nil {
			made = true
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return Keys{}, false, fmt.Errorf("read key file: %w", err)
	}
	keys, err = Parse(string(text))
	if err != nil {
		return Keys{}, false, fmt.Errorf("%s: %w", path, err)
	}
	return keys, made, nil
}

// create writes the whole file beside its place, syncs it and links it there, so that nobody ever reads half a key and a crash cannot lose a key that sealed something.
func create(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".loa-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString("# Secret key of this Loa. Without it the stored credentials cannot be read: keep a copy apart from the database.\n" + NewKey() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
