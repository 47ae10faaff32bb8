package workspace

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// Guesses: how many are free, for how long they are remembered, and how long the lock grows.
const (
	nameGuesses    = 10
	addressGuesses = 100 // many people may share one address
	failureMemory  = 24 * time.Hour
	longestLock    = time.Hour
)

var errWrongLogin = errors.New("wrong log-in")

// Login checks a password and returns the user. Wrong name, wrong password, a disabled user and a user without a password all give session.wrong_login, after the same work; too many
// guesses give session.locked, also with the right password. address is the caller's, for counting.
func (s *Service) Login(ctx context.Context, email, password, address string) (User, error) {
	user, err := s.verify(ctx, foldEmail(email), password, address)
	if err != nil {
		return User{}, err
	}
	return user, s.auditUser(ctx, user.ID, "session.start")
}

func (s *Service) verify(ctx context.Context, email, password, address string) (User, error) {
	name := s.mac(s.loginMAC, "name "+email)
	subjects := []subject{{name, nameGuesses}, {s.mac(s.loginMAC, "address "+address), addressGuesses}}
	// The guess is counted before it is checked, so that many at once are not one.
	if err := s.countGuess(ctx, subjects); err != nil {
		return User{}, err
	}
	user, err := s.userByEmail(ctx, s.DB, email)
	if err != nil && !errs.Is(err, "user.not_found") {
		return User{}, err
	}
	if len(password) > 4*maxPassword {
		password = "" // nobody has such a password; hashing it costs the same as any
	}
	ok, err := s.matches(ctx, password, user.PasswordHash)
	if err != nil {
		return User{}, fmt.Errorf("check password: %w", err)
	}
	if !ok || user.Status != Active {
		s.Log.InfoContext(ctx, "log-in refused", "user_id", user.ID)
		if user.ID != 0 {
			// Not waited for: the time of the answer must not tell that the name exists.
			s.aside(ctx, func(ctx context.Context) error { return s.auditUser(ctx, user.ID, "session.refuse") })
		}
		return User{}, errs.Unauthorized("session.wrong_login").Because(errWrongLogin)
	}
	// A good log-in takes its own guess back. It forgives only half of the others: somebody else may have made them.
	for _, sub := range subjects {
		query := `UPDATE login_failure SET failures = failures - 1 WHERE subject = $1 AND failures > 0`
		if sub.key == name {
			query = `UPDATE login_failure SET failures = (failures - 1) / 2 WHERE subject = $1 AND failures > 0`
		}
		if _, err := s.DB.Exec(ctx, query, sub.key); err != nil {
			return User{}, fmt.Errorf("forget guess: %w", err)
		}
	}
	return user, nil
}

// subject is whose guesses are counted, and how many are free.
type subject struct {
	key  string
	free int64
}

