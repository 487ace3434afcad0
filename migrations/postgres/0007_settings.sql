-- What a site sets for itself: versions by which of two people who change the same thing one wins, the texts people agreed to, when
-- an article takes opinions, other names of an article, and prepared replies. As on SQLite (migrations/sqlite, same name).

ALTER TABLE site ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE edit (
  subject_id TEXT COLLATE "C" NOT NULL,
  from_version BIGINT NOT NULL,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (subject_id, from_version)
);

CREATE TABLE consent_text (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  version BIGINT NOT NULL,
  texts TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (site_id, version)
);

ALTER TABLE comment ADD COLUMN consent_version BIGINT;

ALTER TABLE thread ADD COLUMN closes_at TEXT COLLATE "C";

ALTER TABLE thread ADD COLUMN opens_at TEXT COLLATE "C";

ALTER TABLE thread ADD COLUMN message TEXT COLLATE "C";

ALTER TABLE thread ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE thread_alias (
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  key TEXT COLLATE "C" NOT NULL,
  thread_id TEXT COLLATE "C" NOT NULL REFERENCES thread (id),
  kind TEXT COLLATE "C" NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (site_id, key)
);

CREATE INDEX thread_alias_of_thread ON thread_alias (thread_id);

CREATE TABLE canned_reply (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  name TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at TEXT COLLATE "C" NOT NULL,
  UNIQUE (site_id, name)
);
