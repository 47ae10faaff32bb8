package contact

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
)

// Contact is a person. Text fields are "" when not known.
type Contact struct {
	ID         int64                      `json:"id"`
	ExternalID string                     `json:"external_id"` // the shop's own code
	Name       string                     `json:"name"`
	Phone      string                     `json:"phone"`    // main number, E.164
	Email      string                     `json:"email"`    // main address, lower case
	Birthday   string                     `json:"birthday"` // YYYY-MM-DD
	Gender     string                     `json:"gender"`   // male | female | other
	Timezone   string                     `json:"timezone"` // IANA name; "" = the workspace's
	Attrs      map[string]json.RawMessage `json:"attrs"`    // typed custom attributes
	Tags       []string                   `json:"tags"`
	Identities []Identity                 `json:"identities"` // addresses beyond the main ones; only filled by Get
	Reach      []channel.Channel          `json:"reach"`      // channels with a usable address
	Consent    []channel.Channel          `json:"consent"`    // channels with a valid marketing consent
	Blocked    []channel.Channel          `json:"blocked"`    // channels on the suppression list
	Shared     []channel.Channel          `json:"shared"`     // channels whose address another person has too
	CreatedAt  time.Time                  `json:"created_at"`
	UpdatedAt  time.Time                  `json:"updated_at"`
}

// Identity is one further address of a person: a second phone number or mail address, a Zalo user id at one OA (scope), a Messenger id at one page (scope).
type Identity struct {
	Kind  string `json:"kind" enum:"phone,email,zalo_user,messenger"`
	Scope string `json:"scope,omitempty"`
	Value string `json:"value"`
}

// Kinds of addresses, as in channel.Channel.AddressKind.
const (
	KindPhone     = "phone"
	KindEmail     = "email"
	KindZaloUser  = "zalo_user"
	KindMessenger = "messenger"
)

// Deps is what the service is built from. Enqueue may be nil: then nobody but the caller of RunImport runs imports.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
	Log *slog.Logger
	// SuppressionKey keys the hashes of the suppression list; derived from the installation's secret and never changed.
	SuppressionKey []byte
	// SpoolDir is the folder for uploaded files.
	SpoolDir string
	// Enqueue makes the background job that calls RunImport, in the transaction that makes it necessary.
	Enqueue func(ctx context.Context, tx *db.Tx, workspace, importID int64) error
	// Compile turns a condition tree into SQL over the contact alias c whose placeholders start at any number; nil allows no conditions in filters.
	Compile func(ctx context.Context, workspace int64, condition json.RawMessage) (func(first int) (string, []any), error)
	// EnqueueBulk makes the background job that calls RunBulk, in the transaction that makes it necessary; nil leaves that to the caller of StartBulk.
	EnqueueBulk func(ctx context.Context, tx *db.Tx, workspace, bulkID int64) error
	// AddMembers and RemoveMembers change who is on a list (a segment of the kind list) and return for how many something changed; nil allows no such action.
	AddMembers    func(ctx context.Context, tx *db.Tx, workspace, list int64, contacts []int64) (int64, error)
	RemoveMembers func(ctx context.Context, tx *db.Tx, workspace, list int64, contacts []int64) (int64, error)
	// Erased tells that a person is being erased, in the same transaction; nil tells nobody.
	Erased func(ctx context.Context, tx *db.Tx, workspace, contactID int64) error
	// Merged tells that one person is being joined to another, in the same transaction and before the second is removed; nil tells nobody.
	Merged func(ctx context.Context, tx *db.Tx, workspace, keep, drop int64) error
	// Audit writes a line of the audit log in the same transaction; nil writes none.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail any) error
}

// Service keeps the people. Make it with New.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{d}
}

func (s *Service) audit(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail any) error {
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, workspace, actor, action, target, detail)
}

// reachOf are the channels that the addresses of a person can carry.
func reachOf(phone string, email bool, kinds map[string]bool) channel.Set {
	var set channel.Set
	if phone != "" {
		set |= reachPhone(phone)
	}
	if email {
		set |= channel.ByEmail
	}
	if kinds[KindZaloUser] {
		set |= channel.ZaloOA.Bit()
	}
	if kinds[KindMessenger] {
		set |= channel.Messenger.Bit()
	}
	return set
}

// byKind are the channels that an address of this kind carries.
func byKind(kind string) channel.Set {
	switch kind {
	case KindPhone:
		return channel.ByPhone
	case KindEmail:
		return channel.ByEmail
	case KindZaloUser:
		return channel.ZaloOA.Bit()
	case KindMessenger:
		return channel.Messenger.Bit()
	}
	return 0
}
