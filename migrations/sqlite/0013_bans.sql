-- Bans from writing, by keyed hashes only; and of each comment, for a week, a keyed hash of the network it came from.

CREATE TABLE ban (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  comment_id TEXT,
  made_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by TEXT
);

CREATE INDEX ban_standing ON ban (site_id, hash) WHERE lifted_at IS NULL;

CREATE INDEX ban_of_site ON ban (site_id, id);

ALTER TABLE comment ADD COLUMN network_hash TEXT;

CREATE INDEX comment_with_network ON comment (received_at) WHERE network_hash IS NOT NULL;
