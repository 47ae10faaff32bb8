package zns

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/loa-project/loa/internal/clock"
	"github.com/loa-project/loa/provider/etelecom"
	"github.com/loa-project/loa/provider/zalo"
	"github.com/loa-project/loa/template"
)

// Source is where the templates of an OA are read: Zalo itself, or eTelecom.
type Source interface {
	// heads lists all templates. What comes with its parameters has DetailAt set to anything but zero.
	heads(ctx context.Context) ([]Template, error)
	// detail fills in what heads did not tell. The templates of noSuchTemplate are passed over.
	detail(ctx context.Context, t *Template) error
	// kinds are the kinds of templates that the OA may send; nil = not told.
	kinds(ctx context.Context) ([]string, error)
}

// ZaloSource reads from Zalo with an OA's access token.
type ZaloSource struct {
	Client *zalo.Client
	Token  string
}

func (z *ZaloSource) heads(ctx context.Context) ([]Template, error) {
	var out []Template
	seen := map[string]bool{}
	for offset := 0; offset < maxListed; offset += listPage {
		page, err := z.Client.TemplateList(ctx, z.Token, offset, listPage)
		if err != nil {
			return nil, fmt.Errorf("list templates: %w", err)
		}
		for _, h := range page {
			if id := string(h.ID); number(id) && !seen[id] { // a template that is made meanwhile moves the others
				seen[id] = true
				out = append(out, Template{ID: id, Name: cut(h.Name), Status: cut(h.Status), Quality: cut(h.Quality), MadeAt: clock.FromMillis(h.Created.Int())})
			}
		}
		if len(page) < listPage {
			break
		}
	}
	return out, nil
}

func (z *ZaloSource) detail(ctx context.Context, t *Template) error {
	d, err := z.Client.TemplateInfo(ctx, z.Token, t.ID)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	samples, err := z.Client.TemplateSampleData(ctx, z.Token, t.ID)
	if err != nil && !said(err, noSuchTemplate...) { // without samples the template works all the same
		return fmt.Errorf("read sample data: %w", err)
	}
	t.Tag, t.PriceVND, t.PriceUIDVND, t.TimeoutMS, t.PreviewURL = cut(d.Tag), max(d.PriceSDT, 0), max(d.PriceUID, 0), max(d.Timeout, 0), page(d.Preview)
	t.Params = make([]Param, 0, len(d.Params))
	for _, p := range d.Params {
		known := template.ZNSParam{Name: cut(p.Name), Type: cut(p.Kind), Required: p.Required, MinLength: max(p.MinLength, 0), MaxLength: max(p.MaxLength, 0), AcceptNull: p.AcceptNull}
		sample := cut(samples[p.Name])
		t.Params = append(t.Params, Param{ZNSParam: known, Sample: sample, Guess: guess(known, sample)})
	}
	t.Buttons = make([]Button, 0, len(d.Buttons))
	for _, b := range d.Buttons {
		t.Buttons = append(t.Buttons, Button{Type: cut(string(b.Type)), Title: cut(b.Title), Content: cut(b.Content)})
	}
	return nil
}

func (z *ZaloSource) kinds(ctx context.Context) ([]string, error) {
	return z.Client.Tags(ctx, z.Token)
}

// ETelecomSource reads from eTelecom, which tells parameters with the list and knows neither samples nor buttons.
type ETelecomSource struct {
	Client *etelecom.Client
	OAID   string
}

func (e *ETelecomSource) heads(ctx context.Context) ([]Template, error) {
	var out []Template
	seen := map[string]bool{}
	after := ""
	for len(out) < maxListed {
		list, next, err := e.Client.Templates(ctx, e.OAID, after, listPage)
		if err != nil {
			return nil, fmt.Errorf("list templates: %w", err)
		}
		fresh := false
		for i := range list {
			d := &list[i]
			if !number(d.ID) || seen[d.ID] {
				continue
			}
			fresh, seen[d.ID] = true, true
			t := Template{ID: d.ID, Name: cut(d.Name), Status: cut(d.Status), Quality: cut(d.Quality), Tag: tagOf(d.Tag), PriceVND: max(d.Price, 0), TimeoutMS: max(d.Timeout, 0), PreviewURL: page(d.Preview),
				Params: make([]Param, 0, len(d.Params)), Buttons: []Button{}, MadeAt: d.Made, DetailAt: time.Unix(1, 0)}
			for _, p := range d.Params {
				known := template.ZNSParam{Name: cut(p.Name), Type: cut(p.Type), Required: p.Required, MinLength: max(p.MinLength, 0), MaxLength: max(p.MaxLength, 0), AcceptNull: p.AcceptNull}
				t.Params = append(t.Params, Param{ZNSParam: known, Guess: guess(known, "")})
			}
			out = append(out, t)
		}
		if next == "" || next == after || !fresh { // a cursor that leads nowhere new
			break
		}
		after = next
	}
	return out, nil
}

// tagOf leaves out eTelecom's word for "not told".
func tagOf(tag string) string {
	if tag == "unknown" {
		return ""
	}
	return cut(tag)
}

func (*ETelecomSource) detail(context.Context, *Template) error { return nil }

func (*ETelecomSource) kinds(context.Context) ([]string, error) { return nil, nil }

// page is an address that a browser may open, "" for anything else.
func page(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return cut(address)
	}
	return ""
}
