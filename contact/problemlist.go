package contact

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/loa-project/loa/internal/httpx"
)

// ProblemRow is a row of an import that was rejected, or taken without some of its values.
type ProblemRow struct {
	Row      int64    `json:"row"` // as in the file, counted from 1, the header included
	Severity string   `json:"severity" enum:"rejected,warning"`
	Reasons  []string `json:"reasons" doc:"Sentences in the language of the request"`
	Cells    []string `json:"cells" doc:"As they stood in the file"`
}

// ProblemPage is one page of such rows; Next is the parameter "after" of the next page, 0 at the end.
type ProblemPage struct {
	Headers []string     `json:"headers"`
	Items   []ProblemRow `json:"items"`
	Next    int64        `json:"next"`
}

// Problems lists rows of an import that were rejected or taken with warnings, in the order of the file. severity "" is both.
func (s *Service) Problems(ctx context.Context, workspace, id int64, severity string, after int64, limit int, lang string) (*ProblemPage, error) {
	i, err := s.Import(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	page := &ProblemPage{Headers: make([]string, 0, len(i.Options.Columns)), Items: make([]ProblemRow, 0, limit)}
	for _, c := range i.Options.Columns {
		page.Headers = append(page.Headers, c.Header)
	}
	rows, err := s.DB.Query(ctx, `SELECT row_no, severity, codes, raw FROM import_problem WHERE workspace_id = $1 AND import_id = $2 AND row_no > $3 AND ($4 = '' OR severity = $4) ORDER BY row_no LIMIT $5`,
		workspace, id, after, severity, limit+1)
	if err != nil {
		return nil, fmt.Errorf("read problems: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var codes, raw string
		r := ProblemRow{Reasons: []string{}}
		if err := rows.Scan(&r.Row, &r.Severity, &codes, &raw); err != nil {
			return nil, fmt.Errorf("read problems: %w", err)
		}
		if err := json.Unmarshal([]byte(raw), &r.Cells); err != nil {
			return nil, fmt.Errorf("read problems: %w", err)
		}
		if r.Cells == nil {
			r.Cells = []string{}
		}
		for _, p := range unpackProblems(codes) {
			r.Reasons = append(r.Reasons, p.Describe(lang, page.Headers))
		}
		if len(page.Items) == limit {
			page.Next = page.Items[limit-1].Row
			break
		}
		page.Items = append(page.Items, r)
	}
	return page, rows.Err()
}

type problemsInput struct {
	ID       int64  `path:"id" minimum:"1"`
	Severity string `query:"severity" enum:"rejected,warning" doc:"Absent: both"`
	After    int64  `query:"after" minimum:"0" doc:"The next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// RegisterImports adds the routes of imports that look into an import; Register has the others.
func RegisterImports(api *httpx.API, s *Service) {
	op := httpx.Op{Method: "GET", Path: "/imports/{id}/problems", ID: "list-import-problems", Summary: "Rejected rows and warnings of an import, page by page", Tag: "imports", Role: httpx.Marketer}
	httpx.Register(api, op, func(ctx context.Context, in *problemsInput) (*struct{ Body *ProblemPage }, error) {
		page, err := s.Problems(ctx, httpx.ActorFrom(ctx).WorkspaceID, in.ID, in.Severity, in.After, max(in.Limit, 1), httpx.Language(ctx))
		if err != nil {
			return nil, err
		}
		return &struct{ Body *ProblemPage }{page}, nil
	})
}
