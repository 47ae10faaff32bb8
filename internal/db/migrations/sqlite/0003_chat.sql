-- +goose Up

ALTER TABLE conversation ADD COLUMN followed_at INTEGER NOT NULL DEFAULT 0; -- when the person last followed the OA
ALTER TABLE conversation ADD COLUMN unfollowed_at INTEGER NOT NULL DEFAULT 0; -- and when they last stopped

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

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('chat_event', 'chat_event_once', '1000000 1000000 500000 500000 1'),
  ('chat_event', 'chat_event_person', '1000000 1000000 500000 500000 10 1');
ANALYZE sqlite_schema;
