package voucher

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/errs"
)

// batch is how many codes one statement adds.
const batch = 1000

// letters of generated codes: none that people mix up on paper or on the phone. There are 32, so a random byte falls on each evenly.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// Added is what became of codes that were brought in.
type Added struct {
	Added     int64  `json:"added"`
	Known     int64  `json:"known" doc:"Were there already"`
	Bad       int64  `json:"bad" doc:"Are no codes: 4 to 64 letters, digits, '-', '_' and '.'"`
	FirstBad  string `json:"first_bad,omitempty" doc:"The first of those, at most 80 characters"`
	FirstLine int64  `json:"first_line,omitempty" doc:"The line on which it stands"`
}

// filler adds codes to one voucher, a batch a transaction.
type filler struct {
	s             *Service
	workspace, id int64
	room          int64 // how many more fit
	sum           Added
}

// fill begins to add codes. The codes are counted once: two people who fill one voucher at the same time may go a little over its limit.
func (s *Service) fill(ctx context.Context, workspace, id int64) (*filler, error) {
	v, err := s.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	return &filler{s: s, workspace: workspace, id: id, room: maxCodes - v.Counts.Codes}, nil
}

func (f *filler) add(ctx context.Context, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	if int64(len(codes)) > f.room {
		return errs.Invalid("voucher.too_many_codes").With("max", fmt.Sprint(maxCodes))
	}
	var n int64
	err := f.s.DB.WithTx(ctx, func(tx *db.Tx) (err error) {
		v, err := get(ctx, tx, f.workspace, f.id, tx.Dialect.ForUpdate())
		if err != nil { // deleted meanwhile
			return err
		}
		if n, err = addCodes(ctx, tx, f.workspace, f.id, codes); err != nil || v.closedFor(f.s.Now()) != "" {
			return err
		}
		_, err = f.s.serve(ctx, tx, f.workspace, f.id)
		return err
	})
	if err != nil {
		return err
	}
	f.room -= n
	f.sum.Added += n
	f.sum.Known += int64(len(codes)) - n
	return nil
}

// Import reads codes, one a line; of a line with several cells the first counts, and a heading is passed over because it is no code or is called so. Codes are stored in batches as they are
// read: an error in the middle keeps what came before, and the same file may be sent again.
func (s *Service) Import(ctx context.Context, workspace, id int64, by string, file io.Reader) (Added, error) {
	f, err := s.fill(ctx, workspace, id)
	if err != nil {
		return Added{}, err
	}
	sum := &f.sum
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 4096), 4096)
	codes := make([]string, 0, batch)
	for line := int64(1); lines.Scan(); line++ {
		cell := strings.Trim(strings.TrimPrefix(lines.Text(), "\ufeff"), " \t\r")
		if i := strings.IndexAny(cell, ",;\t"); i >= 0 {
			cell = cell[:i]
		}
		cell = strings.Trim(cell, `" `)
		if cell == "" {
			continue
		}
		code, ok := cleanCode(cell)
		if line == 1 && (!ok || code == "CODE" || code == "VOUCHER") {
			continue
		}
		if !ok {
			sum.Bad++
			if sum.FirstLine == 0 {
				sum.FirstBad, sum.FirstLine = strings.ToValidUTF8(cell[:min(len(cell), 80)], ""), line
			}
			continue
		}
		if codes = append(codes, code); len(codes) == batch {
			if err := f.add(ctx, codes); err != nil {
				return *sum, err
			}
			codes = codes[:0]
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return *sum, errs.Invalid("voucher.line_too_long")
	} else if err != nil {
		return *sum, fmt.Errorf("read codes: %w", err)
	}
	if err := f.add(ctx, codes); err != nil {
		return *sum, err
	}
	return *sum, s.noteCodes(ctx, workspace, id, by, "import", sum.Added)
}

func (s *Service) noteCodes(ctx context.Context, workspace, id int64, by, how string, n int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		return s.Audit(ctx, tx, workspace, by, "voucher.add_codes", target(id), map[string]any{"how": how, "added": n})
	})
}

// Generation says which codes to make.
type Generation struct {
	Count  int    `json:"count" minimum:"1" maximum:"100000" doc:"How many; ask again for more"`
	Prefix string `json:"prefix,omitempty" maxLength:"20" doc:"With what they begin, for example TET-"`
	Length int    `json:"length,omitempty" minimum:"0" maximum:"32" doc:"Random letters and digits after it; 0 = 8. Fewer than 6 could be guessed"`
}

// Generate makes codes nobody can guess. Errors: voucher.code_prefix, voucher.code_short, voucher.too_many_codes.
func (s *Service) Generate(ctx context.Context, workspace, id int64, by string, g Generation) (Added, error) {
	var sum Added
	if g.Length == 0 {
		g.Length = 8
	}
	if g.Length < 6 {
		return sum, errs.Invalid("voucher.code_short").Field("length", "voucher.code_short")
	}
	prefix := strings.ToUpper(strings.TrimSpace(g.Prefix))
	if prefix != "" {
		if _, ok := cleanCode(prefix + "AAAA"); !ok || len(prefix)+g.Length > maxCode {
			return sum, errs.Invalid("voucher.code_prefix").Field("prefix", "voucher.code_prefix")
		}
	}
	f, err := s.fill(ctx, workspace, id)
	if err != nil {
		return sum, err
	}
	// A code that is there already is simply made anew.
	for f.sum.Added < int64(g.Count) {
		codes := make([]string, min(batch, g.Count-int(f.sum.Added)))
		for i := range codes {
			codes[i] = prefix + random(g.Length)
		}
		if err := f.add(ctx, codes); err != nil {
			return f.sum, err
		}
	}
	f.sum.Known = 0
	return f.sum, s.noteCodes(ctx, workspace, id, by, "generate", f.sum.Added)
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}
