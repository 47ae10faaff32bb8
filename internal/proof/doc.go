// Package proof holds the status table of an automation flow, row by row, with where each fact comes from, and lets tests say which of its cells they prove.
//
// docs/statuses.md is written from it: go test ./internal/proof -update. Its test reads the sources of all tests and fails when a cell has neither a proof nor a place on the list of open cells.
package proof
