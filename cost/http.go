package cost

import (
	"context"
	"net/http"

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
}

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
