// Package proof holds the status table of an automation flow, row by row, with where each fact comes from, and lets tests say which of its cells they prove.
//
// docs/statuses.md is written from it: go test ./internal/proof -update. Its test reads the sources of all tests and fails when a cell has no proof.
package proof
