package workspace

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/alexedwards/scs/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/seal"
)

// Deps is what the service needs. Log and Passwords may be left out.
type Deps struct {
	DB        *db.DB
	Seal      *seal.Sealer
	Now       func() time.Time
	Log       *slog.Logger
	PublicURL string           // begins the addresses of links; https makes cookies secure
	Passwords *argon2id.Params // cost of a password hash, for tests; nil = a cost of about 50 ms
}

// Service keeps workspaces, users and keys. It is safe for many goroutines.
type Service struct {
	Deps
	sessions *scs.SessionManager
	wall     func() time.Time // sessions live by the machine's clock, also in simulation
	loginMAC []byte
	auditMAC []byte
	dummy    string        // hash of a random password, compared for unknown names
	hashing  chan struct{} // few password hashes at once: each needs memory
	touching sync.Mutex    // one write of "last used" at a time
	running  sync.WaitGroup
}

// New builds the service.
func New(d Deps) (*Service, error) {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Passwords == nil {
		d.Passwords = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	s := &Service{Deps: d, wall: clock.System().Now, loginMAC: d.Seal.Derive("login failures"), auditMAC: d.Seal.Derive("audit"), hashing: make(chan struct{}, 4)}
	s.sessions = s.newSessions()
	var err error
	s.dummy, err = argon2id.CreateHash(randomToken(), d.Passwords)
	return s, err
}

// randomToken has 160 random bits, in letters and digits that survive every mail program.
func randomToken() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // it never fails: the process ends instead
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// tokenHash is how tokens with enough randomness of their own are stored.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Service) mac(key []byte, text string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	if err := s.enterHashing(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.hashing }()
	return argon2id.CreateHash(norm.NFC.String(password), s.Passwords)
}

// matches compares in the same time for every hash, also for the empty one.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := s.enterHashing(ctx); err != nil {
		return false, err
	}
	defer func() { <-s.hashing }()
	real := hash != ""
	if !real {
		hash = s.dummy
	}
	ok, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	return ok && real, err
}

func (s *Service) enterHashing(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// aside runs a small write that nobody waits for but Close.
func (s *Service) aside(ctx context.Context, write func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	s.running.Go(func() {
		defer cancel()
		if err := write(ctx); err != nil {
			s.Log.WarnContext(ctx, "write beside a request failed", "error", err)
		}
	})
}

// touch is aside for notes like "last used": it is left out while another one is being written.
func (s *Service) touch(ctx context.Context, write func(ctx context.Context) error) {
	if !s.touching.TryLock() {
		return
	}
	s.aside(ctx, func(ctx context.Context) error {
		defer s.touching.Unlock()
		return write(ctx)
	})
}

// Close waits for small writes that are still under way. Call it before the database is closed.
func (s *Service) Close() { s.running.Wait() }
