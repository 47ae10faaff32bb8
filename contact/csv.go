package contact

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// MaxRow is the largest row of a file in bytes. A longer one is rejected without being held in memory.
const MaxRow = 1 << 20

// keepLarge is how much of an oversized row is kept for the list of rejected rows.
const keepLarge = 1 << 10

var errUnclosed = errors.New("quote is not closed")

// csvReader splits UTF-8 text into records: RFC 4180, and what spreadsheets and people make of it. A quote inside an unquoted cell is text, text after a closing quote is kept.
type csvReader struct {
	br    *bufio.Reader
	delim byte
	nl    byte // '\n', or '\r' in files of old Macs
	long  []byte
	cells []string
}

func newCSV(r io.Reader, delim, nl byte) *csvReader {
	return &csvReader{br: bufio.NewReaderSize(r, 64<<10), delim: delim, nl: nl}
}

// line reads up to and without the line end. large says that the line was longer than MaxRow: then only its beginning is returned and quotes counts its quote marks.
func (c *csvReader) line() (line []byte, quotes int, large bool, err error) {
	line, err = c.br.ReadSlice(c.nl)
	if err == nil {
		return trimEnd(line), 0, false, nil
	}
	if err == io.EOF {
		if len(line) == 0 {
			return nil, 0, false, io.EOF
		}
		return trimEnd(line), 0, false, nil
	}
	c.long = c.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) || err == nil {
		quotes += bytes.Count(line, []byte{'"'})
		if large = large || len(c.long)+len(line) > MaxRow; !large {
			c.long = append(c.long, line...)
		} else if len(c.long) > keepLarge {
			c.long = c.long[:keepLarge]
		}
		if err == nil {
			break
		}
		line, err = c.br.ReadSlice(c.nl)
		if err == io.EOF && len(line) > 0 {
			err = nil
		}
	}
	if err != nil && err != io.EOF {
		return nil, 0, false, err
	}
	return trimEnd(c.long), quotes, large, nil
}

func trimEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte{'\n'})
	return bytes.TrimRight(b, "\r")
}

// next returns one record; the slice is valid until the next call, its strings for ever. large marks a record beyond MaxRow, of which only the beginning is given. errUnclosed
// ends the file inside a quoted cell.
func (c *csvReader) next() (cells []string, large bool, err error) {
	line, quotes, large, err := c.line()
	if err != nil {
		return nil, false, err
	}
	if large {
		head := string(line[:min(len(line), keepLarge)])
		return []string{head}, true, c.skipQuoted(quotes%2 == 1)
	}
	c.cells = c.cells[:0]
	if bytes.IndexByte(line, '"') < 0 {
		rest := string(line)
		for {
			i := strings.IndexByte(rest, c.delim)
			if i < 0 {
				c.cells = append(c.cells, rest)
				return c.cells, false, nil
			}
			c.cells = append(c.cells, rest[:i])
			rest = rest[i+1:]
		}
	}
	return c.quoted(string(line))
}

func (c *csvReader) quoted(rest string) ([]string, bool, error) {
	size := len(rest)
	for {
		if !strings.HasPrefix(strings.TrimLeft(rest, " "), `"`) {
			i := strings.IndexByte(rest, c.delim)
			if i < 0 {
				c.cells = append(c.cells, rest)
				return c.cells, false, nil
			}
			c.cells = append(c.cells, rest[:i])
			rest = rest[i+1:]
			continue
		}
		rest = strings.TrimLeft(rest, " ")[1:]
		var cell strings.Builder
		for {
			i := strings.IndexByte(rest, '"')
			if i >= 0 && i+1 < len(rest) && rest[i+1] == '"' {
				cell.WriteString(rest[:i+1])
				rest = rest[i+2:]
				continue
			}
			if i >= 0 {
				cell.WriteString(rest[:i])
				rest = rest[i+1:]
				break
			}
			cell.WriteString(rest)
			line, quotes, large, err := c.line()
			if err == io.EOF {
				return nil, false, errUnclosed
			}
			if err != nil {
				return nil, false, err
			}
			size += len(line) + 1
			if large || size > MaxRow {
				if !large {
					quotes = bytes.Count(line, []byte{'"'})
				}
				head := strings.Join(append(c.cells, cell.String()), string(c.delim))
				return []string{head[:min(len(head), keepLarge)]}, true, c.skipQuoted(quotes%2 == 0)
			}
			cell.WriteByte('\n')
			rest = string(line)
		}
		i := strings.IndexByte(rest, c.delim)
		if i < 0 {
			c.cells = append(c.cells, cell.String()+strings.TrimRight(rest, " "))
			return c.cells, false, nil
		}
		c.cells = append(c.cells, cell.String()+strings.TrimRight(rest[:i], " "))
		rest = rest[i+1:]
	}
}

// skipQuoted reads on to the end of an oversized record: a line end inside a quoted cell does not end it.
func (c *csvReader) skipQuoted(inside bool) error {
	for inside {
		line, quotes, large, err := c.line()
		if err == io.EOF {
			return errUnclosed
		}
		if err != nil {
			return err
		}
		if !large {
			quotes = bytes.Count(line, []byte{'"'})
		}
		if quotes%2 == 1 {
			inside = false
		}
	}
	return nil
}

// detectDelimiter counts the candidates outside quotes in the first lines and takes the one that gives the most columns steadily.
func detectDelimiter(sample string) byte {
	best, bestScore := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		counts := map[int]int{}
		lines, n, quoted := 0, 0, false
		for i := 0; i < len(sample) && lines < 50; i++ {
			switch ch := sample[i]; {
			case ch == '"':
				quoted = !quoted
			case quoted:
			case ch == d:
				n++
			case ch == '\n' || (ch == '\r' && (i+1 == len(sample) || sample[i+1] != '\n')):
				if n > 0 {
					counts[n]++
				}
				lines, n = lines+1, 0
			}
		}
		if n > 0 {
			counts[n]++
		}
		for cols, times := range counts {
			if score := times*1000 + cols; score > bestScore {
				best, bestScore = d, score
			}
		}
	}
	return best
}
