-- Challenges that were used, so that each serves once on every host and process; and floods of articles, which staff are shown.

CREATE TABLE challenge_use (
  hash TEXT PRIMARY KEY,
  expires_at TEXT NOT NULL
);

CREATE INDEX challenge_use_ended ON challenge_use (expires_at);

CREATE TABLE flood (
  id TEXT PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (id),
  thread_id TEXT NOT NULL REFERENCES thread (id),
  began_at TEXT NOT NULL,
  lasts_until TEXT NOT NULL,
  ended_at TEXT,
  taken INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX flood_open ON flood (thread_id) WHERE ended_at IS NULL;

CREATE INDEX flood_of_site ON flood (site_id, began_at);

CREATE INDEX flood_due ON flood (lasts_until) WHERE ended_at IS NULL;
