-- +goose Up

-- Which steps of campaigns asked for a person's code; they are told what becomes of it.
CREATE TABLE voucher_leg (
  workspace_id INTEGER NOT NULL,
  voucher_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  leg_id INTEGER NOT NULL,
  campaign_id INTEGER NOT NULL DEFAULT 0, -- 0 = not of a campaign
  PRIMARY KEY (workspace_id, voucher_id, contact_id, leg_id)
) STRICT, WITHOUT ROWID;

-- Who waits for a code, in the order of asking.
CREATE INDEX voucher_claim_waiting ON voucher_claim (workspace_id, voucher_id, asked_at, contact_id) WHERE state = 'waiting';
-- What a person holds, for messages that show it and for the merging of people.
CREATE INDEX voucher_code_contact ON voucher_code (workspace_id, contact_id) WHERE contact_id > 0;
CREATE INDEX voucher_claim_contact ON voucher_claim (workspace_id, contact_id);
