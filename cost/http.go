package cost

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

// Register adds the routes of prices and invoices.
func Register(api *httpx.API, s *Service) {
	op := func(method, path, id, summary string, role httpx.Role) httpx.Op {
		return httpx.Op{Method: method, Path: "/connections/{id}" + path, ID: id, Summary: summary, Tag: "costs", Role: role}
	}
	add := op("POST", "/prices", "add-price", "Add a price from a date on; one for the same date, network and template is replaced", httpx.Owner)
	add.Status = http.StatusCreated
	httpx.Register(api, op("GET", "/prices", "list-prices", "Price table of a connection, newest first", httpx.Viewer), s.httpPrices)
	httpx.Register(api, add, s.httpAddPrice)
	httpx.Register(api, op("DELETE", "/prices/{price}", "delete-price", "Take a price off the table; what was sent keeps the price it was sent at", httpx.Owner), s.httpRemovePrice)
	httpx.Register(api, op("GET", "/invoices", "list-invoices", "Bills of a connection with what the comparison found, newest first", httpx.Viewer), s.httpInvoices)
	httpx.Register(api, op("GET", "/invoices/{invoice}", "get-invoice", "Read a bill with what the comparison found", httpx.Viewer), s.httpInvoice)
	httpx.Register(api, op("GET", "/invoices/{invoice}/lines", "list-invoice-lines", "Lines of a comparison", httpx.Viewer), s.httpLines)
	httpx.Register(api, op("POST", "/invoices/{invoice}/check", "check-invoice", "Compare a bill with the ledger once more", httpx.Owner), s.httpCheck)
	httpx.Register(api, op("DELETE", "/invoices/{invoice}", "delete-invoice", "Forget a bill and its comparison", httpx.Owner), s.httpRemove)
	upload := op("POST", "/invoices", "import-invoice", "Bring a bill in (CSV as the body) and compare it with the ledger; query: month (2026-11), name, and id_column, key_column, amount_column, phone_column where the names are unusual", httpx.Owner)
	upload.MaxBody, upload.Stream = maxUpload, true
	api.Raw(upload, s.serveImport)
}

// maxUpload bounds the file of an invoice, in bytes.
const maxUpload = 64 << 20

type connectionInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type pricesOutput struct {
	Body struct {
		Items []Price `json:"items"`
	}
}

func (s *Service) httpPrices(ctx context.Context, in *connectionInput) (*pricesOutput, error) {
	prices, err := s.Prices(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID)
	if err != nil {
		return nil, err
	}
	out := &pricesOutput{}
	out.Body.Items = prices
	return out, nil
}

type addPriceInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body PriceForm
}

func (s *Service) httpAddPrice(ctx context.Context, in *addPriceInput) (*struct{ Body Price }, error) {
	a := httpx.ActorFrom(ctx)
	p, err := s.AddPrice(ctx, a.WorkspaceID, in.ID, a.String(), in.Body)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Price }{p}, nil
}

type priceInput struct {
	ID    int64 `path:"id" minimum:"1"`
	Price int64 `path:"price" minimum:"1"`
}

func (s *Service) httpRemovePrice(ctx context.Context, in *priceInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.RemovePrice(ctx, a.WorkspaceID, in.ID, in.Price, a.String())
}

type invoicesInput struct {
	ID int64 `path:"id" minimum:"1"`
	httpx.Paging
}

func (s *Service) httpInvoices(ctx context.Context, in *invoicesInput) (*struct{ Body httpx.Page[Invoice] }, error) {
	var before int64
	if _, err := httpx.ParseCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	rows, err := s.Invoices(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &struct{ Body httpx.Page[Invoice] }{httpx.PageOf(rows, in.Limit, func(i Invoice) []any { return []any{i.ID} })}, nil
}

type invoiceInput struct {
	ID      int64 `path:"id" minimum:"1"`
	Invoice int64 `path:"invoice" minimum:"1"`
}

type invoiceOutput struct{ Body *Invoice }

func (s *Service) httpInvoice(ctx context.Context, in *invoiceInput) (*invoiceOutput, error) {
	inv, err := s.Invoice(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.Invoice)
	if err != nil {
		return nil, err
	}
	return &invoiceOutput{inv}, nil
}

func (s *Service) httpCheck(ctx context.Context, in *invoiceInput) (*invoiceOutput, error) {
	a := httpx.ActorFrom(ctx)
	inv, err := s.Check(ctx, a.WorkspaceID, in.ID, in.Invoice, a.String())
	if err != nil {
		return nil, err
	}
	return &invoiceOutput{inv}, nil
}

func (s *Service) httpRemove(ctx context.Context, in *invoiceInput) (*struct{}, error) {
	a := httpx.ActorFrom(ctx)
	return nil, s.Remove(ctx, a.WorkspaceID, in.ID, in.Invoice, a.String())
}

type linesInput struct {
	ID      int64 `path:"id" minimum:"1"`
	Invoice int64 `path:"invoice" minimum:"1"`
	httpx.Paging
	Verdict string `query:"verdict" enum:"match,price,not_sent,failed,twice,unknown,not_charged" doc:"Only these"`
}

func (s *Service) httpLines(ctx context.Context, in *linesInput) (*struct{ Body httpx.Page[Line] }, error) {
	var after int64
	if _, err := httpx.ParseCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	rows, err := s.Lines(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.Invoice, in.Verdict, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return &struct{ Body httpx.Page[Line] }{httpx.PageOf(rows, in.Limit, func(l Line) []any { return []any{l.No} })}, nil
}

func (s *Service) serveImport(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errs.NotFound("connection")
	}
	a, q := httpx.ActorFrom(r.Context()), r.URL.Query()
	inv, err := s.Import(r.Context(), a.WorkspaceID, id, a.String(), q.Get("month"), q.Get("name"), Columns{q.Get("id_column"), q.Get("key_column"), q.Get("amount_column"), q.Get("phone_column")}, r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	return json.NewEncoder(w).Encode(inv)
}