// countGuess adds one to every subject, or refuses when one of them is locked.
func (s *Service) countGuess(ctx context.Context, subjects []subject) error {
	var locked time.Time
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		now := s.wall()
		locked = time.Time{}
		for _, sub := range subjects {
			// The upsert locks the row on both engines before it is read.
			var failures, until int64
			err := tx.QueryRow(ctx, `INSERT INTO login_failure (subject, failures, locked_until, last_at) VALUES ($1, 0, 0, $2)
				ON CONFLICT (subject) DO UPDATE SET failures = CASE WHEN login_failure.last_at < $3 THEN 0 ELSE login_failure.failures END
				RETURNING failures, locked_until`, sub.key, clock.Millis(now), clock.Millis(now.Add(-failureMemory))).Scan(&failures, &until)
			if err != nil {
				return fmt.Errorf("count guess: %w", err)
			}
			if at := clock.FromMillis(until); at.After(now) {
				if at.After(locked) {
					locked = at
				}
				continue
			}
			failures++
			until = 0
			if failures >= sub.free {
				until = clock.Millis(now.Add(lockFor(failures - sub.free)))
			}
			if _, err := tx.Exec(ctx, `UPDATE login_failure SET failures = $1, locked_until = $2, last_at = $3 WHERE subject = $4`, failures, until, clock.Millis(now), sub.key); err != nil {
				return fmt.Errorf("count guess: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !locked.IsZero() {
		minutes := int(locked.Sub(s.wall())/time.Minute) + 1
		return errs.TooMany("session.locked").With("minutes", strconv.Itoa(minutes))
	}
	return nil
}

// lockFor is one minute, then twice as long with every further guess.
func lockFor(beyond int64) time.Duration {
	if beyond > 6 {
		return longestLock
	}
	return min(time.Minute<<beyond, longestLock)
}

// auditUser writes the same line into the log of every workspace of a user.
func (s *Service) auditUser(ctx context.Context, user int64, action string) error {
	list, err := s.Memberships(ctx, user)
	if err != nil {
		return err
	}
	for _, m := range list {
		err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
			return s.Audit(ctx, tx, m.WorkspaceID, userActor(user), action, userActor(user), nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func userActor(id int64) string { return "user:" + strconv.FormatInt(id, 10) }

// How long a sign-in link works.
const (
	InviteTime = 24 * time.Hour   // sent to a person
	LinkTime   = 15 * time.Minute // printed on the server's console
)

// CreateLoginLink makes a one-time token that signs a user in, and ends the user's older ones. LinkURL turns it into an address.
func (s *Service) CreateLoginLink(ctx context.Context, user int64, lasts time.Duration) (string, error) {
	var token string
	err := s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		token, err = s.createLoginLink(ctx, tx, user, lasts)
		return err
	})
	return token, err
}

func (s *Service) createLoginLink(ctx context.Context, tx *db.Tx, user int64, lasts time.Duration) (string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM login_link WHERE user_id = $1 AND used_at = 0`, user); err != nil {
		return "", fmt.Errorf("end sign-in links: %w", err)
	}
	token := randomToken()
	_, err := tx.Exec(ctx, `INSERT INTO login_link (token_hash, user_id, expires_at, used_at) VALUES ($1, $2, $3, 0)`, tokenHash(token), user, clock.Millis(s.wall().Add(lasts)))
	if err != nil {
		return "", fmt.Errorf("store sign-in link: %w", err)
	}
	return token, nil
}

// LinkURL is the page that turns a token into a session. The token stands behind the #, so that no server, proxy or log sees it.
func (s *Service) LinkURL(token string) string { return s.PublicURL + "/#/link?token=" + token }

// UseLoginLink uses up a token and returns its user; session.link_invalid when it is unknown, used, too old or its user disabled.
func (s *Service) UseLoginLink(ctx context.Context, token string) (User, error) {
	var user User
	err := s.DB.WithTx(ctx, func(tx *db.Tx) error {
		now := clock.Millis(s.wall())
		n, err := tx.Exec(ctx, `UPDATE login_link SET used_at = $1 WHERE token_hash = $2 AND used_at = 0 AND expires_at > $3`, now, tokenHash(token), now)
		if err != nil {
			return fmt.Errorf("use sign-in link: %w", err)
		}
		if n == 0 {
			return errs.Unauthorized("session.link_invalid")
		}
		var id int64
		if err := tx.QueryRow(ctx, `SELECT user_id FROM login_link WHERE token_hash = $1`, tokenHash(token)).Scan(&id); err != nil {
			return fmt.Errorf("use sign-in link: %w", err)
		}
		if user, err = s.userByID(ctx, tx, id); err != nil {
			return err
		}
		if user.Status != Active {
			return errs.Unauthorized("session.link_invalid")
		}
		return nil
	})
	if err != nil {
		return User{}, err
	}
	return user, s.auditUser(ctx, user.ID, "session.start_by_link")
}

// SetPassword changes a user's own password and ends all sessions; the caller starts a new one. current is not asked for when the user has none, or when trusted is set: the
// session has just begun with a sign-in link.
func (s *Service) SetPassword(ctx context.Context, user User, current, password, address string, trusted bool) error {
	if user.PasswordHash != "" && !trusted {
		// Counted like log-ins: a stolen session must not become a place to guess.
		if _, err := s.verify(ctx, user.Email, current, address); err != nil {
			if errs.Is(err, "session.wrong_login") {
				return errs.Invalid("user.password_wrong").Field("current", "user.password_wrong")
			}
			return err
		}
	}
	return s.ReplacePassword(ctx, user, password, userActor(user.ID))
}

// ReplacePassword sets a password without asking for the old one, for the console. by is who does it.
func (s *Service) ReplacePassword(ctx context.Context, user User, password, by string) error {
	if err := checkPassword(password, user.Email, user.Name); err != nil {
		return err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	list, err := s.Memberships(ctx, user.ID)
	if err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE app_user SET password_hash = $1, updated_at = $2 WHERE id = $3`, hash, clock.Millis(s.Now()), user.ID); err != nil {
			return fmt.Errorf("store password: %w", err)
		}
		if err := endSessions(ctx, tx, user.ID); err != nil {
			return err
		}
		for _, m := range list { // in the order of ids, so that two transactions never wait for each other
			if err := s.Audit(ctx, tx, m.WorkspaceID, by, "user.password", userActor(user.ID), nil); err != nil {
				return err
			}
		}
		return nil
	})
}
