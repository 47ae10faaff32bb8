package db

import (
	"strconv"
	"strings"
)

// MaxParams is the largest number of parameters of one statement that both engines take.
const MaxParams = 32000

// In writes "$a,$a+1,…" for n values that start at parameter first (1-based): for use inside IN (…).
func In(first, n int) string {
	var b strings.Builder
	b.Grow(n * 6)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// Values writes "($a,$b),($c,$d),…" for rows rows of len(casts) columns from parameter first on. A cast such as "bigint" types the column for PostgreSQL; "" leaves it bare.
// It is used as INSERT … VALUES and as the body of WITH v(…) AS (VALUES …).
func Values(first, rows int, casts ...string) string {
	var b strings.Builder
	b.Grow(rows * len(casts) * 8)
	n := first
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c, cast := range casts {
			if c > 0 {
				b.WriteByte(',')
			}
			if cast != "" && r == 0 {
				b.WriteString("CAST($")
				b.WriteString(strconv.Itoa(n))
				b.WriteString(" AS ")
				b.WriteString(cast)
				b.WriteByte(')')
			} else {
				b.WriteByte('$')
				b.WriteString(strconv.Itoa(n))
			}
			n++
		}
		b.WriteByte(')')
	}
	return b.String()
}
