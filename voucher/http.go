package voucher

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
	"github.com/loa-project/loa/internal/i18n"
)

// maxUpload bounds a file of codes, in bytes.
const maxUpload = 64 << 20

// Register adds the routes of vouchers.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/vouchers" + path, ID: id, Summary: summary, Tag: "vouchers", Role: role}
	}
	create := op("POST", "", "create-voucher", "Make a voucher, still without codes", httpx.Marketer)
	create.Status = http.StatusCreated
	httpx.Register(api, op("GET", "", "list-vouchers", "List vouchers with their figures, newest first", httpx.Viewer), s.httpList)
	httpx.Register(api, create, s.httpCreate)
	httpx.Register(api, op("POST", "/redeem", "redeem-voucher", "Use a code, once; the same reference may ask again", httpx.Care), s.httpRedeem)
	httpx.Register(api, op("GET", "/{id}", "get-voucher", "Read a voucher with its figures", httpx.Viewer), s.httpGet)
	httpx.Register(api, op("PUT", "/{id}", "update-voucher", "Replace what is said about a voucher; its codes stay", httpx.Marketer), s.httpUpdate)
	httpx.Register(api, op("DELETE", "/{id}", "delete-voucher", "Delete a voucher of which nobody holds a code", httpx.Marketer), s.httpDelete)
	httpx.Register(api, op("POST", "/{id}/close", "close-voucher", "Give nothing any more; codes in people's hands stay good", httpx.Marketer), s.httpClose)
	httpx.Register(api, op("POST", "/{id}/open", "open-voucher", "Give again after a close", httpx.Marketer), s.httpOpen)
	httpx.Register(api, op("POST", "/{id}/generate", "generate-voucher-codes", "Make random codes", httpx.Marketer), s.httpGenerate)
	httpx.Register(api, op("GET", "/{id}/people", "list-voucher-people", "Who is on the list, with the code or the reason", httpx.Viewer), s.httpPeople)
	httpx.Register(api, op("POST", "/{id}/give", "give-voucher", "Give codes to certain people, each one; who has one gets the same again", httpx.Marketer), s.httpGive)
	httpx.Register(api, op("POST", "/{id}/retry", "retry-voucher", "Try again for those who went empty-handed", httpx.Marketer), s.httpRetry)
	upload := op("POST", "/{id}/codes", "import-voucher-codes", "Bring codes in: text or CSV, one code a line, as the body", httpx.Marketer)
	upload.MaxBody, upload.Stream = maxUpload, true
	api.Raw(upload, s.serveImport)
}

type idInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type output struct{ Body *Voucher }

func answer(v *Voucher, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	return &output{v}, nil
}

type listOutput struct{ Body httpx.Page[*Voucher] }

func (s *Service) httpList(ctx context.Context, in *struct{ httpx.Paging }) (*listOutput, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	rows, err := s.List(ctx, httpx.ActorFrom(ctx).WorkspaceID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &listOutput{httpx.PageOf(rows, in.Limit, func(v *Voucher) []any { return []any{v.ID} })}, nil
}

func (s *Service) httpCreate(ctx context.Context, in *struct{ Body Form }) (*output, error) {
	a := httpx.ActorFrom(ctx)
	return answer(s.Create(ctx, a.WorkspaceID, a.String(), in.Body))
}

func (s *Service) httpGet(ctx context.Context, in *idInput) (*output, error) {
	return answer(s.Get(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID))
}

type updateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Form
}

func (s *Service) httpUpdate(ctx context.Context, in *updateInput) (*output, error) {
	a := httpx.ActorFrom(ctx)
	return answer(s.Update(ctx, a.WorkspaceID, in.ID, a.String(), in.Body))
}

func (s *Service) httpDelete(ctx context.Context, in *idInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.Delete(ctx, a.WorkspaceID, in.ID, a.String())
}

func (s *Service) httpClose(ctx context.Context, in *idInput) (*output, error) {
	a := httpx.ActorFrom(ctx)
	return answer(s.Close(ctx, a.WorkspaceID, in.ID, a.String(), false))
}

func (s *Service) httpOpen(ctx context.Context, in *idInput) (*output, error) {
	a := httpx.ActorFrom(ctx)
	return answer(s.Close(ctx, a.WorkspaceID, in.ID, a.String(), true))
}

type generateInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body Generation
}

func (s *Service) httpGenerate(ctx context.Context, in *generateInput) (*struct{ Body Added }, error) {
	a := httpx.ActorFrom(ctx)
	sum, err := s.Generate(ctx, a.WorkspaceID, in.ID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Added }{sum}, nil
}

type giveInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		ContactIDs []int64 `json:"contact_ids" minItems:"1" maxItems:"1000" uniqueItems:"true"`
	}
}

type places struct {
	Body struct {
		Items []Place `json:"items"`
	}
}

func (s *Service) httpGive(ctx context.Context, in *giveInput) (*places, error) {
	a := httpx.ActorFrom(ctx)
	list, err := s.GiveNow(ctx, a.WorkspaceID, in.ID, a.String(), in.Body.ContactIDs)
	if err != nil {
		return nil, err
	}
	out := &places{}
	out.Body.Items = list
	return out, nil
}

type retried struct {
	Body struct {
		Given int64 `json:"given"`
	}
}

func (s *Service) httpRetry(ctx context.Context, in *idInput) (*retried, error) {
	n, err := s.Retry(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	out := &retried{}
	out.Body.Given = n
	return out, nil
}

func (s *Service) httpRedeem(ctx context.Context, in *struct{ Body Redemption }) (*struct{ Body *Redeemed }, error) {
	a := httpx.ActorFrom(ctx)
	r, err := s.Redeem(ctx, a.WorkspaceID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return &struct{ Body *Redeemed }{r}, nil
}

// Person is one line of a voucher's list.
type Person struct {
	Place
	Name       string     `json:"name"`
	AskedAt    time.Time  `json:"asked_at"`
	RedeemedAt *time.Time `json:"redeemed_at,omitempty"`
	Source     string     `json:"source" doc:"Who asked last: user:1, key:2, campaign:3, retry"`
	// CampaignID and CampaignName are the first campaign that asked for this person.
	CampaignID   int64  `json:"campaign_id,omitempty"`
	CampaignName string `json:"campaign_name,omitempty"`
	Advice       string `json:"advice,omitempty" doc:"The reason of a failure in words, in the reader's language"`
}

type peopleInput struct {
	ID int64 `path:"id" minimum:"1"`
	httpx.Paging
	State string `query:"state" enum:"waiting,given,failed" doc:"Only these"`
}

// People reads a voucher's list by contact, after a contact on.
func (s *Service) People(ctx context.Context, workspace, id int64, state string, after int64, limit int) ([]Person, error) {
	out := []Person{}
	err := each(ctx, s.DB, `SELECT p.contact_id, p.state, p.reason, p.asked_at, p.source, COALESCE(c.code, ''), COALESCE(c.redeemed_at, 0), COALESCE(k.name, ''), COALESCE(g.id, 0), COALESCE(g.name, '') FROM voucher_claim p
 LEFT JOIN voucher_code c ON c.workspace_id = $1 AND c.voucher_id = $2 AND c.contact_id = p.contact_id LEFT JOIN contact k ON k.workspace_id = $1 AND k.id = p.contact_id
 LEFT JOIN campaign g ON g.workspace_id = $1 AND g.id = (SELECT MIN(l.campaign_id) FROM voucher_leg l WHERE l.workspace_id = $1 AND l.voucher_id = $2 AND l.contact_id = p.contact_id)
 WHERE p.workspace_id = $1 AND p.voucher_id = $2 AND ($3 = '' OR p.state = $3) AND p.contact_id > $4 ORDER BY p.contact_id LIMIT $5`, []any{workspace, id, state, after, limit}, func(rows *sql.Rows) error {
		var p Person
		var asked, redeemed int64
		if err := rows.Scan(&p.ContactID, &p.State, &p.Reason, &asked, &p.Source, &p.Code, &redeemed, &p.Name, &p.CampaignID, &p.CampaignName); err != nil {
			return err
		}
		p.AskedAt, p.RedeemedAt = clock.FromMillis(asked), moment(redeemed)
		out = append(out, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list people of voucher: %w", err)
	}
	return out, nil
}

func (s *Service) httpPeople(ctx context.Context, in *peopleInput) (*struct{ Body httpx.Page[Person] }, error) {
	var after int64
	if _, err := httpx.ParseCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	workspace := httpx.ActorFrom(ctx).WorkspaceID
	if _, err := get(ctx, s.DB, workspace, in.ID, ""); err != nil {
		return nil, err
	}
	rows, err := s.People(ctx, workspace, in.ID, in.State, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].Reason != "" {
			rows[i].Advice = i18n.Text(httpx.Language(ctx), rows[i].Reason, nil)
		}
	}
	return &struct{ Body httpx.Page[Person] }{httpx.PageOf(rows, in.Limit, func(p Person) []any { return []any{p.ContactID} })}, nil
}

func (s *Service) serveImport(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errs.NotFound("voucher")
	}
	a := httpx.ActorFrom(r.Context())
	sum, err := s.Import(r.Context(), a.WorkspaceID, id, a.String(), r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(sum)
}
