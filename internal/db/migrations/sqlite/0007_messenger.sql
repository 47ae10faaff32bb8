-- +goose Up

-- Utility templates that Meta keeps for a Page, as they were read last.
CREATE TABLE messenger_template (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  meta_id TEXT NOT NULL,
  status TEXT NOT NULL, -- Meta's word: APPROVED | PENDING | REJECTED | PAUSED | DISABLED
  category TEXT NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, name, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE messenger_sync (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  synced_at INTEGER NOT NULL DEFAULT 0, -- last time that everything was read
  tried_at INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '', -- code of what went wrong the last time, '' = nothing
  PRIMARY KEY (workspace_id, connection_id)
) STRICT, WITHOUT ROWID;
