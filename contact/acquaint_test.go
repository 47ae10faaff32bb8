package contact

import (
	"context"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// TestAcquaintFillsGaps takes what an account knows about a person only where the contact lacks it, and no birthday that cannot be.
func TestAcquaintFillsGaps(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws := newService(t, d)
		ctx := context.Background()
		lan := Address{Kind: KindZaloUser, Scope: "9", Value: "3000000000000000001"}
		for _, step := range []struct {
			told                  Profile
			name, birthday, phone string
		}{
			{Profile{Name: "Lan"}, "Lan", "", ""},
			{Profile{Name: "Lan", Birthday: "2999-01-01"}, "Lan", "", ""},
			{Profile{Name: "Lan", Birthday: "1990-02-31"}, "Lan", "", ""},
			{Profile{Name: "Nguyễn Lan", Birthday: "1990-03-05", Phone: "0901112223"}, "Lan", "1990-03-05", "+84901112223"},
			{Profile{Birthday: "1991-04-06"}, "Lan", "1990-03-05", "+84901112223"},
			{Profile{}, "Lan", "1990-03-05", "+84901112223"},
		} {
			step.told.Address = lan
			var met []Met
			if err := d.WithTx(ctx, func(tx *db.Tx) (err error) {
				met, err = s.Acquaint(ctx, tx, ws, []Profile{step.told})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			c, err := s.Get(ctx, ws, met[0].ContactID)
			if err != nil || c.Name != step.name || c.Birthday != step.birthday || c.Phone != step.phone {
				t.Errorf("told %+v: got %q %q %q %v, want %q %q %q", step.told, c.Name, c.Birthday, c.Phone, err, step.name, step.birthday, step.phone)
			}
		}
	})
}
