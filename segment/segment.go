package segment

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loa-project/loa/internal/db"
)

// The kinds of segments.
const (
	KindRule   = "rule" // the condition says whom it takes
	KindStatic = "list" // people are added and removed by others; the condition only names the list itself
)

// Segment is a saved group ("Nhóm khách hàng").
type Segment struct {
	ID          int64           `json:"id"`
	Kind        string          `json:"kind" enum:"rule,list"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Condition   json.RawMessage `json:"condition" doc:"The condition tree"`
	Summary     string          `json:"summary" doc:"The condition in words, in the language of the request; empty when something that it names is gone"`
	Uses        []Use           `json:"uses" doc:"What names the segment, newest first, at most 100"`
	UseCount    int             `json:"use_count" doc:"How many campaigns and segments name it"`
	CreatedBy   string          `json:"created_by"` // user:12, key:3
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
}

// Form is what a person says about a segment.
type Form struct {
	Name        string          `json:"name" minLength:"1" maxLength:"200"`
	Description string          `json:"description,omitempty" maxLength:"2000"`
	Kind        string          `json:"kind,omitempty" enum:"rule,list" doc:"rule (default): the condition says whom it takes; list: people are added one by one. Never changes"`
	Condition   json.RawMessage `json:"condition,omitempty" doc:"Of a rule: a condition tree: {\"op\":\"and\",\"items\":[{\"field\":\"tag\",\"operator\":\"in\",\"value\":[\"VIP\"]}]}"`
}

// Person is a member of a segment, as shown in samples and lists. Text is "" when not known.
type Person struct {
	ID         int64  `json:"id"`
	ExternalID string `json:"external_id"`
	Name       string `json:"name"`
	Phone      string `json:"phone"`
	Email      string `json:"email"`
}

// Deps is what the service is built from.
type Deps struct {
	DB  *db.DB
	Now func() time.Time
	// Zone is the workspace's time zone by its IANA name.
	Zone func(ctx context.Context, workspace int64) (string, error)
	// Audit adds a line to the workspace's audit log inside the transaction; nil writes none.
	Audit func(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error
}

// Service keeps segments and counts their people. It is safe for many goroutines.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service { return &Service{d} }

func (s *Service) audit(ctx context.Context, tx *db.Tx, workspace int64, actor, action, target string, detail map[string]any) error {
	if s.Audit == nil {
		return nil
	}
	return s.Audit(ctx, tx, workspace, actor, action, target, detail)
}
