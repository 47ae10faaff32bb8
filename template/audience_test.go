package template

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loa-project/loa/channel"
	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// people writes n contacts with phones; f changes the i-th. It returns the id of the first; the ids follow each other.
func people(t *testing.T, d *db.DB, ws int64, n int, f func(i int) (name, attrs string, reach, blocked channel.Set)) (first int64) {
	t.Helper()
	ctx := context.Background()
	err := d.WithTx(ctx, func(tx *db.Tx) error {
		for i := range n {
			name, attrs, reach, blocked := f(i)
			var id int64
			if err := tx.QueryRow(ctx, `INSERT INTO contact (workspace_id, name, phone, attrs, reach, blocked, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1, 1) RETURNING id`,
				ws, name, fmt.Sprintf("+849%08d", i), attrs, int64(reach), int64(blocked)).Scan(&id); err != nil {
				return err
			}
			if i == 0 {
				first = id
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return first
}

func compiledZNS(t *testing.T, z ZNSContent) *Compiled {
	t.Helper()
	c, err := CompileContent(channel.ZNS, raw(t, z))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckAudience(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s, ws, other := twoWorkspaces(t, d)
		long := strings.Repeat("Ă", 31)
		phone := channel.Of(channel.ZNS, channel.SMS)
		person := func(i int) (string, string, channel.Set, channel.Set) {
			attrs := `{"total":1250000}`
			switch {
			case i == 2: // both values are wrong: one person, two causes
				return long, `{"total":"không"}`, phone, 0
			case i%100 == 3:
				return "", attrs, phone, 0
			case i%100 == 4:
				return "An", `{}`, phone, 0
			case i%100 == 5:
				return "An", attrs, 0, 0
			case i%100 == 6:
				return "An", attrs, phone, channel.ZNS.Bit()
			}
			return "Nguyễn Văn An", attrs, phone, 0
		}
		first := people(t, d, ws, 2500, person)
		people(t, d, other, 20, person)
		c := compiledZNS(t, ZNSContent{TemplateID: "1", Params: map[string]string{"name": "{{ contact.name }}", "total": "{{ contact.attrs.total | default: \"1000\" }}", "shop": "{{ workspace.name }}"},
			Schema: []ZNSParam{{Name: "name", Required: true, MaxLength: 30}, {Name: "total", Type: "14", Required: true}, {Name: "shop"}}})
		lines := 0
		got, err := s.CheckAudience(ctx, ws, c, Everybody, checkData("Shop", time.UTC, time.UnixMilli(1)), func(AudienceReport) error { lines++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		want := AudienceReport{People: 2500, Unreachable: 50, Checked: 2450, Failing: 26, Done: true,
			Causes: []AudienceCause{
				{Param: "name", Code: ZNSMissing, People: 25},
				{Param: "name", Code: ZNSTooLong, Limit: 30, People: 1, Samples: []AudienceSample{{first + 2, long, long}}},
				{Param: "total", Code: ZNSWrongFormat, People: 1, Samples: []AudienceSample{{first + 2, long, "không"}}},
			},
			Empty: []AudienceCause{{Param: "contact.name", Code: codeNoValue, People: 25}}}
		for i := range int64(5) {
			want.Causes[0].Samples = append(want.Causes[0].Samples, AudienceSample{ContactID: first + 3 + 100*i})
		}
		want.Empty[0].Samples = want.Causes[0].Samples
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("report differs (-want +got):\n%s", diff)
		}

		half := func(n int) (string, []any) { return fmt.Sprintf("c.id < $%d", n), []any{first + 100} }
		if got, err = s.CheckAudience(ctx, ws, c, half, Data{}, nil); err != nil || got.People != 100 || got.Checked != 98 || got.Failing != 2 {
			t.Errorf("a part of the people = %d, %d checked, %d failing, %v; want 100, 98, 2", got.People, got.Checked, got.Failing, err)
		}
	})
}

func TestCheckAudienceSMS(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		s, ws, _ := twoWorkspaces(t, d)
		first := people(t, d, ws, 3, func(i int) (string, string, channel.Set, channel.Set) {
			return []string{"An", strings.Repeat("Ấ", 69), ""}[i], "{}", channel.SMS.Bit(), 0
		})
		if _, err := d.Exec(ctx, `INSERT INTO tag (id, workspace_id, name, folded, created_at) VALUES (7, $1, 'VIP', 'vip', 1)`, ws); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(ctx, `INSERT INTO contact_tag (workspace_id, tag_id, contact_id) VALUES ($1, 7, $2)`, ws, first); err != nil {
			t.Fatal(err)
		}
		c, err := CompileContent(channel.SMS, raw(t, SMSContent{Text: `{{ contact.name }}{{ contact.tags | join: "," | prepend: " " }}`, Unicode: true}))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.CheckAudience(ctx, ws, c, Everybody, Data{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Failing != 1 || got.Causes[0].Code != "template.empty_message" || got.SMS.TotalParts != 2 || got.SMS.UCS2 != 1 || got.SMS.Longest.ContactID != first+1 {
			t.Errorf("got %+v with %+v, want one empty message, two parts, one of them UCS-2", got, got.SMS)
		}
	})
}

func TestCheckAudienceEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ws, _ := twoWorkspaces(t, d)
		people(t, d, ws, 10, func(int) (string, string, channel.Set, channel.Set) { return "An", "{}", channel.Every, 0 })
		c := compiledZNS(t, ZNSContent{TemplateID: "1", Params: map[string]string{"a": "b"}})
		ctx, stop := context.WithCancel(context.Background())
		stop()
		if _, err := s.CheckAudience(ctx, ws, c, Everybody, Data{}, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the request", err)
		}
	})
}
