-- +goose Up

ALTER TABLE zns_template ADD COLUMN price_before BIGINT NOT NULL DEFAULT 0; -- the price until it changed last
ALTER TABLE zns_template ADD COLUMN price_changed_at BIGINT NOT NULL DEFAULT 0; -- when that was seen; 0 = never
ALTER TABLE zns_template ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- Zalo's words on the last change of the status

-- What Zalo told without being asked about an OA's right to send.
CREATE TABLE zns_account (
  workspace_id BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  quota_daily BIGINT NOT NULL DEFAULT -1, -- -1 = not told
  quota_before BIGINT NOT NULL DEFAULT -1,
  quota_at BIGINT NOT NULL DEFAULT 0, -- Zalo's time of the event
  tags TEXT NOT NULL DEFAULT '[]', -- the kinds of templates that the OA may send
  tags_at BIGINT NOT NULL DEFAULT 0, -- when they were read; 0 = never
  tags_due BIGINT NOT NULL DEFAULT 0, -- 1 = Zalo said that they changed
  PRIMARY KEY (workspace_id, connection_id)
);

-- Journey tokens, sealed: the right to send the messages of one delivery or trip to one phone. digest is a keyed hash of phone, kind and code.
CREATE TABLE zns_journey (
  workspace_id BIGINT NOT NULL,
  connection_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  token TEXT NOT NULL,
  journey_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, digest)
);

-- What people answered to a rating template: one answer a message.
CREATE TABLE rating (
  workspace_id BIGINT NOT NULL,
  leg_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  rank SMALLINT NOT NULL,
  contact_id BIGINT NOT NULL,
  stars SMALLINT NOT NULL, -- 1 to 5
  note TEXT NOT NULL, -- the person's own words
  choices TEXT NOT NULL, -- JSON, the ready answers that were ticked
  at BIGINT NOT NULL, -- as the provider says
  received_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, leg_id)
);
CREATE INDEX rating_run ON rating (workspace_id, run_id, rank, stars);
CREATE INDEX rating_contact ON rating (workspace_id, contact_id);
