package contact

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loa-project/loa/internal/db"
)

// Table contact_word is the index in which people are found by the beginnings of the words of their names. A row holds the places of one word in one block of ids, so that a batch of
// an import, whose ids follow each other, writes a few hundred rows and not one per word of every person: names repeat. The index may say too much, because people are compared with
// the search again when they are read; it never says too little.
const (
	wordBlock = 1024
	wordMost  = 40 // bytes of a word that are kept
	wordsMost = 20 // words of one name that are kept
)

// cutWord is the kept beginning of a word.
func cutWord(w string) string {
	if len(w) <= wordMost {
		return w
	}
	n := wordMost
	for n > 0 && !utf8.RuneStart(w[n]) {
		n--
	}
	return w[:n]
}

// eachWord gives the words of a person that only the index of words can find. Phones, mail addresses and plain codes have indexes of their own.
func (r *row) eachWord(f func(word string)) {
	n := 0
	for w := range strings.FieldsSeq(Fold(r.name)) {
		if n++; n > wordsMost {
			break
		}
		f(cutWord(w))
	}
	if plainCode(r.external) {
		return
	}
	for w := range strings.FieldsSeq(Fold(r.external)) {
		f(cutWord(w))
	}
}

// plainCode reports whether a code is found by its own index however its letters are typed: one word, in small or in capital ASCII letters.
func plainCode(code string) bool {
	lower, upper := false, false
	for i := range len(code) {
		c := code[i]
		switch {
		case c >= utf8.RuneSelf || c == ' ':
			return false
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		}
	}
	return !lower || !upper
}

type wordPlace struct {
	word  string
	block int64
}

// wordIndex gathers the places of words before they are written.
type wordIndex map[wordPlace][]byte

func (x wordIndex) add(word string, id int64) {
	at := wordPlace{word, id / wordBlock}
	b := x[at]
	if len(b) > 0 {
		b = append(b, ',')
	}
	x[at] = strconv.AppendInt(b, id%wordBlock, 10)
}

// indexWords notes where the words of new and of changed people stand. Words that a person has no more stay in the index until the person goes: they find nobody.
func indexWords(ctx context.Context, tx *db.Tx, workspace int64, people []*person) error {
	x := make(wordIndex, len(people))
	for _, p := range people {
		if p.before != nil && p.before.name == p.name && p.before.external == p.external {
			continue
		}
		p.eachWord(func(w string) { x.add(w, p.id) })
	}
	return x.write(ctx, tx, workspace)
}

func (x wordIndex) write(ctx context.Context, tx *db.Tx, workspace int64) error {
	list := make([]wordPlace, 0, len(x))
	for at := range x {
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b wordPlace) int { // in the order of the table, which is cheaper to write
		if c := strings.Compare(a.word, b.word); c != 0 {
			return c
		}
		return int(a.block - b.block)
	})
	return inBlocks(list, 1000, func(part []wordPlace) error {
		args := make([]any, 0, 3*len(part)+1)
		args = append(args, workspace)
		for _, at := range part {
			args = append(args, at.word, at.block, string(x[at]))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO contact_word (workspace_id, word, block, places) VALUES `+tuples("$1,", "", 2, len(part), 3)+
			` ON CONFLICT (workspace_id, word, block) DO UPDATE SET places = contact_word.places || ',' || excluded.places`, args...); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
		return nil
	})
}

// forgetWords takes a person out of the index, also under names of long ago.
func forgetWords(ctx context.Context, tx *db.Tx, workspace, id int64) error {
	rows, err := tx.Query(ctx, `SELECT word, places FROM contact_word WHERE workspace_id = $1 AND block = $2`, workspace, id/wordBlock)
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	defer rows.Close()
	own := strconv.FormatInt(id%wordBlock, 10)
	left := map[string]string{}
	for rows.Next() {
		var word, places string
		if err := rows.Scan(&word, &places); err != nil {
			return fmt.Errorf("read words: %w", err)
		}
		list := strings.Split(places, ",")
		if rest := slices.DeleteFunc(list, func(s string) bool { return s == own }); len(rest) < strings.Count(places, ",")+1 {
			left[word] = strings.Join(rest, ",")
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	for word, places := range left {
		statement, args := `UPDATE contact_word SET places = $4 WHERE workspace_id = $1 AND word = $2 AND block = $3`, []any{workspace, word, id / wordBlock, places}
		if places == "" {
			statement, args = `DELETE FROM contact_word WHERE workspace_id = $1 AND word = $2 AND block = $3`, args[:3]
		}
		if _, err := tx.Exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("forget words: %w", err)
		}
	}
	return nil
}

// byWord lists the ids of people who have, or had, a word with this beginning, in no order and perhaps twice. broad is true when there are more than most: then the list is not whole.
func byWord(ctx context.Context, q db.Querier, workspace int64, prefix string, most int) (ids []int64, broad bool, err error) {
	prefix = cutWord(prefix)
	rows, err := q.Query(ctx, `SELECT block, places FROM contact_word WHERE workspace_id = $1 AND word >= $2 AND word < $3`, workspace, prefix, after(prefix))
	if err != nil {
		return nil, false, fmt.Errorf("find words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var block int64
		var places []byte
		if err := rows.Scan(&block, &places); err != nil {
			return nil, false, fmt.Errorf("find words: %w", err)
		}
		n := int64(0)
		for _, c := range places {
			if c == ',' {
				ids, n = append(ids, block*wordBlock+n), 0
				continue
			}
			n = n*10 + int64(c-'0')
		}
		ids = append(ids, block*wordBlock+n)
		if len(ids) > most {
			return nil, true, nil
		}
	}
	return ids, false, rows.Err()
}

// after is the text behind everything that begins with prefix, where texts are compared by their bytes.
func after(prefix string) string { return prefix + "\U0010ffff" }

// IndexWords notes the words of everybody again: for people who were not stored by this package, as in measurements.
func (s *Service) IndexWords(ctx context.Context, workspace int64) error {
	return s.DB.WithTx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM contact_word WHERE workspace_id = $1`, workspace); err != nil {
			return fmt.Errorf("forget words: %w", err)
		}
		last := int64(0)
		for {
			x := wordIndex{}
			rows, err := tx.Query(ctx, `SELECT id, name, COALESCE(external_id, '') FROM contact WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 20480`, workspace, last)
			if err != nil {
				return fmt.Errorf("read names: %w", err)
			}
			n := 0
			for rows.Next() {
				var r row
				if err := rows.Scan(&last, &r.name, &r.external); err != nil {
					_ = rows.Close()
					return fmt.Errorf("read names: %w", err)
				}
				n++
				r.eachWord(func(w string) { x.add(w, last) })
			}
			if err := rows.Close(); err != nil || n == 0 {
				return err
			}
			if err := x.write(ctx, tx, workspace); err != nil {
				return err
			}
		}
	})
}
