package contact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/loa-project/loa/internal/errs"
)

// FileOptions say how a file is to be read. Everything empty means "find out".
type FileOptions struct {
	Encoding  string `json:"encoding,omitempty"`  // one of Encodings
	Delimiter string `json:"delimiter,omitempty"` // "," ";" "|" or a tab
	Sheet     string `json:"sheet,omitempty"`     // XLSX: name of the sheet, empty = the first
	Header    int    `json:"header,omitempty"`    // number of the header row, 0 = find out, -1 = there is none
}

// FileInfo is what was found out about a file.
type FileInfo struct {
	Format    string   `json:"format"` // csv or xlsx
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Sheets    []string `json:"sheets,omitempty"`
	Header    int      `json:"header"` // number of the header row, -1 = none
	Headers   []string `json:"headers"`
	Bytes     int64    `json:"bytes"`
}

// Row is one record of a file. No counts records from 1 as a spreadsheet does, header and empty ones included. Cells are valid until the next call of Next. A row with a Code
// cannot be used; its cells are what could be read of it.
type Row struct {
	No    int
	Cells []string
	Code  Code
}

// Empty reports whether no cell holds anything.
func (r Row) Empty() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return r.Code == ""
}

// File reads the rows of a spooled CSV or XLSX file one after the other, in bounded memory.
type File struct {
	Info FileInfo
	path string
	opts FileOptions
	raw  func() (Row, error) // the next record
	end  func() error
	read func() int64
	head []Row // rows after the header that were read while looking for it
}

const sampleSize = 128 << 10

// OpenFile opens the file, finds out its format, encoding, delimiter and header, and stands before the first data row. Errors are *errs.Error with codes import.*.
func OpenFile(path string, o FileOptions) (*File, error) {
	f := &File{path: path, opts: o}
	head, size, err := sample(path)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	f.Info.Bytes = size
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, errs.Invalid("import.file_empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		err = f.openXLSX()
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return nil, errs.Invalid("import.format_xls")
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("\x89PNG")), bytes.HasPrefix(head, []byte("Rar!")):
		return nil, errs.Invalid("import.format_unknown")
	default:
		err = f.openCSV(head, size)
	}
	if err != nil {
		return nil, err
	}
	if err := f.findHeader(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func sample(path string) ([]byte, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	head := make([]byte, sampleSize)
	n, err := io.ReadFull(file, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], st.Size(), err
}

// Next gives the next row; io.EOF after the last.
func (f *File) Next() (Row, error) {
	if len(f.head) > 0 {
		row := f.head[0]
		f.head = f.head[1:]
		return row, nil
	}
	return f.raw()
}

// BytesRead is how far the file was read, for a progress bar. An XLSX file counts as wholly read, because it is unpacked first.
func (f *File) BytesRead() int64 { return min(f.read(), f.Info.Bytes) }

// Close ends the reading.
func (f *File) Close() error {
	if f.end == nil {
		return nil
	}
	return f.end()
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (f *File) openCSV(head []byte, size int64) error {
	f.Info.Format, f.Info.Encoding = "csv", f.opts.Encoding
	if f.Info.Encoding == "" {
		enc, err := DetectEncoding(head, size <= int64(len(head)))
		if err != nil {
			return err
		}
		f.Info.Encoding = enc
	}
	r, err := decode(bytes.NewReader(head), f.Info.Encoding)
	if err != nil {
		return err
	}
	text, _ := io.ReadAll(r) // a letter cut at the end of the sample is no error
	nl := byte('\n')
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		nl = '\r'
	}
	delim := detectDelimiter(string(text))
	if len(f.opts.Delimiter) == 1 {
		delim = f.opts.Delimiter[0]
	}
	f.Info.Delimiter = string(delim)
	return f.startCSV(delim, nl)
}

func (f *File) startCSV(delim, nl byte) error {
	file, err := os.Open(f.path)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	count := &countingReader{r: file}
	r, err := decode(count, f.Info.Encoding)
	if err != nil {
		_ = file.Close()
		return err
	}
	c, no := newCSV(r, delim, nl), 0
	f.end, f.read = file.Close, func() int64 { return count.n }
	f.raw = func() (Row, error) {
		no++
		cells, large, err := c.next()
		switch {
		case errors.Is(err, errUnclosed):
			return f.recoverUnclosed(no, delim, nl)
		case err == io.EOF:
			return Row{}, io.EOF
		case err != nil:
			return Row{}, fmt.Errorf("read row %d: %w", no, err)
		case large:
			return Row{No: no, Cells: cells, Code: RowTooLarge}, nil
		}
		return checkCells(no, cells), nil
	}
	return nil
}

func checkCells(no int, cells []string) Row {
	row := Row{No: no, Cells: cells}
	for i, c := range cells {
		if !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError) {
			row.Code = RowEncoding
			cells[i] = strings.ToValidUTF8(c, "\ufffd")
		}
		if strings.IndexByte(c, 0) >= 0 {
			cells[i] = strings.ReplaceAll(cells[i], "\x00", "")
		}
	}
	return row
}

