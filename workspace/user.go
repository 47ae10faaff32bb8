package workspace

import (
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Status of a user. A disabled user has no sessions and cannot sign in.
type Status string

// The states of a user.
const (
	Active   Status = "active"
	Disabled Status = "disabled"
)

// User is an account. It belongs to workspaces by membership.
type User struct {
	ID           int64
	Email        string // lower case
	Name         string
	PasswordHash string // argon2id; empty = signs in by link only
	Language     string // vi | en
	Status       Status
	CreatedAt    time.Time
}

// Member is a user as seen from one workspace.
type Member struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	Email       string     `json:"email,omitempty" doc:"Only shown to owners"`
	Role        httpx.Role `json:"role" enum:"owner,marketer,care,viewer"`
	Status      Status     `json:"status" enum:"active,disabled"`
	Language    string     `json:"language" enum:"vi,en"`
	HasPassword bool       `json:"has_password" doc:"false = signs in by link only"`
	CreatedAt   time.Time  `json:"created_at" doc:"When the person joined the workspace"`
}

// Membership is a workspace as seen from one user.
type Membership struct {
	WorkspaceID int64      `json:"id"`
	Name        string     `json:"name"`
	Timezone    string     `json:"timezone"`
	Role        httpx.Role `json:"role"`
}

// foldEmail is the form in which addresses of users are kept and compared.
func foldEmail(text string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(text))) }

func checkEmail(text string) (string, error) {
	folded := foldEmail(text)
	a, err := mail.ParseAddress(folded)
	if err != nil || a.Address != folded || len(folded) > 254 || !strings.Contains(folded[strings.LastIndexByte(folded, '@')+1:], ".") && !strings.HasSuffix(folded, "@localhost") {
		return "", errs.Invalid("user.email_invalid").Field("email", "user.email_invalid")
	}
	return folded, nil
}

func checkLanguage(text string) (string, error) {
	switch text {
	case "":
		return "vi", nil
	case "vi", "en":
		return text, nil
	}
	return "", errs.Invalid("user.language_unknown").Field("language", "user.language_unknown")
}

func checkRole(r httpx.Role) error {
	if !r.Member() {
		return errs.Invalid("user.role_unknown").Field("role", "user.role_unknown")
	}
	return nil
}

// The length of passwords in characters. The upper end keeps hashing cheap.
const (
	minPassword = 10
	maxPassword = 200
)

// checkPassword refuses what can be guessed from the account itself; it sets no rules about kinds of characters, which only make people write passwords down.
func checkPassword(password, email, name string) error {
	text := strings.ToLower(norm.NFC.String(password))
	user, _, _ := strings.Cut(email, "@")
	n := utf8.RuneCountInString(text)
	kinds := map[rune]bool{}
	for _, r := range text {
		kinds[r] = true
	}
	code := ""
	switch {
	case n < minPassword:
		code = "user.password_short"
	case n > maxPassword:
		code = "user.password_long"
	case len(kinds) < 4, text == email, len(user) >= 4 && strings.Contains(text, user), name != "" && text == strings.ToLower(name), common[text]:
		code = "user.password_weak"
	default:
		return nil
	}
	return errs.Invalid(code).Field("password", code)
}

// common are passwords of ten and more characters that lists of guesses begin with.
var common = map[string]bool{"1234567890": true, "0123456789": true, "0987654321": true, "password123": true, "password1234": true, "qwertyuiop": true, "q1w2e3r4t5": true, "1q2w3e4r5t": true,
	"123456789a": true, "a123456789": true, "matkhau123": true, "matkhau1234": true, "anhyeuem123": true, "iloveyou123": true, "qwerty12345": true, "abcd123456": true, "123456abcd": true, "admin12345": true,
	"administrator": true, "loa1234567": true, "welcome123": true, "letmein123": true, "1234567891": true, "1234512345": true, "abc1234567": true, "vietnam123": true, "1122334455": true}
