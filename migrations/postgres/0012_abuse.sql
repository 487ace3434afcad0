-- Used challenges and floods, as on SQLite (migrations/sqlite, same name): the same tables, columns and keys.

CREATE TABLE challenge_use (
  hash TEXT COLLATE "C" PRIMARY KEY,
  expires_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX challenge_use_ended ON challenge_use (expires_at);

CREATE TABLE flood (
  id TEXT COLLATE "C" PRIMARY KEY,
  site_id TEXT COLLATE "C" NOT NULL REFERENCES site (id),
  thread_id TEXT COLLATE "C" NOT NULL REFERENCES thread (id),
  began_at TEXT COLLATE "C" NOT NULL,
  lasts_until TEXT COLLATE "C" NOT NULL,
  ended_at TEXT COLLATE "C",
  taken BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX flood_open ON flood (thread_id) WHERE ended_at IS NULL;

CREATE INDEX flood_of_site ON flood (site_id, began_at);

CREATE INDEX flood_due ON flood (lasts_until) WHERE ended_at IS NULL;
