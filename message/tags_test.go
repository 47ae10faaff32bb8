package message

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestTagsFillTemplates sends what a person's tags say, to the person and to an address that is only filled in like the person.
func TestTagsFillTemplates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, ctx := newWorld(t, d), context.Background()
		x.people(2)
		if _, err := d.Exec(ctx, `INSERT INTO tag (id, workspace_id, name, folded, created_at) VALUES (7, $1, 'VIP', 'vip', 1), (8, $1, 'Hội viên', 'hoi vien', 1)`, x.ws); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(ctx, `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) VALUES ($1, 7, 1), ($1, 8, 1)`, x.ws); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		var mu sync.Mutex
		x.mail.answer = func(m *Outgoing, n int) Outcome {
			mu.Lock()
			got[m.To] = m.Rendered.Subject
			mu.Unlock()
			return accept(m, n)
		}
		content, _ := json.Marshal(map[string]any{"subject": `Thẻ: {{ contact.tags | join: ", " | default: "không" }}`, "html": "<p>a</p>", "purpose": "care"})
		for to, like := range map[string]int64{"a@shop.example": 1, "b@shop.example": 2} {
			r := testMail("")
			r.Definition.Legs = []LegPlan{{Channel: channel.Email, ConnectionID: 2, Content: content}}
			r.To, r.Like = to, like
			x.deliver(settled, x.mustAsk(r).RunID)
		}
		if got["a@shop.example"] != "Thẻ: Hội viên, VIP" || got["b@shop.example"] != "Thẻ: không" {
			t.Errorf("subjects: %q, want the tags of the first and none of the second", got)
		}
	})
}
