-- +goose Up
-- Conventions: times are Unix milliseconds in UTC, 0 or NULL is "never"; money is whole VND; JSON is written as text; flags are 0 or 1.
-- Channel sets (reach, consent, blocked) are bit masks, see package channel.

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE workspace (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  timezone TEXT NOT NULL DEFAULT 'Asia/Ho_Chi_Minh',
  settings TEXT NOT NULL DEFAULT '{}', -- sending windows, caps, defaults: see workspace.Settings
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE app_user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE, -- folded
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL, -- argon2id; '' = cannot sign in by password
  language TEXT NOT NULL DEFAULT 'vi',
  status TEXT NOT NULL DEFAULT 'active', -- active | disabled
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE membership (
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  role TEXT NOT NULL, -- owner | marketer | care | viewer
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) STRICT;
CREATE INDEX membership_user ON membership (user_id);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL DEFAULT 0,
  data BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX session_by_user ON session (user_id);

-- One-time sign-in links.
CREATE TABLE login_link (
  token_hash TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  expires_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Wrong guesses by keyed hash of the name or the address; they survive a good log-in of somebody else.
CREATE TABLE login_failure (
  subject TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  locked_until INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL, -- the part that is shown
  hash TEXT NOT NULL UNIQUE, -- SHA-256 of the whole key
  role TEXT NOT NULL, -- what the key may do, as a role
  created_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL DEFAULT 0,
  revoked_at INTEGER NOT NULL DEFAULT 0,
  last_used_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Append-only; every row's hash covers the row before it in the workspace.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL, -- user:12, key:3, system
  action TEXT NOT NULL, -- campaign.activate, import.start ...
  target TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}',
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_target ON audit (workspace_id, target, id);

CREATE TABLE connection (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  channel TEXT NOT NULL, -- zns | sms | email | ...
  provider TEXT NOT NULL, -- zalo | esms | smtp | ...
  name TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '{}', -- base URL, OA id, brandname, host, from address ...: typed per provider
  secrets TEXT NOT NULL DEFAULT '', -- sealed, see internal/seal
  hook_token TEXT NOT NULL UNIQUE, -- the unguessable part of /hooks/{provider}/{token}
  rate_per_second INTEGER NOT NULL DEFAULT 0, -- 0 = no limit of ours
  concurrency INTEGER NOT NULL DEFAULT 8, -- calls at once on one node
  state TEXT NOT NULL DEFAULT 'active', -- active | held (waits for a person or for held_until) | disabled
  held_reason TEXT NOT NULL DEFAULT '',
  held_until INTEGER NOT NULL DEFAULT 0,
  last_event_at INTEGER NOT NULL DEFAULT 0, -- last callback
  token_expires_at INTEGER NOT NULL DEFAULT 0,
  refresh_lease_until INTEGER NOT NULL DEFAULT 0, -- one node refreshes at a time
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- Shared limits: the next free time of each bucket in microseconds.
CREATE TABLE rate_bucket (
  workspace_id INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  tat INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, bucket)
) STRICT;

CREATE TABLE contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  external_id TEXT, -- the shop's own code; NULL = none
  name TEXT NOT NULL DEFAULT '',
  search TEXT NOT NULL DEFAULT '', -- name, phone, e-mail, code folded: NFC, lower case, without accents
  sort_key TEXT NOT NULL DEFAULT '', -- given name first, folded
  phone TEXT, -- main number, E.164; NULL = none
  email TEXT, -- main address, lower case; NULL = none
  birthday TEXT, -- YYYY-MM-DD
  birth_md TEXT, -- MM-DD, for birthdays
  gender TEXT, -- male | female | other
  timezone TEXT, -- NULL = the workspace's
  attrs TEXT NOT NULL DEFAULT '{}', -- typed custom attributes: numbers and money as JSON numbers, dates as YYYY-MM-DD
  reach INTEGER NOT NULL DEFAULT 0, -- channels with a usable address
  consent INTEGER NOT NULL DEFAULT 0, -- channels with a valid marketing consent
  blocked INTEGER NOT NULL DEFAULT 0, -- channels on the suppression list
  shared INTEGER NOT NULL DEFAULT 0, -- channels whose address another contact has too
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contact_external ON contact (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX contact_phone ON contact (workspace_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX contact_email ON contact (workspace_id, email) WHERE email IS NOT NULL;

-- Addresses beyond contact.phone and contact.email: second numbers, Zalo user ids per OA, page-scoped ids.
CREATE TABLE identity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  contact_id INTEGER NOT NULL REFERENCES contact (id),
  kind TEXT NOT NULL, -- phone | email | zalo_user | messenger
  scope TEXT NOT NULL DEFAULT '', -- OA id, page id
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX identity_value ON identity (workspace_id, kind, scope, value, contact_id);
CREATE INDEX identity_contact ON identity (workspace_id, contact_id);

-- What was last heard from one address at a Page or an OA. It belongs to the address, so it outlives a merge of contacts.
CREATE TABLE conversation (
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL, -- zalo_user | messenger
  scope TEXT NOT NULL, -- OA id, page id
  value TEXT NOT NULL,
  last_in_at INTEGER NOT NULL DEFAULT 0, -- when the person last did something that lets us write
  delivered_until INTEGER NOT NULL DEFAULT 0, -- every message that was sent until then is delivered
  read_until INTEGER NOT NULL DEFAULT 0, -- and read
  followed_at INTEGER NOT NULL DEFAULT 0, -- when the person last followed the OA
  unfollowed_at INTEGER NOT NULL DEFAULT 0, -- and when they last stopped
  PRIMARY KEY (workspace_id, kind, scope, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  key TEXT NOT NULL, -- stable, ascii: hang, tong_chi_tieu
  label TEXT NOT NULL, -- what people see: Hạng
  type TEXT NOT NULL, -- text | number | money | date | boolean | list
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX attribute_key ON attribute (workspace_id, key);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tag_folded ON tag (workspace_id, folded);

CREATE TABLE contact_tag (
  workspace_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, tag_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tag_contact ON contact_tag (workspace_id, contact_id);

-- Where the words of names stand, for finding people by the beginnings of words: one row per word and block of 1,024 ids. The rows only say where to look: people are compared again.
CREATE TABLE contact_word (
  workspace_id INTEGER NOT NULL,
  word TEXT NOT NULL, -- folded
  block INTEGER NOT NULL, -- contact id / 1024
  places TEXT NOT NULL, -- contact id % 1024 of those who have the word: 0,17,33
  PRIMARY KEY (workspace_id, word, block)
) STRICT, WITHOUT ROWID;

-- One change of many people at once, with its progress.
CREATE TABLE contact_bulk (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  action TEXT NOT NULL, -- tag | untag | list_add | list_remove
  options TEXT NOT NULL, -- tags or list, and who: ids or a filter
  state TEXT NOT NULL, -- queued | running | finished | cancelled
  error TEXT NOT NULL DEFAULT '',
  last_id INTEGER NOT NULL DEFAULT 0, -- everybody up to here was looked at
  until_id INTEGER NOT NULL, -- who came later is left alone
  total INTEGER NOT NULL DEFAULT 0, -- people whom it concerns, counted at the start
  done INTEGER NOT NULL DEFAULT 0, -- people looked at
  changed INTEGER NOT NULL DEFAULT 0, -- people for whom something changed
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contact_bulk_newest ON contact_bulk (workspace_id, id);

-- Append-only proof of consent; contact.consent is the present sum.
CREATE TABLE consent (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  contact_id INTEGER NOT NULL,
  channels INTEGER NOT NULL, -- mask
  purpose TEXT NOT NULL, -- marketing
  granted INTEGER NOT NULL, -- 1 granted, 0 withdrawn
  shown TEXT NOT NULL, -- the text the person agreed to
  source TEXT NOT NULL, -- import:12, form, page, api ...
  evidence TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_contact ON consent (workspace_id, contact_id, at);

-- Must never be sent to. The address is only kept as a keyed hash, so that it outlives the contact's erasure.
CREATE TABLE suppression (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  kind TEXT NOT NULL, -- phone | email | zalo_user | messenger
  address_hash TEXT NOT NULL, -- hex HMAC-SHA256 of the normal form
  channels INTEGER NOT NULL, -- mask of blocked channels
  reason TEXT NOT NULL, -- unsubscribed | complained | bounced | blocked | erased | manual | provider
  source TEXT NOT NULL, -- leg:123, user:1, import:3
  hint TEXT NOT NULL DEFAULT '', -- masked address for people: 09*****123
  at INTEGER NOT NULL,
  lifted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX suppression_hash ON suppression (workspace_id, kind, address_hash);

CREATE TABLE import (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  filename TEXT NOT NULL,
  spool TEXT NOT NULL, -- file name inside the data folder's spool
  format TEXT NOT NULL, -- csv | xlsx
  encoding TEXT NOT NULL DEFAULT '',
  options TEXT NOT NULL DEFAULT '{}', -- mapping, tags to add, consent basis, merge choices
  state TEXT NOT NULL, -- uploaded | queued | running | finished | failed | cancelled
  error TEXT NOT NULL DEFAULT '',
  bytes_total INTEGER NOT NULL DEFAULT 0,
  bytes_read INTEGER NOT NULL DEFAULT 0,
  rows_read INTEGER NOT NULL DEFAULT 0,
  rows_created INTEGER NOT NULL DEFAULT 0,
  rows_updated INTEGER NOT NULL DEFAULT 0,
  rows_unchanged INTEGER NOT NULL DEFAULT 0,
  rows_merged INTEGER NOT NULL DEFAULT 0,
  rows_rejected INTEGER NOT NULL DEFAULT 0,
  rows_warned INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE import_problem (
  workspace_id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  row_no INTEGER NOT NULL,
  severity TEXT NOT NULL, -- rejected | warning
  codes TEXT NOT NULL, -- comma separated reason codes with their columns
  raw TEXT NOT NULL, -- the row as JSON array of cells
  PRIMARY KEY (workspace_id, import_id, row_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE segment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  kind TEXT NOT NULL DEFAULT 'rule', -- rule: its condition says whom it takes | list: its people are in list_member
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  condition TEXT NOT NULL, -- the tree, see package segment
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- The people of segments that are lists.
CREATE TABLE list_member (
  workspace_id INTEGER NOT NULL,
  segment_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, segment_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_member_contact ON list_member (workspace_id, contact_id);

-- Programmes of codes that people get, see package voucher.
CREATE TABLE voucher (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  worth TEXT NOT NULL DEFAULT '',
  valid_from INTEGER NOT NULL DEFAULT 0,
  valid_until INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE voucher_code (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  voucher_id INTEGER NOT NULL,
  code TEXT NOT NULL, -- capital letters
  contact_id INTEGER NOT NULL DEFAULT 0, -- who has it, 0 = free
  given_at INTEGER NOT NULL DEFAULT 0,
  redeemed_at INTEGER NOT NULL DEFAULT 0,
  redeemed_ref TEXT NOT NULL DEFAULT '' -- the order for which it was used
) STRICT;
CREATE UNIQUE INDEX voucher_code_text ON voucher_code (workspace_id, code, voucher_id);
CREATE UNIQUE INDEX voucher_code_holder ON voucher_code (workspace_id, voucher_id, contact_id) WHERE contact_id > 0;
CREATE INDEX voucher_code_free ON voucher_code (workspace_id, voucher_id, id) WHERE contact_id = 0;
CREATE INDEX voucher_code_place ON voucher_code (workspace_id, voucher_id, contact_id, redeemed_at);

-- Who is to get a code.
CREATE TABLE voucher_claim (
  workspace_id INTEGER NOT NULL,
  voucher_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  state TEXT NOT NULL, -- waiting | given | failed
  reason TEXT NOT NULL DEFAULT '', -- code of why it failed
  source TEXT NOT NULL DEFAULT '',
  asked_at INTEGER NOT NULL,
  settled_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, voucher_id, contact_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE template (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  version INTEGER NOT NULL, -- the newest
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Never changed: a campaign keeps the version that it was activated with.
CREATE TABLE template_version (
  workspace_id INTEGER NOT NULL,
  template_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, template_id, version)
) STRICT, WITHOUT ROWID;

-- Templates that Zalo keeps for an OA, as they were read last. Versions of ours hold copies of what they need.
CREATE TABLE zns_template (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  template_id TEXT NOT NULL, -- Zalo's number
  name TEXT NOT NULL,
  status TEXT NOT NULL, -- Zalo's word: ENABLE | PENDING_REVIEW | REJECT | DISABLE | DELETE
  quality TEXT NOT NULL,
  tag TEXT NOT NULL DEFAULT '',
  price INTEGER NOT NULL DEFAULT 0, -- VND of one message by phone number
  price_uid INTEGER NOT NULL DEFAULT 0, -- VND of one message to a Zalo user
  timeout_ms INTEGER NOT NULL DEFAULT 0,
  preview_url TEXT NOT NULL DEFAULT '',
  params TEXT NOT NULL DEFAULT '[]',
  buttons TEXT NOT NULL DEFAULT '[]',
  wording TEXT NOT NULL DEFAULT '', -- the text with <placeholders>, as somebody of the shop wrote it down for previews: Zalo does not tell it
  made_at INTEGER NOT NULL DEFAULT 0, -- at Zalo
  detail_at INTEGER NOT NULL DEFAULT 0, -- when parameters and prices were read; 0 = never
  gone INTEGER NOT NULL DEFAULT 0, -- 1 = Zalo does not list it any more
  price_before INTEGER NOT NULL DEFAULT 0, -- the price until it changed last
  price_changed_at INTEGER NOT NULL DEFAULT 0, -- when that was seen; 0 = never
  reason TEXT NOT NULL DEFAULT '', -- Zalo's words on the last change of the status
  PRIMARY KEY (workspace_id, connection_id, template_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE zns_sync (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0, -- somebody reads until then
  synced_at INTEGER NOT NULL DEFAULT 0, -- last time that everything was read
  tried_at INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '', -- code of what went wrong the last time, '' = nothing
  PRIMARY KEY (workspace_id, connection_id)
) STRICT, WITHOUT ROWID;

-- Pictures of mails, found by the hash of their bytes; served to anybody who has the address.
CREATE TABLE asset (
  workspace_id INTEGER NOT NULL,
  hash TEXT NOT NULL, -- SHA-256 of body, hexadecimal
  name TEXT NOT NULL, -- of the file as uploaded
  kind TEXT NOT NULL, -- png | jpeg | gif
  size INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (workspace_id, hash)
) STRICT;

CREATE TABLE campaign (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  state TEXT NOT NULL, -- draft | pending_activation | scheduled | running | paused | finished | cancelled
  purpose TEXT NOT NULL DEFAULT 'marketing', -- marketing | care | transaction
  audience TEXT NOT NULL DEFAULT '{}', -- segments and extra conditions
  legs TEXT NOT NULL DEFAULT '[]', -- channel, connection, template, in order; the first is the main one
  options TEXT NOT NULL DEFAULT '{}', -- fallback after, link tracking, spend cap, window
  schedule_at INTEGER NOT NULL DEFAULT 0, -- 0 = as soon as activated
  run_id INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  activated_by TEXT NOT NULL DEFAULT '',
  activated_at INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX campaign_due ON campaign (schedule_at) WHERE state = 'scheduled';

-- One sending: what a campaign activation, an API stream or later a sequence step makes. Its definition never changes.
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  kind TEXT NOT NULL, -- campaign | api | test
  source_id INTEGER NOT NULL, -- the campaign
  name TEXT NOT NULL,
  state TEXT NOT NULL, -- running | paused | cancelled | finished
  state_reason TEXT NOT NULL DEFAULT '', -- why paused: person, spend_cap, breaker, late_start, restored
  purpose TEXT NOT NULL,
  class INTEGER NOT NULL, -- 0 transactional, 1 bulk
  definition TEXT NOT NULL, -- see message.Definition
  spend_cap INTEGER NOT NULL DEFAULT 0, -- VND, 0 = none
  spent INTEGER NOT NULL DEFAULT 0, -- VND of accepted legs
  dispatched INTEGER NOT NULL DEFAULT 0, -- 1 = every recipient has its row
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX run_active ON run (workspace_id, id) WHERE state IN ('running', 'paused');

-- THE LEDGER. One row = one message on one channel. A message is all legs with the same run, contact and seq; rank 0 is the main channel, 1 and up are fallbacks.
-- An ordinary send touches this row three times: insert, claim, outcome; the receipt is the fourth.
CREATE TABLE leg (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0, -- 0 in campaigns; tells apart repeated messages of one run to one contact
  rank INTEGER NOT NULL,
  channel TEXT NOT NULL,
  connection_id INTEGER NOT NULL,
  state INTEGER NOT NULL, -- 1 queued 2 sending 3 accepted 4 delivered 5 failed 6 unknown 7 skipped
  attempt INTEGER NOT NULL DEFAULT 0, -- number of the newest attempt; with the id it gives our key
  superseded INTEGER NOT NULL DEFAULT 0, -- 1 = a later leg took over
  reason TEXT, -- failed: provider code; skipped: our rule; queued: why it waits
  class_of TEXT, -- failed: the provider.Class
  price INTEGER NOT NULL DEFAULT 0, -- VND, of what was accepted; of a call: once it was answered
  quote INTEGER, -- VND that a call costs when it is answered; NULL = nothing is open
  due_at INTEGER, -- when something is to be done: send (queued), look up (unknown); NULL = nothing
  requested_at INTEGER,
  accepted_at INTEGER,
  delivered_at INTEGER,
  opened_at INTEGER,
  clicked_at INTEGER,
  answered_at INTEGER,
  failed_at INTEGER,
  bounced_at INTEGER,
  complained_at INTEGER,
  unsubscribed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX leg_message ON leg (workspace_id, run_id, contact_id, seq, rank);
CREATE INDEX leg_due ON leg (workspace_id, run_id, connection_id, due_at, id) WHERE due_at IS NOT NULL;
-- Few mails come back; those of one person are counted.
CREATE INDEX leg_bounced ON leg (workspace_id, contact_id, bounced_at) WHERE bounced_at IS NOT NULL;
-- Watermarks name a person, not a message. Only the channels that have them pay for this index.
CREATE INDEX leg_chat ON leg (workspace_id, contact_id, connection_id) WHERE channel IN ('zalo_oa', 'messenger');

-- Calls in flight: written in the transaction that claims, deleted in the one that stores the last outcome. A claim past its lease makes its legs unknown.
CREATE TABLE claim (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  node TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  legs TEXT NOT NULL -- leg:attempt,leg:attempt ...
) STRICT;

-- What each call brought, append-only.
CREATE TABLE attempt (
  workspace_id INTEGER NOT NULL,
  leg_id INTEGER NOT NULL,
  no INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  class TEXT NOT NULL, -- accepted or a provider.Class
  provider_id TEXT, -- the provider's id of the message
  code TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '', -- the provider's text
  raw TEXT NOT NULL DEFAULT '', -- the raw answer, cut at 2 KiB
  PRIMARY KEY (workspace_id, leg_id, no, started_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_provider ON attempt (workspace_id, provider_id) WHERE provider_id IS NOT NULL;

-- Everything that providers told us, as it came. Stored before they get their 2xx.
CREATE TABLE callback (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  provider TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  state INTEGER NOT NULL, -- 0 stored 1 applied 2 parked 3 ignored 4 expired
  leg_id INTEGER, -- when known
  attempt_no INTEGER,
  provider_id TEXT, -- for parked ones
  event TEXT NOT NULL, -- the provider's own word
  fact INTEGER NOT NULL DEFAULT -1, -- number of message.Fact, -1 = none
  at INTEGER NOT NULL DEFAULT 0, -- when it happened, as the provider says
  code TEXT NOT NULL DEFAULT '',
  class TEXT NOT NULL DEFAULT '',
  raw TEXT NOT NULL
) STRICT;
CREATE INDEX callback_open ON callback (workspace_id, provider_id) WHERE state = 2;
CREATE INDEX callback_stored ON callback (workspace_id, id) WHERE state = 0;
CREATE INDEX callback_leg ON callback (workspace_id, leg_id) WHERE leg_id IS NOT NULL;

-- Kept counters of a run: written in the transaction that changes the legs, recounted by `loa verify`.
CREATE TABLE run_count (
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  metric TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, run_id, rank, metric)
) STRICT, WITHOUT ROWID;

-- What happened to the messages of a run in each minute: the course of a campaign without reading its messages. Kept and recounted like run_count.
CREATE TABLE run_fact (
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  fact INTEGER NOT NULL, -- number of message.Fact
  minute INTEGER NOT NULL, -- Unix time in minutes
  n INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, run_id, rank, fact, minute)
) STRICT, WITHOUT ROWID;

-- Why messages of a run failed or were skipped. Kept and recounted like run_count.
CREATE TABLE run_cause (
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  state INTEGER NOT NULL, -- 5 failed 7 skipped
  code TEXT NOT NULL, -- the provider's code or our rule
  class_of TEXT NOT NULL, -- the provider.Class
  n INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, run_id, rank, state, code, class_of)
) STRICT, WITHOUT ROWID;

-- Values that a single message brings itself (API sends).
CREATE TABLE message_data (
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (workspace_id, run_id, contact_id, seq)
) STRICT, WITHOUT ROWID;

-- Targets of tracked links; the link itself carries leg, slot and a MAC.
CREATE TABLE link (
  workspace_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (workspace_id, run_id, rank, slot)
) STRICT, WITHOUT ROWID;

-- Every opening and click as it came, with our judgement whether a person did it.
CREATE TABLE hit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  leg_id INTEGER NOT NULL,
  kind TEXT NOT NULL, -- open | click | unsubscribe
  slot INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL, -- human | machine | held: not yet known
  reasons TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX hit_leg ON hit (workspace_id, leg_id);
CREATE INDEX hit_held ON hit (at) WHERE verdict = 'held';

-- Answers to repeated API calls.
CREATE TABLE idempotency (
  workspace_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0, -- 0 = still running
  answer TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, route, key)
) STRICT, WITHOUT ROWID;

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
  checked_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'ready', -- reading | comparing | ready
  progress TEXT NOT NULL DEFAULT '{}' -- how far reading and comparing have come
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

-- What people did at a Page or an OA, once each: what flows begin with.
CREATE TABLE chat_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  connection_id INTEGER NOT NULL,
  kind TEXT NOT NULL, -- zalo_user | messenger
  scope TEXT NOT NULL, -- OA id, page id
  value TEXT NOT NULL, -- the person's id there
  type TEXT NOT NULL, -- text | media | button | follow | unfollow | open | info | withdraw
  text TEXT NOT NULL DEFAULT '', -- what was written, the button's words, where a follower came from
  leg_id INTEGER NOT NULL DEFAULT 0, -- button: the message that it stood under
  once TEXT NOT NULL, -- the same for every copy of one event
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX chat_event_once ON chat_event (workspace_id, kind, scope, once);
CREATE INDEX chat_event_person ON chat_event (workspace_id, kind, scope, value, id);
CREATE INDEX chat_event_withdraw ON chat_event (workspace_id, at) WHERE type = 'withdraw';

-- The last reading of an OA's users into the contacts, with its progress.
CREATE TABLE oa_sync (
  workspace_id INTEGER NOT NULL,
  connection_id INTEGER NOT NULL,
  no INTEGER NOT NULL, -- counts the readings: a job of an older one stops
  state TEXT NOT NULL, -- running | finished | failed | cancelled
  place INTEGER NOT NULL DEFAULT 0, -- everybody before it in Zalo's list was read
  total INTEGER NOT NULL DEFAULT 0, -- people in Zalo's list
  done INTEGER NOT NULL DEFAULT 0, -- people read
  fresh INTEGER NOT NULL DEFAULT 0, -- of these, new contacts
  followers INTEGER NOT NULL DEFAULT 0, -- and how many follow now
  code TEXT NOT NULL DEFAULT '', -- what Zalo said when it failed
  started_by TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, connection_id)
) STRICT, WITHOUT ROWID;

-- Pictures and files for messages of an OA. Zalo keeps them for seven days, so they are kept here and given to it again.
CREATE TABLE oa_upload (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL REFERENCES workspace (id),
  connection_id INTEGER NOT NULL,
  kind TEXT NOT NULL, -- image | gif | file
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  token TEXT NOT NULL DEFAULT '', -- Zalo's name of it
  uploaded_at INTEGER NOT NULL DEFAULT 0, -- when Zalo got it last
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX oa_upload_newest ON oa_upload (workspace_id, connection_id, id);

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

-- A bill is compared page by page in the background.
CREATE INDEX invoice_line_leg ON invoice_line (workspace_id, invoice_id, leg_id, no);

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

-- Fixed statistics for the planner: without them SQLite believes that one workspace has about ten rows in any table and walks a whole index rather than look ids up.
-- First number: rows; then rows that share the first column of the index, the first two, and so on.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('chat_event', 'chat_event_once', '1000000 1000000 500000 500000 1'),
  ('chat_event', 'chat_event_person', '1000000 1000000 500000 500000 10 1'),
  ('leg', 'leg_message', '10000000 10000000 200000 1 1 1'),
  ('leg', 'leg_due', '1000000 1000000 200000 100000 1000 1'),
  ('leg', 'leg_chat', '1000000 1000000 20 5'),
  ('conversation', 'conversation', '100000 100000 50000 10000 1'),
  ('contact', 'contact_external', '1000000 1000000 1'),
  ('contact', 'contact_phone', '1000000 1000000 1'),
  ('contact', 'contact_email', '1000000 1000000 1'),
  ('identity', 'identity_value', '1000000 1000000 500000 100000 2 1'),
  ('identity', 'identity_contact', '1000000 1000000 2'),
  ('contact_tag', 'contact_tag', '3000000 3000000 100000 1'),
  ('contact_tag', 'contact_tag_contact', '3000000 3000000 3'),
  ('list_member', 'list_member', '1000000 1000000 10000 1'),
  ('list_member', 'list_member_contact', '1000000 1000000 2'),
  ('contact_word', 'contact_word', '500000 500000 500 1'),
  ('consent', 'consent_contact', '2000000 2000000 2 1'),
  ('suppression', 'suppression_hash', '100000 100000 50000 1'),
  ('attempt', 'attempt', '10000000 10000000 2 1 1'),
  ('attempt', 'attempt_provider', '10000000 10000000 1'),
  ('callback', 'callback_open', '1000 1000 1'),
  ('callback', 'callback_stored', '1000 1000 1'),
  ('callback', 'callback_leg', '10000000 10000000 2'),
  ('hit', 'hit_leg', '1000000 1000000 3'),
  ('run_fact', 'run_fact', '1000000 1000000 3000 1500 500 1'),
  ('run_cause', 'run_cause', '100000 100000 20 10 5 1 1'),
  ('run_count', 'run_count', '100000 100000 30 10 1'),
  ('run', 'run_active', '10 10 1');
ANALYZE sqlite_schema;
