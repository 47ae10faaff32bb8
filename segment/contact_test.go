package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loa-project/loa/contact"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestAttributesAsContactsAreWritten stores attributes through package contact, as JSON that is spelt in several ways, and finds each by its value: conditions rely on the form that
// is written there, see rawPattern.
func TestAttributesAsContactsAreWritten(t *testing.T) {
	t.Parallel()
	values := []string{"Vàng", "Vàng & <b>Bạc</b>", `nói "được"`, `C:\ổ đĩa`, "dòng một\ndòng hai", "chấm\u2028câu", "😀 vui", "a\u007fb", `","hang":"x`, "Kim cương"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := newWorld(t, d)
		people := contact.New(contact.Deps{DB: d, Now: func() time.Time { return noon }, SuppressionKey: []byte("k")})
		var ids []int64
		for i, v := range values {
			var spelt strings.Builder // every letter escaped, spaces around
			for _, r := range v {
				if r > 0xffff {
					spelt.WriteRune(r)
				} else {
					fmt.Fprintf(&spelt, `\u%04x`, r)
				}
			}
			code, raw := fmt.Sprint("KH", i), json.RawMessage(` "`+spelt.String()+`" `)
			id, err := people.Create(context.Background(), 1, "user:1", contact.Change{ExternalID: &code, Attrs: map[string]json.RawMessage{"hang": raw, "diem": json.RawMessage("5"), "vip": json.RawMessage("true")}})
			x.must(err)
			ids = append(ids, id)
		}
		for i, v := range values {
			if strings.ContainsAny(v, "\u2028\u007f") {
				continue // contacts tidy these away, conditions refuse or keep them
			}
			tree := &Condition{Op: opAnd, Items: []Condition{{Field: "attr.hang", Operator: "eq", Value: strings.ToUpper(v)}, {Field: "attr.vip", Operator: "is", Value: true}, {Field: "attr.diem", Operator: "eq", Value: "5"}}}
			want := []int64{ids[i]}
			if got := x.ids(tree); !slices.Equal(got, want) {
				t.Errorf("%q: got %v, want %v", v, got, want)
			}
		}
	})
}
