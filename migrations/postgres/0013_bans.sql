-- Bans and the networks of late, as on SQLite (migrations/sqlite, same name): the same tables, columns and keys.

CREATE TABLE ban (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  kind TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  comment_id TEXT COLLATE "C",
  made_by TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  expires_at TEXT COLLATE "C" NOT NULL,
  lifted_at TEXT COLLATE "C",
  lifted_by TEXT COLLATE "C"
);

CREATE INDEX ban_standing ON ban (site_id, hash) WHERE lifted_at IS NULL;

CREATE INDEX ban_of_site ON ban (site_id, id);

ALTER TABLE comment ADD COLUMN network_hash TEXT COLLATE "C";

CREATE INDEX comment_with_network ON comment (received_at) WHERE network_hash IS NOT NULL;