// recoverUnclosed is called when the file ended inside a quoted cell that began in record no. The file is opened again at that record, and every line from there is given as a
// row of its own that is rejected: nothing is guessed and nothing is lost.
func (f *File) recoverUnclosed(no int, delim, nl byte) (Row, error) {
	if err := f.end(); err != nil {
		return Row{}, fmt.Errorf("close file: %w", err)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return Row{}, fmt.Errorf("read file: %w", err)
	}
	f.end = file.Close
	r, err := decode(file, f.Info.Encoding)
	if err != nil {
		return Row{}, err
	}
	c := newCSV(r, delim, nl)
	for range no - 1 {
		if _, _, err := c.next(); err != nil {
			return Row{}, fmt.Errorf("read again to row %d: %w", no, err)
		}
	}
	f.raw = func() (Row, error) {
		line, _, large, err := c.line()
		if err != nil {
			return Row{}, err
		}
		if large {
			line = line[:min(len(line), keepLarge)]
		}
		row := Row{No: no, Cells: strings.Split(strings.ToValidUTF8(strings.ReplaceAll(string(line), "\x00", ""), "\ufffd"), string(delim)), Code: RowUnclosed}
		no++
		return row, nil
	}
	return f.raw()
}

// findHeader looks for the header row in the first rows, remembers its cells and leaves the file before the row after it.
func (f *File) findHeader() error {
	const look = 10
	var first []Row
	at := f.opts.Header
	for len(first) < look {
		row, err := f.raw()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		row.Cells = append([]string(nil), row.Cells...)
		first = append(first, row)
	}
	if at == 0 {
		at = guessHeader(first)
	}
	f.Info.Header = at
	width := 0
	for i, row := range first {
		if row.Code == "" {
			width = max(width, len(row.Cells))
		}
		if i+1 == at {
			f.Info.Headers = make([]string, len(row.Cells))
			for j, c := range row.Cells {
				f.Info.Headers[j] = tidy(c, false)
			}
			for n := len(f.Info.Headers); n > 0 && f.Info.Headers[n-1] == ""; n-- {
				f.Info.Headers = f.Info.Headers[:n-1]
			}
		}
	}
	if at > 0 && len(f.Info.Headers) == 0 {
		return errs.Invalid("import.no_header").With("row", fmt.Sprint(at))
	}
	if at < 0 {
		for i := range width {
			f.Info.Headers = append(f.Info.Headers, fmt.Sprintf("Cột %d", i+1))
		}
	}
	f.head = first[min(max(at, 0), len(first)):]
	return nil
}

// guessHeader gives the number of the row that names the columns, or -1.
func guessHeader(rows []Row) int {
	best, at, first := 0, -1, -1
	for i, row := range rows {
		known, filled := 0, 0
		for _, c := range row.Cells {
			if c = tidy(c, false); c != "" {
				filled++
				if _, ok := knownHeader(c); ok {
					known++
				}
			}
		}
		if filled > 0 && first < 0 {
			first = i
		}
		if known > best && known*3 >= filled {
			best, at = known, i+1
		}
	}
	if at > 0 || first < 0 {
		return at
	}
	for _, c := range rows[first].Cells {
		if looksLikeData(c) {
			return -1
		}
	}
	return first + 1
}

func looksLikeData(cell string) bool {
	digits := 0
	for _, r := range cell {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return strings.Contains(cell, "@") || digits >= 4
}
