// Package i18n turns stable codes into sentences for people, in Vietnamese and English.
//
// The two catalogs vi.json and en.json hold the same codes, one a line, sorted. A text names its parameters in braces: "at most {max} rows". Programs read codes, people read
// texts; a text may be improved at any time, a code never changes its meaning.
package i18n
