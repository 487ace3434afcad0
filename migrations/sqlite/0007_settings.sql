-- What a site sets for itself: versions by which of two people who change the same thing one wins, the texts people agreed to, when
-- an article takes opinions, other names of an article, and prepared replies.

ALTER TABLE site ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE edit (
  subject_id TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  site_id TEXT NOT NULL REFERENCES site (id),
  created_at TEXT NOT NULL,
  PRIMARY KEY (subject_id, from_version)
);

CREATE TABLE consent_text (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  version INTEGER NOT NULL,
  texts TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (site_id, version)
);

ALTER TABLE comment ADD COLUMN consent_version INTEGER;

ALTER TABLE thread ADD COLUMN closes_at TEXT;

ALTER TABLE thread ADD COLUMN opens_at TEXT;

ALTER TABLE thread ADD COLUMN message TEXT;

ALTER TABLE thread ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE thread_alias (
  site_id TEXT NOT NULL REFERENCES site (id),
  key TEXT NOT NULL,
  thread_id TEXT NOT NULL REFERENCES thread (id),
  kind TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (site_id, key)
);

CREATE INDEX thread_alias_of_thread ON thread_alias (thread_id);

CREATE TABLE canned_reply (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  UNIQUE (site_id, name)
);
