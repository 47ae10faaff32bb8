package contact

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/loa-project/loa/internal/errs"
	"github.com/loa-project/loa/internal/httpx"
)

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// Neutral makes a cell harmless in a spreadsheet program: what would be read as a formula becomes text.
func Neutral(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + s
	}
	return s
}

func neutral(cells []string) []string {
	for i := range cells {
		cells[i] = Neutral(cells[i])
	}
	return cells
}

// serveProblems writes the rows of an import that were rejected, or taken with warnings, as they were in the file, with their reasons.
func (s *Service) serveProblems(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	workspace := httpx.ActorFrom(ctx).WorkspaceID
	i, err := s.Import(ctx, workspace, id)
	if err != nil {
		return err
	}
	var headers []string
	for _, c := range i.Options.Columns {
		headers = append(headers, c.Header)
	}
	attachment(w, fmt.Sprintf("import-%d-problems.csv", id), "text/csv; charset=utf-8")
	out := bufio.NewWriter(w)
	_, _ = out.WriteString("\ufeff") // spreadsheet programs need it to see UTF-8
	c := csv.NewWriter(out)
	lang := httpx.Language(ctx)
	titles := []string{"Dòng", "Kết quả", "Lý do"}
	if lang == "en" {
		titles = []string{"Row", "Result", "Reason"}
	}
	if err := c.Write(append(titles, neutral(append([]string(nil), headers...))...)); err != nil {
		return err
	}
	last := int64(-1)
	for {
		n, err := s.problemPage(ctx, workspace, id, &last, func(row int64, severity string, problems []Problem, cells []string) error {
			reasons := make([]string, len(problems))
			for j, p := range problems {
				reasons[j] = p.Describe(lang, headers)
			}
			word := map[string]string{"rejected": "Bị loại", "warning": "Có cảnh báo"}[severity]
			if lang == "en" {
				word = severity
			}
			return c.Write(append([]string{strconv.FormatInt(row, 10), word, strings.Join(reasons, "; ")}, neutral(cells)...))
		})
		if err != nil {
			return err
		}
		c.Flush()
		if n == 0 || c.Error() != nil {
			break
		}
	}
	return out.Flush()
}

func (s *Service) problemPage(ctx context.Context, workspace, id int64, last *int64, f func(row int64, severity string, problems []Problem, cells []string) error) (int, error) {
	rows, err := s.DB.Query(ctx, `SELECT row_no, severity, codes, raw FROM import_problem WHERE workspace_id = $1 AND import_id = $2 AND row_no > $3 ORDER BY row_no LIMIT 1000`, workspace, id, *last)
	if err != nil {
		return 0, fmt.Errorf("read problems: %w", err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var severity, codes, raw string
		var cells []string
		if err := rows.Scan(last, &severity, &codes, &raw); err != nil {
			return n, fmt.Errorf("read problems: %w", err)
		}
		if err := json.Unmarshal([]byte(raw), &cells); err != nil {
			return n, fmt.Errorf("read problems: %w", err)
		}
		n++
		if err := f(*last, severity, unpackProblems(codes), cells); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// serveExport streams the customers of a filter.
func (s *Service) serveExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	who := httpx.ActorFrom(ctx)
	filter := Filter{Search: r.URL.Query().Get("search"), Tag: r.URL.Query().Get("tag"), Condition: json.RawMessage(r.URL.Query().Get("condition"))}
	if _, err := s.lookup(ctx, who.WorkspaceID, filter); err != nil { // before the answer begins
		return err
	}
	attrs, err := s.Attributes(ctx, who.WorkspaceID)
	if err != nil {
		return err
	}
	sort.Slice(attrs, func(i, j int) bool { return attrs[i].ID < attrs[j].ID })
	header := []string{"Mã KH", "Họ và tên", "Số điện thoại", "Email", "Giới tính", "Ngày sinh", "Thẻ"}
	for _, a := range attrs {
		header = append(header, Neutral(a.Label))
	}
	switch r.URL.Query().Get("format") {
	case "", "csv":
		attachment(w, "khach-hang.csv", "text/csv; charset=utf-8")
		out := bufio.NewWriter(w)
		_, _ = out.WriteString("\ufeff")
		c := csv.NewWriter(out)
		if err := c.Write(header); err != nil {
			return err
		}
		if err := s.eachContact(ctx, who.WorkspaceID, filter, func(p *Contact) error { return c.Write(exportRow(p, attrs)) }); err != nil {
			return err
		}
		c.Flush()
		return out.Flush()
	case "xlsx":
		return s.exportXLSX(ctx, w, who.WorkspaceID, filter, header, attrs)
	}
	return errs.Invalid("export.format_unknown")
}

func (s *Service) exportXLSX(ctx context.Context, w http.ResponseWriter, workspace int64, filter Filter, header []string, attrs []Attribute) error {
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	line := 0
	put := func(cells []string) error {
		line++
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c
		}
		return sheet.SetRow("A"+strconv.Itoa(line), values)
	}
	if err := put(header); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := s.eachContact(ctx, workspace, filter, func(p *Contact) error { return put(exportRow(p, attrs)) }); err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	attachment(w, "khach-hang.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return book.Write(w)
}

func exportRow(p *Contact, attrs []Attribute) []string {
	row := []string{p.ExternalID, p.Name, p.Phone, p.Email, p.Gender, p.Birthday, strings.Join(p.Tags, "; ")}
	for _, a := range attrs {
		row = append(row, attrText(p.Attrs[a.Key]))
	}
	phone := row[2]
	row = neutral(row)
	row[2] = phone // +84… is a number of ours, not a formula, and importing it again needs it as it is
	return row
}

func attrText(raw json.RawMessage) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return ""
	}
	switch x := v.(type) {
	case string:
		return x
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = fmt.Sprint(e)
		}
		return strings.Join(parts, "; ")
	case nil:
		return ""
	}
	return string(raw)
}

// eachContact pages through the people of a filter by id.
func (s *Service) eachContact(ctx context.Context, workspace int64, filter Filter, f func(*Contact) error) error {
	after := int64(0)
	for {
		page, next, err := s.List(ctx, workspace, filter, Window{After: after, Limit: 1000})
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := f(p); err != nil {
				return err
			}
		}
		if next == 0 {
			return nil
		}
		after = next
	}
}
