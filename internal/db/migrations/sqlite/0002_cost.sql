-- +goose Up

-- What a provider takes for a message, by date and connection. Of the rows that fit a message the most particular counts, of several the newest.
CREATE TABLE price (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  connection_id INTEGER NOT NULL,
  since INTEGER NOT NULL, -- from this moment on
  network TEXT NOT NULL DEFAULT '', -- viettel | mobifone | ...; '' = any
  template TEXT NOT NULL DEFAULT '', -- the provider's number of a ZNS template; '' = any
  per TEXT NOT NULL, -- message | part
  vnd INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX price_place ON price (workspace_id, connection_id, since, network, template);

-- A provider's bill for one connection and month, compared with the ledger.
CREATE TABLE invoice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  connection_id INTEGER NOT NULL,
  month TEXT NOT NULL, -- 2026-11, in the workspace's zone
  filename TEXT NOT NULL,
  columns TEXT NOT NULL DEFAULT '{}', -- which column holds what
  summary TEXT NOT NULL DEFAULT '{}', -- what the comparison found
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  checked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invoice_newest ON invoice (workspace_id, connection_id, id);

-- Lines of the bill by number, and after them the messages that it does not name.
CREATE TABLE invoice_line (
  workspace_id INTEGER NOT NULL,
  invoice_id INTEGER NOT NULL,
  no INTEGER NOT NULL,
  verdict TEXT NOT NULL, -- match | price | not_sent | failed | twice | not_charged
  ours INTEGER NOT NULL DEFAULT 0, -- 1 = not a line of the bill but a message of ours that it does not name
  provider_id TEXT NOT NULL DEFAULT '',
  our_key TEXT NOT NULL DEFAULT '',
  hint TEXT NOT NULL DEFAULT '', -- masked number
  charged INTEGER NOT NULL DEFAULT 0, -- VND on the bill
  expected INTEGER NOT NULL DEFAULT 0, -- VND in the ledger
  leg_id INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, invoice_id, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_line_verdict ON invoice_line (workspace_id, invoice_id, verdict, no);
