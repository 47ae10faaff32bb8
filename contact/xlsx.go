package contact

import (
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/loa-project/loa/internal/errs"
)

// Limits of an XLSX file: packed size, and size of one unpacked part that is held in memory (larger ones go to a temporary file) and of all parts together (zip bombs).
const (
	maxXLSX       = 128 << 20
	xlsxInMemory  = 16 << 20
	xlsxUnpacked  = 4 << 30
	xlsxMaxColumn = 1000
)

func (f *File) openXLSX() error {
	f.Info.Format = "xlsx"
	if f.Info.Bytes > maxXLSX {
		return errs.Invalid("import.xlsx_too_large").With("limit_mb", fmt.Sprint(maxXLSX>>20))
	}
	book, err := excelize.OpenFile(f.path, excelize.Options{UnzipSizeLimit: xlsxUnpacked, UnzipXMLSizeLimit: xlsxInMemory, RawCellValue: true})
	if err != nil {
		return errs.Invalid("import.xlsx_broken").Because(err)
	}
	f.Info.Sheets = book.GetSheetList()
	f.Info.Sheet = f.opts.Sheet
	if f.Info.Sheet == "" && len(f.Info.Sheets) > 0 {
		f.Info.Sheet = f.Info.Sheets[0]
	}
	if !slices.Contains(f.Info.Sheets, f.Info.Sheet) {
		_ = book.Close()
		return errs.Invalid("import.no_sheet").With("sheet", f.Info.Sheet)
	}
	rows, err := book.Rows(f.Info.Sheet)
	if err != nil {
		_ = book.Close()
		return errs.Invalid("import.xlsx_broken").Because(err)
	}
	no := 0
	f.read = func() int64 { return f.Info.Bytes }
	f.end = func() error { _ = rows.Close(); return book.Close() }
	f.raw = func() (Row, error) {
		if !rows.Next() {
			if err := rows.Error(); err != nil {
				return Row{}, errs.Invalid("import.xlsx_broken").Because(err)
			}
			return Row{}, io.EOF
		}
		no++
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return Row{No: no, Code: RowBroken}, nil
		}
		size := 0
		for _, c := range cells {
			size += len(c)
		}
		if size > MaxRow || len(cells) > xlsxMaxColumn {
			return Row{No: no, Cells: cells[:min(len(cells), 3)], Code: RowTooLarge}, nil
		}
		return checkCells(no, cells), nil
	}
	return nil
}
