-- Search for staff, as on SQLite (migrations/sqlite, same name): derived from the comments, dropped and rebuilt at any time, so
-- nothing here refers to other tables. The words are ours, with their places; no dictionary or parser of the server's is used.

CREATE TABLE search_cursor (
  fact_id TEXT COLLATE "C" NOT NULL
);

INSERT INTO search_cursor (fact_id) VALUES ('');

CREATE TABLE search_site (
  site_id TEXT COLLATE "C" PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE
);

CREATE TABLE search_document (
  id BIGINT PRIMARY KEY,
  comment_id TEXT COLLATE "C" NOT NULL UNIQUE,
  version BIGINT NOT NULL
);

CREATE TABLE search_word (
  word TEXT COLLATE "C" PRIMARY KEY
);

CREATE TABLE search_index (
  id BIGINT PRIMARY KEY,
  words TSVECTOR NOT NULL
);

-- Without the list of what was put in lately, which each search would read from end to end.
CREATE INDEX search_index_by_word ON search_index USING gin (words) WITH (fastupdate = off);
