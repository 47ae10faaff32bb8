-- +goose Up

ALTER TABLE zns_template ADD COLUMN price_before INTEGER NOT NULL DEFAULT 0; -- the price until it changed last
ALTER TABLE zns_template ADD COLUMN price_changed_at INTEGER NOT NULL DEFAULT 0; -- when that was seen; 0 = never
ALTER TABLE zns_template ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- Zalo's words on the last change of the status

-- What Zalo told without being asked about an OA's right to send.
CREATE TABLE zns_account (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  quota_daily INTEGER NOT NULL DEFAULT -1, -- -1 = not told
  quota_before INTEGER NOT NULL DEFAULT -1,
  quota_at INTEGER NOT NULL DEFAULT 0, -- Zalo's time of the event
  tags TEXT NOT NULL DEFAULT '[]', -- the kinds of templates that the OA may send
  tags_at INTEGER NOT NULL DEFAULT 0, -- when they were read; 0 = never
  tags_due INTEGER NOT NULL DEFAULT 0, -- 1 = Zalo said that they changed
  PRIMARY KEY (workspace_id, connection_id)
) STRICT, WITHOUT ROWID;

-- Journey tokens, sealed: the right to send the messages of one delivery or trip to one phone. digest is a keyed hash of phone, kind and code.
CREATE TABLE zns_journey (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL,
  journey_id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, digest)
) STRICT, WITHOUT ROWID;

-- What people answered to a rating template: one answer a message.
CREATE TABLE rating (
  workspace_id INTEGER NOT NULL,
  leg_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  stars INTEGER NOT NULL, -- 1 to 5
  note TEXT NOT NULL, -- the person's own words
  choices TEXT NOT NULL, -- JSON, the ready answers that were ticked
  at INTEGER NOT NULL, -- as the provider says
  received_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, leg_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_run ON rating (workspace_id, run_id, rank, stars);
CREATE INDEX rating_contact ON rating (workspace_id, contact_id);
